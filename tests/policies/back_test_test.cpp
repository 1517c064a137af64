#include "sim/seams/back_test.hpp"

#include <numbers>

#include "sim/core/random.hpp"
#include "tests/policies/series.hpp"

namespace headroom {
namespace {

using Values = std::vector<double>;

// Seasonal naive with two steps on 1, 3, 2, 4, 8, two steps ahead, from two values on.
//   origin 2 (1, 3): forecasts 1, 3 of 2, 4: errors 1, 1; naive 3, 3: errors 1, 1; moves before: 2
//   origin 3 (… 2):  forecasts 3, 2 of 4, 8: errors 1, 6; naive 2, 2: errors 2, 6; moves before: (2 + 1) / 2 = 1.5
TEST(BackTest, IsTheHandArithmeticOfARollingOrigin) {
  const auto model = forecaster({{"model", "seasonal-naive"}, {"season", "2 s"}});
  const BackTest test = back_test(*model, Values{1, 3, 2, 4, 8}, 2, 2);
  EXPECT_EQ(test.forecasts, 4U);
  EXPECT_DOUBLE_EQ(test.absolute, (1 + 1 + 1 + 6) / 4.0);
  EXPECT_DOUBLE_EQ(test.naive, (1 + 1 + 2 + 6) / 4.0);
  EXPECT_DOUBLE_EQ(test.relative(), 0.9);
  EXPECT_DOUBLE_EQ(test.mase, (1 / 2.0 + 1 / 2.0 + 1 / 1.5 + 6 / 1.5) / 4.0);
  EXPECT_DOUBLE_EQ(test.smape, (2.0 / 3.0 + 2.0 / 7.0 + 2.0 / 7.0 + 12.0 / 10.0) / 4.0);
}

TEST(BackTest, CountsOnlyWhatWasForecast) {
  const auto model = forecaster({{"model", "seasonal-naive"}, {"season", "4 s"}});
  EXPECT_EQ(back_test(*model, Values{1, 2, 3}, 1, 1).forecasts, 0U);
  EXPECT_EQ(back_test(*model, Values{1, 2, 3, 4, 5, 6}, 1, 1).forecasts, 2U);
}

TEST(BackTest, TakesNaiveForAsGoodWhereNothingMoves) {
  const auto naive = forecaster({{"model", "seasonal-naive"}, {"season", "1 s"}});
  const BackTest test = back_test(*naive, Values(10, 3.0), 2, 1);
  EXPECT_EQ(test.relative(), 1.0);
  EXPECT_EQ(test.mase, 0.0);
}

// Visitor nights rise by the season: each model that knows the season is better than the naive one, four quarters ahead.
TEST(BackTest, FindsSeasonalModelsBetterThanNaiveOnVisitorNights) {
  const Json seasonal{{"model", "seasonal-naive"}, {"season", "4 s"}};
  const Json smoothed{{"model", "holt-winters"}, {"season", "4 s"}};
  const Json waves{{"model", "harmonic-regression"}, {"trend", true}, {"seasons", {{{"period", "4 s"}, {"harmonics", 2}}}}};
  const double of_naive_season = back_test(*forecaster(seasonal), visitor_nights(), 20, 4).relative();
  EXPECT_LT(of_naive_season, 0.5);
  EXPECT_LT(back_test(*forecaster(smoothed), visitor_nights(), 20, 4).relative(), of_naive_season);
  EXPECT_LT(back_test(*forecaster(waves), visitor_nights(), 20, 4).relative(), of_naive_season);
}

// An AR(1) with phi 0.5: knowing phi the error one step ahead has variance 1; naive makes y(t+1) - y(t), of variance
// 2 (1 - phi) / (1 - phi^2) = 4/3. Absolute errors of normal values are as their deviations: sqrt(3/4) = 0.866.
TEST(BackTest, FindsTheAutoRegressiveModelAsMuchBetterAsTheoryOnItsOwnSeries) {
  RandomStream random{11};
  Values values{0.0};
  for (int t = 1; t < 2500; ++t) {
    const double noise = std::sqrt(-2.0 * std::log(1.0 - random.uniform())) * std::cos(2.0 * std::numbers::pi * random.uniform());
    values.push_back(0.5 * values.back() + noise);
  }
  const BackTest test = back_test(*forecaster({{"model", "auto-regressive"}, {"order", 1}}), values, 500, 1);
  EXPECT_NEAR(test.relative(), std::sqrt(0.75), 0.03);
}

}  // namespace
}  // namespace headroom
