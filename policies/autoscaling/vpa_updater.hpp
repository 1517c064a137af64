// The updater of the Vertical Pod Autoscaler: which pods are to have another request, in which order, and how many of them may be
// evicted at a time.
//
// Source: kubernetes/autoscaler, vertical-pod-autoscaler/pkg/updater/priority/{priority_processor,update_priority_calculator}.go
// and restriction/pods_eviction_restriction.go.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "policies/autoscaling/vpa_recommender.hpp"
#include "sim/core/time.hpp"

namespace headroom::vpa {

struct UpdateRules {
  double threshold = 0.1;                                  // least relative change, of all resources together, within the bounds
  Duration in_bounds_lifetime{std::chrono::hours{12}};     // least age of a pod whose request is within the bounds
  Duration quick_out_of_memory{std::chrono::minutes{10}};  // a container killed sooner after its start asks for an update
  int least_replicas = 2;                                  // pods that there must be for one to be evicted
  double eviction_tolerance = 0.5;                         // of the replicas, that may be away at a time
};

// Which resources are the autoscaler's.
struct Controlled {
  bool cpu = true;
  bool memory = true;
};

struct UpdatePriority {
  bool outside_bounds = false;
  bool grows = false;       // at least one resource
  double difference = 0.0;  // relative to the request, of all resources together

  // Those that grow first, then those that change most.
  friend bool operator<(const UpdatePriority& a, const UpdatePriority& b) {
    return a.grows != b.grows ? b.grows : a.difference < b.difference;
  }
};

inline UpdatePriority priority_of(const Amounts& request, const Recommendation& wanted, const Controlled& controlled) {
  UpdatePriority priority;
  const auto weigh = [&priority](std::int64_t has, std::int64_t target, std::int64_t lower, std::int64_t upper) {
    priority.grows |= target > has;
    priority.outside_bounds |= has < lower || has > upper;
    const double base = std::max(static_cast<double>(has), 1.0);
    priority.difference += std::abs(base - static_cast<double>(target)) / base;
  };
  if (controlled.cpu) weigh(request.cpu, wanted.target.cpu, wanted.lower.cpu, wanted.upper.cpu);
  if (controlled.memory) weigh(request.memory, wanted.target.memory, wanted.lower.memory, wanted.upper.memory);
  return priority;
}

// `lived`: of the container's last life, if that ended for want of memory. A pod that has not started is only updated when its
// request is out of bounds.
inline bool is_to_be_updated(const UpdatePriority& priority, std::optional<SimTime> started, std::optional<Duration> lived,
                             const UpdateRules& rules, SimTime now) {
  const bool killed_soon = lived && *lived < rules.quick_out_of_memory;
  if (!priority.outside_bounds && !killed_soon) {
    if (!started || now < *started + rules.in_bounds_lifetime || priority.difference < rules.threshold) return false;
  }
  return !killed_soon || priority.difference > 0.0;
}

// How many pods may be evicted in one pass; a pod that is pending may always be.
class EvictionBudget {
 public:
  // `configured`: that there should be; `running`: that are there and not pending, `pending`: those besides.
  EvictionBudget(const UpdateRules& rules, int configured, int running, int pending)
      : tolerance_{static_cast<int>(configured * rules.eviction_tolerance)},
        configured_{configured},
        running_{running},
        enough_{running + pending >= rules.least_replicas} {}

  bool takes(bool is_pending) {
    if (!enough_) return false;
    if (is_pending) return true;
    // Where the tolerance is less than one pod, one at a time goes while all are there.
    const bool one_of_few = tolerance_ == 0 && running_ == configured_ && evicted_ == 0;
    if (running_ - evicted_ <= configured_ - tolerance_ && !one_of_few) return false;
    ++evicted_;
    return true;
  }

 private:
  int tolerance_, configured_, running_;
  int evicted_ = 0;
  bool enough_;
};

}  // namespace headroom::vpa
