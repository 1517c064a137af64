// When the Cluster Autoscaler takes a node away: how much of it is in use, whether it may go, since when, how many at once; and
// how long a node group rests after additions that failed.
//
// Source: kubernetes/autoscaler, cluster-autoscaler/simulator/utilization/info.go, core/scaledown/{eligibility,unneeded,budgets},
//         core/static_autoscaler.go, utils/backoff/exponential_backoff.go.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/core/time.hpp"

namespace headroom::cluster_autoscaler {

// ---- utilization -------------------------------------------------------------------------------------------------------------

// What a pod requests, and what sets it apart.
struct PodShare {
  std::int64_t cpu_milli = 0;
  std::int64_t memory = 0;
  int gpus = 0;
  bool daemon_set = false;
  bool mirror = false;
  bool long_terminating = false;  // told to go for longer than its grace period and 30 s: does not count
};

// Allocatable; none: the node does not tell it.
struct NodeCapacity {
  std::optional<std::int64_t> cpu_milli, memory;
  bool has_gpus = false;  // it is a node with GPUs, ready or not
  std::optional<std::int64_t> gpus{};
};

struct UtilizationRules {
  bool ignore_daemon_sets = false;  // taken out of the sum and out of the allocatable
  bool ignore_mirrors = false;
};

// Of one resource; none: cannot be computed.
template <class Amount>
std::optional<double> share_of(std::optional<std::int64_t> allocatable, std::span<const PodShare> pods,
                               const UtilizationRules& rules, Amount&& amount) {
  if (!allocatable || *allocatable == 0) return std::nullopt;
  std::int64_t requested = 0, ignored = 0;
  for (const PodShare& pod : pods) {
    if ((rules.ignore_daemon_sets && pod.daemon_set) || (rules.ignore_mirrors && pod.mirror))
      ignored += amount(pod);
    else if (!pod.long_terminating)
      requested += amount(pod);
  }
  return static_cast<double>(requested) / static_cast<double>(*allocatable - ignored);
}

// The larger of cpu and memory; of a node with GPUs theirs alone, 0 while they are not ready.
inline std::optional<double> utilization(const NodeCapacity& node, std::span<const PodShare> pods,
                                         const UtilizationRules& rules = {}) {
  if (node.has_gpus)
    return share_of(node.gpus, pods, rules, [](const PodShare& pod) { return std::int64_t{pod.gpus}; }).value_or(0.0);
  const auto cpu = share_of(node.cpu_milli, pods, rules, [](const PodShare& pod) { return pod.cpu_milli; });
  const auto memory = share_of(node.memory, pods, rules, [](const PodShare& pod) { return pod.memory; });
  if (!cpu || !memory) return std::nullopt;
  return std::max(*cpu, *memory);
}

// ---- may a node go? ----------------------------------------------------------------------------------------------------------

struct Candidate {
  std::optional<double> utilization;  // none: cannot be computed
  bool being_deleted = false;
  bool scale_down_disabled = false;  // annotated so
  bool autoscaled = true;            // belongs to a node group
  bool ready = true;
};

// Why it may not become unneeded; empty: it may. The threshold itself is low enough.
inline std::string_view ineligible(const Candidate& node, double threshold, bool may_remove_unready = true) {
  if (node.being_deleted) return "CurrentlyBeingDeleted";
  if (node.scale_down_disabled) return "ScaleDownDisabledAnnotation";
  if (!node.autoscaled) return "NotAutoscaled";
  if (!may_remove_unready && !node.ready) return "ScaleDownUnreadyDisabled";
  if (!node.utilization) return "UnexpectedError";
  return *node.utilization <= threshold ? "" : "NotUnderutilized";
}

// The size of a node group while nodes are chosen.
struct GroupFloor {
  int minimum = 0;
  int size = 0;  // without the nodes chosen so far
  int deletions_in_progress = 0;
  bool reached() const { return size - deletions_in_progress <= minimum; }
};

struct Patience {
  Duration unneeded{std::chrono::minutes{10}};
  Duration unready{std::chrono::minutes{20}};
};

// Why an unneeded node stays; empty: it goes. Exactly as long as the limit is not long enough.
inline std::string_view unremovable(Duration unneeded_for, bool ready, const Patience& patience, const GroupFloor& group) {
  if (ready && unneeded_for <= patience.unneeded) return "NotUnneededLongEnough";
  if (!ready && unneeded_for <= patience.unready) return "NotUnreadyLongEnough";
  return group.reached() ? "NodeGroupMinSizeReached" : "";
}

// ---- pauses and budgets ------------------------------------------------------------------------------------------------------

struct ScaleDownDelays {
  Duration after_add{std::chrono::minutes{10}};
  Duration after_delete{};
  Duration after_failure{std::chrono::minutes{3}};
};

struct LastChanges {
  std::optional<SimTime> add{}, deletion{}, failure{};
};

// At the end of a delay it is over.
inline bool in_cooldown(const LastChanges& last, const ScaleDownDelays& delays, SimTime now) {
  const auto runs = [now](std::optional<SimTime> since, Duration delay) { return since && now < *since + delay; };
  return runs(last.add, delays.after_add) || runs(last.deletion, delays.after_delete) || runs(last.failure, delays.after_failure);
}

// Nodes with nothing to move, and nodes that are drained first.
struct Removals {
  int empty = 0;
  int drained = 0;
  bool operator==(const Removals&) const = default;
};

struct RemovalBudget {
  int parallel = 10;
  int drained = 1;  // of those
};

// Empty ones come first; what is in progress counts against both limits.
inline Removals crop_to_budget(Removals wanted, Removals in_progress, const RemovalBudget& budget) {
  const int left = std::max(0, budget.parallel - in_progress.empty - in_progress.drained);
  const int empty = std::min(wanted.empty, left);
  const int drained = std::min({wanted.drained, left - empty, std::max(0, budget.drained - in_progress.drained)});
  return {empty, drained};
}

// ---- back-off ----------------------------------------------------------------------------------------------------------------

struct BackOffRules {
  Duration initial{std::chrono::minutes{5}};
  Duration maximum{std::chrono::minutes{30}};
  Duration reset{std::chrono::hours{3}};  // forgotten this long after the last failure
};

// Of one node group, after additions that failed.
class BackOff {
 public:
  explicit BackOff(const BackOffRules& rules) : rules_{rules} {}

  // A failure while it rests moves the end by the same length; one after it doubles the length.
  void fail(SimTime now) {
    forget_old(now);
    if (!state_)
      state_ = State{rules_.initial, now, now};
    else if (state_->until < now)
      state_->length = std::min(2 * state_->length, rules_.maximum);
    state_->until = now + state_->length;
    state_->last_failure = now;
  }
  bool rests(SimTime now) const { return state_ && state_->until > now; }
  void succeed() { state_.reset(); }
  // Where it rests until; none: it was not told to, or that is forgotten.
  std::optional<SimTime> until() const { return state_ ? std::optional{state_->until} : std::nullopt; }

 private:
  struct State {
    Duration length;
    SimTime until, last_failure;
  };
  void forget_old(SimTime now) {
    if (state_ && state_->last_failure + rules_.reset < now) state_.reset();
  }
  BackOffRules rules_;
  std::optional<State> state_;
};

}  // namespace headroom::cluster_autoscaler
