#include "sim/core/normal.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

const boost::math::normal_distribution<double> reference;

TEST(NormalQuantile, AgreesWithBoostToFifteenDigits) {
  for (double tail = 1e-300; tail < 0.5; tail *= 1.1) {
    const double expected = boost::math::quantile(reference, tail);
    EXPECT_NEAR(normal_quantile(tail), expected, 2e-15 * (1.0 + std::fabs(expected))) << tail;
  }
  for (double p = 0.001; p < 1.0; p += 0.001) {
    const double expected = boost::math::quantile(reference, p);
    EXPECT_NEAR(normal_quantile(p), expected, 2e-15 * (1.0 + std::fabs(expected))) << p;
  }
}

// Wichura's own check values for PPND16.
TEST(NormalQuantile, GivesTheValuesOfItsSource) {
  EXPECT_NEAR(normal_quantile(0.25), -0.6744897501960817, 1e-15);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167814, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-20), -9.262340089798408, 1e-14);
}

TEST(NormalQuantile, IsInfiniteAtTheEnds) {
  EXPECT_EQ(normal_quantile(0.0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1.0), std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(0.5), 0.0);
}

TEST(LogNormalMass, AgreesWithTheDifferenceOfTheDistributionFunction) {
  for (double low = -4.0; low < 4.0; low += 0.37) {
    for (double high = low + 0.2; high < 5.0; high += 0.41) {
      const double expected = boost::math::cdf(reference, high) - boost::math::cdf(reference, low);
      EXPECT_NEAR(std::exp(log_normal_mass(low, high)), expected, 1e-14);
    }
  }
}

TEST(LogNormalMass, KeepsItsDigitsInTheFarTail) {
  // log Q(40) = -804.608442013754 (Abramowitz and Stegun 26.2.12, the asymptotic series to eight terms).
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double series = 1.0;
  double term = 1.0;
  for (int k = 1; k <= 8; ++k) series += term *= -(2.0 * k - 1.0) / 1600.0;
  const double expected = -800.0 - std::log(40.0) - 0.5 * std::log(2.0 * M_PI) + std::log(series);
  EXPECT_NEAR(log_normal_mass(40.0, infinity), expected, 1e-9);
  EXPECT_NEAR(log_normal_mass(-infinity, -40.0), expected, 1e-9);
  // Both formulas of the tail meet at 30.
  EXPECT_NEAR(log_normal_mass(29.9999999, infinity), log_normal_mass(30.0000001, infinity), 1e-5);
  EXPECT_EQ(log_normal_mass(1.0, 1.0), -infinity);
  EXPECT_DOUBLE_EQ(log_normal_mass(-infinity, infinity), 0.0);
}

}  // namespace
}  // namespace headroom
