#include "sim/seams/balancer.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(LeastConnections, TakesTheFewestInFlight) {
  const auto balancer = policy<Balancer>({{"policy", "least-connections"}});
  RandomStream random;
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{5, 2, 7, 3}, random), 1U);
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{5, 6, 7, 3}, random), 3U);
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{1, 6, 7, 3}, random), 0U);
}

TEST(LeastConnections, BreaksTiesInTurnAfterThePreviousPick) {
  const auto balancer = policy<Balancer>({{"policy", "least-connections"}});
  RandomStream random;
  const std::vector<std::uint32_t> idle = {0, 0, 0};
  std::vector<std::size_t> picks;
  for (int i = 0; i < 5; ++i) picks.push_back(balancer->pick(idle, random));
  EXPECT_EQ(picks, (std::vector<std::size_t>{0, 1, 2, 0, 1}));
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{1, 1, 2}, random), 0U);  // after 1 comes 2 (busier), then 0
}

TEST(LeastConnections, OfHundredsTakesWhatOneByOneWouldFind) {
  for (const std::size_t count : {63U, 64U, 65U, 128U, 129U, 300U}) {
    const auto balancer = policy<Balancer>({{"policy", "least-connections"}});
    RandomStream random{count};
    std::size_t previous = count - 1;
    std::vector<std::uint32_t> in_flight(count);
    for (int round = 0; round < 200; ++round) {
      for (std::uint32_t& busy : in_flight) busy = 3 + static_cast<std::uint32_t>(random.below(40));
      if (round % 3 == 0) in_flight[random.below(count)] = 0;
      std::size_t expected = (previous + 1) % count;
      for (std::size_t step = 1; step <= count; ++step) {
        const std::size_t candidate = (previous + step) % count;
        if (in_flight[candidate] < in_flight[expected]) expected = candidate;
      }
      previous = balancer->pick(in_flight, random);
      ASSERT_EQ(previous, expected) << count << " replicas, round " << round;
    }
  }
}

TEST(LeastConnections, SurvivesReplicasLeaving) {
  const auto balancer = policy<Balancer>({{"policy", "least-connections"}});
  RandomStream random;
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{3, 3, 3, 0}, random), 3U);
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{3, 2}, random), 1U);
  EXPECT_EQ(balancer->pick(std::vector<std::uint32_t>{4}, random), 0U);
}

// Twenty requests in the first second: with fresh numbers they even out 2, 0, 2; with numbers of the second's start all go to the one
// that was idle then, and all of the next second to the two that were not.
TEST(LeastConnections, OldSignalsMakeAHerd) {
  const auto sent = [](const Json& options) {
    const auto balancer = policy<Balancer>(options);
    RandomStream random;
    const std::vector<std::uint32_t> replicas = {0, 1, 2};
    std::vector<std::uint32_t> in_flight = {2, 0, 2};
    for (int i = 0; i < 40; ++i) ++in_flight[balancer->pick(BalancingView{in_flight, replicas, at_seconds(0.05 * i), 0}, random)];
    return in_flight;
  };
  EXPECT_EQ(sent({{"policy", "least-connections"}}), (std::vector<std::uint32_t>{15, 14, 15}));  // two to 1, then in turn from 2
  EXPECT_EQ(sent({{"policy", "least-connections"}, {"signal_age", "1 s"}}), (std::vector<std::uint32_t>{12, 20, 12}));
}

TEST(LeastConnections, LooksFurtherOnlyForOldSignals) {
  EXPECT_FALSE(policy<Balancer>({{"policy", "least-connections"}})->looks_further());
  EXPECT_TRUE(policy<Balancer>({{"policy", "least-connections"}, {"signal_age", "1 s"}})->looks_further());
}

}  // namespace
}  // namespace headroom
