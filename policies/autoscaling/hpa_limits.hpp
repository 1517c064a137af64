// How fast a Horizontal Pod Autoscaler lets proposals through: the log of recommendations, a behavior's rules and windows, scale
// events, limits and their reasons. Part of the arithmetic in hpa_arithmetic.hpp.
//
// Source: kubernetes/kubernetes, pkg/controller/podautoscaler/horizontal.go; defaults of pkg/apis/autoscaling/v2/defaults.go.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/autoscaling/hpa_proposals.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/time.hpp"

namespace headroom::hpa {

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

// How far one direction may go now.
struct RateLimit {
  int replicas = 0;
  const ScalingPolicy* by = nullptr;  // that set it; none: scaling this way is disabled, or the limit was passed before
};

// Percentages round up on the way up and truncate on the way down.
inline int allowed_by(const ScalingPolicy& policy, double before, bool up) {
  if (policy.type == "pods") return to_replicas(before + (up ? policy.value : -policy.value));
  const double share = policy.value / 100.0;
  return to_replicas(up ? std::ceil(before * (1.0 + share)) : before * (1.0 - share));
}

// "min" and "max" choose the change, so on the way down they swap meaning for the size.
inline RateLimit strictest(const ScalingRules& rules, int current, bool up, const ScaleEvents& events, SimTime now) {
  const bool largest_size = (rules.select == "min") != up;
  RateLimit limit{current};
  for (const ScalingPolicy& policy : rules.policies) {
    const int allowed = allowed_by(policy, events.replicas_before(current, policy.period, now), up);
    if (limit.by == nullptr || (largest_size ? allowed > limit.replicas : allowed < limit.replicas)) limit = {allowed, &policy};
  }
  return limit;
}

// Never below `current`.
inline RateLimit scale_up_limit(int current, const ScaleEvents& events, const ScalingRules& rules, SimTime now) {
  if (rules.select == "disabled") return {current};
  const RateLimit limit = strictest(rules, current, true, events, now);
  return limit.replicas < current ? RateLimit{current, limit.by} : limit;
}

// Never above `current`.
inline RateLimit scale_down_limit(int current, const ScaleEvents& events, const ScalingRules& rules, SimTime now) {
  if (rules.select == "disabled") return {current};
  const RateLimit limit = strictest(rules, current, false, events, now);
  return limit.replicas > current ? RateLimit{current, limit.by} : limit;
}

// What came through, and why no more (or fewer) did: the reason of the condition ScalingLimited.
struct Limited {
  int replicas = 0;
  std::string_view reason = "DesiredWithinRange";
  const ScalingPolicy* by = nullptr;
};

// What the rate limits and the range let through of a stabilised proposal.
inline Limited limit_rate(int current, int desired, const IntegerRange& range, const ScaleEvents& events, const ScalingRules& up,
                          const ScalingRules& down, SimTime now) {
  if (desired > current) {
    const RateLimit limit = scale_up_limit(current, events, up, now);
    if (range.high > limit.replicas && desired > limit.replicas) return {limit.replicas, "ScaleUpLimit", limit.by};
    if (range.high <= limit.replicas && desired > range.high) return {range.high, "TooManyReplicas"};
  }
  if (desired < current) {
    const RateLimit limit = scale_down_limit(current, events, down, now);
    if (range.low < limit.replicas && desired < limit.replicas) return {limit.replicas, "ScaleDownLimit", limit.by};
    if (range.low >= limit.replicas && desired < range.low) return {range.low, "TooFewReplicas"};
  }
  return {desired};
}

// The same without a behavior.
inline Limited limit_legacy(int current, int desired, const IntegerRange& range) {
  const int limit = legacy_scale_up_limit(current);
  if (desired < range.low) return {range.low, "TooFewReplicas"};
  if (range.high > limit && desired > limit) return {limit, "ScaleUpLimit"};
  if (range.high <= limit && desired > range.high) return {range.high, "TooManyReplicas"};
  return {desired};
}

}  // namespace headroom::hpa
