// First fit: the oldest node with room.
//
//   argmin of the identifier
//
// Source:  first-fit bin packing (Johnson, "Near-optimal bin packing algorithms", 1973): at most 1.7 times the fewest nodes.
// Differs: pods go as well, and their room is filled by the next that fits.
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom {
namespace {

class FirstFit final : public PlacementPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  FirstFit(const Options&, const Context&) {}

  std::size_t place(const PodRequest&, std::span<const PlacementView>) override { return 0; }
};

const bool offered = offer<PlacementPolicy, FirstFit>("first-fit", "the oldest node with room");

}  // namespace
}  // namespace headroom
