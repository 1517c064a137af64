// Power of two choices: of two different replicas drawn at random, the one with fewer requests in flight.
//
//   i, j uniform over all pairs i != j; pick = in_flight[j] < in_flight[i] ? j : i
//
// With a `signal_age` they compare what was in flight then: Mitzenmacher, "How Useful Is Old Information?", IEEE TPDS 11(1),
// 2000.
//
// Source:  Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.
// Differs: there the two are drawn independently and may coincide; here they differ, as in nginx "random two" and Envoy.
#include "policies/balancing/known_replicas.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class PowerOfTwo final : public Balancer {
 public:
  struct Options {
    Duration signal_age{};

    void describe(Fields& field) {
      field("signal_age", signal_age, "what is in flight is asked for once in so long and is old between; 0: known at any time",
            between(Duration{}, std::chrono::hours{1}));
    }
  };
  PowerOfTwo(const Options& options, const Context&) : stale_{options.signal_age > Duration{}}, board_{options.signal_age} {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream& random) override {
    if (in_flight.size() == 1) return 0;
    const std::size_t first = random.below(in_flight.size());
    std::size_t second = random.below(in_flight.size() - 1);
    if (second >= first) ++second;
    return in_flight[second] < in_flight[first] ? second : first;
  }
  bool looks_further() const override { return stale_; }
  std::size_t pick(const BalancingView& view, RandomStream& random) override {
    return pick(stale_ ? board_.in_flight(view) : view.in_flight, random);
  }

 private:
  bool stale_;
  BulletinBoard board_;
};

const bool offered = offer<Balancer, PowerOfTwo>("power-of-two", "of two replicas drawn at random, the less busy");

}  // namespace
}  // namespace headroom
