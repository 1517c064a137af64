// Scheduled: at set times the fewest and most replicas change, and stay so until the next action.
//
//   replicas = what there is, held to the range of the action that came last; once, at its time, its `desired`
//   an action comes at a time after the start ("at") or by the calendar ("cron")
//
// Beside other policies of a service it asks for nothing but the `desired` of its actions, and holds the others to its range.
//
// Source:  Amazon EC2 Auto Scaling user guide, "Scheduled scaling": minimum, maximum and desired capacity; cron recurrences.
// Differs: the action that came last before the run holds from its start on. A time zone is a fixed offset, without daylight
//          saving. An action takes effect when the policy next looks.
#include <fmt/format.h>

#include <algorithm>

#include "policies/autoscaling/cron_schedule.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom {
namespace {

struct ActionOption {
  static constexpr std::string_view type_name = "scheduled_action";
  std::string name;
  std::optional<Duration> at;
  std::optional<std::string> cron;
  IntegerRange replicas;
  std::optional<int> desired;

  void describe(Fields& field) {
    constexpr std::string_view when = "time";
    field("name", name, "for reports; default: its time")(
        {.name = "at", .meaning = "so long after the start of the run", .range = at_least(Duration{0}), .one_of = when}, at);
    field({.name = "cron", .meaning = "minute, hour, day of month, month, day of week: \"0 18 * * mon-fri\"", .one_of = when},
          cron);
    field.required("replicas", replicas, "never fewer, never more, until the next action; one number: exactly so many",
                   between(0, 100'000));
    field("desired", desired, "so many at this time, from where other policies go on", between(0, 100'000));
  }
  std::string title() const {
    if (!name.empty()) return name;
    return at ? "at " + to_text(*at) : cron.value_or("");
  }
};

// Throws std::invalid_argument where it cannot be read.
// Nanoseconds since 1970 are counted in 64 bits. Throws std::invalid_argument.
Duration start_of_calendar(const std::string& starts_at, Duration utc_offset) {
  const auto since_epoch = parse_utc(starts_at).time_since_epoch();
  if (since_epoch < std::chrono::years{0} || since_epoch > std::chrono::years{230})
    throw std::invalid_argument{fmt::format("\"{}\" is no time between 1970 and 2199", starts_at)};
  return since_epoch + utc_offset;
}

// The last hit up to an instant; none within five years: never.
std::optional<UtcSeconds> last_hit(const CronSchedule& cron, UtcSeconds until) {
  for (const int days : {1, 8, 32, 367, 5 * 366}) {
    std::optional<UtcSeconds> last;
    for (auto hit = cron.next(until - std::chrono::days{days}); hit && *hit <= until; hit = cron.next(*hit)) last = hit;
    if (last) return last;
  }
  return std::nullopt;
}

class Scheduled final : public Autoscaler {
 public:
  struct Options {
    std::vector<ActionOption> actions;
    IntegerRange replicas{1, 10'000};
    std::string starts_at = "2026-01-05T00:00:00Z";
    Duration utc_offset{};
    Duration period{std::chrono::seconds{15}};

    void describe(Fields& field) {
      field.required("actions", actions, "what changes when; of two at the same time the later in the list counts");
      field("replicas", replicas, "never fewer, never more, whatever is scheduled; holds until the first action",
            between(0, 100'000))("starts_at", starts_at, "time at which the run starts, for cron, like \"2026-01-05T00:00:00Z\"")(
          "utc_offset", utc_offset, "by which the clock of cron is ahead of UTC: \"-5 h\" for New York in winter",
          between(-std::chrono::hours{14}, std::chrono::hours{14}))("period", period, "how often it looks",
                                                                    between(std::chrono::seconds{1}, std::chrono::hours{1}));
    }
    FieldProblems problems() const;
  };

  Scheduled(const Options& options, const Context&);

  Duration period() const override { return options_.period; }
  ScalingDecision decide(const ServiceView& service) override;

 private:
  struct Action {
    std::string title;
    IntegerRange replicas;
    std::optional<int> desired;
    std::optional<CronSchedule> cron;
    std::optional<SimTime> last, next;
  };

  SimTime in_run(UtcSeconds hit) const { return SimTime{hit.time_since_epoch() - calendar_}; }
  UtcSeconds in_calendar(SimTime now) const {
    return UtcSeconds{std::chrono::floor<std::chrono::seconds>(calendar_ + now.time_since_epoch())};
  }
  const Action* newest(SimTime now);

  Options options_;
  Duration calendar_;  // of the start of the run, since 1970
  std::vector<Action> actions_;
  std::optional<SimTime> handled_;  // the time of the last action whose `desired` has been asked for
};

FieldProblems Scheduled::Options::problems() const {
  FieldProblems found;
  const auto note = [&found](const std::string& field, auto&& check) {
    try {
      check();
    } catch (const std::invalid_argument& error) {
      found.emplace_back(field, error.what());
    }
  };
  note("starts_at", [&] { start_of_calendar(starts_at, utc_offset); });
  if (actions.empty())
    found.emplace_back("actions", "has no action; give one, as {\"cron\": \"0 18 * * *\", \"replicas\": [6, 20]}");
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const ActionOption& action = actions[i];
    if (action.cron) note(fmt::format("actions/{}/cron", i), [&] { CronSchedule{*action.cron}; });
    if (action.replicas.low < replicas.low || action.replicas.high > replicas.high)
      found.emplace_back(
          fmt::format("actions/{}/replicas", i),
          fmt::format("leaves the {} to {} that the policy's own \"replicas\" allow; widen those", replicas.low, replicas.high));
    if (action.desired && (*action.desired < action.replicas.low || *action.desired > action.replicas.high))
      found.emplace_back(fmt::format("actions/{}/desired", i), fmt::format("is {}, outside its own {} to {}", *action.desired,
                                                                           action.replicas.low, action.replicas.high));
  }
  return found;
}

Scheduled::Scheduled(const Options& options, const Context&)
    : options_{options}, calendar_{start_of_calendar(options.starts_at, options.utc_offset)} {
  for (const ActionOption& option : options.actions) {
    Action action{.title = option.title(), .replicas = option.replicas, .desired = option.desired};
    if (option.at) {
      action.next = SimTime{*option.at};
    } else {
      action.cron = CronSchedule{option.cron.value_or("")};
      const UtcSeconds start = in_calendar(start_of_time);
      if (const auto hit = last_hit(*action.cron, start)) action.last = in_run(*hit);
      if (const auto hit = action.cron->next(start)) action.next = in_run(*hit);
    }
    actions_.push_back(std::move(action));
  }
}

const Scheduled::Action* Scheduled::newest(SimTime now) {
  const Action* newest = nullptr;
  for (Action& action : actions_) {
    while (action.next && *action.next <= now) {
      action.last = action.next;
      const auto hit = action.cron ? action.cron->next(in_calendar(*action.last)) : std::nullopt;
      action.next = hit ? std::optional{in_run(*hit)} : std::nullopt;
    }
    if (action.last && (!newest || *action.last >= *newest->last)) newest = &action;
  }
  return newest;
}

ScalingDecision Scheduled::decide(const ServiceView& service) {
  const Action* action = newest(service.now);
  const IntegerRange range = action ? action->replicas : options_.replicas;
  ScalingDecision decision{
      .replicas = std::clamp(service.current_replicas, range.low, range.high),
      .reason = action ? fmt::format("{}: {} to {}", action->title, range.low, range.high) : std::string{"nothing scheduled yet"},
      .abstains = true,
      .bounds = range};
  const bool is_new = action && (!handled_ || *handled_ < *action->last);
  if (is_new) handled_ = action->last;
  if (is_new && action->desired && *action->last >= start_of_time) {
    decision.replicas = *action->desired;
    decision.reason += fmt::format(", {} wanted", *action->desired);
    decision.abstains = false;
  }
  return decision;
}

const bool offered = offer<Autoscaler, Scheduled>("scheduled", "at set times, by the clock or the calendar, other limits hold");

}  // namespace
}  // namespace headroom
