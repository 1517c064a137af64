// Best fit: the node that is left with the least free room.
//
//   argmin of (cpu_free - cpu) / cpu_allocatable, then of (memory_free - memory) / memory_allocatable, then of the identifier
//
// Source:  best-fit bin packing; kube-scheduler NodeResourcesFit with scoring strategy MostAllocated packs the same way.
// Differs: kube-scheduler adds the scores of cpu and memory with weights; here memory only decides between equal cpu.
#include <cmath>
#include <tuple>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom {
namespace {

double share(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

auto left_over(const PodRequest& pod, const PlacementView& node) {
  const Bytes memory = node.memory_free - pod.memory;
  const double cpu_milli = std::round((node.cpu_free - pod.cpu) * 1000.0);  // sums of requests are only as exact as that
  return std::tuple{share(cpu_milli, node.cpu_allocatable * 1000.0),
                    share(static_cast<double>(memory.count), static_cast<double>(node.memory_allocatable.count)), node.node};
}

class BestFit final : public PlacementPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  BestFit(const Options&, const Context&) {}

  std::size_t place(const PodRequest& pod, std::span<const PlacementView> fitting) override {
    std::size_t best = 0;
    for (std::size_t i = 1; i < fitting.size(); ++i) {
      if (left_over(pod, fitting[i]) < left_over(pod, fitting[best])) best = i;
    }
    return best;
  }
};

const bool offered = offer<PlacementPolicy, BestFit>("best-fit", "the node left with the least free room");

}  // namespace
}  // namespace headroom
