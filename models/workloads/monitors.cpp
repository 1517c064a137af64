// Monitors: every user has some, every monitor runs a job once per period. Any number of them in O(1) memory.
//
// One arrival is one run of a job; the sources it visits are a for_each in its journey. The subject is the monitor's rank in the
// order of the runs within a period (of its class, behind those of the classes before): under `hashed` (a phase of its own, kept)
// always the same monitor; under `jittered` and `aligned` the n-th job to start in every period.
#include <algorithm>
#include <cmath>

#include "models/arrivals/periodic.hpp"
#include "models/workloads/journeys.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {
namespace {

constexpr Duration usual_period = std::chrono::minutes{5};
constexpr double most_monitors = 9e15;  // whole numbers end there

struct MonitorClass {
  static constexpr std::string_view type_name = "monitor_class";
  std::string name;
  Ratio share;
  Duration period{};
  std::string journey;

  void describe(Fields& field) {
    field.required("name", name, "name of the class");
    field.required("share", share, "of all monitors; the shares of all classes make 100 %", between(0.0, 1.0));
    field.required("period", period, "every monitor of the class runs a job once per period", more_than(0.0));
    field("journey", journey, "what a job of the class does; without it any of the journeys, by their weights");
  }
};

class Monitors final : public Workload {
 public:
  struct Options {
    std::int64_t users = 0;
    double monitors_per_user = 1.0;
    std::optional<Duration> period;
    std::vector<MonitorClass> classes;
    std::string phase = "hashed";
    std::optional<Duration> jitter;

    void describe(Fields& field);
    FieldProblems problems() const;
    Options at_load(double load) const {
      Options scaled = *this;
      scaled.users = count_at_load(users, load);
      return scaled;
    }
    double monitors() const { return std::round(static_cast<double>(users) * monitors_per_user); }
    PhaseRule rule() const {
      return phase == "aligned" ? PhaseRule::aligned : phase == "jittered" ? PhaseRule::jittered : PhaseRule::hashed;
    }
  };

  Monitors(const Options& options, const Context& context);
  std::size_t next(std::span<Arrival> batch) override;
  double mean_rate() const override;
  double peak_rate() const override;
  double users() const override { return static_cast<double>(options_.users); }
  bool stationary() const override;
  std::vector<Rhythm> rhythms() const override;
  Duration rhythm_of(std::uint64_t subject) const override;
  SimTime due(std::uint64_t subject, SimTime at) const override;
  FieldProblems problems() const override { return problems_; }

 private:
  // Monitors of one period, numbered from `first` on, and their next run.
  struct Group {
    std::uint64_t first = 0, count = 0;
    Duration period{};
    std::optional<std::uint32_t> journey;
    PeriodicJobs jobs;
    PeriodicRun next;

    double rate() const { return static_cast<double>(count) / to_seconds(period); }
  };

  void add_group(const MonitorClass& one, std::uint64_t end, const std::string& stream, const Context& context);

  Options options_;
  double end_;
  std::vector<Group> groups_;
  JourneyChoice journeys_;
  FieldProblems problems_;
};

void Monitors::Options::describe(Fields& field) {
  field.required("users", users, "users, each with monitors", at_least(1.0));
  field("monitors_per_user", monitors_per_user, "monitors of one user, on average", more_than(0.0));
  field("period", period, "every monitor runs a job once per period; 5 min without it", more_than(0.0));
  field("classes", classes, "monitors of several periods, instead of one");
  field.choice("phase", phase,
               "\"aligned\": all at the start of every period; \"jittered\": a fresh random delay after it, which counts as "
               "lateness; \"hashed\": a phase of its own",
               {"aligned", "jittered", "hashed"});
  field("jitter", jitter, "of jittered phases: the delay is uniform from 0 to this; default the period", more_than(0.0));
}

FieldProblems Monitors::Options::problems() const {
  FieldProblems problems;
  const auto say = [&](const char* field, const std::string& what) { problems.emplace_back(field, what); };
  if (jitter && rule() != PhaseRule::jittered) say("jitter", "belongs to \"phase\": \"jittered\"");
  const auto check_jitter = [&](Duration span) {
    if (jitter && *jitter > span) say("jitter", "is longer than the period " + to_text(span));
  };
  if (classes.empty()) check_jitter(period.value_or(usual_period));
  for (const MonitorClass& one : classes) check_jitter(one.period);
  if (period && !classes.empty()) say("period", "belongs to monitors that are all alike; classes have periods of their own");
  double total = 0.0;
  for (const MonitorClass& one : classes) total += one.share.value;
  if (!classes.empty() && std::abs(total - 1.0) > 1e-9)
    say("classes",
        "have shares that make " + to_text(std::round(total * 1e9) / 1e9, Dimension::ratio) + " together; they must make 100 %");
  if (monitors() < 1.0) say("monitors_per_user", "leaves no monitor at all; users × monitors_per_user must be at least 1");
  if (monitors() > most_monitors) say("monitors_per_user", "makes more than 9e15 monitors, more than can be counted");
  return problems;
}

Monitors::Monitors(const Options& options, const Context& context)
    : options_{options.at_load(context.load)},
      end_{to_seconds(context.end)},
      journeys_{context.journeys, context.streams->named("workloads/" + context.name + "/journey")} {
  const std::string stream = "workloads/" + context.name + "/phase";
  const double monitors = std::min(options_.monitors(), most_monitors);
  if (options_.monitors() > most_monitors)
    problems_.emplace_back("users", "times the load of the scenario makes more than 9e15 monitors, more than can be counted");
  if (options.classes.empty()) {
    const MonitorClass all{{}, Ratio{1.0}, options.period.value_or(usual_period), {}};
    add_group(all, static_cast<std::uint64_t>(monitors), stream, context);
  }
  double share = 0.0;
  for (const MonitorClass& one : options.classes) {
    share += one.share.value;
    add_group(one, static_cast<std::uint64_t>(std::round(std::min(1.0, share) * monitors)), stream + "/" + one.name, context);
  }
}

// From the last group's end to `end`; a class too small for a single monitor makes no group.
void Monitors::add_group(const MonitorClass& one, std::uint64_t end, const std::string& stream, const Context& context) {
  std::optional<std::uint32_t> journey;
  if (!one.journey.empty()) {
    const auto found = std::ranges::find(context.journeys, one.journey, &JourneyShape::name);
    if (found == context.journeys.end())
      problems_.emplace_back(
          "classes", "class \"" + one.name + "\" takes the journey \"" + one.journey + "\", which the workload does not have");
    else
      journey = static_cast<std::uint32_t>(found - context.journeys.begin());
  }
  const std::uint64_t first = groups_.empty() ? 0 : groups_.back().first + groups_.back().count;
  if (end <= first) return;
  PeriodicJobs jobs{end - first, to_seconds(one.period), options_.rule(), to_seconds(options_.jitter.value_or(one.period)),
                    context.streams->named(stream)};
  groups_.push_back({first, end - first, one.period, journey, jobs, {}});
  groups_.back().next = groups_.back().jobs.next();
}

double Monitors::mean_rate() const {
  double rate = 0.0;
  for (const Group& group : groups_) rate += group.rate();
  return rate;
}

// Counted per second, so that a burst of all at once has a rate: what is spread over less than a second comes within one.
double Monitors::peak_rate() const {
  double peak = 0.0;
  for (const Group& group : groups_) {
    const double period = to_seconds(group.period);
    const double spread = options_.rule() == PhaseRule::hashed     ? period
                          : options_.rule() == PhaseRule::jittered ? to_seconds(options_.jitter.value_or(group.period))
                                                                   : 0.0;
    peak += static_cast<double>(group.count) / std::min(period, std::max(spread, 1.0));
  }
  return peak;
}

// Hashed phases are spread evenly. Waves count as a constant rate when the run sees at least 20 of them.
bool Monitors::stationary() const {
  return options_.rule() == PhaseRule::hashed ||
         std::ranges::all_of(groups_, [&](const Group& group) { return to_seconds(group.period) * 20.0 <= end_; });
}

std::vector<Rhythm> Monitors::rhythms() const {
  std::vector<Rhythm> all;
  for (const Group& group : groups_) all.push_back({group.rate() / mean_rate(), group.period});
  return all;
}

Duration Monitors::rhythm_of(std::uint64_t subject) const {
  const auto has = [&](const Group& group) { return subject < group.first + group.count; };
  const auto found = std::ranges::find_if(groups_, has);
  return found == groups_.end() ? Duration{} : found->period;
}

// Jitter delays a run within its own period, so the period's start is what it was due at.
SimTime Monitors::due(std::uint64_t subject, SimTime at) const {
  const Duration period = rhythm_of(subject);
  if (options_.rule() != PhaseRule::jittered || period == Duration{}) return at;
  return SimTime{at.time_since_epoch() / period * period};
}

std::size_t Monitors::next(std::span<Arrival> batch) {
  std::size_t filled = 0;
  while (filled < batch.size()) {
    const auto first = std::ranges::min_element(groups_, {}, [](const Group& group) { return group.next.at; });
    const PeriodicRun run = first->next;
    if (!(run.at < end_)) break;
    batch[filled++] = {.at = at_seconds(run.at),
                       .journey = first->journey ? *first->journey : journeys_.next(),
                       .subject = first->first + run.job};
    first->next = first->jobs.next();
  }
  return filled;
}

const bool offered =
    offer<Workload, Monitors>("monitors", "periodic jobs: users × monitors × period, with aligned, jittered or hashed phases");

}  // namespace
}  // namespace headroom
