// The arithmetic of KEDA: when a trigger is active, what one poll of the executor does to the replicas of a ScaledObject, what a
// trigger that fails counts as, and how many jobs a ScaledJob creates. What happens from one replica up is an HPA's doing
// (hpa_arithmetic.hpp).
//
// Beside a policy as hpa_arithmetic.hpp is: upstream tests these steps one by one.
//
// Source: kedacore/keda, pkg/scaling/executor/{scale_scaledobjects,scale_jobs}.go, pkg/fallback/fallback.go,
// apis/keda/v1alpha1/scaledobject_types.go.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "policies/autoscaling/hpa_proposals.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom::keda {

// ---- triggers ----------------------------------------------------------------------------------------------------------------

struct TriggerRules {
  double activation = 0.0;                          // the metric must be above
  hpa::TargetKind kind = hpa::TargetKind::average;  // of what the HPA holds: per replica, or of all
};

// Strictly above: a queue of exactly as many messages wakes nobody.
inline bool is_active(double value, double activation) { return value > activation; }

// ---- a ScaledObject ----------------------------------------------------------------------------------------------------------

struct ScaledObject {
  IntegerRange replicas{0, 100};
  std::optional<int> idle{};  // while no trigger is active, in place of the minimum
  Duration cooldown{std::chrono::seconds{300}};
  Duration initial_cooldown{};  // for an object that never was active, from its creation on
  bool paused = false;
  bool pause_scale_in = false;
  bool pause_scale_out = false;
  bool falls_back = false;    // it has a fallback …
  int fallback_replicas = 0;  // … to so many
};

// What a poll found.
struct Activity {
  bool active = false;  // at least one trigger
  bool failed = false;  // at least one trigger
};

// The HPA that serves an object: it never goes below 1.
inline IntegerRange hpa_range(const IntegerRange& replicas) { return {std::max(1, replicas.low), replicas.high}; }

enum class PollOutcome { nothing, activated, deactivated, cooling_down, raised_to_minimum, paused, trigger_failed };

struct Poll {
  int replicas = 0;
  PollOutcome outcome = PollOutcome::nothing;
  bool marks_active = false;  // the time of the last activity is now
};

namespace detail {

// The last activity (or, without one, the creation) lies more than its cooldown back.
inline bool has_cooled_down(const ScaledObject& object, SimTime created, std::optional<SimTime> last_active, SimTime now) {
  return last_active ? *last_active + object.cooldown < now : created + object.initial_cooldown < now;
}

inline Poll poll_active(const ScaledObject& object, int current, bool failed) {
  const bool below_minimum = object.idle && current < object.replicas.low;
  if (below_minimum || current == 0) {
    if (object.pause_scale_out) return {current, PollOutcome::paused, false};
    return {std::max(1, object.replicas.low), PollOutcome::activated, true};
  }
  // A failing trigger beside an active one leaves the time of the last activity as it was, as upstream.
  return failed ? Poll{current, PollOutcome::trigger_failed, false} : Poll{current, PollOutcome::nothing, true};
}

}  // namespace detail

// One poll of the executor. `created`: of the object.
inline Poll poll(const ScaledObject& object, int current, const Activity& seen, SimTime created,
                 std::optional<SimTime> last_active, SimTime now) {
  if (object.paused) return {current, PollOutcome::paused, false};
  if (seen.active) return detail::poll_active(object, current, seen.failed);
  // A trigger that fails may hide an activity; a fallback to none does not hold the object up.
  if (seen.failed && (!object.falls_back || object.fallback_replicas != 0)) return {current, PollOutcome::trigger_failed, false};
  if ((object.idle && current > *object.idle) || (current > 0 && object.replicas.low == 0)) {
    if (object.pause_scale_in) return {current, PollOutcome::paused, false};
    if (!detail::has_cooled_down(object, created, last_active, now)) return {current, PollOutcome::cooling_down, false};
    return {object.idle.value_or(object.replicas.low), PollOutcome::deactivated, false};
  }
  if (!object.idle && current < object.replicas.low) return {object.replicas.low, PollOutcome::raised_to_minimum, false};
  return {current, PollOutcome::nothing, false};
}

// ---- fallback ----------------------------------------------------------------------------------------------------------------

struct Fallback {
  int failures = 3;  // in a row; with one more the fallback counts
  int replicas = 0;
  std::string_view behavior = "static";  // "static", "current", "current-if-higher", "current-if-lower"
};

// The replicas that a trigger which has failed `failures` times in a row stands for; none: its error goes to the HPA.
inline std::optional<int> fallback_replicas(const Fallback& fallback, int failures, int current) {
  if (failures <= fallback.failures) return std::nullopt;
  if (fallback.behavior == "current") return current;
  if (fallback.behavior == "current-if-higher") return std::max(current, fallback.replicas);
  if (fallback.behavior == "current-if-lower") return std::min(current, fallback.replicas);
  return fallback.replicas;
}

// ---- a ScaledJob -------------------------------------------------------------------------------------------------------------

enum class JobStrategy { standard, custom, accurate, eager };

struct ScaledJob {
  JobStrategy strategy = JobStrategy::standard;
  std::int64_t most = 100;  // jobs at a time
  std::int64_t least = 0;
  std::optional<std::int64_t> deduction{};     // of custom: from what the queue asks for; none: 0
  std::optional<double> running_percentage{};  // of custom: of the running jobs; none: custom is standard
  std::int64_t history = 100;                  // finished jobs that are kept, of each kind
};

struct Jobs {
  std::int64_t running = 0;  // not finished, the pending ones among them
  std::int64_t pending = 0;  // without a pod that runs
};

// What the triggers ask for: `most` is what one more poll may create, `wanted` what there is work for.
struct JobDemand {
  std::int64_t most = 0;
  std::int64_t wanted = 0;
};

// Of a queue: a job per `target` messages, and no more jobs than there are messages.
inline JobDemand demand_of(double queue, double target, std::int64_t most_replicas) {
  const double jobs = target == 0.0 ? 0.0 : std::min(static_cast<double>(most_replicas), queue / target);
  return {static_cast<std::int64_t>(std::ceil(jobs)), static_cast<std::int64_t>(std::ceil(queue))};
}

// By the strategy alone; may be negative.
inline JobDemand effective_demand(const ScaledJob& job, const Jobs& jobs, const JobDemand& asked) {
  switch (job.strategy) {
    case JobStrategy::custom:
      if (!job.running_percentage) break;
      return {std::min(asked.most - job.deduction.value_or(0) -
                           static_cast<std::int64_t>(static_cast<double>(jobs.running) * *job.running_percentage),
                       job.most),
              asked.wanted};
    // The messages of jobs that run are gone from the queue, those of the pending ones are not.
    case JobStrategy::accurate: return {std::min(asked.most - jobs.pending, job.most - jobs.running), asked.wanted};
    case JobStrategy::eager: return {std::min(job.most - jobs.running - jobs.pending, asked.most), job.most};
    case JobStrategy::standard: break;
  }
  return {asked.most - jobs.running, asked.wanted};
}

// The jobs of the minimum first; those above it as if the minimum were not there.
inline JobDemand scaling_decision(const ScaledJob& job, const Jobs& jobs, const JobDemand& asked) {
  if (jobs.running < job.least) return {job.least - jobs.running, job.least - jobs.running};
  return effective_demand(job, {jobs.running - job.least, jobs.pending}, asked);
}

inline std::int64_t jobs_to_create(const JobDemand& decided) {
  return std::max<std::int64_t>(0, std::min(decided.wanted, decided.most));
}

// Of the finished jobs of one kind, successful or failed: the oldest beyond the history go.
inline std::int64_t jobs_to_delete(const ScaledJob& job, std::int64_t finished) {
  return std::max<std::int64_t>(0, finished - job.history);
}

}  // namespace headroom::keda
