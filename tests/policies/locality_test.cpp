#include <array>

#include "sim/seams/balancer.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr std::uint32_t none = BalancingView::no_zone;
using Numbers = std::vector<std::uint32_t>;

// How often each replica is picked of a thousand times.
std::vector<int> picks(const Json& options, const Numbers& in_flight, const Numbers& zones, std::uint32_t zone) {
  const auto balancer = policy<Balancer>(options);
  RandomStream random{3};
  std::vector<int> count(in_flight.size());
  for (int i = 0; i < 1000; ++i) ++count[balancer->pick(BalancingView{in_flight, zones, {}, 0, zones, zone}, random)];
  return count;
}

TEST(Locality, StaysInTheZoneOfTheCaller) {
  const std::vector<int> count = picks({{"policy", "locality"}}, {9, 0, 9, 0}, {1, 0, 1, 2}, 1);
  EXPECT_EQ(count[1] + count[3], 0);
  EXPECT_NEAR(count[0], 500, 52);  // binomial: 500 ± 3.3 × sqrt(250)
}

// Replicas without a zone are near to nobody.
TEST(Locality, GoesAnywhereWhereNobodyIsNear) {
  for (const std::uint32_t zone : {5U, none}) {
    for (const int count : picks({{"policy", "locality"}}, {9, 0, 9, 0}, {1, 0, none, 2}, zone)) EXPECT_NEAR(count, 250, 46);
  }
}

// Near: 6 per replica; all: 8 / 4 = 2. Three times as many is not more than three times as many.
TEST(Locality, OverflowsAboveItsFactor) {
  const auto count = [](double factor) {
    return picks({{"policy", "locality"}, {"overflow", factor}}, {6, 1, 1, 0}, {0, 1, 1, 1}, 0)[0];
  };
  EXPECT_EQ(count(3.0), 1000);
  EXPECT_NEAR(count(2.9), 250, 46);
}

TEST(Locality, TakesTheLeastBusyOfTheZone) {
  const Json options = {{"policy", "locality"}, {"among", "least-connections"}};
  EXPECT_EQ(picks(options, {4, 0, 3, 5}, {1, 0, 1, 1}, 1), (std::vector<int>{0, 0, 1000, 0}));
  EXPECT_EQ(picks(options, {4, 0, 4, 5}, {1, 0, 1, 1}, 1), (std::vector<int>{500, 0, 500, 0}));  // in turn
}

TEST(Locality, IsAskedWithZones) {
  const auto balancer = policy<Balancer>({{"policy", "locality"}});
  EXPECT_TRUE(balancer->looks_further());
  EXPECT_TRUE(balancer->looks_at_zones());
  EXPECT_FALSE(policy<Balancer>({{"policy", "ring-hash"}})->looks_at_zones());
}

}  // namespace
}  // namespace headroom
