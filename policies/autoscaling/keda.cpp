// KEDA: from none to one replica and back by whether anything waits, from there on an HPA on the same metrics.
//
//   every poll:  none, and a trigger above its activation      -> 1, or the minimum
//                some, no trigger active for the cooldown       -> none (or idle), if the minimum is none
//   every sync:  the HPA's pass over the triggers as external metrics, between max(1, minimum) and the maximum
//
// Source:  kedacore/keda, pkg/scaling/executor/scale_scaledobjects.go, pkg/fallback/fallback.go, controllers/keda/hpa.go; shipped
//          numbers (polling 30 s, cooldown 300 s, at most 100 replicas).
// Differs: a trigger reads a scraped metric with its age, where a scaler would ask its queue at the poll. A trigger fails while
// its
//          metric has no value (before the first scrape; a percentile of nothing). No formula over several triggers.
#include <numeric>

#include <fmt/format.h>

#include "policies/autoscaling/hpa_arithmetic.hpp"
#include "policies/autoscaling/keda_arithmetic.hpp"
#include "sim/core/metric_name.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

struct TriggerOption {
  static constexpr std::string_view type_name = "keda_trigger";
  MetricName metric;
  std::optional<double> average, value;
  double activation = keda::TriggerRules{}.activation;

  void describe(Fields& field) {
    constexpr std::string_view goal = "average or value";
    field.required("metric", metric, "what is looked at, as queue_length{queue=jobs}");
    field({.name = "average",
           .meaning = "of the metric per replica to hold, in its base unit",
           .range = at_least(0.001),
           .one_of = goal},
          average);
    field({.name = "value",
           .meaning = "of the whole metric to hold, in its base unit; replicas in proportion to those that are ready",
           .range = at_least(0.001),
           .one_of = goal},
          value);
    field("activation", activation, "the metric must be above this for the first replica to come and the last to stay",
          at_least(0.0));
  }
  hpa::Target goal() const {
    if (value) return {hpa::TargetKind::value, hpa::to_milli(*value)};
    return {keda::TriggerRules{}.kind, hpa::to_milli(average.value_or(0.0))};
  }
};

struct FallbackOption {
  static constexpr std::string_view type_name = "keda_fallback";
  int replicas = 1;
  int failures = keda::Fallback{}.failures;
  std::string behavior = "static";

  void describe(Fields& field) {
    field.required("replicas", replicas, "that a trigger which goes on failing asks for", between(0, 100'000));
    field("failures", failures, "in a row that are borne; one more and the fallback counts", between(0, 1'000'000))
        .choice("behavior", behavior, "those replicas whatever there are, those that there are, or the larger or smaller of both",
                {"static", "current", "current-if-higher", "current-if-lower"});
  }
};

class Keda final : public Autoscaler {
 public:
  struct Options {
    std::vector<TriggerOption> triggers;
    IntegerRange replicas = keda::ScaledObject{}.replicas;
    std::optional<int> idle;
    Duration polling{std::chrono::seconds{30}};
    Duration cooldown = keda::ScaledObject{}.cooldown;
    Duration initial_cooldown = keda::ScaledObject{}.initial_cooldown;
    std::optional<FallbackOption> fallback;
    bool paused = false, pause_scale_in = false, pause_scale_out = false;
    std::optional<int> paused_replicas;
    Duration sync{std::chrono::seconds{15}};
    Ratio tolerance{0.1};
    Duration stabilization = hpa::Settings{}.stabilization;
    std::optional<hpa::Behavior> behavior;

    void describe(Fields& field);
    FieldProblems problems() const;
  };

  Keda(const Options& options, const Context&);

  Duration period() const override { return Duration{std::gcd(options_.polling.count(), options_.sync.count())}; }
  ScalingDecision decide(const ServiceView& service) override;
  std::vector<MetricSelector> watched() const override;

 private:
  ScalingDecision poll(const ServiceView& service);
  ScalingDecision sync(const ServiceView& service);
  hpa::MetricOutcome measure(std::size_t trigger, const ServiceView& service);
  std::string hpa_reason(const hpa::Outcome& outcome, const std::vector<hpa::MetricOutcome>& seen, int current) const;

  Options options_;
  std::vector<MetricSelector> selectors_;  // by trigger
  std::vector<int> failures_;              // in a row, by trigger
  keda::ScaledObject object_;
  hpa::Settings settings_;
  hpa::Tolerance tolerance_;
  hpa::Controller controller_;
  std::optional<SimTime> last_active_;
  SimTime next_poll_, next_sync_;  // at once, when it is first asked
};

void Keda::Options::describe(Fields& field) {
  const Range upkeep = between(Duration{0}, std::chrono::hours{24 * 365});
  const Range rhythm = between(std::chrono::seconds{1}, std::chrono::hours{1});
  field.required("triggers", triggers, "what wakes the service and holds its size; the one that wants the most replicas counts");
  field("replicas", replicas, "never fewer, never more", between(0, 100'000))(
      "idle", idle, "while no trigger is active, below the minimum; only 0 can be held", between(0, 100'000))(
      "polling", polling, "how often it looks for an active trigger", rhythm)(
      "cooldown", cooldown, "since the last active trigger, before the step to none; between one and many the HPA acts", upkeep)(
      "initial_cooldown", initial_cooldown, "the same from the start of the run, before any trigger has been active", upkeep)(
      "fallback", fallback, "what a trigger that goes on failing counts as")("paused", paused, "leave all as it is")(
      "pause_scale_in", pause_scale_in, "never fewer")("pause_scale_out", pause_scale_out, "never more")(
      "paused_replicas", paused_replicas, "go to so many and stay there", between(0, 100'000))(
      "sync", sync, "how often the HPA looks", rhythm)("tolerance", tolerance, "of the HPA", between(0.0, 100.0))(
      "stabilization", stabilization, "of the HPA: go down only to the highest proposal of this span",
      between(Duration{0}, std::chrono::hours{1}))("behavior", behavior,
                                                   "rate limits and windows of the HPA, in place of the built-in ones");
}

FieldProblems Keda::Options::problems() const {
  FieldProblems problems;
  if (triggers.empty())
    problems.emplace_back("triggers",
                          "has no trigger; give at least one, as {\"metric\": \"queue_length{queue=jobs}\", \"average\": 5}");
  for (std::size_t i = 0; i < triggers.size(); ++i) {
    if (triggers[i].average.has_value() == triggers[i].value.has_value())
      problems.emplace_back(fmt::format("triggers/{}", i), "give exactly one of average and value");
    if (fallback && triggers[i].value)
      problems.emplace_back(
          fmt::format("triggers/{}/value", i),
          "has no fallback, which stands for a number per replica; write \"average\": 5, or remove the fallback");
  }
  if (replicas.low > replicas.high)
    problems.emplace_back("replicas", fmt::format("is from {} to {}; the first is the minimum", replicas.low, replicas.high));
  if (replicas.high < 1) problems.emplace_back("replicas", "allows none at all; the second is the maximum, write [0, 10]");
  if (idle && *idle != 0)
    problems.emplace_back("idle", fmt::format("is {}, but the HPA takes any number from 1 on up to its minimum; write 0", *idle));
  if (idle && replicas.low == 0)
    problems.emplace_back("idle", "is not below the minimum of 0 replicas, so that it changes nothing; remove it");
  if (paused && paused_replicas) problems.emplace_back("paused", "is said twice; paused_replicas pauses as well, remove one");
  return problems;
}

Keda::Keda(const Options& options, const Context&)
    : options_{options},
      failures_(options.triggers.size(), 0),
      object_{.replicas = options.replicas,
              .idle = options.idle,
              .cooldown = options.cooldown,
              .initial_cooldown = options.initial_cooldown,
              .paused = options.paused || options.paused_replicas,
              .pause_scale_in = options.pause_scale_in,
              .pause_scale_out = options.pause_scale_out,
              .falls_back = options.fallback.has_value(),
              .fallback_replicas = options.fallback ? options.fallback->replicas : 0},
      settings_{keda::hpa_range(options.replicas), options.stabilization, options.behavior},
      tolerance_{hpa::tolerance_of(options.tolerance, options.behavior)} {
  for (const TriggerOption& trigger : options.triggers) {
    ConditionError ignored;  // the reader has refused what is no metric
    selectors_.push_back(parse_selector(trigger.metric.name, ignored).value_or(MetricSelector{}));
  }
  // A direction that is paused is one of the HPA's that is disabled; the other takes the limits that a behavior has by default.
  if ((object_.pause_scale_in || object_.pause_scale_out) && !settings_.behavior) settings_.behavior = hpa::Behavior{};
  if (object_.pause_scale_in) settings_.behavior->scale_down.select = "disabled";
  if (object_.pause_scale_out) settings_.behavior->scale_up.select = "disabled";
}

std::vector<MetricSelector> Keda::watched() const { return selectors_; }

// Where both are due the executor is first; what it changed the HPA meets a sync later.
ScalingDecision Keda::decide(const ServiceView& service) {
  const auto is_due = [&service](SimTime& next, Duration period) {
    if (service.now < next) return false;
    next = service.now + period;
    return true;
  };
  const bool syncs = is_due(next_sync_, options_.sync);
  ScalingDecision decision{service.current_replicas, {}};
  if (is_due(next_poll_, options_.polling)) decision = poll(service);
  if (decision.replicas != service.current_replicas || object_.paused || !syncs) return decision;
  return sync(service);
}

// ---- the executor ------------------------------------------------------------------------------------------------------------

std::string poll_reason(const keda::Poll& poll, const std::string& active, Duration cooldown) {
  switch (poll.outcome) {
    case keda::PollOutcome::activated: return fmt::format("active by {}", active);
    case keda::PollOutcome::deactivated: return "no trigger active and the cooldown over";
    case keda::PollOutcome::cooling_down: return fmt::format("no trigger active; cooling down for {}", to_text(cooldown));
    case keda::PollOutcome::raised_to_minimum: return "below the minimum";
    case keda::PollOutcome::paused: return "paused";
    case keda::PollOutcome::trigger_failed: return "a trigger failed; left alone";
    case keda::PollOutcome::nothing: break;
  }
  return active.empty() ? "no trigger active" : fmt::format("active by {}", active);
}

ScalingDecision Keda::poll(const ServiceView& service) {
  if (options_.paused_replicas) return {*options_.paused_replicas, fmt::format("paused at {}", *options_.paused_replicas)};
  keda::Activity seen;
  std::string active;
  for (std::size_t i = 0; i < selectors_.size(); ++i) {
    const TriggerOption& trigger = options_.triggers[i];
    const auto number = service.metrics ? service.metrics->read(selectors_[i]) : std::nullopt;
    seen.failed |= !number;
    if (!number || !keda::is_active(number->value, trigger.activation)) continue;
    seen.active = true;
    if (active.empty()) active = fmt::format("{} {:g} above {:g}", trigger.metric.name, number->value, trigger.activation);
  }
  const keda::Poll poll = keda::poll(object_, service.current_replicas, seen, start_of_time, last_active_, service.now);
  if (poll.marks_active) last_active_ = service.now;
  return {poll.replicas, poll_reason(poll, active, last_active_ ? object_.cooldown : object_.initial_cooldown)};
}

// ---- the HPA -----------------------------------------------------------------------------------------------------------------

hpa::MetricOutcome Keda::measure(std::size_t trigger, const ServiceView& service) {
  constexpr std::string_view failure = "FailedGetExternalMetric";
  const hpa::Target goal = options_.triggers[trigger].goal();
  const hpa::ReplicaNumbers replicas{service.current_replicas, service.status_replicas, hpa::ready_pods(service.pods)};
  const auto number = service.metrics ? service.metrics->read(selectors_[trigger]) : std::nullopt;
  failures_[trigger] = number ? 0 : failures_[trigger] + 1;
  if (number) return {hpa::propose_from_value(hpa::to_milli(number->value), goal, tolerance_, replicas), failure};
  if (options_.fallback) {
    const keda::Fallback fallback{options_.fallback->failures, options_.fallback->replicas, options_.fallback->behavior};
    if (const auto count = keda::fallback_replicas(fallback, failures_[trigger], service.current_replicas))
      return {hpa::propose_from_value(hpa::narrowed(hpa::WideInteger{goal.value} * *count), goal, tolerance_, replicas), failure};
  }
  return {hpa::failed(fmt::format("{} has no value", options_.triggers[trigger].metric.name)), failure};
}

ScalingDecision Keda::sync(const ServiceView& service) {
  std::vector<hpa::MetricOutcome> seen;
  const hpa::Outcome outcome = controller_.pass(settings_, service.current_replicas, service.now, [&] {
    for (std::size_t i = 0; i < selectors_.size(); ++i) seen.push_back(measure(i, service));
    return seen;
  });
  return {outcome.replicas, hpa_reason(outcome, seen, service.current_replicas)};
}

std::string Keda::hpa_reason(const hpa::Outcome& outcome, const std::vector<hpa::MetricOutcome>& seen, int current) const {
  if (current == 0) return "no trigger active";
  if (outcome.replicas != current && seen.empty()) return "held to the HPA's limits";
  if (!outcome.metric) return fmt::format("{}; left alone", outcome.failure);
  const hpa::Proposal& proposal = seen[*outcome.metric].proposal;
  const TriggerOption& trigger = options_.triggers[*outcome.metric];
  const hpa::Target goal = trigger.goal();
  std::string text = fmt::format("{} {:g} against {:g}{}: {} wanted of {}", trigger.metric.name,
                                 static_cast<double>(proposal.seen) / 1000.0, static_cast<double>(goal.value) / 1000.0,
                                 goal.kind == hpa::TargetKind::average ? " per replica" : "", proposal.replicas, current);
  if (failures_[*outcome.metric] > 0) text += ", its fallback";
  if (outcome.stable != proposal.replicas) text += fmt::format("; {} by earlier proposals", outcome.stable);
  if (outcome.limited.replicas != outcome.stable) text += fmt::format("; limited to {}", outcome.limited.replicas);
  return text;
}

const bool offered =
    offer<Autoscaler, Keda>("keda", "KEDA: to none and back by whether anything waits, an HPA on the same metrics between");

}  // namespace
}  // namespace headroom
