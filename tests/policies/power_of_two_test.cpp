#include <cmath>

#include "sim/seams/balancer.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(PowerOfTwo, TakesTheOnlyOne) {
  RandomStream random;
  EXPECT_EQ(policy<Balancer>({{"policy", "power-of-two"}})->pick(std::vector<std::uint32_t>{4}, random), 0U);
}

TEST(PowerOfTwo, TakesTheLessBusyOfTwoAlways) {
  const auto balancer = policy<Balancer>({{"policy", "power-of-two"}});
  RandomStream random{3};
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{4, 3}, random), 1U);
}

// Of n replicas with distinct loads the one of rank r (0: the least busy) wins every pair with a busier one:
// P(r) = (n - 1 - r) / (n (n - 1) / 2). With n = 4: 3/6, 2/6, 1/6, 0.
TEST(PowerOfTwo, NeverTakesTheBusiestAndFavoursByRank) {
  const auto balancer = policy<Balancer>({{"policy", "power-of-two"}});
  RandomStream random{11};
  const std::vector<std::uint32_t> in_flight = {30, 10, 40, 20};
  const int picks = 60'000;
  std::vector<double> times(4);
  for (int i = 0; i < picks; ++i) times.at(balancer->pick(in_flight, random)) += 1;
  EXPECT_EQ(times[2], 0.0);
  const double three_sigma = 3.0 * std::sqrt(picks * 0.25);
  EXPECT_NEAR(times[1], picks * 3.0 / 6.0, three_sigma);
  EXPECT_NEAR(times[3], picks * 2.0 / 6.0, three_sigma);
  EXPECT_NEAR(times[0], picks * 1.0 / 6.0, three_sigma);
}

TEST(PowerOfTwo, TakesTheFirstDrawnOfEqualOnes) {
  const auto balancer = policy<Balancer>({{"policy", "power-of-two"}});
  RandomStream random{5};
  RandomStream same{5};
  const std::vector<std::uint32_t> idle = {0, 0, 0};
  for (int i = 0; i < 100; ++i) {
    const std::size_t first = same.below(3);
    same.below(2);
    EXPECT_EQ(balancer->pick(idle, random), first);
  }
}

TEST(PowerOfTwo, ComparesOldSignalsUntilTheyAreAskedForAgain) {
  const auto balancer = policy<Balancer>({{"policy", "power-of-two"}, {"signal_age", "1 s"}});
  RandomStream random{5};
  const std::vector<std::uint32_t> replicas = {0, 1};
  const auto pick = [&](double now, const std::vector<std::uint32_t>& in_flight) {
    return balancer->pick(BalancingView{in_flight, replicas, at_seconds(now), 0}, random);
  };
  EXPECT_EQ(pick(0.0, {1, 0}), 1U);
  EXPECT_EQ(pick(0.999, {1, 50}), 1U);
  EXPECT_EQ(pick(1.0, {1, 50}), 0U);
  EXPECT_EQ(pick(1.5, {90, 50}), 0U);
}

}  // namespace
}  // namespace headroom
