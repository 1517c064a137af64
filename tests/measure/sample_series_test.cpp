#include "sim/measure/sample_series.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "sim/measure/burn_rate.hpp"

namespace headroom {
namespace {

using namespace std::chrono_literals;

constexpr PrometheusRelease v2 = PrometheusRelease::v2, v3 = PrometheusRelease::v3;

SampleSeries every(double step, const std::vector<double>& values, double first_at = 0.0) {
  SampleSeries series;
  for (std::size_t i = 0; i < values.size(); ++i) series.add(at_seconds(first_at + step * static_cast<double>(i)), values[i]);
  return series;
}

TEST(SampleSeries, ASampleIsSeenFor5MinutesInRelease2AndAlmostThatLongInRelease3) {
  SampleSeries series;
  series.add(at_seconds(0), 7.0);
  EXPECT_EQ(series.newest(at_seconds(299), v3), 7.0);
  EXPECT_EQ(series.newest(at_seconds(300), v3), std::nullopt);
  EXPECT_EQ(series.newest(at_seconds(300), v2), 7.0);
  EXPECT_EQ(series.newest(at_seconds(300.001), v2), std::nullopt);
}

TEST(SampleSeries, TheNewestSampleUpToNowIsRead) {
  const SampleSeries series = every(15.0, {1, 2, 3});
  EXPECT_EQ(series.newest(at_seconds(29.9), v3), 2.0);
  EXPECT_EQ(series.newest(at_seconds(30), v3), 3.0);
  EXPECT_EQ(SampleSeries{}.newest(at_seconds(0), v3), std::nullopt);
}

TEST(SampleSeries, AMarkerEndsItAtOnceAndASampleBeginsItAgain) {
  SampleSeries series;
  series.add(at_seconds(0), 7.0);
  series.add_stale(at_seconds(60));
  EXPECT_EQ(series.newest(at_seconds(59), v3), 7.0);
  EXPECT_EQ(series.newest(at_seconds(60), v3), std::nullopt);
  series.add(at_seconds(90), 8.0);
  EXPECT_EQ(series.newest(at_seconds(90), v3), 8.0);
}

TEST(SampleSeries, WhatIsGoneIsMarkedOnce) {
  SampleSeries series;
  EXPECT_FALSE(series.record(at_seconds(0), std::nullopt));
  EXPECT_TRUE(series.record(at_seconds(1), 2.0));
  EXPECT_TRUE(series.record(at_seconds(2), std::nullopt));
  EXPECT_FALSE(series.record(at_seconds(3), std::nullopt));
  EXPECT_EQ(series.newest(at_seconds(3), v2), std::nullopt);
}

// Samples at 0, 60, … 300 with 10 more each: in (0, 300] lie five of them, 40 between first and last. The first is 60 s from
// the border, less than 1.1 steps, so the increase is carried to it: 40 × 300/240 = 50. Closed: 50 × 300/300.
TEST(SampleSeries, IncreaseIsCarriedToNearBorders) {
  const SampleSeries series = every(60.0, {100, 110, 120, 130, 140, 150});
  EXPECT_DOUBLE_EQ(series.increase(at_seconds(300), 5min, v3).value_or(-1), 50.0);
  EXPECT_DOUBLE_EQ(series.increase(at_seconds(300), 5min, v2).value_or(-1), 50.0);
  EXPECT_DOUBLE_EQ(series.rate(at_seconds(300), 5min, v3).value_or(-1), 50.0 / 300.0);
}

// Two samples 60 s apart, 180 s after the border and 60 s before the end: half a step to the one, the whole way to the other.
TEST(SampleSeries, IncreaseIsCarriedHalfAStepTowardsFarBorders) {
  const SampleSeries series = every(60.0, {100, 110}, 180.0);
  EXPECT_DOUBLE_EQ(series.increase(at_seconds(300), 5min, v3).value_or(-1), 10.0 * (60.0 + 30.0 + 60.0) / 60.0);
}

// From 2 to 12 in 60 s: the counter was zero 12 s before its first sample, and is not carried further back.
TEST(SampleSeries, IncreaseIsNotCarriedBeforeACountersZero) {
  EXPECT_DOUBLE_EQ(every(60.0, {2, 12}, 180.0).increase(at_seconds(240), 5min, v3).value_or(-1), 10.0 * (60.0 + 12.0) / 60.0);
  EXPECT_DOUBLE_EQ(every(60.0, {2, 12}, 180.0).increase(at_seconds(240), 5min, v2).value_or(-1), 10.0 * (60.0 + 12.0) / 60.0);
}

// From 8 to 18: zero lies 48 s back; the border 180 s. Release 3 takes half a step (30 s), release 2 the 48 s.
TEST(SampleSeries, ReleasesDifferInWhatTheyAskFirstOfALateCounter) {
  EXPECT_DOUBLE_EQ(every(60.0, {8, 18}, 180.0).increase(at_seconds(240), 5min, v3).value_or(-1), 10.0 * (60.0 + 30.0) / 60.0);
  EXPECT_DOUBLE_EQ(every(60.0, {8, 18}, 180.0).increase(at_seconds(240), 5min, v2).value_or(-1), 10.0 * (60.0 + 48.0) / 60.0);
}

// 100 -> 130, reset, 5 -> 25: 30 + 5 + 20 between the first and the last, over 180 of 300 s in the range.
TEST(SampleSeries, IncreaseMakesGoodWhatAResetTook) {
  const SampleSeries series = every(60.0, {100, 130, 5, 25}, 60.0);
  EXPECT_DOUBLE_EQ(series.increase(at_seconds(240), 4min, v3).value_or(-1), 55.0 * (180.0 + 60.0) / 180.0);
}

TEST(SampleSeries, IncreaseTakesTwoSamplesAndPassesOverMarkers) {
  SampleSeries series;
  series.add(at_seconds(60), 10.0);
  EXPECT_EQ(series.increase(at_seconds(100), 5min, v3), std::nullopt);
  series.add_stale(at_seconds(90));
  EXPECT_EQ(series.increase(at_seconds(100), 5min, v3), std::nullopt);
  series.add(at_seconds(120), 20.0);
  EXPECT_DOUBLE_EQ(series.increase(at_seconds(120), 2min, v3).value_or(-1), 20.0);
}

TEST(SampleSeries, ForgetsOnlyWhatIsOutOfReach) {
  SampleSeries series = every(60.0, {100, 110, 120, 130, 140, 150});
  const auto before = series.increase(at_seconds(300), 3min, v2);
  series.forget(at_seconds(300), 3min);
  EXPECT_EQ(series.increase(at_seconds(300), 3min, v2), before);
  EXPECT_EQ(series.newest(at_seconds(60), v2), std::nullopt);
}

// 1,000 requests a minute, of which a share fails from the 60th minute on.
struct Counters {
  SampleSeries errors, requests;
};
Counters failing(double share, int minutes) {
  Counters counters;
  double errors = 1e6;
  for (int minute = 0; minute <= minutes; ++minute) {
    if (minute > 60) errors += 1000.0 * share;
    counters.errors.add(at_seconds(60.0 * minute), errors);
    counters.requests.add(at_seconds(60.0 * minute), 1e6 + 1000.0 * minute);
  }
  return counters;
}

// The first minute, from the step on, in which the pair's condition is true; -1: in none.
int first_burning_minute(double share, const BurnWindows& pair) {
  const Counters counters = failing(share, 180);
  for (int minute = 61; minute <= 180; ++minute) {
    if (burns_too_fast(counters.errors, counters.requests, 0.999, std::vector{pair}, at_seconds(60.0 * minute), v3))
      return minute - 60;
  }
  return -1;
}

// The long window holds 59 steps of which n failed: n × share / 59 > 14.4 × 0.001 for the first time at n = 59 × 0.0144 / share.
TEST(BurnRate, DetectsAStepWhenItsLongWindowHasSeenEnough) {
  const BurnWindows usual{1h, 5min, 14.4};
  EXPECT_EQ(first_burning_minute(0.05, usual), 17);   // 16.99
  EXPECT_EQ(first_burning_minute(0.10, usual), 9);    // 8.50
  EXPECT_EQ(first_burning_minute(1.00, usual), 1);    // 0.85
  EXPECT_EQ(first_burning_minute(0.014, usual), -1);  // slower than the factor
}

TEST(BurnRate, EndsWithItsShortWindow) {
  Counters counters = failing(1.0, 70);
  const double errors = counters.errors.newest(at_seconds(4200), v3).value_or(0.0);
  for (int minute = 71; minute <= 80; ++minute) {
    counters.errors.add(at_seconds(60.0 * minute), errors);
    counters.requests.add(at_seconds(60.0 * minute), 1e6 + 1000.0 * minute);
  }
  const auto burns = [&](int minute) {
    return burns_too_fast(counters.errors, counters.requests, 0.999, std::vector{BurnWindows{1h, 5min, 14.4}},
                          at_seconds(60.0 * minute), v3);
  };
  EXPECT_TRUE(burns(73));
  EXPECT_FALSE(burns(74));  // (69 min, 74 min] holds the samples of 70 … 74, which are equal
}

TEST(BurnRate, SaysNothingOfNoRequests) {
  const SampleSeries still = every(60.0, {5, 5, 5, 5});
  EXPECT_EQ(error_share(still, still, at_seconds(180), 3min, v3), std::nullopt);
}

}  // namespace
}  // namespace headroom
