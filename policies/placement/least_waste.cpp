// Least waste: the node on which the smallest share of cpu and memory together stays unused.
//
//   argmin of (cpu_free - cpu) / cpu_allocatable + (memory_free - memory) / memory_allocatable, then of the identifier
//
// Source:  the waste of the Cluster Autoscaler's least-waste expander (expander/waste/waste.go), of one node; kube-scheduler's
//          NodeResourcesFit with MostAllocated and equal weights ranks nodes the same way.
// Differs: kube-scheduler rounds its scores to whole numbers up to 100.
#include <cmath>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom {
namespace {

double share(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

double waste(const PodRequest& pod, const PlacementView& node) {
  const double cpu_milli = std::round((node.cpu_free - pod.cpu) * 1000.0);  // sums of requests are only as exact as that
  return share(cpu_milli, node.cpu_allocatable * 1000.0) +
         share(static_cast<double>((node.memory_free - pod.memory).count), static_cast<double>(node.memory_allocatable.count));
}

class LeastWaste final : public PlacementPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  LeastWaste(const Options&, const Context&) {}

  std::size_t place(const PodRequest& pod, std::span<const PlacementView> fitting) override {
    std::size_t best = 0;
    for (std::size_t i = 1; i < fitting.size(); ++i) {
      if (waste(pod, fitting[i]) < waste(pod, fitting[best])) best = i;
    }
    return best;
  }
};

const bool offered = offer<PlacementPolicy, LeastWaste>("least-waste", "the node left with the least cpu and memory together");

}  // namespace
}  // namespace headroom
