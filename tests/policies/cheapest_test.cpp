#include "sim/seams/placement_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

PlacementView node(std::uint32_t identifier, double price, double cpu_free = 4.0, double cpu_allocatable = 8.0) {
  return {.node = identifier, .cpu_allocatable = cpu_allocatable, .cpu_free = cpu_free, .price = {price}};
}

std::size_t place(const std::vector<PlacementView>& fitting) {
  return policy<PlacementPolicy>({{"policy", "cheapest"}})->place({.cpu = 1.0}, fitting);
}

TEST(Cheapest, TakesTheLowestPriceOfACore) {
  EXPECT_EQ(place({node(0, 0.4), node(1, 0.1), node(2, 0.2)}), 1U);
  EXPECT_EQ(place({node(0, 0.4), node(1, 0.6, 4.0, 16.0)}), 1U) << "0.6 / 16 is less than 0.4 / 8";
}

TEST(Cheapest, FillsReservedNodesFirst) { EXPECT_EQ(place({node(0, 0.1, 1.0), node(1, 0.0, 8.0)}), 1U); }

TEST(Cheapest, TakesTheFullestOfEqualPricesAndThenTheOldest) {
  EXPECT_EQ(place({node(0, 0.1, 4.0), node(1, 0.1, 2.0), node(2, 0.1, 2.0)}), 1U);
}

}  // namespace
}  // namespace headroom
