#include "sim/seams/placement_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

PlacementView node(std::uint32_t identifier, std::uint32_t in_zone, std::uint32_t on_node, double cpu_free = 4.0) {
  return {.node = identifier,
          .cpu_allocatable = 8.0,
          .cpu_free = cpu_free,
          .pods_of_service = on_node,
          .pods_of_service_in_zone = in_zone};
}

std::size_t place(const std::vector<PlacementView>& fitting) {
  return policy<PlacementPolicy>({{"policy", "spread"}})->place({.cpu = 1.0}, fitting);
}

TEST(Spread, TakesTheZoneWithTheFewestPodsEvenOnAFullerNode) { EXPECT_EQ(place({node(0, 3, 0, 8.0), node(1, 2, 2, 1.0)}), 1U); }

TEST(Spread, TakesTheNodeWithTheFewestPodsInTheZone) { EXPECT_EQ(place({node(0, 2, 2), node(1, 2, 0), node(2, 2, 1)}), 1U); }

TEST(Spread, TakesTheEmptiestOfEqualsAndThenTheOldest) {
  EXPECT_EQ(place({node(0, 2, 1, 2.0), node(1, 2, 1, 3.0)}), 1U);
  EXPECT_EQ(place({node(5, 2, 1), node(6, 2, 1)}), 0U);
}

}  // namespace
}  // namespace headroom
