#include "tests/policies/node_view.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::size_t place(const std::vector<PlacementView>& fitting) {
  return policy<PlacementPolicy>({{"policy", "best-fit"}})->place({.cpu = 1.0, .memory = {2 * gib}}, fitting);
}

TEST(BestFit, TakesTheFullestNode) { EXPECT_EQ(place({node(0, 4.0, 8), node(1, 1.5, 8), node(2, 8.0, 32)}), 1U); }

TEST(BestFit, ComparesShares) {
  // (2 - 1) / 16 = 0.0625 is less than (1.9 - 1) / 8 = 0.1125.
  EXPECT_EQ(place({node(0, 1.9, 8), node(1, 2.0, 8, 16.0)}), 1U);
}

TEST(BestFit, DecidesByMemoryBetweenEqualCpuAndThenByIdentifier) {
  EXPECT_EQ(place({node(0, 2.0, 9), node(1, 2.0, 4), node(2, 2.0, 4)}), 1U);
  EXPECT_EQ(place({node(0, 1.0 + 0.1 + 0.2, 9), node(1, 1.0 + 0.3, 4)}), 1U);  // a rounding error of cpu is no difference
}

}  // namespace
}  // namespace headroom
