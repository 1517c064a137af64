#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "models/arrivals/arrival_process.hpp"
#include "models/arrivals/rate_factors.hpp"
#include "tests/models/workload_under_test.hpp"

namespace headroom {
namespace {

// Pieces up to `end`, as the rate at a time.
double rate_at(RateProfile& profile, double time) {
  RatePiece piece;
  while (profile.next(piece)) {
    if (time < piece.end) return piece.rate_at(time);
  }
  return 0.0;
}

double expected_before(std::unique_ptr<RateProfile> profile, double end) { return summarize(*profile, end).expected; }

TEST(RateFactors, ACurveIsLinearBetweenItsPointsAndConstantOutside) {
  const std::vector<FactorPoint> points{{10.0, 1.0}, {20.0, 3.0}, {20.0, 2.0}, {30.0, 2.0}};
  for (const auto& [time, factor] :
       std::vector<std::pair<double, double>>{{0, 1}, {9, 1}, {15, 2}, {19.5, 2.9}, {20, 2}, {25, 2}, {1e9, 2}})
    EXPECT_DOUBLE_EQ(rate_at(*factor_curve(points), time), factor) << time;
}

TEST(RateFactors, AProductIsThatOfItsFactorsAtEveryBorder) {
  const auto product = [] {
    std::vector<std::unique_ptr<RateProfile>> factors;
    factors.push_back(constant_rate(7.0));
    factors.push_back(factor_curve({{0.0, 1.0}, {600.0, 3.0}}));
    factors.push_back(factor_curve({{300.0, 1.0}, {900.0, 0.5}}));
    return ProductRate{std::move(factors)};
  };
  for (const double time : {0.0, 60.0, 300.0, 360.0, 600.0, 720.0, 900.0, 5000.0}) {
    const double first = 1.0 + 2.0 * std::min(time, 600.0) / 600.0;
    const double second = 1.0 - 0.5 * (std::clamp(time, 300.0, 900.0) - 300.0) / 600.0;
    ProductRate profile = product();
    EXPECT_NEAR(rate_at(profile, time), 7.0 * first * second, 1e-9) << time;
  }
}

TEST(RateFactors, AWeekKeepsItsMean) {
  EXPECT_NEAR(expected_before(weekly_factor({1, 1, 1, 1, 1, 0.5, 0.3}), 14 * 86'400.0), 14 * 86'400.0, 1e-6);
  EXPECT_NEAR(rate_at(*weekly_factor({1, 1, 1, 1, 1, 0.5, 0.5}), 5.5 * 86'400.0), 0.5 / (6.0 / 7.0), 1e-12);
}

TEST(RateFactors, BurstsKeepTheMeanAndHaveTheAskedShareAndLength) {
  // Bursts of 1 min every 9 min of quiet, five times the rate: 10 % of the time, at 5 / 1.4 = 3.571 of the mean.
  EXPECT_NEAR(factor_in_burst(5.0, 540.0, 60.0), 5.0 / 1.4, 1e-12);
  const auto profile = burst_factor(5.0, 540.0, 60.0, RandomStream{3});
  RatePiece piece;
  double bursting = 0.0, total = 0.0, expected = 0.0;
  int bursts = 0;
  for (int i = 0; i < 40'000; ++i) {
    profile->next(piece);
    const double span = piece.end - piece.begin;
    total += span;
    expected += span * piece.rate_begin;
    if (piece.rate_begin > 1.0) {
      bursting += span;
      ++bursts;
    }
  }
  // 20,000 bursts: the mean length is known to 1/sqrt(20,000) = 0.7 %; four times that.
  EXPECT_NEAR(bursting / bursts, 60.0, 60.0 * 0.028);
  EXPECT_NEAR(bursting / total, 0.1, 0.1 * 0.04);
  EXPECT_NEAR(expected / total, 1.0, 0.02);
}

TEST(LoadShape, AFlashCrowdComesAndGoes) {
  // 10 /s; from 100 s on it rises in 20 s to 50 /s, stays 30 s and falls in 50 s: 10 × 400 + 40 × (10 + 30 + 25).
  const Json crowd{{"at", "100 s"}, {"factor", 5.0}, {"rise", "20 s"}, {"hold", "30 s"}, {"fall", "50 s"}};
  const Json options{
      {"model", "users"}, {"rate", "10 /s"}, {"arrivals", "even"}, {"shape", {{"flash_crowds", Json::array({crowd})}}}};
  const auto users = workload(options, {.end_seconds = 400.0});
  EXPECT_NEAR(users->peak_rate(), 50.0, 1e-9);
  EXPECT_FALSE(users->stationary());
  const std::vector<Arrival> arrivals = all_arrivals(*users);
  EXPECT_NEAR(static_cast<double>(arrivals.size()), 10.0 * 400.0 + 40.0 * (10.0 + 30.0 + 25.0), 1.0);
  EXPECT_NEAR(count_between(arrivals, 120.0, 150.0), 50.0 * 30.0, 1.0);
  EXPECT_NEAR(count_between(arrivals, 200.0, 400.0), 10.0 * 200.0, 1.0);
}

TEST(LoadShape, RampAndStepsMultiply) {
  // Doubles over the first 100 s, then a step to a half at 200 s.
  const Json shape{{"ramp", {{"to", 2.0}, {"over", "100 s"}}}, {"steps", Json::array({{{"at", "200 s"}, {"factor", 0.5}}})}};
  const Json options{{"model", "users"}, {"rate", "10 /s"}, {"arrivals", "even"}, {"shape", shape}};
  const std::vector<Arrival> arrivals = all_arrivals(options, {.end_seconds = 300.0});
  EXPECT_NEAR(count_between(arrivals, 0.0, 100.0), 1500.0, 1.0);
  EXPECT_NEAR(count_between(arrivals, 100.0, 200.0), 2000.0, 1.0);
  EXPECT_NEAR(count_between(arrivals, 200.0, 300.0), 1000.0, 1.0);
}

TEST(LoadShape, AFactorThatNeverChangesCountsInTheMeanRate) {
  const Json shape{{"ramp", {{"from", 2.0}, {"to", 2.0}, {"over", "1 min"}}}};
  const auto users = workload({{"model", "users"}, {"rate", "10 /s"}, {"shape", shape}}, {.end_seconds = 100.0});
  EXPECT_NEAR(users->mean_rate(), 20.0, 1e-9);
  EXPECT_NEAR(users->peak_rate(), 20.0, 1e-9);
}

TEST(LoadShape, BurstsAreStationaryAndOverdispersed) {
  const Json options{
      {"model", "artists"}, {"accounts", 1000}, {"requests_per_day", 864.0}, {"shape", {{"bursts", {{"factor", 8.0}}}}}};
  const auto artists = workload(options, {.end_seconds = 36'000.0});
  EXPECT_TRUE(artists->stationary());
  EXPECT_NEAR(artists->mean_rate(), 10.0, 1e-12);
  EXPECT_NEAR(artists->peak_rate(), 10.0 * 8.0 / (1.0 + 7.0 / 11.0), 1e-9);
  const std::vector<Arrival> arrivals = all_arrivals(*artists);
  double sum = 0.0, squares = 0.0;
  for (int minute = 0; minute < 600; ++minute) {
    const double count = count_between(arrivals, 60.0 * minute, 60.0 * (minute + 1));
    sum += count;
    squares += count * count;
  }
  const double mean = sum / 600.0;
  EXPECT_GT((squares / 600.0 - mean * mean) / mean, 50.0) << "index of dispersion; Poisson has 1";
}

// A world of three regions of 10 /s each, whose day peaks at 20 h by their own clocks: at 9 h ahead that is 11 h of the run's, at
// 5 h behind 1 h of the next day. The sum at any time is that of the three curves.
TEST(LoadShape, RegionsHaveTheirOwnTime) {
  const DiurnalRate curve{10.0, 1.8, 20 * 3600.0};
  const auto arrivals_of = [](const char* zone) {
    return all_arrivals({{"model", "users"},
                         {"rate", "10 /s"},
                         {"shape", {{"diurnal", {{"peak_to_mean", 1.8}, {"peak_at", "20 h"}}}, {"time_zone", zone}}}},
                        {.end_seconds = 86'400.0});
  };
  for (const auto& [zone, ahead] : {std::pair{"9 h", 9}, std::pair{"-5 h", -5}, std::pair{"0 h", 0}}) {
    const auto arrivals = arrivals_of(zone);
    for (const int hour : {0, 5, 11, 18}) {
      // The curve is all but straight within 10 min.
      const double begin = 3600.0 * hour, mean = 600.0 * curve.rate_at(begin + 300.0 + 3600.0 * ahead);
      EXPECT_NEAR(count_between(arrivals, begin, begin + 600.0), mean, 4.5 * std::sqrt(mean)) << zone << " at " << hour;
    }
  }
}

TEST(LoadShape, AWeekendBeginsWhenTheLocalDayDoes) {
  // The run begins on Friday at midnight. 9 h ahead Saturday begins 15 h into it, 5 h behind after 29 h, when Thursday's last
  // 5 h have passed first.
  const std::vector<double> from_friday{1, 0, 0, 1, 1, 1, 1};
  for (const auto& [ahead, border] : {std::pair{9.0, 15.0}, std::pair{-5.0, 29.0}, std::pair{0.0, 24.0}}) {
    EXPECT_GT(rate_at(*weekly_factor(from_friday, 3600.0 * ahead), 3600.0 * (border - 0.1)), 1.0) << ahead;
    EXPECT_EQ(rate_at(*weekly_factor(from_friday, 3600.0 * ahead), 3600.0 * (border + 0.1)), 0.0) << ahead;
    EXPECT_GT(rate_at(*weekly_factor(from_friday, 3600.0 * ahead), 3600.0 * (border + 48.1)), 1.0) << ahead;
  }
}

TEST(LoadShape, HoursKeepTheMeanOfTheDay) {
  // 22 h to 6 h, a third of the day at 3 times the mean; 2 h ahead that is 20 h to 4 h of the run's clock.
  for (const auto& [zone, from, to] :
       {std::tuple{"0 h", 22.0, 6.0}, std::tuple{"2 h", 20.0, 4.0}, std::tuple{"-7 h", 5.0, 13.0}}) {
    const auto arrivals = all_arrivals({{"model", "artists"},
                                        {"accounts", 100},
                                        {"requests_per_day", 864.0},
                                        {"shape", {{"hours", {{"from", "22 h"}, {"to", "6 h"}}}, {"time_zone", zone}}}},
                                       {.end_seconds = 2 * 86'400.0});
    expect_poisson_count(static_cast<double>(arrivals.size()), 2 * 86'400.0);
    const auto is_open = [&](double hour) { return from < to ? hour >= from && hour < to : hour >= from || hour < to; };
    for (const Arrival& arrival : arrivals) ASSERT_TRUE(is_open(std::fmod(to_seconds(arrival.at) / 3600.0, 24.0))) << zone;
    expect_poisson_count(count_between(arrivals, from * 3600.0, from * 3600.0 + 3600.0), 3 * 3600.0);
  }
}

// Two workloads side by side are one of both rates, the gaps of the sum those of a Poisson process.
TEST(LoadShape, WorkloadsSuperpose) {
  auto all = all_arrivals({{"model", "users"}, {"rate", "3 /s"}}, {.end_seconds = 2000.0, .seed = 1});
  const auto more = all_arrivals({{"model", "users"}, {"rate", "7 /s"}}, {.end_seconds = 2000.0, .seed = 2});
  all.insert(all.end(), more.begin(), more.end());
  std::sort(all.begin(), all.end(), [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
  std::vector<double> gaps;
  for (std::size_t i = 1; i < all.size(); ++i) gaps.push_back(to_seconds(all[i].at - all[i - 1].at));
  EXPECT_LT(kolmogorov_smirnov(std::move(gaps), [](double x) { return 1.0 - std::exp(-10.0 * x); }), 1.95);
}

TEST(LoadShape, SaysWhatIsWrongWithIt) {
  const auto sentence = [](const Json& shape) {
    const FieldProblems problems = problems_of<Workload>({{"model", "users"}, {"rate", "10 /s"}, {"shape", shape}});
    return problems.size() == 1 && problems[0].first == "shape" ? problems[0].second
                                                                : std::to_string(problems.size()) + " problems";
  };
  EXPECT_EQ(sentence(Json::object()), "is empty; for example {\"diurnal\": {\"peak_to_mean\": 1.8}}");
  const Json steps = Json::array({{{"at", "2 min"}, {"factor", 2.0}}, {{"at", "1 min"}, {"factor", 1.0}}});
  EXPECT_EQ(sentence({{"steps", steps}}), "has steps that are not in order of time");
}

}  // namespace
}  // namespace headroom
