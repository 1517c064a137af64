#include <cmath>

#include "sim/seams/admission_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::unique_ptr<AdmissionPolicy> plain(const Json& more = Json::object()) {
  Json options = {{"policy", "gradient"}, {"initial", 20}, {"minimum", 1}, {"maximum", 1000}};
  options.update(more);
  return policy<AdmissionPolicy>(options);
}

void answer(AdmissionPolicy& policy, double milliseconds, unsigned in_flight) {
  policy.answered({.round_trip = Duration{std::llround(milliseconds * 1e6)}, .in_flight = in_flight});
}

// While round trips stay the same the gradient is 1: 0.8 × 20 + 0.2 × (20 + 4) = 20.8, then 21.6, 22.4: by 0.2 × 4 each. What is
// let in is the whole part.
TEST(Gradient, GrowsByTheSmoothedQueueWhileRoundTripsStay) {
  const auto policy = plain();
  answer(*policy, 10.0, 20);
  EXPECT_EQ(policy->limit(), 20.0);
  answer(*policy, 10.0, 20);
  EXPECT_EQ(policy->limit(), 21.0);
  answer(*policy, 10.0, 20);
  EXPECT_EQ(policy->limit(), 22.0);
  EXPECT_TRUE(policy->admits({.in_flight = 21}, 0));
  EXPECT_FALSE(policy->admits({.in_flight = 22}, 0));
}

// In flight below half of the limit says nothing: 9 of 20 does not move it, 10 does.
TEST(Gradient, StaysWhereItIsNotUsed) {
  const auto policy = plain({{"queue", 10}});
  answer(*policy, 10.0, 9);
  EXPECT_EQ(policy->limit(), 20.0);
  answer(*policy, 10.0, 10);
  EXPECT_EQ(policy->limit(), 22.0);
}

// Without a queue and with tolerance 1: the average of 10 and 30 ms is 20 ms, the gradient 2/3, and with smoothing 1 the limit is
// 20 → 20 → 13.33. A round trip of 1000 ms: average 1040/3 ms, 0.3467 of it, and the gradient is no less than a half: 6.67.
TEST(Gradient, ShrinksWithTheGradientAndByNoMoreThanAHalf) {
  const auto policy = plain({{"queue", 0}, {"tolerance", 1.0}, {"smoothing", 1.0}});
  answer(*policy, 10.0, 20);
  EXPECT_EQ(policy->limit(), 20.0);
  answer(*policy, 30.0, 20);
  EXPECT_EQ(policy->limit(), 13.0);
  answer(*policy, 1000.0, 20);
  EXPECT_EQ(policy->limit(), 6.0);
}

// ExpAvgMeasurementTest of the source, with a window of 100: after 10 to 19 ms the average is 14.5 ms; 100 ms make it 16.19 ms
// (14.5 × 99/101 + 100 × 2/101). The gradient of that sample with tolerance 2 is 2 × 16.193 / 100 = 0.324 → 0.5; one of 40 ms
// next has the average 16.193 × 99/101 + 40 × 2/101 = 16.665 ms and the gradient 0.8332.
TEST(Gradient, AveragesPlainlyOverTenAndThenExponentially) {
  const auto policy = plain({{"initial", 1000}, {"queue", 0}, {"tolerance", 2.0}, {"smoothing", 1.0}, {"long_window", 100}});
  for (int i = 0; i < 10; ++i) answer(*policy, 10.0 + i, 1000);
  EXPECT_EQ(policy->limit(), 1000.0);
  answer(*policy, 100.0, 1000);
  EXPECT_EQ(policy->limit(), 500.0);
  answer(*policy, 40.0, 1000);
  EXPECT_EQ(policy->limit(), std::floor(500.0 * 2.0 * 16.66474 / 40.0));  // 416
}

TEST(Gradient, CutsAnAverageThatIsFarAboveTheRoundTrips) {
  const auto slow =
      plain({{"initial", 100}, {"queue", 0}, {"tolerance", 1.0}, {"smoothing", 1.0}, {"long_window", 1'000'000'000}});
  for (int i = 0; i < 10; ++i) answer(*slow, 100.0, 1);
  // The window is so long that only the cuts move the average: 100 → 0.95^13 × 100 = 51.3 after thirteen samples of 25 ms, and
  // 0.95^14 = 48.8 after fourteen, which is less than twice 25 and stays.
  for (int i = 0; i < 50; ++i) answer(*slow, 25.0, 1);
  // The gradient at 90 ms: 48.77 / 90 = 0.5418.
  answer(*slow, 90.0, 100);
  EXPECT_EQ(slow->limit(), 54.0);
}

TEST(Gradient, TakesARoundTripOfNoTime) {
  const auto policy = plain();
  answer(*policy, 0.0, 20);
  answer(*policy, 0.0, 20);
  EXPECT_EQ(policy->limit(), 21.0);
}

TEST(Gradient, BeginsWhereItsSourceDoes) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "gradient"}});
  EXPECT_EQ(policy->limit(), 20.0);
  EXPECT_EQ(policy->most(), 200.0);
  answer(*policy, 1.0, 20);
  answer(*policy, 100.0, 20);
  // 20.8, and with the average of 50.5 ms the gradient 0.7575: 0.8 × 20.8 + 0.2 × (20.8 × 0.7575 + 4) = 20.59.
  EXPECT_EQ(policy->limit(), 20.0);
  // The gradient falls to a half soon, and the limit stops at its minimum.
  for (int i = 0; i < 20; ++i) answer(*policy, 1000.0 * (1 << i), 20);
  EXPECT_EQ(policy->limit(), 20.0);
}

}  // namespace
}  // namespace headroom
