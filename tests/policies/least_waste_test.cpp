#include "tests/policies/node_view.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::size_t place(const std::vector<PlacementView>& fitting) {
  return policy<PlacementPolicy>({{"policy", "least-waste"}})->place({.cpu = 1.0, .memory = {2 * gib}}, fitting);
}

TEST(LeastWaste, AddsTheSharesOfCpuAndMemory) {
  // 1/8 + 30/32 = 1.0625; 3/8 + 6/32 = 0.5625; 7/8 + 0/32 = 0.875. Best fit would take the first.
  EXPECT_EQ(place({node(0, 2.0, 32), node(1, 4.0, 8), node(2, 8.0, 2)}), 1U);
}

TEST(LeastWaste, TakesTheOlderOfEquals) { EXPECT_EQ(place({node(4, 4.0, 8), node(7, 4.0, 8), node(8, 6.0, 8)}), 0U); }

TEST(LeastWaste, WeighsByTheSizeOfTheNode) {
  // (4 - 1) / 16 is less than (3 - 1) / 8.
  EXPECT_EQ(place({node(0, 3.0, 8), node(1, 4.0, 8, 16.0)}), 1U);
}

}  // namespace
}  // namespace headroom
