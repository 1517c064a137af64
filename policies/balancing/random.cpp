// Random: any replica, all with the same probability.
//
//   P(pick = i) = 1 / n
//
// Source:  Envoy load balancer "RANDOM".
// Differs: nothing.
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class Random final : public Balancer {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Random(const Options&, const Context&) {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream& random) override {
    return random.below(in_flight.size());
  }
};

const bool offered = offer<Balancer, Random>("random", "any replica, all with the same probability");

}  // namespace
}  // namespace headroom
