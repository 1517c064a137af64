// Power of two choices: of two different replicas drawn at random, the one with fewer requests in flight.
//
//   i, j uniform over all pairs i != j; pick = in_flight[j] < in_flight[i] ? j : i
//
// Source:  Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.
// Differs: there the two are drawn independently and may coincide; here they differ, as in nginx "random two" and Envoy.
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class PowerOfTwo final : public Balancer {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  PowerOfTwo(const Options&, const Context&) {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream& random) override {
    if (in_flight.size() == 1) return 0;
    const std::size_t first = random.below(in_flight.size());
    std::size_t second = random.below(in_flight.size() - 1);
    if (second >= first) ++second;
    return in_flight[second] < in_flight[first] ? second : first;
  }
};

const bool offered = offer<Balancer, PowerOfTwo>("power-of-two", "of two replicas drawn at random, the less busy");

}  // namespace
}  // namespace headroom
