// Cheapest: the node with the lowest price, so that the dear ones run empty and can go.
//
//   argmin of (price / cpu_allocatable, (cpu_free - cpu) / cpu_allocatable, identifier)
//
// Source:  the cost-based placement of the Cluster Autoscaler's price expander and Karpenter's consolidation, which empty the
// nodes
//          that cost most; between equal prices best fit.
// Differs: reserved machines are paid for anyway and count as free of charge.
#include <cmath>
#include <tuple>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom {
namespace {

double share(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

auto price_and_room(const PodRequest& pod, const PlacementView& node) {
  const double cpu_milli = std::round((node.cpu_free - pod.cpu) * 1000.0);  // sums of requests are only as exact as that
  return std::tuple{share(node.price.value, node.cpu_allocatable), share(cpu_milli, node.cpu_allocatable * 1000.0), node.node};
}

class Cheapest final : public PlacementPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Cheapest(const Options&, const Context&) {}

  std::size_t place(const PodRequest& pod, std::span<const PlacementView> fitting) override {
    std::size_t best = 0;
    for (std::size_t i = 1; i < fitting.size(); ++i) {
      if (price_and_room(pod, fitting[i]) < price_and_room(pod, fitting[best])) best = i;
    }
    return best;
  }
};

const bool offered = offer<PlacementPolicy, Cheapest>("cheapest", "the node with the lowest price, reserved ones first");

}  // namespace
}  // namespace headroom
