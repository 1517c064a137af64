#include "tests/policies/series.hpp"

namespace headroom {
namespace {

using Values = std::vector<double>;

TEST(SeasonalNaive, RepeatsTheLastSeason) {
  const auto model = forecaster({{"model", "seasonal-naive"}, {"season", "4 s"}});
  EXPECT_EQ(model->forecast(Values{9, 9, 9, 9, 1, 2, 3, 4}, 9), (Values{1, 2, 3, 4, 1, 2, 3, 4, 1}));
  EXPECT_EQ(model->forecast(Values{1, 2, 3, 4, 5}, 2), (Values{2, 3}));
}

TEST(SeasonalNaive, IsTheNaiveForecastWithASeasonOfOneStep) {
  const auto model = forecaster({{"model", "seasonal-naive"}, {"season", "60 s"}}, std::chrono::minutes{1});
  EXPECT_EQ(model->forecast(Values{3, 5}, 3), (Values{5, 5, 5}));
}

TEST(SeasonalNaive, SaysNothingBeforeASeasonIsOver) {
  const auto model = forecaster({{"model", "seasonal-naive"}}, std::chrono::hours{1});  // a day
  EXPECT_TRUE(model->forecast(Values(23, 1.0), 1).empty());
  EXPECT_EQ(model->forecast(Values(24, 1.0), 1), Values{1.0});
}

}  // namespace
}  // namespace headroom
