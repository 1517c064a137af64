// Spread: the zone with the fewest pods of the service, in it the node with the fewest, then the emptiest one.
//
//   argmin of (pods of the service in the zone, pods of the service on the node, -cpu_free / cpu_allocatable, identifier)
//
// Source:  kube-scheduler PodTopologySpread with its default constraints (zones first, hosts next, both "schedule anyway"), then
//          NodeResourcesFit with LeastAllocated.
// Differs: strictly in this order, where kube-scheduler adds weighted scores. Zones without a node with room are passed over, as
// with
//          "schedule anyway".
#include <tuple>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom {
namespace {

auto crowding(const PlacementView& node) {
  const double free = node.cpu_allocatable > 0.0 ? node.cpu_free / node.cpu_allocatable : 0.0;
  return std::tuple{node.pods_of_service_in_zone, node.pods_of_service, -free, node.node};
}

class Spread final : public PlacementPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Spread(const Options&, const Context&) {}

  std::size_t place(const PodRequest&, std::span<const PlacementView> fitting) override {
    std::size_t best = 0;
    for (std::size_t i = 1; i < fitting.size(); ++i) {
      if (crowding(fitting[i]) < crowding(fitting[best])) best = i;
    }
    return best;
  }
};

const bool offered = offer<PlacementPolicy, Spread>("spread", "the zone, then the node with the fewest replicas of the service");

}  // namespace
}  // namespace headroom
