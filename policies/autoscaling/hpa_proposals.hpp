// What one metric of a Horizontal Pod Autoscaler proposes: which pods count, what they request, usage over target, replicas.
// Pure functions over plain values; part of the arithmetic in hpa_arithmetic.hpp.
//
// Source: kubernetes/kubernetes, pkg/controller/podautoscaler/replica_calculator.go and metrics/{client,utilization}.go.
// Usage, requests, targets are whole thousandths (milli cores, milli bytes, milli messages), divisions truncate: as there.
// Failures carry the words of the source, which are what its users search for.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::hpa {

// ---- whole numbers -----------------------------------------------------------------------------------------------------------

// Whole thousandths of many pods: 100 times the milli bytes of 2,000 pods of 64 GiB are more than 64 bits hold. Upstream's int64
// would wrap there; the truncated quotient is the same wherever it does not.
__extension__ typedef __int128 WideInteger;  // NOLINT(modernize-use-using): an alias takes no __extension__

inline std::int64_t narrowed(WideInteger value) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return value > most ? most : static_cast<std::int64_t>(value);
}

// Rounds up, as a Quantity does; the small allowance keeps 0.505 cores at 505. What cannot be counted is held at the most that
// can.
inline std::int64_t to_milli(double value) {
  const double milli = std::ceil(value * 1000.0 - 1e-6);
  return milli < 9.2e18 ? static_cast<std::int64_t>(milli) : std::numeric_limits<std::int64_t>::max();
}

// Rounded towards zero and held to what an int holds.
inline int to_replicas(double wanted) {
  constexpr double most = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp(wanted, -most, most));
}

// ---- which pods count --------------------------------------------------------------------------------------------------------

struct Sample {
  std::int64_t value = 0;
  SimTime at;  // end of its window
  Duration window{};
};

// One pod as a metric meets it.
struct MeasuredPod {
  PodPhase phase = PodPhase::running;
  bool deleting = false;
  bool ready = true;
  std::optional<SimTime> started;
  std::optional<SimTime> ready_changed;  // none: it has no condition of readiness
  std::optional<Sample> sample;
  std::optional<std::int64_t> request;
  std::string request_failure;  // why there is no request
};

// Without a sample and a request, which are a metric's.
inline MeasuredPod state_of(const PodView& pod) {
  MeasuredPod measured;
  measured.phase = pod.phase;
  measured.deleting = pod.deleting;
  measured.ready = pod.ready;
  measured.started = pod.started;
  measured.ready_changed = pod.ready_changed;
  return measured;
}

enum class PodGroup { ready, unready, missing, ignored };

struct ReadinessRules {
  Duration initialization{std::chrono::minutes{5}};            // after the start, one whole sample window must lie in readiness
  Duration initial_readiness_delay{std::chrono::seconds{30}};  // unready since within this of the start: never was ready
};

// Only asked for CPU: memory in use during start-up is in use.
inline bool counts_as_unready(const MeasuredPod& pod, const ReadinessRules& rules, SimTime now) {
  if (!pod.started || !pod.ready_changed) return true;
  if (*pod.started + rules.initialization > now) return !pod.ready || pod.sample->at < *pod.ready_changed + pod.sample->window;
  return !pod.ready && *pod.started + rules.initial_readiness_delay > *pod.ready_changed;
}

inline PodGroup group_of(const MeasuredPod& pod, bool readiness_matters, const ReadinessRules& rules, SimTime now) {
  if (pod.deleting || pod.phase == PodPhase::failed) return PodGroup::ignored;
  if (pod.phase == PodPhase::pending) return PodGroup::unready;
  if (!pod.sample) return PodGroup::missing;
  return readiness_matters && counts_as_unready(pod, rules, now) ? PodGroup::unready : PodGroup::ready;
}

// ---- what a pod requests -----------------------------------------------------------------------------------------------------

enum class ContainerKind { regular, init, restartable_init };

struct Container {
  std::string name;
  ContainerKind kind = ContainerKind::regular;
  std::optional<std::int64_t> request;
};

struct PodRequest {
  std::optional<std::int64_t> request;
  std::string failure;  // why there is none
};

// Of one container if `only` names it; else the pod's own, where it has one (`pod_level`: releases from 1.34 on); else the sum of
// its containers. An init container counts if it goes on running.
inline PodRequest request_of(const std::vector<Container>& containers, std::optional<std::int64_t> pod_level,
                             std::string_view only, const std::string& resource, const std::string& pod) {
  if (pod_level && only.empty()) return {pod_level, {}};
  WideInteger sum = 0;
  bool found = only.empty();
  for (const Container& container : containers) {
    if (container.kind == ContainerKind::init || (!only.empty() && container.name != only)) continue;
    if (!container.request) {
      return {std::nullopt, "missing request for " + resource + " in container " + container.name + " of Pod " + pod};
    }
    sum += *container.request;
    found = true;
  }
  if (!found) return {std::nullopt, "container " + std::string{only} + " not found in Pod " + pod};
  return {narrowed(sum), {}};
}

// ---- tolerance and target ----------------------------------------------------------------------------------------------------

// Usage over target at which nothing is changed.
struct Tolerance {
  double up = 0.1;
  double down = 0.1;
  bool of_the_distance =
      false;  // releases up to 1.32: |1 - ratio|, so that rounding scales at exactly 110 % (later both bounds belong)
  bool contains(double ratio) const {
    if (of_the_distance) return std::abs(1.0 - ratio) <= up;
    return 1.0 - down <= ratio && ratio <= 1.0 + up;
  }
};

enum class TargetKind { utilization, average, value };

struct Target {
  TargetKind kind = TargetKind::utilization;
  std::int64_t value = 80;  // percent of the request, or thousandths: per pod, or of all
};

struct Proposal {
  int replicas = 0;
  std::int64_t seen = 0;     // what the target is compared with, in its unit
  std::int64_t average = 0;  // of a utilization: usage per pod, thousandths
  std::string failure{};     // why there is no proposal; empty: there is one
};

inline Proposal failed(std::string failure) { return {0, 0, 0, std::move(failure)}; }

// ---- metrics that each pod has -----------------------------------------------------------------------------------------------

struct PodMetric {
  bool readiness_matters = false;  // CPU
  std::vector<MeasuredPod> pods;
  std::vector<std::int64_t> orphans;  // samples of pods that are not there
};

struct PodUse {
  std::int64_t usage = 0;
  std::optional<std::int64_t> request;  // none: of no pod that is there
};

struct Usage {
  double ratio = 0.0;
  std::int64_t seen = 0;
  std::int64_t average = 0;
};

// None where the samples belong to no pod that is there. `used` is not empty.
inline std::optional<Usage> usage_of(const std::vector<PodUse>& used, const Target& target) {
  WideInteger usage = 0, request = 0, pods = 0;
  for (const PodUse& pod : used) {
    if (target.kind == TargetKind::utilization && !pod.request) continue;
    usage += pod.usage;
    request += pod.request.value_or(0);
    ++pods;
  }
  if (target.kind == TargetKind::utilization && request == 0) return std::nullopt;
  const std::int64_t average = narrowed(usage / pods);
  const std::int64_t seen = target.kind == TargetKind::utilization ? narrowed(usage * 100 / request) : average;
  return Usage{static_cast<double>(seen) / static_cast<double>(target.value), seen, average};
}

struct GroupedPods {
  std::vector<PodUse> used;  // ready pods, and orphans
  std::vector<PodUse> unready, missing;
  std::size_t ready = 0;
  std::string request_failure;
};

inline GroupedPods group_pods(const PodMetric& metric, const ReadinessRules& rules, SimTime now) {
  GroupedPods groups;
  for (const MeasuredPod& pod : metric.pods) {
    const PodUse use{pod.sample ? pod.sample->value : 0, pod.request};
    if (!pod.request && groups.request_failure.empty()) groups.request_failure = pod.request_failure;
    switch (group_of(pod, metric.readiness_matters, rules, now)) {
      case PodGroup::ready: groups.used.push_back(use), ++groups.ready; break;
      case PodGroup::unready: groups.unready.push_back(use); break;
      case PodGroup::missing: groups.missing.push_back(use); break;
      case PodGroup::ignored: break;
    }
  }
  for (const std::int64_t orphan : metric.orphans) groups.used.push_back({orphan, std::nullopt});
  return groups;
}

// What a pod without a sample is taken to use: nothing on the way up; on the way down all of its request (or the target, when
// that is more), for a plain average exactly the target. A ratio of just 1 counts none of them.
inline void count_missing(std::vector<PodUse>& used, const std::vector<PodUse>& missing, double ratio, const Target& target) {
  if (ratio == 1.0) return;
  for (PodUse pod : missing) {
    pod.usage = 0;
    if (ratio < 1.0) {
      const WideInteger percent = std::max<std::int64_t>(100, target.value);
      pod.usage = target.kind == TargetKind::utilization ? narrowed(pod.request.value_or(0) * percent / 100) : target.value;
    }
    used.push_back(pod);
  }
}

// By utilization or average, at present `current`.
inline Proposal propose_from_pods(const PodMetric& metric, const Target& target, const Tolerance& tolerance,
                                  const ReadinessRules& rules, SimTime now, int current) {
  if (metric.pods.empty()) return failed("no pods returned by selector while calculating replica count");
  GroupedPods groups = group_pods(metric, rules, now);
  if (groups.used.empty()) return failed("did not receive metrics for targeted pods (pods might be unready)");
  if (target.kind == TargetKind::utilization && !groups.request_failure.empty()) return failed(groups.request_failure);
  const std::optional<Usage> seen = usage_of(groups.used, target);
  if (!seen) return failed("no metrics returned matched known pods");

  Proposal proposal{current, seen->seen, seen->average};
  const bool unready_on_the_way_up = !groups.unready.empty() && seen->ratio > 1.0;
  if (!unready_on_the_way_up && groups.missing.empty()) {
    if (!tolerance.contains(seen->ratio))
      proposal.replicas = to_replicas(std::ceil(seen->ratio * static_cast<double>(groups.ready)));
    return proposal;
  }

  count_missing(groups.used, groups.missing, seen->ratio, target);
  if (unready_on_the_way_up) {
    for (const PodUse& pod : groups.unready) groups.used.push_back({0, pod.request});
  }
  const double cautious = usage_of(groups.used, target)->ratio;
  const bool turned = (seen->ratio < 1.0 && cautious > 1.0) || (seen->ratio > 1.0 && cautious < 1.0);
  if (tolerance.contains(cautious) || turned) return proposal;
  const int wanted = to_replicas(std::ceil(cautious * static_cast<double>(groups.used.size())));
  const bool wrong_way = (cautious < 1.0 && wanted > current) || (cautious > 1.0 && wanted < current);
  if (!wrong_way) proposal.replicas = wanted;
  return proposal;
}

// ---- metrics of something else -----------------------------------------------------------------------------------------------

// Held at the most that can be counted.
inline std::int64_t sum_of(std::span<const std::int64_t> samples) {
  WideInteger sum = 0;
  for (const std::int64_t sample : samples) sum += sample;
  return narrowed(sum);
}

struct ReplicaNumbers {
  int asked_for = 0;         // spec.replicas
  int there = 0;             // status.replicas
  std::optional<int> ready;  // running and ready; none: there is no pod at all
};

inline std::optional<int> ready_pods(std::span<const PodView> pods) {
  if (pods.empty()) return std::nullopt;
  return static_cast<int>(
      std::ranges::count_if(pods, [](const PodView& pod) { return pod.phase == PodPhase::running && pod.ready; }));
}

// By an average per pod: of the pods there are, ready or not.
inline Proposal propose_by_average(std::int64_t usage, std::int64_t target, const Tolerance& tolerance, int there) {
  const double wanted = static_cast<double>(usage) / static_cast<double>(target);
  Proposal proposal{there, usage};
  if (!tolerance.contains(static_cast<double>(usage) / (static_cast<double>(target) * there))) {
    proposal.replicas = to_replicas(std::ceil(wanted));
  }
  if (there > 0 && usage < std::numeric_limits<std::int64_t>::max()) {
    proposal.seen = static_cast<std::int64_t>(std::ceil(static_cast<double>(usage) / there));
  }
  return proposal;
}

// By a value of all together: in proportion to the pods that are ready; from none, without tolerance, what the ratio says.
inline Proposal propose_by_value(std::int64_t usage, std::int64_t target, const Tolerance& tolerance,
                                 const ReplicaNumbers& replicas) {
  const double ratio = static_cast<double>(usage) / static_cast<double>(target);
  if (replicas.asked_for == 0) return {to_replicas(std::ceil(ratio)), usage};
  if (tolerance.contains(ratio)) return {replicas.asked_for, usage};
  if (!replicas.ready)
    return failed("unable to calculate ready pods: no pods returned by selector while calculating replica count");
  return {to_replicas(std::ceil(ratio * *replicas.ready)), usage};
}

inline Proposal propose_from_value(std::int64_t usage, const Target& target, const Tolerance& tolerance,
                                   const ReplicaNumbers& replicas) {
  return target.kind == TargetKind::average ? propose_by_average(usage, target.value, tolerance, replicas.there)
                                            : propose_by_value(usage, target.value, tolerance, replicas);
}

}  // namespace headroom::hpa
