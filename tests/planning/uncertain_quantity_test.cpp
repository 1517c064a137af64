// Draws of uncertain numbers against the formulas of the triangular distribution, and the strata of Latin hypercubes.
#include "planning/uncertain_quantity.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace headroom {
namespace {

AssumptionSpec assumption(std::string value, std::string low, std::string high, std::optional<double> confidence = {}) {
  return {.name = "x",
          .value = std::move(value),
          .range = {std::move(low), std::move(high)},
          .why = "a test",
          .confidence = confidence};
}

// F(x) = (x - a)^2 / ((b - a)(m - a)) below the top, 1 - (b - x)^2 / ((b - a)(b - m)) above it.
double triangular_share(double a, double m, double b, double x) {
  return x < m ? (x - a) * (x - a) / ((b - a) * (m - a)) : 1.0 - (b - x) * (b - x) / ((b - a) * (b - m));
}

TEST(TriangularQuantile, IsTheInverseOfItsDistribution) {
  for (const double share : {0.001, 0.1, 0.25, 0.5, 0.9, 0.999})
    EXPECT_NEAR(triangular_share(1.0, 2.0, 5.0, triangular_quantile(1.0, 2.0, 5.0, share)), share, 1e-12);
  EXPECT_DOUBLE_EQ(triangular_quantile(1.0, 2.0, 5.0, 0.25), 2.0) << "(m - a) / (b - a) = 1 / 4 lies below the top";
  EXPECT_DOUBLE_EQ(triangular_quantile(3.0, 3.0, 3.0, 0.7), 3.0);
}

TEST(UncertainQuantity, HasItsConfidenceBetweenItsEnds) {
  const auto quantity = uncertain_quantity(assumption("5", "4", "7", 0.9));
  ASSERT_TRUE(quantity.has_value());
  EXPECT_NEAR(quantity->quantile(0.05), 4.0, 1e-9);
  EXPECT_NEAR(quantity->quantile(0.95), 7.0, 1e-9);
  EXPECT_LT(quantity->quantile(0.001), 4.0);
  EXPECT_GT(quantity->quantile(0.999), 7.0);
}

TEST(UncertainQuantity, NeverGoesBelowZeroOrAboveTheWhole) {
  EXPECT_GT(uncertain_quantity(assumption("2 ms", "1 ms", "90 ms", 0.5))->quantile(1e-6), 0.0);
  EXPECT_LE(uncertain_quantity(assumption("90 %", "20 %", "99 %", 0.5))->quantile(1.0 - 1e-6), 1.0);
}

TEST(UncertainQuantity, IsSetInItsOwnUnitAndWholeWhereItsEndsAre) {
  EXPECT_EQ(uncertain_quantity(assumption("20 ms", "10 ms", "60 ms"))->text(0.0125), "12.5 ms");
  EXPECT_EQ(uncertain_quantity(assumption("3", "1", "9"))->text(4.4), "4");
  EXPECT_EQ(uncertain_quantity(assumption("0.5", "0.1", "0.9"))->text(0.25), "0.25");
}

TEST(UncertainQuantity, IsNoneWithoutARangeOfNumbers) {
  AssumptionSpec bare = assumption("3", "1", "9");
  bare.range.clear();
  EXPECT_FALSE(uncertain_quantity(bare).has_value());
  EXPECT_FALSE(uncertain_quantity(assumption("round-robin", "random", "hash")).has_value());
  EXPECT_FALSE(uncertain_quantity(assumption("3", "3", "3")).has_value()) << "nothing to sweep";
}

// Outside of its range it would be refused: the range goes with it.
TEST(UncertainQuantity, TakesItsRangeAwayWhereADrawLiesBeyondIt) {
  const auto quantity = uncertain_quantity(assumption("3", "1", "9"));
  EXPECT_EQ(quantity->changes(5.0), (std::vector<SettingChange>{{"/assumptions/x", "5"}}));
  EXPECT_EQ(quantity->changes(11.0), (std::vector<SettingChange>{{"/assumptions/x/range", "null"}, {"/assumptions/x", "11"}}));
}

TEST(LatinHypercube, HasOneSampleInEveryStratumOfEveryDimension) {
  constexpr std::size_t samples = 40;
  const auto points = latin_hypercube(samples, {"a", "b", "c"}, 7);
  ASSERT_EQ(points.size(), samples);
  for (std::size_t d = 0; d < 3; ++d) {
    std::vector<int> counted(samples, 0);
    for (const auto& point : points) ++counted[static_cast<std::size_t>(point[d] * samples)];
    EXPECT_EQ(counted, std::vector<int>(samples, 1));
  }
}

// 40 samples of two independent dimensions: a correlation of more than 0.5 is less likely than 1 in 1000.
TEST(LatinHypercube, PutsDimensionsTogetherAtRandom) {
  const auto points = latin_hypercube(40, {"a", "b"}, 7);
  double sum = 0.0;
  for (const auto& point : points) sum += (point[0] - 0.5) * (point[1] - 0.5);
  EXPECT_LT(std::fabs(sum / 40.0 * 12.0), 0.5);
}

TEST(LatinHypercube, OfADimensionDependsOnItsNameOnly) {
  const auto two = latin_hypercube(10, {"a", "b"}, 7), other = latin_hypercube(10, {"b"}, 7);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(two[i][1], other[i][0]);
}

// Wilson at 8 of 10: centre (0.8 + 1.9207 / 10) / 1.38415, half 1.95996 sqrt(0.016 + 3.8415 / 400) / 1.38415.
TEST(BinomialShare, IsWilsonsInterval) {
  const BinomialShare share = binomial_share(8, 10);
  EXPECT_NEAR(share.share, 0.8, 1e-12);
  EXPECT_NEAR(share.low, 0.4902, 5e-5);
  EXPECT_NEAR(share.high, 0.9433, 5e-5);
  EXPECT_DOUBLE_EQ(binomial_share(10, 10).high, 1.0);
  EXPECT_NEAR(binomial_share(0, 10).low, 0.0, 1e-15);
}

}  // namespace
}  // namespace headroom
