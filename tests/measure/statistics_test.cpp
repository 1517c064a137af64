#include "sim/measure/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace headroom {
namespace {

// n observations with mean 0 and standard deviation s such that the standard error s / sqrt(n) is 1: the half width is the
// quantile itself. Half of them at +a, half at -a: s² = n a² / (n - 1), so a² = n - 1.
std::vector<double> with_standard_error_one(std::size_t count) {
  const double distance = std::sqrt(static_cast<double>(count - 1));
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(i % 2 == 0 ? distance : -distance);
  return values;
}

// Source: any printed table of Student's t, e.g. NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
TEST(TInterval, HalfWidthsAreThoseOfThePrintedTable) {
  const auto half_width = [](std::size_t count, double confidence) {
    return t_interval(with_standard_error_one(count), confidence).half_width();
  };
  EXPECT_NEAR(half_width(2, 0.95), 12.706, 5e-4);
  EXPECT_NEAR(half_width(4, 0.95), 3.182, 5e-4);
  EXPECT_NEAR(half_width(10, 0.95), 2.262, 5e-4);
  EXPECT_NEAR(half_width(10, 0.90), 1.833, 5e-4);
  EXPECT_NEAR(half_width(10, 0.99), 3.250, 5e-4);
  EXPECT_NEAR(half_width(10, 0.999), 4.781, 5e-4);
  EXPECT_NEAR(half_width(30, 0.95), 2.045, 5e-4);
}

TEST(TInterval, OneToFiveIsThreePlusMinusOnePointNineSix) {
  const std::vector<double> observations{1, 2, 3, 4, 5};
  const Interval interval = t_interval(observations);
  // s² = 10/4, standard error = sqrt(2.5/5) = 0.70711; t(4; 97.5 %) = 2.77645.
  EXPECT_DOUBLE_EQ(interval.mean, 3.0);
  EXPECT_NEAR(interval.low, 3.0 - 2.77645 * 0.707107, 1e-5);
  EXPECT_NEAR(interval.high, 3.0 + 2.77645 * 0.707107, 1e-5);
  EXPECT_EQ(interval.count, 5U);
  EXPECT_TRUE(interval.known);
}

TEST(TInterval, OneObservationGivesAValueButNoInterval) {
  const std::vector<double> one{4.0};
  const Interval interval = t_interval(one);
  EXPECT_FALSE(interval.known);
  EXPECT_EQ(interval.mean, 4.0);
  EXPECT_EQ(interval.low, 4.0);
  EXPECT_EQ(interval.high, 4.0);
  EXPECT_EQ(t_interval({}).count, 0U);
}

TEST(TInterval, EqualObservationsHaveNoWidth) {
  const std::vector<double> observations(7, 0.1);
  const Interval interval = t_interval(observations);
  EXPECT_EQ(interval.mean, 0.1);
  EXPECT_EQ(interval.half_width(), 0.0);
}

// Source: Student (1908), the effect of two soporific drugs on ten patients; R's documentation of `sleep` gives the paired test:
// t = -4.0621, 9 degrees of freedom, p = 0.002833, 95 % interval -2.4598858 to -0.7001142, mean difference -1.58.
TEST(PairedDifference, ReproducesStudentsSleepData) {
  const std::vector<double> first{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
  const std::vector<double> second{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  const PairedDifference paired = paired_difference(first, second);
  EXPECT_NEAR(paired.difference.mean, -1.58, 1e-12);
  EXPECT_NEAR(paired.difference.low, -2.4598858, 1e-7);
  EXPECT_NEAR(paired.difference.high, -0.7001142, 1e-7);
  EXPECT_NEAR(paired.p_value, 0.002833, 5e-7);
  EXPECT_NEAR(paired_difference(second, first).p_value, paired.p_value, 1e-15);
}

// The same data as if the patients had nothing to do with each other; R's t.test(extra ~ group, sleep): t = -1.8608,
// 17.776 degrees of freedom, p = 0.07939, 95 % interval -3.3654832 to 0.2054832.
TEST(WelchDifference, ReproducesStudentsSleepData) {
  const std::vector<double> first{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
  const std::vector<double> second{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  const MeanDifference apart = welch_difference(first, second);
  EXPECT_NEAR(apart.difference.mean, -1.58, 1e-12);
  EXPECT_NEAR(apart.difference.low, -3.3654832, 1e-7);
  EXPECT_NEAR(apart.difference.high, 0.2054832, 1e-7);
  EXPECT_NEAR(apart.p_value, 0.07939, 5e-6);
}

TEST(WelchDifference, SamplesMayHaveDifferentSizesAndOneOfThemNoSpread) {
  // Standard error of {1, 3}: sqrt(2 / 2) = 1, one degree of freedom: 12.706 is the quantile. The others are all 5.
  const std::vector<double> spread{1, 3}, steady{5, 5, 5};
  const MeanDifference apart = welch_difference(spread, steady);
  EXPECT_DOUBLE_EQ(apart.difference.mean, -3.0);
  EXPECT_NEAR(apart.difference.half_width(), 12.706, 5e-4);
  EXPECT_EQ(apart.difference.count, 2U);
  EXPECT_EQ(welch_difference(steady, steady).p_value, 1.0);
  EXPECT_FALSE(welch_difference(std::vector<double>{1}, steady).difference.known);
}

TEST(PairedDifference, NoDifferenceAtAllIsNotDistinguishable) {
  const std::vector<double> same{1.5, 2.5, 3.5};
  EXPECT_EQ(paired_difference(same, same).p_value, 1.0);
  EXPECT_EQ(paired_difference(same, same).difference.mean, 0.0);
}

TEST(PairedDifference, TheSameDifferenceInEveryPairIsCertain) {
  const std::vector<double> low{1.0, 2.0, 3.0}, high{2.0, 3.0, 4.0};
  EXPECT_EQ(paired_difference(high, low).p_value, 0.0);
}

TEST(PairedDifference, OnePairCannotBeTold) {
  const std::vector<double> low{1.0}, high{2.0};
  EXPECT_EQ(paired_difference(high, low).p_value, 1.0);
  EXPECT_FALSE(paired_difference(high, low).difference.known);
}

TEST(PairedDifference, MoreRunsOfTheSameSpreadWouldTell) {
  // Differences 1, 2, 6: mean 3, standard deviation sqrt(7). With twelve of the same: t = 3 / sqrt(7 / 12) = 3.928 with 11
  // degrees of freedom, p = 0.00236 (R: 2 * pt(-3.927922, 11)).
  const std::vector<double> own{4, 5, 9}, other{3, 3, 3};
  const PairedDifference paired = paired_difference(own, other);
  EXPECT_NEAR(paired.standard_error, std::sqrt(7.0 / 3.0), 1e-12);
  EXPECT_DOUBLE_EQ(p_value_with(paired, 3), paired.p_value);
  EXPECT_NEAR(p_value_with(paired, 12), 0.00236, 2e-5);
  EXPECT_EQ(p_value_with(paired, 1), 1.0);
  EXPECT_EQ(p_value_with(paired_difference(std::vector<double>{3}, std::vector<double>{1}), 12), 1.0) << "one pair has no spread";
}

TEST(Holm, WorkedExample) {
  // Sorted: 0.005 <= 0.05/4, 0.01 <= 0.05/3, but 0.03 > 0.05/2: it and all above it stay, though 0.04 < 0.05/1.
  const std::vector<double> p_values{0.01, 0.04, 0.03, 0.005};
  EXPECT_EQ(holm_rejects(p_values), (std::vector<bool>{true, false, false, true}));
}

TEST(Holm, RejectsMoreThanBonferroniButNotMoreThanNoCorrection) {
  // Bonferroni (0.05/3 = 0.0167) would keep 0.02; Holm compares it with 0.05/2.
  const std::vector<double> p_values{0.02, 0.01, 0.2};
  EXPECT_EQ(holm_rejects(p_values), (std::vector<bool>{true, true, false}));
  EXPECT_EQ(holm_rejects({}).size(), 0U);
}

// 0, 1, 0, 1, …: batches of five have means 0.4 and 0.6 in turn.
void append_steady(std::vector<double>& series, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) series.push_back(i % 2 == 0 ? 0.0 : 1.0);
}

TEST(Mser5, DeletesAnObviousTransientAndNothingMore) {
  std::vector<double> series(50, 100.0);
  append_steady(series, 450);
  EXPECT_EQ(mser5(series), 50U);
}

TEST(Mser5, DeletesADecayUntilItIsLostInTheNoise) {
  std::vector<double> series;
  append_steady(series, 500);
  for (std::size_t i = 0; i < series.size(); ++i) series[i] += 50.0 * std::exp(-static_cast<double>(i) / 20.0);
  const std::size_t deleted = mser5(series);
  // The decay is 50 at the start, as large as the swing of batch means (0.2) after 20 ln 250 = 110, and 1 % of it after 203.
  EXPECT_GE(deleted, 60U);
  EXPECT_LE(deleted, 205U);
  EXPECT_EQ(deleted % 5, 0U);
}

TEST(Mser5, DeletesNothingFromAFlatSeries) {
  EXPECT_EQ(mser5(std::vector<double>(500, 0.1)), 0U);
  std::vector<double> series;
  append_steady(series, 500);
  EXPECT_EQ(mser5(series), 0U);
}

TEST(Mser5, AFlatSeriesFarFromZeroIsStillFlat) {
  std::vector<double> series;
  append_steady(series, 500);
  for (double& value : series) value = 1e9 + value * 1e-3;
  EXPECT_EQ(mser5(series), 0U);
}

TEST(Mser5, NeverDeletesMoreThanHalf) {
  std::vector<double> ramp;
  for (int i = 0; i < 1000; ++i) ramp.push_back(i);
  EXPECT_LT(mser5(ramp), 500U);
  EXPECT_GT(mser5(ramp), 0U);
}

TEST(Mser5, NeedsTenBatches) {
  std::vector<double> series(10, 100.0);
  append_steady(series, 39);
  EXPECT_EQ(mser5(series), 0U);  // 49 observations
  append_steady(series, 1);
  EXPECT_EQ(mser5(series), 10U);
}

}  // namespace
}  // namespace headroom
