#include "sim/core/distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/gamma.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/core/normal.hpp"

namespace headroom {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int sample_size = 20000;

// A kind with its distribution function written down independently of the samplers.
struct Case {
  std::string name;
  Distribution distribution;
  std::function<double(double)> cdf;
};

double lognormal_cdf(double x, double median, double sigma) { return normal_cdf(std::log(x / median) / sigma); }

std::vector<Case> continuous_cases() {
  const auto gamma_cdf = [](double shape, double scale) {
    return [=](double x) { return boost::math::cdf(boost::math::gamma_distribution<double>{shape, scale}, x); };
  };
  // Piecewise linear in (normal score, logarithm): 1 at p10, 4 at p50, 30 at p95, ends extended.
  const auto fitted_cdf = [](double x) {
    const double z10 = normal_quantile(0.10), z95 = normal_quantile(0.95);
    const double y = std::log(x);
    if (y < std::log(4.0)) return normal_cdf(z10 + (y - std::log(1.0)) * (0.0 - z10) / (std::log(4.0) - std::log(1.0)));
    return normal_cdf(0.0 + (y - std::log(4.0)) * z95 / (std::log(30.0) - std::log(4.0)));
  };
  return {
      {"uniform", Distribution::uniform(2.0, 6.0), [](double x) { return (x - 2.0) / 4.0; }},
      {"exponential", Distribution::exponential(4.0), [](double x) { return 1.0 - std::exp(-x / 4.0); }},
      {"gamma, cv 0.5", Distribution::gamma(3.0, 0.5), gamma_cdf(4.0, 0.75)},
      {"gamma, cv 1", Distribution::gamma(3.0, 1.0), gamma_cdf(1.0, 3.0)},
      {"gamma, cv 2", Distribution::gamma(3.0, 2.0), gamma_cdf(0.25, 12.0)},
      {"lognormal", Distribution::lognormal(5.0, 0.8), [](double x) { return lognormal_cdf(x, 5.0, 0.8); }},
      {"Weibull", Distribution::weibull(1.5, 2.0), [](double x) { return 1.0 - std::exp(-std::pow(x / 2.0, 1.5)); }},
      {"Weibull, heavy", Distribution::weibull(0.7, 2.0), [](double x) { return 1.0 - std::exp(-std::pow(x / 2.0, 0.7)); }},
      {"Pareto", Distribution::pareto(1.0, 3.5), [](double x) { return 1.0 - std::pow(x, -3.5); }},
      {"quantiles", Distribution::from_quantiles({{0.10, 1.0}, {0.50, 4.0}, {0.95, 30.0}}), fitted_cdf},
  };
}

std::vector<double> sorted_sample(const Distribution& distribution, std::uint64_t key) {
  RandomStream stream{key};
  std::vector<double> values(sample_size);
  for (double& value : values) value = distribution.sample(stream);
  std::sort(values.begin(), values.end());
  return values;
}

TEST(DistributionSample, FollowsItsDistributionFunction) {
  for (const Case& one : continuous_cases()) {
    const std::vector<double> values = sorted_sample(one.distribution, 11);
    double largest_gap = 0.0;
    for (int i = 0; i < sample_size; ++i) {
      const double expected = one.cdf(values[static_cast<std::size_t>(i)]);
      largest_gap = std::max({largest_gap, std::fabs(expected - static_cast<double>(i) / sample_size),
                              std::fabs(expected - static_cast<double>(i + 1) / sample_size)});
    }
    // Kolmogorov's 0.1 % critical value, 1.95 / sqrt(n).
    EXPECT_LT(largest_gap, 1.95 / std::sqrt(sample_size)) << one.name;
  }
}

TEST(DistributionSample, HasTheStatedMeanWithinItsInterval) {
  std::vector<Case> cases = continuous_cases();
  cases.push_back({"empirical", Distribution::empirical({1.0, 2.0, 9.0}), {}});
  for (const Case& one : cases) {
    const std::vector<double> values = sorted_sample(one.distribution, 12);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / sample_size;
    const double standard_error = std::sqrt(one.distribution.variance() / sample_size);
    EXPECT_NEAR(mean, one.distribution.mean(), 3.29 * standard_error) << one.name;
  }
}

TEST(DistributionSample, OfDrawsAndOfAStreamAreTheSameLaw) {
  const Distribution gamma = Distribution::gamma(3.0, 0.5);
  double sum = 0.0;
  for (std::uint64_t subject = 0; subject < sample_size; ++subject) {
    Draws draws{8, subject};
    sum += gamma.sample(draws);
  }
  EXPECT_NEAR(sum / sample_size, 3.0, 3.29 * 1.5 / std::sqrt(sample_size));
}

TEST(DistributionQuantile, InvertsTheDistributionFunction) {
  for (const Case& one : continuous_cases()) {
    for (const double p : {0.001, 0.1, 0.5, 0.9, 0.999}) {
      EXPECT_NEAR(one.cdf(one.distribution.quantile(p)), p, 1e-12) << one.name << " at " << p;
    }
  }
}

TEST(DistributionQuantile, IsDefinedAtBothEnds) {
  EXPECT_EQ(Distribution::exponential(1.0).quantile(0.0), 0.0);
  EXPECT_EQ(Distribution::exponential(1.0).quantile(1.0), infinity);
  EXPECT_EQ(Distribution::gamma(1.0, 0.5).quantile(0.0), 0.0);
  EXPECT_EQ(Distribution::gamma(1.0, 0.5).quantile(1.0), infinity);
  EXPECT_DOUBLE_EQ(Distribution::lognormal(3.0, 0.0).quantile(1.0), 3.0);
  EXPECT_EQ(Distribution::empirical({5.0, 1.0}).quantile(0.0), 1.0);
  EXPECT_EQ(Distribution::empirical({5.0, 1.0}).quantile(1.0), 5.0);
  EXPECT_THROW(Distribution::constant(1.0).quantile(1.5), std::invalid_argument);
}

TEST(DistributionFromQuantiles, GivesThePointsBack) {
  const std::vector<QuantilePoint> points{{0.5, 6.0}, {0.9, 6.0}, {0.95, 15.0}, {0.99, 60.0}, {0.999, 61.0}};
  const Distribution fitted = Distribution::from_quantiles(points);
  for (const QuantilePoint& point : points) {
    EXPECT_NEAR(fitted.quantile(point.probability), point.value, 1e-14 * point.value) << point.probability;
  }
}

TEST(DistributionFromQuantiles, OfTwoPointsIsTheLognormalThroughBoth) {
  const Distribution fitted = Distribution::from_quantiles({{0.5, 6.0}, {0.95, 15.0}});
  // sigma = log(15 / 6) / 1.6448536269514722
  const Distribution lognormal = Distribution::lognormal(6.0, std::log(15.0 / 6.0) / 1.6448536269514722);
  EXPECT_NEAR(fitted.mean(), lognormal.mean(), 1e-12 * lognormal.mean());
  EXPECT_NEAR(fitted.variance(), lognormal.variance(), 1e-11 * lognormal.variance());
  for (const double p : {0.01, 0.3, 0.8, 0.9999}) {
    EXPECT_NEAR(fitted.quantile(p), lognormal.quantile(p), 1e-12 * lognormal.quantile(p));
  }
}

// Moments by the midpoint rule over a million equal steps of the normal score between -12 and 12.
TEST(DistributionFromQuantiles, HasTheMomentsOfANumericalIntegration) {
  for (const auto& points : {std::vector<QuantilePoint>{{0.1, 1.0}, {0.5, 4.0}, {0.95, 30.0}},
                             std::vector<QuantilePoint>{{0.5, 1.0}, {0.9, 1.0}, {0.99, 20.0}, {0.999, 25.0}}}) {
    const Distribution fitted = Distribution::from_quantiles(points);
    double first = 0.0;
    double second = 0.0;
    constexpr int steps = 1000000;
    constexpr double step = 24.0 / steps;
    for (int i = 0; i < steps; ++i) {
      const double z = -12.0 + (i + 0.5) * step;
      const double x = z < 8.0 ? fitted.quantile(normal_cdf(z)) : 0.0;  // above 8 the density is below 1e-14
      const double weight = std::exp(-0.5 * z * z) / std::sqrt(2.0 * M_PI) * step;
      first += weight * x;
      second += weight * x * x;
    }
    EXPECT_NEAR(fitted.mean(), first, 1e-6 * first);
    EXPECT_NEAR(fitted.variance(), second - first * first, 1e-4 * second);
  }
}

TEST(DistributionFromQuantiles, StaysFiniteForASteepInnerSegment) {
  const Distribution fitted = Distribution::from_quantiles({{0.5, 1.0}, {0.51, 1e6}, {0.99, 1e6}});
  // Half of the values lie at or below 1 only through the first slope; the mean is about half of 1e6.
  EXPECT_TRUE(std::isfinite(fitted.mean()));
  EXPECT_GT(fitted.mean(), 0.49e6);
  EXPECT_LT(fitted.mean(), 0.51e6);
}

TEST(DistributionMoments, AreTheClosedFormulas) {
  EXPECT_DOUBLE_EQ(Distribution::uniform(2.0, 6.0).variance(), 16.0 / 12.0);
  EXPECT_DOUBLE_EQ(Distribution::exponential(4.0).scv(), 1.0);
  EXPECT_DOUBLE_EQ(Distribution::gamma(3.0, 0.5).mean(), 3.0);
  EXPECT_DOUBLE_EQ(Distribution::gamma(3.0, 0.5).scv(), 0.25);
  EXPECT_DOUBLE_EQ(Distribution::lognormal_mean_cv(3.0, 2.0).mean(), 3.0);
  EXPECT_NEAR(Distribution::lognormal_mean_cv(3.0, 2.0).scv(), 4.0, 1e-12);
  EXPECT_NEAR(Distribution::weibull(2.0, 3.0).mean(), 3.0 * std::sqrt(M_PI) / 2.0, 1e-12);
  EXPECT_NEAR(Distribution::weibull(2.0, 3.0).variance(), 9.0 * (1.0 - M_PI / 4.0), 1e-12);
  EXPECT_DOUBLE_EQ(Distribution::pareto(2.0, 3.0).mean(), 3.0);
  EXPECT_DOUBLE_EQ(Distribution::pareto(2.0, 3.0).variance(), 3.0);
  EXPECT_EQ(Distribution::pareto(2.0, 1.0).mean(), infinity);
  EXPECT_EQ(Distribution::pareto(2.0, 1.5).scv(), infinity);
  EXPECT_DOUBLE_EQ(Distribution::empirical({1.0, 2.0, 9.0}).mean(), 4.0);
  EXPECT_DOUBLE_EQ(Distribution::empirical({1.0, 2.0, 9.0}).variance(), (9.0 + 4.0 + 25.0) / 3.0);
  EXPECT_EQ(Distribution::constant(0.0).scv(), 0.0);
}

TEST(Distribution, TheQuickDrawOfASubjectIsTheDrawOfItsNumbers) {
  std::vector<Distribution> kinds{Distribution::constant(3.0), Distribution::pareto(1.0, 2.5),
                                  Distribution::empirical({1.0, 5.0, 9.0})};
  for (const Case& one : continuous_cases()) kinds.push_back(one.distribution);
  for (const Distribution& kind : kinds) {
    for (std::uint64_t subject = 0; subject < 100; ++subject) {
      Draws draws{42, subject};
      EXPECT_EQ(kind.sample_of(42, subject), kind.sample(draws)) << kind.to_text(Dimension::count) << ", subject " << subject;
    }
  }
}

TEST(Distribution, ScalesEveryValue) {
  std::vector<Case> cases = continuous_cases();
  cases.push_back({"constant", Distribution::constant(3.0), {}});
  cases.push_back({"empirical", Distribution::empirical({1.0, 2.0, 9.0}), {}});
  for (const Case& one : cases) {
    const Distribution scaled = one.distribution.scaled(2.5);
    EXPECT_NEAR(scaled.mean(), 2.5 * one.distribution.mean(), 1e-12 * scaled.mean()) << one.name;
    EXPECT_NEAR(scaled.quantile(0.3), 2.5 * one.distribution.quantile(0.3), 1e-12 * scaled.quantile(0.3)) << one.name;
  }
  EXPECT_THROW(Distribution::constant(1.0).scaled(0.0), std::invalid_argument);
}

TEST(Distribution, KnowsWhetherItIsAlwaysZero) {
  EXPECT_TRUE(Distribution{}.is_zero());
  EXPECT_TRUE(Distribution::uniform(0.0, 0.0).is_zero());
  EXPECT_TRUE(Distribution::empirical({0.0, 0.0}).is_zero());
  EXPECT_FALSE(Distribution::empirical({0.0, 1.0}).is_zero());
  EXPECT_FALSE(Distribution::exponential(1e-9).is_zero());
}

TEST(Distribution, RefusesParametersOutOfTheirRange) {
  EXPECT_THROW(Distribution::constant(-1.0), std::invalid_argument);
  EXPECT_THROW(Distribution::constant(infinity), std::invalid_argument);
  EXPECT_THROW(Distribution::uniform(2.0, 1.0), std::invalid_argument);
  EXPECT_THROW(Distribution::uniform(-1.0, 1.0), std::invalid_argument);
  EXPECT_THROW(Distribution::exponential(0.0), std::invalid_argument);
  EXPECT_THROW(Distribution::exponential(std::nan("")), std::invalid_argument);
  EXPECT_THROW(Distribution::gamma(1.0, 0.0), std::invalid_argument);
  EXPECT_THROW(Distribution::gamma(1.0, 1e-200), std::invalid_argument);
  EXPECT_THROW(Distribution::lognormal(0.0, 1.0), std::invalid_argument);
  EXPECT_THROW(Distribution::lognormal(1.0, -1.0), std::invalid_argument);
  EXPECT_THROW(Distribution::weibull(0.0, 1.0), std::invalid_argument);
  EXPECT_THROW(Distribution::pareto(1.0, 0.0), std::invalid_argument);
  EXPECT_THROW(Distribution::empirical({}), std::invalid_argument);
  EXPECT_THROW(Distribution::empirical({1.0, -1.0}), std::invalid_argument);
  EXPECT_THROW(Distribution::from_quantiles({{0.5, 1.0}}), std::invalid_argument);
  EXPECT_THROW(Distribution::from_quantiles({{0.5, 2.0}, {0.9, 1.0}}), std::invalid_argument);
  EXPECT_THROW(Distribution::from_quantiles({{0.9, 1.0}, {0.5, 2.0}}), std::invalid_argument);
  EXPECT_THROW(Distribution::from_quantiles({{0.5, 1.0}, {1.0, 2.0}}), std::invalid_argument);
}

TEST(Distribution, SaysWhatItIs) {
  EXPECT_EQ(Distribution::constant(0.004).to_text(Dimension::time), "4 ms");
  EXPECT_EQ(Distribution::uniform(0.001, 0.003).to_text(Dimension::time), "uniform, 1 ms to 3 ms");
  EXPECT_EQ(Distribution::exponential(0.004).to_text(Dimension::time), "exponential, mean 4 ms");
  EXPECT_EQ(Distribution::gamma(0.3, 0.7).to_text(Dimension::time), "gamma, mean 300 ms, cv 0.7");
  EXPECT_EQ(Distribution::lognormal(0.3, 0.7).to_text(Dimension::time), "lognormal, median 300 ms, sigma 0.7");
  EXPECT_EQ(Distribution::weibull(1.5, 2.0).to_text(Dimension::time), "Weibull, shape 1.5, scale 2 s");
  EXPECT_EQ(Distribution::pareto(1024.0, 2.1).to_text(Dimension::bytes), "Pareto, minimum 1 KiB, shape 2.1");
  EXPECT_EQ(Distribution::empirical({1.0, 3.0}).to_text(Dimension::time), "empirical, 2 values, mean 2 s");
  EXPECT_EQ(Distribution::from_quantiles({{0.5, 6.0}, {0.95, 15.0}}).to_text(Dimension::time), "quantiles, p50 6 s, p95 15 s");
}

}  // namespace
}  // namespace headroom
