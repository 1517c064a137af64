#include "sim/seams/placement_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

// Bins of size 1 that are opened when nothing fits: how many first-fit opens for the sizes in this order.
std::size_t bins_for(const std::vector<double>& sizes) {
  const auto first_fit = policy<PlacementPolicy>({{"policy", "first-fit"}});
  std::vector<double> used;
  for (const double size : sizes) {
    std::vector<PlacementView> fitting;
    for (std::uint32_t bin = 0; bin < used.size(); ++bin) {
      if (used[bin] + size <= 1.0 + 1e-9) fitting.push_back({.node = bin, .cpu_allocatable = 1.0, .cpu_free = 1.0 - used[bin]});
    }
    if (fitting.empty())
      used.push_back(size);
    else
      used[fitting[first_fit->place({.cpu = size}, fitting)].node] += size;
  }
  return used.size();
}

std::vector<double> repeated(const std::vector<double>& sizes, int times) {
  std::vector<double> all;
  for (const double size : sizes) all.insert(all.end(), static_cast<std::size_t>(times), size);
  return all;
}

TEST(FirstFit, TakesTheOldestNodeWithRoom) {
  const std::vector<PlacementView> fitting{
      {.node = 3, .cpu_free = 8.0}, {.node = 5, .cpu_free = 1.0}, {.node = 9, .cpu_free = 1.0}};
  EXPECT_EQ(policy<PlacementPolicy>({{"policy", "first-fit"}})->place({.cpu = 1.0}, fitting), 0U);
}

// The classic bad order: 18 each of 1/6 - 2e, 1/3 + e and 1/2 + e. One of each fills a bin: 18 bins. First-fit puts six of the
// first, two of the second and one of the third in a bin: 3 + 9 + 18 = 30 bins, 5/3 of the best, below Johnson's bound of 1.7.
TEST(FirstFit, OpensFiveThirdsOfTheBestInItsClassicBadOrder) {
  const double e = 0.001;
  EXPECT_EQ(bins_for(repeated({1.0 / 6 - 2 * e, 1.0 / 3 + e, 1.0 / 2 + e}, 18)), 30U);
  EXPECT_EQ(bins_for(repeated({1.0 / 2 + e, 1.0 / 3 + e, 1.0 / 6 - 2 * e}, 18)), 18U) << "largest first: the best";
}

}  // namespace
}  // namespace headroom
