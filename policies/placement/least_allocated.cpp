// Least allocated: the node with the largest free shares of cpu and memory once the pod is there, the mean of both.
//
//   argmax of (cpu_free - cpu) / cpu_allocatable + (memory_free - memory) / memory_allocatable, then of the identifier
//
// Source:  kube-scheduler NodeResourcesFit with scoring strategy LeastAllocated (its default), noderesources/least_allocated.go.
// Differs: real numbers, there whole hundredths; of equal nodes the first, there any of them.
#include <algorithm>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom {
namespace {

struct LeastAllocated final : PlacementPolicy {
  struct Options {
    double cpu_weight = 1.0;
    void describe(Fields& field) { field("cpu_weight", cpu_weight, "of the cpu against 1 of the memory", at_least(0.0)); }
  };
  LeastAllocated(const Options& options, const Context&) : cpu_weight{options.cpu_weight} {}
  double score(const PodRequest& pod, const PlacementView& node) const {
    return cpu_weight * (node.cpu_free - pod.cpu) / node.cpu_allocatable +
           static_cast<double>((node.memory_free - pod.memory).count) / static_cast<double>(node.memory_allocatable.count);
  }
  std::size_t place(const PodRequest& pod, std::span<const PlacementView> nodes) override {
    const auto is_worse = [&](const PlacementView& a, const PlacementView& b) { return score(pod, a) < score(pod, b); };
    return static_cast<std::size_t>(std::max_element(nodes.begin(), nodes.end(), is_worse) - nodes.begin());
  }
  double cpu_weight;
};
const bool offered = offer<PlacementPolicy, LeastAllocated>("least-allocated", "the node with the largest free shares");

}  // namespace
}  // namespace headroom
