#include <numeric>

#include "tests/policies/series.hpp"

namespace headroom {
namespace {

using Values = std::vector<double>;

// R's series `lh`: luteinizing hormone in blood, every ten minutes (Diggle, Time series, 1990).
const Values hormone{2.4, 2.4, 2.4, 2.2, 2.1, 1.5, 2.3, 2.3, 2.5, 2.0, 1.9, 1.7, 2.2, 1.8, 3.2, 3.2,
                     2.7, 2.2, 2.2, 1.9, 1.9, 1.8, 2.7, 3.0, 2.3, 2.0, 2.0, 2.9, 2.9, 2.7, 2.7, 2.3,
                     2.6, 2.4, 1.8, 1.7, 1.5, 1.4, 2.1, 3.3, 3.5, 3.5, 3.1, 2.6, 2.1, 3.4, 3.0, 2.9};

// The example of R's help page of ar: `ar(lh)` prints order 3 with coefficients 0.6534, -0.0636, -0.2269.
TEST(AutoRegressive, RepeatsTheExampleOfR) {
  const double mean = std::accumulate(hormone.begin(), hormone.end(), 0.0) / 48.0;
  Values expected;
  double last = 2.9 - mean, before = 3.0 - mean, third = 3.4 - mean;
  for (int h = 0; h < 12; ++h) {
    const double next = 0.6534 * last - 0.0636 * before - 0.2269 * third;
    third = before, before = last, last = next;
    expected.push_back(mean + next);
  }
  const Values ahead = forecaster({{"model", "auto-regressive"}})->forecast(hormone, 12);
  ASSERT_EQ(ahead.size(), 12U);
  for (std::size_t h = 0; h < 12; ++h) EXPECT_NEAR(ahead[h], expected[h], 2e-4) << h;
  EXPECT_EQ(ahead, forecaster({{"model", "auto-regressive"}, {"order", 3}})->forecast(hormone, 12));
}

// Order 1 has phi = c(1) / c(0): of 1, 2, 3, 4 the mean is 2.5, c(0) = 5 / 4, c(1) = (0.75 - 0.25 + 0.75) / 4 = 1.25 / 4.
TEST(AutoRegressive, DrawsBackToTheMean) {
  const Values ahead = forecaster({{"model", "auto-regressive"}, {"order", 1}})->forecast(Values{1, 2, 3, 4}, 3);
  ASSERT_EQ(ahead.size(), 3U);
  EXPECT_NEAR(ahead[0], 2.5 + 0.25 * 1.5, 1e-12);
  EXPECT_NEAR(ahead[1], 2.5 + 0.0625 * 1.5, 1e-12);
  EXPECT_NEAR(ahead[2], 2.5 + 0.015625 * 1.5, 1e-12);
}

TEST(AutoRegressive, IsTheMeanWithOrderZeroOrWithoutAnyChange) {
  EXPECT_EQ(forecaster({{"model", "auto-regressive"}, {"order", 0}})->forecast(Values{1, 2, 3, 6}, 2), (Values{3, 3}));
  EXPECT_EQ(forecaster({{"model", "auto-regressive"}})->forecast(Values(50, 7.0), 2), (Values{7, 7}));
}

TEST(AutoRegressive, NeedsMoreValuesThanItsOrder) {
  EXPECT_TRUE(forecaster({{"model", "auto-regressive"}, {"order", 3}})->forecast(Values{1, 2, 3}, 1).empty());
  EXPECT_TRUE(forecaster({{"model", "auto-regressive"}})->forecast(Values{1}, 1).empty());
}

}  // namespace
}  // namespace headroom
