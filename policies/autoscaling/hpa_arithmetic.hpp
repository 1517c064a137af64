// The arithmetic of the Horizontal Pod Autoscaler: which pods count, what one metric proposes, how proposals are stabilised and
// how fast a behavior lets them through. Pure functions over plain values; hpa.cpp puts them in order.
//
// A header beside a policy is an exception: upstream tests these steps one by one (a log afterwards, an event replaced), and
// those facts cannot be seen through decide(). Nothing but hpa.cpp and its test includes this.
//
// Source: kubernetes/kubernetes, pkg/controller/podautoscaler/{replica_calculator,horizontal}.go and metrics/utilization.go.
// Usage, requests and averages are whole thousandths (milli cores, milli bytes), divisions truncate: as there.
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

#include "sim/core/fields.hpp"
#include "sim/core/time.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::hpa {

// ---- which pods count --------------------------------------------------------------------------------------------------------

enum class Resource { cpu, memory };
enum class PodGroup { ready, unready, missing, ignored };

struct ReadinessRules {
  Duration initialization{std::chrono::minutes{5}};            // after the start, one whole sample window must lie in readiness
  Duration initial_readiness_delay{std::chrono::seconds{30}};  // unready since within this of the start: never was ready
};

inline const std::optional<PodSample>& sample_of(const PodView& pod, Resource resource) {
  return resource == Resource::cpu ? pod.cpu : pod.memory;
}

// Readiness matters for CPU only: memory in use during start-up is in use.
inline bool counts_as_unready(const PodView& pod, const PodSample& sample, const ReadinessRules& rules, SimTime now) {
  if (!pod.started || !pod.ready_changed) return true;
  if (*pod.started + rules.initialization > now) return !pod.ready || sample.at < *pod.ready_changed + sample.window;
  return !pod.ready && *pod.started + rules.initial_readiness_delay > *pod.ready_changed;
}

inline PodGroup group_of(const PodView& pod, Resource resource, const ReadinessRules& rules, SimTime now) {
  if (pod.deleting || pod.phase == PodPhase::failed) return PodGroup::ignored;
  if (pod.phase == PodPhase::pending) return PodGroup::unready;
  const auto& sample = sample_of(pod, resource);
  if (!sample) return PodGroup::missing;
  const bool unready = resource == Resource::cpu && counts_as_unready(pod, *sample, rules, now);
  return unready ? PodGroup::unready : PodGroup::ready;
}

// ---- what one metric proposes ------------------------------------------------------------------------------------------------

// Usage over target at which nothing is changed: both bounds belong to it.
struct Tolerance {
  double up = 0.1;
  double down = 0.1;
  bool contains(double ratio) const { return 1.0 - down <= ratio && ratio <= 1.0 + up; }
};

enum class TargetKind { utilization, average };

struct Target {
  TargetKind kind = TargetKind::utilization;
  std::int64_t value = 80;  // > 0; percent of the request, or thousandths per pod
};

struct PodUse {
  std::int64_t usage = 0;
  std::int64_t request = 0;
};

struct Proposal {
  int replicas = 0;
  std::int64_t seen = 0;     // what the target is compared with, in its unit
  std::string_view failure;  // why there is no proposal; empty: there is one
};

// Whole thousandths of many pods: 100 times the milli bytes of 2,000 pods of 64 GiB are more than 64 bits hold. Upstream's int64
// would wrap there; the truncated quotient is the same wherever it does not.
__extension__ typedef __int128 WideInteger;  // NOLINT(modernize-use-using): an alias takes no __extension__

inline std::int64_t narrowed(WideInteger value) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return value > most ? most : static_cast<std::int64_t>(value);
}

// Rounds up, as a Quantity does; the small allowance keeps 0.505 cores at 505.
inline std::int64_t to_milli(double value) { return narrowed(static_cast<WideInteger>(std::ceil(value * 1000.0 - 1e-6))); }

inline int to_replicas(double wanted) {
  return static_cast<int>(std::clamp(wanted, 0.0, static_cast<double>(std::numeric_limits<int>::max())));
}

// `used` is not empty and its requests are not all zero.
inline std::int64_t seen_usage(const std::vector<PodUse>& used, TargetKind kind) {
  WideInteger usage = 0, request = 0;
  for (const PodUse& pod : used) {
    usage += pod.usage;
    request += pod.request;
  }
  return narrowed(kind == TargetKind::utilization ? usage * 100 / request : usage / static_cast<WideInteger>(used.size()));
}

inline double usage_ratio(const std::vector<PodUse>& used, const Target& target) {
  return static_cast<double>(seen_usage(used, target.kind)) / static_cast<double>(target.value);
}

struct GroupedPods {
  std::vector<PodUse> ready, unready, missing;
  bool sampled = false;  // any pod at all
  bool request_missing = false;
};

inline GroupedPods group_pods(std::span<const PodView> pods, Resource resource, const ReadinessRules& rules, SimTime now) {
  GroupedPods groups;
  for (const PodView& pod : pods) {
    const double request = resource == Resource::cpu ? pod.cpu_request : static_cast<double>(pod.memory_request.count);
    const auto& sample = sample_of(pod, resource);
    const PodUse use{sample ? to_milli(sample->value) : 0, to_milli(request)};
    groups.sampled |= sample.has_value();
    groups.request_missing |= use.request <= 0;
    switch (group_of(pod, resource, rules, now)) {
      case PodGroup::ready: groups.ready.push_back(use); break;
      case PodGroup::unready: groups.unready.push_back(use); break;
      case PodGroup::missing: groups.missing.push_back(use); break;
      case PodGroup::ignored: break;
    }
  }
  return groups;
}

// What a pod without a sample is taken to use: nothing on the way up; on the way down all of its request (or the target, when
// that is more), for a plain average exactly the target. A ratio of just 1 adds nothing to a utilization, zero to an average.
inline void count_missing(std::vector<PodUse>& used, const std::vector<PodUse>& missing, double ratio, const Target& target) {
  if (ratio == 1.0 && target.kind == TargetKind::utilization) return;
  for (PodUse pod : missing) {
    pod.usage = 0;
    if (ratio < 1.0) {
      const WideInteger percent = std::max<std::int64_t>(100, target.value);
      pod.usage = target.kind == TargetKind::average ? target.value : narrowed(pod.request * percent / 100);
    }
    used.push_back(pod);
  }
}

// The number of replicas by one resource metric, at present `current`.
inline Proposal propose(std::span<const PodView> pods, Resource resource, const Target& target, const Tolerance& tolerance,
                        const ReadinessRules& rules, SimTime now, int current) {
  if (pods.empty()) return {current, 0, "no pods"};
  const GroupedPods groups = group_pods(pods, resource, rules, now);
  if (!groups.sampled) return {current, 0, "no sample of any pod yet"};
  if (groups.ready.empty()) return {current, 0, "no sample of a ready pod yet"};
  if (target.kind == TargetKind::utilization && groups.request_missing) return {current, 0, "a pod requests none of it"};

  std::vector<PodUse> used = groups.ready;
  const double ratio = usage_ratio(used, target);
  const std::int64_t seen = seen_usage(used, target.kind);
  const bool unready_on_the_way_up = !groups.unready.empty() && ratio > 1.0;
  if (!unready_on_the_way_up && groups.missing.empty()) {
    if (tolerance.contains(ratio)) return {current, seen, {}};
    return {to_replicas(std::ceil(ratio * static_cast<double>(groups.ready.size()))), seen, {}};
  }

  count_missing(used, groups.missing, ratio, target);
  if (unready_on_the_way_up) {
    for (const PodUse& pod : groups.unready) used.push_back({0, pod.request});
  }
  const double cautious = usage_ratio(used, target);
  const bool turned = (ratio < 1.0 && cautious > 1.0) || (ratio > 1.0 && cautious < 1.0);
  if (tolerance.contains(cautious) || turned) return {current, seen, {}};
  const int wanted = to_replicas(std::ceil(cautious * static_cast<double>(used.size())));
  const bool wrong_way = (cautious < 1.0 && wanted > current) || (cautious > 1.0 && wanted < current);
  return {wrong_way ? current : wanted, seen, {}};
}

// ---- stabilisation -----------------------------------------------------------------------------------------------------------

// A raw proposal, kept as it was before stabilisation and limits.
struct Recommendation {
  int replicas = 0;
  SimTime at;
};

inline void remember(std::vector<Recommendation>& log, const Recommendation* outdated, int desired, SimTime now) {
  if (outdated)
    log[static_cast<std::size_t>(outdated - log.data())] = {desired, now};
  else
    log.push_back({desired, now});
}

// Without a behavior: the highest of the window; a recommendation of exactly `window` ago still counts.
inline int stabilize(std::vector<Recommendation>& log, int desired, Duration window, SimTime now) {
  int highest = desired;
  const Recommendation* outdated = nullptr;
  for (const Recommendation& past : log) {
    if (past.at < now - window)
      outdated = &past;
    else
      highest = std::max(highest, past.replicas);
  }
  remember(log, outdated, desired, now);
  return highest;
}

// With a behavior: the current size, moved into [lowest of the up window, highest of the down window]; ages are strict.
inline int stabilize(std::vector<Recommendation>& log, int current, int desired, Duration up_window, Duration down_window,
                     SimTime now) {
  int lowest = desired, highest = desired;
  const Recommendation* outdated = nullptr;
  for (const Recommendation& past : log) {
    if (past.at > now - up_window) lowest = std::min(lowest, past.replicas);
    if (past.at > now - down_window) highest = std::max(highest, past.replicas);
    if (past.at < now - up_window && past.at < now - down_window) outdated = &past;
  }
  remember(log, outdated, desired, now);
  return std::min(std::max(current, lowest), highest);
}

// ---- limits ------------------------------------------------------------------------------------------------------------------

// Without a behavior: up to double at a time, or four.
inline int legacy_scale_up_limit(int current) { return to_replicas(std::max(2.0 * current, 4.0)); }

struct ScalingPolicy {
  static constexpr std::string_view type_name = "scaling_policy";
  std::string type = "pods";
  int value = 4;
  Duration period{std::chrono::seconds{15}};

  void describe(Fields& field) {
    field.choice("type", type, "what `value` counts", {"pods", "percent"})(
        "value", value, "change allowed per period: pods, or percent of the replicas at the period's start",
        between(1, 1'000'000))("period", period, "the span over which the change is counted",
                               between(std::chrono::seconds{1}, std::chrono::minutes{30}));
  }
};

struct ScalingRules {
  static constexpr std::string_view type_name = "scaling_rules";
  std::optional<Duration> stabilization;
  std::string select = "max";
  std::optional<Ratio> tolerance;
  std::vector<ScalingPolicy> policies;

  void describe(Fields& field) {
    field("stabilization", stabilization, "window of past proposals to respect; default: 0 s up, the autoscaler's own down",
          between(Duration{0}, std::chrono::hours{1}))
        .choice("select", select, "which policy counts: the one of the largest or the smallest change; or never scale this way",
                {"max", "min", "disabled"})("tolerance", tolerance, "tolerance in this direction; default: the autoscaler's own",
                                            between(0.0, 100.0))("policies", policies, "limits of the rate of change");
  }
};

inline ScalingRules default_scale_up() {
  ScalingRules rules;
  rules.policies = {{"percent", 100, std::chrono::seconds{15}}, {"pods", 4, std::chrono::seconds{15}}};
  return rules;
}

inline ScalingRules default_scale_down() {
  ScalingRules rules;
  rules.policies = {{"percent", 100, std::chrono::seconds{15}}};
  return rules;
}

// A change that was made; `change` > 0 in both directions.
struct ScaleEvent {
  int change = 0;
  SimTime at;
  bool outdated = false;
};

inline int change_within(const std::vector<ScaleEvent>& events, Duration period, SimTime now) {
  int change = 0;
  for (const ScaleEvent& event : events) {
    if (event.at > now - period) change += event.change;
  }
  return change;
}

// Notes a change; an event older than every period of the rules gives its place. An outdated event may still count in the
// other direction's longer period until it is replaced, as upstream.
inline void store_event(std::vector<ScaleEvent>& events, const ScalingRules& rules, int change, SimTime now) {
  Duration longest{};
  for (const ScalingPolicy& policy : rules.policies) longest = std::max(longest, policy.period);
  ScaleEvent* replaceable = nullptr;
  for (ScaleEvent& event : events) {
    event.outdated |= event.at < now - longest;
    if (event.outdated) replaceable = &event;
  }
  if (replaceable)
    *replaceable = {change, now, false};
  else
    events.push_back({change, now, false});
}

struct ScaleEvents {
  std::vector<ScaleEvent> up, down;
  // The size at the start of the period that ends now.
  int replicas_before(int current, Duration period, SimTime now) const {
    return current - change_within(up, period, now) + change_within(down, period, now);
  }
};

// "min" and "max" choose the change, so on the way down they swap meaning for the size. Never below `current`.
inline int scale_up_limit(int current, const ScaleEvents& events, const ScalingRules& rules, SimTime now) {
  if (rules.select == "disabled" || rules.policies.empty()) return current;
  const bool smallest = rules.select == "min";
  int limit = smallest ? std::numeric_limits<int>::max() : std::numeric_limits<int>::min();
  for (const ScalingPolicy& policy : rules.policies) {
    const int before = events.replicas_before(current, policy.period, now);
    const int allowed = policy.type == "pods" ? to_replicas(static_cast<double>(before) + policy.value)
                                              : to_replicas(std::ceil(before * (1.0 + policy.value / 100.0)));
    limit = smallest ? std::min(limit, allowed) : std::max(limit, allowed);
  }
  return std::max(limit, current);
}

// Percentages truncate on the way down. Never above `current`.
inline int scale_down_limit(int current, const ScaleEvents& events, const ScalingRules& rules, SimTime now) {
  if (rules.select == "disabled" || rules.policies.empty()) return current;
  const bool smallest = rules.select == "min";
  int limit = smallest ? std::numeric_limits<int>::min() : std::numeric_limits<int>::max();
  for (const ScalingPolicy& policy : rules.policies) {
    const int before = events.replicas_before(current, policy.period, now);
    const int allowed = policy.type == "pods" ? before - policy.value : to_replicas(before * (1.0 - policy.value / 100.0));
    limit = smallest ? std::max(limit, allowed) : std::min(limit, allowed);
  }
  return std::min(limit, current);
}

// What the rate limits and the range let through of a stabilised proposal.
inline int limit_rate(int current, int desired, const IntegerRange& range, const ScaleEvents& events, const ScalingRules& up,
                      const ScalingRules& down, SimTime now) {
  if (desired > current) return std::min({desired, range.high, scale_up_limit(current, events, up, now)});
  if (desired < current) return std::max({desired, range.low, scale_down_limit(current, events, down, now)});
  return desired;
}

// The same without a behavior.
inline int limit_legacy(int current, int desired, const IntegerRange& range) {
  if (desired < range.low) return range.low;
  return std::min({desired, range.high, legacy_scale_up_limit(current)});
}

}  // namespace headroom::hpa
