#include "sim/seams/balancer.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

const std::vector<std::uint32_t> replicas = {10, 11};

// The replica that is picked at `now` seconds; of two both are drawn.
std::uint32_t picked(Balancer& balancer, double now, const std::vector<std::uint32_t>& in_flight = {0, 0}) {
  RandomStream random{3};
  return replicas.at(balancer.pick(BalancingView{in_flight, replicas, at_seconds(now), 0}, random));
}

void answer(Balancer& balancer, std::uint32_t replica, double seconds, double now) {
  balancer.answered(replica, to_duration(seconds), at_seconds(now));
}

std::unique_ptr<Balancer> after_first_answers(const Json& options, double first, double second) {
  auto balancer = policy<Balancer>(options);
  picked(*balancer, 0.0);
  answer(*balancer, 10, first, 0.0);
  answer(*balancer, 11, second, 0.0);
  return balancer;
}

TEST(LeastResponseTime, WeighsTheResponseTimeWithTheRequestsInFlight) {
  const auto balancer = after_first_answers({{"policy", "least-response-time"}}, 0.100, 0.010);
  EXPECT_EQ(picked(*balancer, 0.0), 11U);
  EXPECT_EQ(picked(*balancer, 0.0, {0, 8}), 11U);   // 0.1 × 1 against 0.01 × 9
  EXPECT_EQ(picked(*balancer, 0.0, {0, 10}), 10U);  // against 0.01 × 11
}

TEST(LeastResponseTime, APeakCountsFullyAndFadesWithTheDecay) {
  // 11 had 1 s at 0; 10 answers in 0.1 s again and again. e^(-t / 10 s) falls below 0.1 after 10 ln 10 = 23.03 s.
  const auto balancer = after_first_answers({{"policy", "least-response-time"}}, 0.100, 1.0);
  answer(*balancer, 10, 0.100, 23.0);
  EXPECT_EQ(picked(*balancer, 23.0), 10U);
  answer(*balancer, 10, 0.100, 23.1);
  EXPECT_EQ(picked(*balancer, 23.1), 11U);
}

TEST(LeastResponseTime, AMeanDoesNotJump) {
  // Both at 0.1 s; at 1 s 11 answers in 0.15 s and 10 in 0.1 s. Peak: 0.15 > 0.1. Mean with w = e^-0.1 = 0.905: 11 has 0.1 ×
  // 0.905 + 0.15 × 0.095 = 0.1048, so 10 with two requests more loses (0.1 × 2 = 0.2); of equal requests 10 wins either way.
  const auto mean = after_first_answers({{"policy", "least-response-time"}, {"average", "mean"}}, 0.1, 0.1);
  const auto peak = after_first_answers({{"policy", "least-response-time"}}, 0.1, 0.1);
  for (Balancer* balancer : {mean.get(), peak.get()}) {
    answer(*balancer, 10, 0.1, 1.0);
    answer(*balancer, 11, 0.15, 1.0);
    EXPECT_EQ(picked(*balancer, 1.0), 10U);
  }
  // Nineteen against thirteen requests: 0.1 × 20 = 2.0; mean 0.1048 × 14 = 1.467 < 2.0, peak 0.15 × 14 = 2.1 > 2.0.
  EXPECT_EQ(picked(*mean, 1.0, {19, 13}), 11U);
  EXPECT_EQ(picked(*peak, 1.0, {19, 13}), 10U);
}

TEST(LeastResponseTime, ProbesANewReplicaWithOneRequestOnly) {
  const auto balancer = policy<Balancer>({{"policy", "least-response-time"}});
  picked(*balancer, 0.0);
  answer(*balancer, 10, 5.0, 0.0);
  EXPECT_EQ(picked(*balancer, 0.0, {3, 0}), 11U);
  EXPECT_EQ(picked(*balancer, 0.0, {3, 1}), 10U);  // 11 has one in flight and no history
}

TEST(LeastResponseTime, ForgetsWhoHasGone) {
  const auto balancer = after_first_answers({{"policy", "least-response-time"}}, 0.1, 9.0);
  RandomStream random{3};
  const std::vector<std::uint32_t> alone = {10}, idle = {0};
  EXPECT_EQ(balancer->pick(BalancingView{idle, alone, at_seconds(0.0), 0}, random), 0U);
  EXPECT_EQ(picked(*balancer, 0.0), 11U);  // who comes under the number 11 now has no history
}

}  // namespace
}  // namespace headroom
