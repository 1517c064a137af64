#include "sim/measure/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace headroom {
namespace {

std::vector<std::int64_t> lognormal_nanoseconds(std::size_t count, double sigma) {
  std::mt19937_64 random{11};
  std::lognormal_distribution<double> distribution{std::log(20e6), sigma};
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<std::int64_t>(distribution(random)));
  return values;
}

std::vector<std::int64_t> uniform_nanoseconds(std::size_t count, std::int64_t largest) {
  std::mt19937_64 random{12};
  std::uniform_int_distribution<std::int64_t> distribution{0, largest};
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(distribution(random));
  return values;
}

Histogram histogram_of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) histogram.record(Duration{value});
  return histogram;
}

// Every per mille, against the value of that rank in the sorted list: rank = ceil(n × k / 1000), in whole numbers.
void expect_quantiles_within_bound(std::vector<std::int64_t> values) {
  const Histogram histogram = histogram_of(values);
  std::sort(values.begin(), values.end());
  for (std::size_t per_mille = 1; per_mille <= 1000; ++per_mille) {
    const std::size_t rank = (values.size() * per_mille + 999) / 1000;
    const double exact = static_cast<double>(values[rank - 1]) * 1e-9;
    const double measured = histogram.quantile_seconds(static_cast<double>(per_mille) / 1000.0);
    ASSERT_LE(std::abs(measured - exact), exact * Histogram::relative_error + 1e-15) << "at " << per_mille << " per mille";
  }
}

TEST(Histogram, QuantilesOfLognormalDurationsAreWithinTheStatedError) {
  expect_quantiles_within_bound(lognormal_nanoseconds(20'000, 1.0));
  expect_quantiles_within_bound(lognormal_nanoseconds(7'001, 3.0));
}

TEST(Histogram, QuantilesOfUniformDurationsAreWithinTheStatedError) {
  expect_quantiles_within_bound(uniform_nanoseconds(20'000, 1'000'000'000));
  expect_quantiles_within_bound(uniform_nanoseconds(999, 500));
}

TEST(Histogram, DurationsBelow128NanosecondsAreExact) {
  for (int value = 0; value < 128; ++value) {
    Histogram histogram;
    histogram.record(Duration{value});
    histogram.record(Duration{1'000'000});
    EXPECT_DOUBLE_EQ(histogram.quantile_seconds(0.5), value * 1e-9);
  }
}

TEST(Histogram, MeanSumCountAndLargestAreExact) {
  // 1 + 2 + 6,000,000,000,000,000,000 ns: above what 32 bits or a double's 53 bits of sum would keep apart.
  const Histogram histogram = histogram_of({1, 2, 6'000'000'000'000'000'000});
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.sum_ns_high(), 0U);
  EXPECT_EQ(histogram.sum_ns_low(), 6'000'000'000'000'000'003U);
  EXPECT_EQ(histogram.largest_ns(), 6'000'000'000'000'000'000U);
  EXPECT_DOUBLE_EQ(histogram.mean_seconds(), 2e9);
  EXPECT_DOUBLE_EQ(histogram.max_seconds(), 6e9);
}

TEST(Histogram, ASumBeyond64BitsIsKept) {
  Histogram histogram;
  for (int i = 0; i < 3; ++i) histogram.record(Duration::max());  // 3 × (2^63 - 1) = 2^64 + 2^63 - 3
  EXPECT_EQ(histogram.sum_ns_high(), 1U);
  EXPECT_EQ(histogram.sum_ns_low(), (std::uint64_t{1} << 63) - 3U);
}

TEST(Histogram, MergedPartsEqualTheWholeBitForBit) {
  const std::vector<std::int64_t> values = lognormal_nanoseconds(10'000, 2.0);
  const Histogram whole = histogram_of(values);
  for (const std::size_t parts : {2U, 7U, 64U}) {
    std::vector<Histogram> part(parts);
    for (std::size_t i = 0; i < values.size(); ++i) part[i * parts / values.size()].record(Duration{values[i]});
    Histogram merged;
    for (auto each = part.rbegin(); each != part.rend(); ++each) merged.merge(*each);  // the order is of no importance
    EXPECT_TRUE(merged == whole);
    EXPECT_EQ(merged.mean_seconds(), whole.mean_seconds());
    for (const double probability : {0.0, 0.5, 0.95, 0.999, 1.0}) {
      EXPECT_EQ(merged.quantile_seconds(probability), whole.quantile_seconds(probability));
    }
  }
}

TEST(Histogram, OneMoreRecordMakesItUnequal) {
  Histogram one = histogram_of({5, 700});
  const Histogram other = one;
  EXPECT_TRUE(one == other);
  one.record(Duration{0});
  EXPECT_FALSE(one == other);
}

TEST(Histogram, NegativeSpansCountAsZero) {
  const Histogram histogram = histogram_of({-5, 10});
  EXPECT_EQ(histogram.quantile_seconds(0.5), 0.0);
  EXPECT_EQ(histogram.sum_ns_low(), 10U);
}

TEST(Histogram, AnEmptyOneHasNoMeanAndNoQuantile) {
  const Histogram histogram;
  EXPECT_EQ(histogram.mean_seconds(), 0.0);
  EXPECT_EQ(histogram.quantile_seconds(0.99), 0.0);
  EXPECT_EQ(histogram.share_at_most(0.0), 1.0);
  EXPECT_TRUE(histogram.buckets().empty());
}

TEST(Histogram, TheSeventhOfAHundredIsTheSeventhPercentile) {
  // 0.07 × 100 is 7.000000000000001 in binary: rounding up must not make an eighth of it.
  std::vector<std::int64_t> values(100);
  std::iota(values.begin(), values.end(), 1);
  const Histogram histogram = histogram_of(values);
  for (int percent = 1; percent <= 100; ++percent) EXPECT_DOUBLE_EQ(histogram.quantile_seconds(percent / 100.0), percent * 1e-9);
}

TEST(Histogram, AQuantileIsNeverAboveTheLargestRecord) {
  const Histogram histogram = histogram_of({1'000'001});
  EXPECT_EQ(histogram.quantile_seconds(1.0), histogram.max_seconds());
  EXPECT_EQ(histogram.quantile_seconds(0.0), histogram.max_seconds());
}

TEST(Histogram, TheBoundsOfAQuantileHoldTheTrueValue) {
  std::vector<std::int64_t> values = lognormal_nanoseconds(20'000, 2.0);
  const Histogram histogram = histogram_of(values);
  std::sort(values.begin(), values.end());
  for (std::size_t per_mille = 1; per_mille <= 1000; ++per_mille) {
    const std::size_t rank = (values.size() * per_mille + 999) / 1000;
    const double exact = static_cast<double>(values[rank - 1]) / 1e9, probability = static_cast<double>(per_mille) / 1000.0;
    const Histogram::QuantileBounds bounds = histogram.quantile_bounds_seconds(probability);
    ASSERT_LE(bounds.low, exact);
    ASSERT_GE(bounds.high, exact);
    const double measured = histogram.quantile_seconds(probability);
    ASSERT_LE(bounds.low, measured);
    ASSERT_GE(bounds.high, measured);
    ASSERT_LE(bounds.high - bounds.low, 2.0 * Histogram::relative_error * measured + 1e-15);
  }
}

TEST(Histogram, TheBoundsOfAQuantileEndAtTheLargestRecord) {
  // 1,000,001 ns lies in a bucket of 4,096 ns that begins at 999,424 ns.
  const Histogram::QuantileBounds bounds = histogram_of({1'000'001}).quantile_bounds_seconds(0.5);
  EXPECT_DOUBLE_EQ(bounds.low, 999'424e-9);
  EXPECT_DOUBLE_EQ(bounds.high, 1'000'001e-9);
  EXPECT_EQ(Histogram{}.quantile_bounds_seconds(0.5).high, 0.0);
}

TEST(Histogram, ShareAtMostCountsRecordsUpToTheSpan) {
  const Histogram histogram = histogram_of({10, 20, 30, 1'000'000});
  EXPECT_DOUBLE_EQ(histogram.share_at_most(9e-9), 0.0);
  EXPECT_DOUBLE_EQ(histogram.share_at_most(20.5e-9), 0.5);
  EXPECT_DOUBLE_EQ(histogram.share_at_most(0.5e-3), 0.75);
  EXPECT_DOUBLE_EQ(histogram.share_at_most(histogram.max_seconds()), 1.0);
}

TEST(Histogram, BucketsHoldTheirRecordsAndTouchEachOther) {
  for (const std::int64_t value : {0LL, 127LL, 128LL, 129LL, 255LL, 256LL, 1'000'003LL, 86'400'000'000'000LL}) {
    const auto buckets = histogram_of({value}).buckets();
    ASSERT_EQ(buckets.size(), 1U);
    const double seconds = static_cast<double>(value) * 1e-9;
    EXPECT_LE(Histogram::lower_bound_seconds(buckets[0].index), seconds);
    EXPECT_GT(Histogram::upper_bound_seconds(buckets[0].index), seconds);
    EXPECT_EQ(Histogram::upper_bound_seconds(buckets[0].index), Histogram::lower_bound_seconds(buckets[0].index + 1));
  }
}

TEST(Histogram, IsRestoredFromItsBuckets) {
  const Histogram histogram = histogram_of(lognormal_nanoseconds(5'000, 2.5));
  EXPECT_TRUE(Histogram::restore(histogram.buckets(), histogram.sum_ns_high(), histogram.sum_ns_low(), histogram.largest_ns()) ==
              histogram);
}

TEST(Histogram, AClearedOneIsEmptyAndCanBeUsedAgain) {
  Histogram histogram = histogram_of({5, 1'000'000});
  histogram.clear();
  EXPECT_TRUE(histogram == Histogram{});
  histogram.record(Duration{7});
  EXPECT_TRUE(histogram == histogram_of({7}));
}

}  // namespace
}  // namespace headroom
