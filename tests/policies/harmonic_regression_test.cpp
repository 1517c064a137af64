#include <numbers>

#include "tests/policies/series.hpp"

namespace headroom {
namespace {

using Values = std::vector<double>;
constexpr double turn = 2.0 * std::numbers::pi;

Json daily(double period, int harmonics) {
  return {{"model", "harmonic-regression"}, {"seasons", {{{"period", std::to_string(period) + " s"}, {"harmonics", harmonics}}}}};
}

// Over whole periods the waves are orthogonal, so that the least squares are the sums of the discrete Fourier transform.
TEST(HarmonicRegression, IsTheFourierTransformOverWholePeriods) {
  const Values values{3, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9, 0, 4, 5};  // two periods of 8
  double mean = 0.0;
  for (const double value : values) mean += value / 16.0;
  Values expected(8, mean);
  for (int k = 1; k <= 2; ++k) {
    double cosine = 0.0, sine = 0.0;
    for (int t = 0; t < 16; ++t) {
      cosine += 2.0 / 16.0 * values[static_cast<std::size_t>(t)] * std::cos(turn * k * t / 8.0);
      sine += 2.0 / 16.0 * values[static_cast<std::size_t>(t)] * std::sin(turn * k * t / 8.0);
    }
    for (int h = 0; h < 8; ++h)
      expected[static_cast<std::size_t>(h)] += cosine * std::cos(turn * k * h / 8.0) + sine * std::sin(turn * k * h / 8.0);
  }
  const Values ahead = forecaster(daily(8, 2))->forecast(values, 8);
  ASSERT_EQ(ahead.size(), 8U);
  for (std::size_t h = 0; h < 8; ++h) EXPECT_NEAR(ahead[h], expected[h], 1e-10) << h;
}

// With all its waves (four of eight steps: the last has no sine) a period is repeated as it is.
TEST(HarmonicRegression, RepeatsAPeriodWithAllItsWaves) {
  const Values values{3, 7, 1, 8, 2, 8, 1, 8, 3, 7, 1, 8, 2, 8, 1, 8};
  const Values ahead = forecaster(daily(8, 100))->forecast(values, 8);
  ASSERT_EQ(ahead.size(), 8U);
  for (std::size_t h = 0; h < 8; ++h) EXPECT_NEAR(ahead[h], values[h], 1e-9) << h;
}

// A line with two seasons, one of them no whole number of steps; the two share the wave of 21 steps.
TEST(HarmonicRegression, MeetsALineWithTwoSeasonsExactly) {
  const auto truth = [](double t) { return 50.0 + 0.25 * t + 8.0 * std::sin(turn * t / 10.5) + 3.0 * std::cos(turn * t / 21.0); };
  Values values;
  for (int t = 0; t < 60; ++t) values.push_back(truth(t));
  const auto model =
      forecaster({{"model", "harmonic-regression"},
                  {"trend", true},
                  {"seasons", {{{"period", "10.5 s"}, {"harmonics", 1}}, {{"period", "21 s"}, {"harmonics", 2}}}}});
  const Values ahead = model->forecast(values, 30);
  ASSERT_EQ(ahead.size(), 30U);
  for (std::size_t h = 0; h < 30; ++h) EXPECT_NEAR(ahead[h], truth(60.0 + static_cast<double>(h)), 1e-8) << h;
}

TEST(HarmonicRegression, NeedsAWholeSeasonAndMoreValuesThanWeights) {
  EXPECT_TRUE(forecaster(daily(8, 1))->forecast(Values(7, 1.0), 1).empty());
  EXPECT_FALSE(forecaster(daily(8, 1))->forecast(Values(8, 1.0), 1).empty());
  EXPECT_TRUE(forecaster(daily(8, 4))->forecast(Values(8, 1.0), 1).empty());  // eight weights
}

TEST(HarmonicRegression, RefusesSeasonsThatAreNone) {
  EXPECT_EQ(problems_of<Forecaster>({{"model", "harmonic-regression"}, {"seasons", Json::array()}}).size(), 1U);
  EXPECT_EQ(forecaster(daily(1, 1))->problems().front().first, "seasons/0/period");
}

}  // namespace
}  // namespace headroom
