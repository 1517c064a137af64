#include "sim/seams/balancer.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(RoundRobin, TakesReplicasInTurnWhateverTheyHaveInFlight) {
  const auto balancer = policy<Balancer>({{"policy", "round-robin"}});
  RandomStream random;
  const std::vector<std::uint32_t> in_flight = {9, 0, 4};
  std::vector<std::size_t> picks;
  for (int i = 0; i < 7; ++i) picks.push_back(balancer->pick(in_flight, random));
  EXPECT_EQ(picks, (std::vector<std::size_t>{0, 1, 2, 0, 1, 2, 0}));
}

TEST(RoundRobin, StartsOverWhenItsTurnHasLeft) {
  const auto balancer = policy<Balancer>({{"policy", "round-robin"}});
  RandomStream random;
  const std::vector<std::uint32_t> three = {0, 0, 0};
  balancer->pick(three, random);
  balancer->pick(three, random);  // the next turn would be index 2
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{0, 0}, random), 0U);
}

TEST(RoundRobin, GivesANewReplicaItsTurn) {
  const auto balancer = policy<Balancer>({{"policy", "round-robin"}});
  RandomStream random;
  balancer->pick(std::vector<std::uint32_t>{0, 0}, random);
  balancer->pick(std::vector<std::uint32_t>{0, 0}, random);
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{0, 0, 0}, random), 2U);
}

}  // namespace
}  // namespace headroom
