// Monitors: every user has some, every monitor runs a job once per period. Any number of them in O(1) memory.
//
// One arrival is one run of a job; the sources it visits are a for_each in its journey. The subject is the monitor's rank in the
// order of the runs within a period: under `hashed` (a phase of its own, kept) always the same monitor; under `jittered` and
// `aligned` the n-th job to start in every period.
#include <algorithm>
#include <cmath>

#include "models/arrivals/periodic.hpp"
#include "models/workloads/journeys.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {
namespace {

class Monitors final : public Workload {
 public:
  struct Options {
    std::int64_t users = 0;
    double monitors_per_user = 1.0;
    Duration period{std::chrono::minutes{5}};
    std::string phase = "hashed";
    std::optional<Duration> jitter;

    void describe(Fields& field);
    FieldProblems problems() const;
    double monitors() const { return std::round(static_cast<double>(users) * monitors_per_user); }
    PhaseRule rule() const {
      return phase == "aligned" ? PhaseRule::aligned : phase == "jittered" ? PhaseRule::jittered : PhaseRule::hashed;
    }
  };

  Monitors(const Options& options, const Context& context);
  std::size_t next(std::span<Arrival> batch) override;
  double mean_rate() const override { return options_.monitors() / to_seconds(options_.period); }
  double peak_rate() const override;
  double users() const override { return static_cast<double>(options_.users); }
  bool stationary() const override;

 private:
  Options options_;
  double end_;
  PeriodicJobs jobs_;
  JourneyChoice journeys_;
  bool over_ = false;
};

void Monitors::Options::describe(Fields& field) {
  field.required("users", users, "users, each with monitors", at_least(1.0));
  field("monitors_per_user", monitors_per_user, "monitors of one user, on average", more_than(0.0));
  field("period", period, "every monitor runs a job once per period", more_than(0.0));
  field.choice("phase", phase,
               "\"aligned\": all at the start of every period; \"jittered\": a fresh random delay after it; \"hashed\": a phase "
               "of its own",
               {"aligned", "jittered", "hashed"});
  field("jitter", jitter, "of jittered phases: the delay is uniform from 0 to this; default the period", more_than(0.0));
}

FieldProblems Monitors::Options::problems() const {
  FieldProblems problems;
  if (jitter && rule() != PhaseRule::jittered) problems.emplace_back("jitter", "belongs to \"phase\": \"jittered\"");
  if (jitter && *jitter > period) problems.emplace_back("jitter", "is longer than the period " + to_text(period));
  if (monitors() < 1.0)
    problems.emplace_back("monitors_per_user", "leaves no monitor at all; users × monitors_per_user must be at least 1");
  if (monitors() > 9e15) problems.emplace_back("monitors_per_user", "makes more than 9e15 monitors, more than can be counted");
  return problems;
}

Monitors::Monitors(const Options& options, const Context& context)
    : options_{options},
      end_{to_seconds(context.end)},
      jobs_{static_cast<std::uint64_t>(options.monitors()), to_seconds(options.period), options.rule(),
            to_seconds(options.jitter.value_or(options.period)), context.streams->named("workloads/" + context.name + "/phase")},
      journeys_{context.journeys, context.streams->named("workloads/" + context.name + "/journey")} {}

// Counted per second, so that a burst of all at once has a rate: what is spread over less than a second comes within one.
double Monitors::peak_rate() const {
  const double period = to_seconds(options_.period);
  const double spread = options_.rule() == PhaseRule::hashed     ? period
                        : options_.rule() == PhaseRule::jittered ? to_seconds(options_.jitter.value_or(options_.period))
                                                                 : 0.0;
  return options_.monitors() / std::min(period, std::max(spread, 1.0));
}

// Hashed phases are spread evenly. Waves count as a constant rate when the run sees at least 20 of them.
bool Monitors::stationary() const { return options_.rule() == PhaseRule::hashed || to_seconds(options_.period) * 20.0 <= end_; }

std::size_t Monitors::next(std::span<Arrival> batch) {
  std::size_t filled = 0;
  while (filled < batch.size() && !over_) {
    const PeriodicRun run = jobs_.next();
    if (!(run.at < end_)) {
      over_ = true;
      break;
    }
    batch[filled++] = {.at = at_seconds(run.at), .journey = journeys_.next(), .subject = run.job};
  }
  return filled;
}

const bool offered =
    offer<Workload, Monitors>("monitors", "periodic jobs: users × monitors × period, with aligned, jittered or hashed phases");

}  // namespace
}  // namespace headroom
