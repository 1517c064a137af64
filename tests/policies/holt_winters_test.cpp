#include "policies/forecasting/holt_winters_arithmetic.hpp"

#include "tests/policies/series.hpp"

namespace headroom {
namespace {

using Values = std::vector<double>;

void expect_near(const Values& got, const Values& expected, double within) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], within) << i;
}

// Table 7.3 of the book: weights and states at the start as printed there, to the digits printed.
TEST(HoltWinters, RepeatsTheBooksTableOfVisitorNights) {
  const holt_winters::Weights weights{.alpha = 0.306, .beta = 0.0003, .gamma = 0.426};
  holt_winters::State state{.level = 32.26, .trend = 0.70, .season = {9.70, -9.31, -1.69, 1.31}};
  const double squares = holt_winters::smooth(state, weights, visitor_nights());
  EXPECT_NEAR(std::sqrt(squares / 44.0), 1.763, 0.001);  // the book's RMSE
  expect_near(holt_winters::ahead(state, weights, 4), {76.10, 51.60, 63.97, 68.37}, 0.02);
}

// level 10, trend 2, phi 0.9: 10 + 1.8, + 1.62, + 1.458.
TEST(HoltWinters, LetsADampedTrendDieAway) {
  expect_near(holt_winters::ahead({.level = 10.0, .trend = 2.0}, {.phi = 0.9}, 3), {11.8, 13.42, 14.878}, 1e-12);
}

// Alpha 0.5, beta 0.5, from the line through 10 and 12 (level 8, trend 2): 10 and 12 are met; then 18, 4 more than 14:
// level 16, trend 3. Two ahead: 19, 22.
TEST(HoltWinters, FollowsByItsWeights) {
  const auto model = forecaster({{"model", "holt-winters"}, {"alpha", 0.5}, {"beta", 0.5}});
  expect_near(model->forecast(Values{10, 12, 18}, 2), {19, 22}, 1e-12);
}

TEST(HoltWinters, MeetsALineWithASeasonExactly) {
  Values values;
  const Values season{5, -3, 0, -2};
  for (int t = 0; t < 24; ++t) values.push_back(100.0 + 1.5 * t + season[static_cast<std::size_t>(t % 4)]);
  for (const Json& options : {Json{{"model", "holt-winters"}, {"season", "4 s"}},
                             Json{{"model", "holt-winters"}, {"season", "4 s"}, {"alpha", 0.3}, {"beta", 0.2}, {"gamma", 0.9}}}) {
    const auto model = forecaster(options);
    const auto next = [&](int h) { return 100.0 + 1.5 * (24 + h) + season[static_cast<std::size_t>(h % 4)]; };
    expect_near(model->forecast(values, 6), {next(0), next(1), next(2), next(3), next(4), next(5)}, 1e-9);
  }
}

// Against every triple of weights on a grid of 0.05: the fit makes no more error than the best of them, and the forecast is the
// one of weights that do. The second is seen by a forecast that lies near that of the best triple.
TEST(HoltWinters, FindsWeightsAtLeastAsGoodAsThoseOfAGrid) {
  const holt_winters::State start = holt_winters::initial_state(visitor_nights(), 4);
  double least = 1e300;
  Values best;
  for (int a = 0; a <= 20; ++a) {
    for (int b = 0; b <= 20; ++b) {
      for (int g = 0; g <= 20; ++g) {
        const holt_winters::Weights weights{.alpha = a / 20.0, .beta = b / 20.0, .gamma = g / 20.0};
        holt_winters::State state = start;
        const double squares = holt_winters::smooth(state, weights, visitor_nights());
        if (squares >= least) continue;
        least = squares;
        best = holt_winters::ahead(state, weights, 4);
      }
    }
  }
  expect_near(forecaster({{"model", "holt-winters"}, {"season", "4 s"}})->forecast(visitor_nights(), 4), best, 0.5);
}

TEST(HoltWinters, NeedsTwoSeasons) {
  const auto model = forecaster({{"model", "holt-winters"}, {"season", "4 s"}});
  EXPECT_TRUE(model->forecast(Values(7, 1.0), 1).empty());
  EXPECT_EQ(model->forecast(Values(8, 1.0), 1), Values{1.0});
  EXPECT_TRUE(forecaster({{"model", "holt-winters"}})->forecast(Values{1.0}, 1).empty());
}

TEST(HoltWinters, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(problems_of<Forecaster>({{"model", "holt-winters"}, {"gamma", 0.5}}).size(), 1U);
  EXPECT_EQ(forecaster({{"model", "holt-winters"}, {"season", "1 s"}})->problems().front().first, "season");
  EXPECT_TRUE(forecaster({{"model", "holt-winters"}, {"season", "2 s"}})->problems().empty());
}

}  // namespace
}  // namespace headroom
