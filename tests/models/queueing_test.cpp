// Formulas by hand, their limits, and what they say where there is no answer.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/queueing/caches.hpp"
#include "models/queueing/multi_server.hpp"
#include "models/queueing/networks.hpp"
#include "models/queueing/single_server.hpp"

namespace headroom {
namespace {

TEST(Erlang, BlockingByHand) {
  // Two servers, one erlang: (1/2) / (1 + 1 + 1/2) = 1/5. Erlang C: (1/2 × 2) / (1 + 1 + 1/2 × 2) = 1/3.
  EXPECT_NEAR(erlang_b(1.0, 2), 0.2, 1e-15);
  EXPECT_NEAR(erlang_c(1.0, 2), 1.0 / 3.0, 1e-15);
  EXPECT_EQ(erlang_b(3.0, 0), 1.0);
  EXPECT_EQ(erlang_c(2.0, 2), 1.0);
}

TEST(MultiServerQueue, WithoutStabilityEverybodyWaitsForever) {
  const MultiServerQueue queue{2.0, 1.0, 2};
  EXPECT_FALSE(queue.stable());
  EXPECT_TRUE(std::isinf(queue.mean_wait()));
  EXPECT_TRUE(std::isinf(queue.sojourn_quantile(0.5)));
  EXPECT_EQ(queue.prob_wait(), 1.0);
}

TEST(MultiServerQueue, QuantilesAreWhereTheTailSaysTheyAre) {
  // servers × mu - lambda = mu = 1: the two rates of the sojourn coincide.
  const MultiServerQueue queue{1.0, 1.0, 2};
  for (const double p : {0.1, 0.5, 0.9, 0.999}) EXPECT_NEAR(queue.sojourn_tail(queue.sojourn_quantile(p)), 1.0 - p, 1e-12) << p;
}

TEST(BoundedQueue, LargeQueuesNeitherOverflowNorVanish) {
  // Far above capacity all servers work: throughput 500, and who is accepted waits for a place.
  const BoundedQueue queue = bounded_queue(1000.0, 1.0, 500, 2000);
  EXPECT_NEAR(queue.throughput, 500.0, 1e-6);
  EXPECT_NEAR(queue.blocking, 0.5, 1e-9);
}

TEST(ImpatientQueue, WithVeryPatientCustomersIsErlangC) {
  const ImpatientQueue queue = impatient_queue(3.2, 1.0, 1e-4, 4);
  EXPECT_NEAR(queue.prob_wait, erlang_c(3.2, 4), 1e-3);
}

TEST(ClosedSystem, NeverBeatsTheAsymptoticBounds) {
  for (const int population : {1, 5, 22, 100}) {
    const ClosedSystem system = closed_system(population, 2, 10.0, 1.0);
    EXPECT_LE(system.throughput, asymptotic_throughput(population, 11.0, 2.0) * (1.0 + 1e-12)) << population;
  }
  EXPECT_NEAR(closed_system(10'000, 2, 10.0, 1.0).throughput, 2.0, 1e-9);
}

TEST(ConstantServiceQueue, WaitDistributionAgreesWithErlangsSum) {
  // P(W <= t) = (1 - rho) sum_k exp(lambda (t - k)) (-lambda (t - k))^k / k!, by hand at t = 1.5, lambda 0.7: k = 0 and 1.
  const double by_hand = 0.3 * (std::exp(0.7 * 1.5) - std::exp(0.7 * 0.5) * 0.7 * 0.5);
  EXPECT_NEAR(ConstantServiceQueue(0.7, 1.0).wait_cdf(1.5), by_hand, 1e-13);
}

TEST(ConstantServiceQueue, KeepsItsDigitsInHeavyTraffic) {
  // The tail decays geometrically: log P(W > t) falls by the same step per service time. Alternating sums lose all digits here.
  const ConstantServiceQueue queue{0.95, 1.0};
  const double step_early = std::log((1.0 - queue.wait_cdf(100.0)) / (1.0 - queue.wait_cdf(90.0)));
  const double step_late = std::log((1.0 - queue.wait_cdf(150.0)) / (1.0 - queue.wait_cdf(140.0)));
  EXPECT_NEAR(step_early, step_late, 1e-4);
  EXPECT_THROW(ConstantServiceQueue(1.0, 1.0), std::invalid_argument);
}

TEST(Approximations, ForSeveralServersLieBetweenConstantAndExponential) {
  const double exponential = MultiServerQueue(3.2, 1.0, 4).mean_wait();
  EXPECT_NEAR(allen_cunneen_mean_wait(3.2, 1.0, 4, 1.0, 1.0), exponential, 1e-12);
  EXPECT_NEAR(kimura_mean_wait(3.2, 1.0, 4, 1.0), exponential, 1e-12);
  const double constant = cosmetatos_mean_wait(3.2, 1.0, 4);
  EXPECT_GT(constant, exponential / 2.0);
  EXPECT_LT(constant, exponential);
  EXPECT_NEAR(kimura_mean_wait(3.2, 1.0, 4, 0.0), constant, 1e-12);
}

TEST(Traffic, AVisitMayCauseSeveral) {
  // Three calls of B per visit of A, half a call of C per visit of B: 2, 6, 3.
  const auto rates = solve_traffic(std::vector<double>{2.0, 0.0, 0.0}, {{0, 3, 0}, {0, 0, 0.5}, {0, 0, 0}});
  EXPECT_NEAR(rates[1], 6.0, 1e-12);
  EXPECT_NEAR(rates[2], 3.0, 1e-12);
}

TEST(Traffic, ACircleThatFeedsItselfHasNoAnswer) {
  EXPECT_THROW(solve_traffic(std::vector<double>{1.0, 0.0}, {{0, 1}, {1, 0}}), std::invalid_argument);
  EXPECT_THROW(solve_traffic(std::vector<double>{1.0, 0.0}, {{0, 2}, {1, 0}}), std::invalid_argument);
}

TEST(Traffic, ACircleThatLosesOnItsWayHasAnAnswer) {
  // 0 -> 1, which goes back half of the time: 1 / (1 - 1/2) = 2 visits each.
  const Routing routing{{0.0, 1.0}, {0.5, 0.0}};
  EXPECT_TRUE(self_feeding_circles(routing).empty());
  EXPECT_NEAR(solve_traffic(std::vector{1.0, 0.0}, routing)[1], 2.0, 1e-12);
}

TEST(Traffic, ACircleThatGivesBackAllItGotIsNamed) {
  const auto circles =
      self_feeding_circles({{0.0, 1.0, 0.0, 0.0}, {0.0, 0.0, 2.0, 0.0}, {0.0, 0.5, 0.0, 0.0}, {0.0, 0.0, 0.0, 1.5}});
  ASSERT_EQ(circles.size(), 2U);
  EXPECT_EQ(circles[0].stations, (std::vector<std::size_t>{1, 2}));
  EXPECT_NEAR(circles[0].gain, 1.0, 1e-12);  // 2 × 0.5
  EXPECT_EQ(circles[1].stations, std::vector<std::size_t>{3});
  EXPECT_NEAR(circles[1].gain, 1.5, 1e-12);
}

TEST(Traffic, SeveralWaysRoundAddUp) {
  // Each of two ways round brings back 0.6: 1.2 together, a spectral radius of sqrt(1.2).
  const Routing two_ways{{0.0, 1.0, 1.0}, {0.6, 0.0, 0.0}, {0.6, 0.0, 0.0}};
  ASSERT_EQ(self_feeding_circles(two_ways).size(), 1U);
  EXPECT_NEAR(self_feeding_circles(two_ways)[0].gain, 0.6, 1e-12);
  EXPECT_TRUE(self_feeding_circles({{0.0, 1.0, 1.0}, {0.4, 0.0, 0.0}, {0.4, 0.0, 0.0}}).empty());
}

TEST(Hypoexponential, EqualRatesGiveErlang) {
  // Two exponentials of rate 1: P(T > t) = e^-t (1 + t).
  const std::vector<double> rates{1.0, 1.0};
  EXPECT_NEAR(hypoexponential_tail(rates, 3.0), std::exp(-3.0) * 4.0, 1e-14);
  EXPECT_NEAR(hypoexponential_tail(rates, 0.0), 1.0, 1e-15);
}

TEST(Caches, TheLimitThatBindsDecides) {
  const auto classes = zipf_classes(1000, 0.8);
  const double by_capacity = che_hit_ratio(classes, 100.0).hit_ratio;
  const double by_age = fixed_ttl_cache(classes, 1.0, 50.0).hit_ratio;
  EXPECT_NEAR(che_hit_ratio_with_ttl(classes, 100.0, 1e12).hit_ratio, by_capacity, 1e-9);
  EXPECT_NEAR(che_hit_ratio_with_ttl(classes, 1000.0, 50.0).hit_ratio, by_age, 1e-12);
  EXPECT_LE(che_hit_ratio_with_ttl(classes, 100.0, 300.0).hit_ratio, by_capacity + 1e-12);
}

TEST(Caches, LargeObjectsTakeTheRoomOfSmallOnes) {
  const auto classes = zipf_classes(1000, 0.8);
  auto large = classes;
  for (PopularityClass& c : large) c.size = 4096.0;
  EXPECT_NEAR(che_hit_ratio(large, 100.0 * 4096.0).hit_ratio, che_hit_ratio(classes, 100.0).hit_ratio, 1e-12);
  EXPECT_EQ(che_hit_ratio(classes, 0.0).hit_ratio, 0.0);
  EXPECT_NEAR(che_hit_ratio(classes, 1000.0).hit_ratio, 1.0, 1e-12);
}

TEST(Caches, AHundredMillionItemsAreAFewThousandClasses) {
  const auto classes = zipf_classes(100'000'000, 0.9);
  double items = 0.0, mass = 0.0;
  for (const PopularityClass& c : classes) items += c.items, mass += c.items * c.probability;
  EXPECT_EQ(items, 1e8);
  EXPECT_NEAR(mass, 1.0, 1e-9);
  EXPECT_LT(classes.size(), 8000U);
  // Against the sum over a million ranks, one by one.
  const auto grouped = zipf_classes(1'000'000, 0.9);
  double total = 0.0;
  for (int rank = 1; rank <= 1'000'000; ++rank) total += std::pow(rank, -0.9);
  EXPECT_NEAR(grouped.front().probability * total, 1.0, 1e-9);
}

TEST(Choices, OneChoiceIsARandomSplit) {
  EXPECT_NEAR(choices_mean_sojourn(0.9, 1), random_split_mean_sojourn(0.9, 1.0, 1), 1e-12);
  EXPECT_LT(choices_mean_sojourn(0.9, 2), choices_mean_sojourn(0.9, 1));
}

}  // namespace
}  // namespace headroom
