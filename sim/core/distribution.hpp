// Distributions of demands, delays, sizes and counts, with samplers of our own (std::*_distribution is
// implementation-defined, so results would differ between libraries).
//
// A Distribution is a value: kind and parameters, validated when it is made. Units are the caller's (seconds for times).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/core/units.hpp"

namespace headroom {

enum class DistributionKind : std::uint8_t {
  constant,
  uniform,
  exponential,
  gamma,
  lognormal,
  weibull,
  pareto,
  empirical,
  quantiles
};

struct QuantilePoint {
  double probability = 0.0;  // in (0, 1)
  double value = 0.0;        // > 0
};

class Distribution {
 public:
  Distribution() = default;  // constant 0

  // Each throws std::invalid_argument with a sentence for the user when a parameter is out of its range.
  static Distribution constant(double value);                     // value >= 0
  static Distribution uniform(double low, double high);           // 0 <= low <= high
  static Distribution exponential(double mean);                   // mean > 0
  static Distribution gamma(double mean, double cv);              // mean > 0, cv > 0 (standard deviation / mean)
  static Distribution lognormal(double median, double sigma);     // median > 0, sigma >= 0 (of the logarithm)
  static Distribution lognormal_mean_cv(double mean, double cv);  // mean > 0, cv >= 0
  static Distribution weibull(double shape, double scale);        // both > 0
  static Distribution pareto(double minimum, double shape);       // minimum > 0, shape > 0 (mean infinite up to 1)
  static Distribution empirical(std::vector<double> values);      // drawn with equal probability; not empty, all >= 0
  // Through the given quantiles exactly: the logarithm of the value is piecewise linear in the normal score of the
  // probability, extended with the end slopes. Two points give the lognormal through both. Strictly increasing
  // probabilities, values > 0 and not decreasing; at least two points.
  static Distribution from_quantiles(std::vector<QuantilePoint> points);

  // One draw, never negative. Source is RandomStream or Draws.
  template <class Source>
  double sample(Source& source) const;
  // What sample(Draws{key, subject}) gives, quicker: most kinds need only the first number.
  double sample_of(std::uint64_t key, std::uint64_t subject) const {
    if (kind_ == DistributionKind::constant) return a_;
    if (kind_ == DistributionKind::gamma) [[unlikely]] {
      Draws draws{key, subject};
      return sample_gamma(draws);
    }
    const double u = to_unit(philox(key, subject, 0)[0]);
    return kind_ == DistributionKind::exponential ? -a_ * __builtin_log(u) : from_uniform(u);
  }

  double mean() const;      // may be infinite (Pareto with shape <= 1)
  double variance() const;  // may be infinite
  double scv() const;       // variance / mean^2; 0 for a zero mean
  double quantile(double probability) const;
  bool is_zero() const;  // always 0
  bool is_constant() const { return kind_ == DistributionKind::constant; }
  DistributionKind kind() const { return kind_; }
  // Multiplies every value; factor > 0.
  Distribution scaled(double factor) const;

  // "exponential, mean 4 ms": for settings and messages, in the given dimension.
  std::string to_text(Dimension dimension) const;

 private:
  double sample_gamma(RandomStream& source) const;
  double sample_gamma(Draws& source) const;
  double quantile_between_points(double score) const;
  double moment_of_points(int order) const;
  double from_uniform(double u) const;  // inverse of the distribution function, for all kinds but gamma

  DistributionKind kind_ = DistributionKind::constant;
  double a_ = 0.0;                                     // first parameter: value, low, mean, shape k, log median, shape, minimum
  double b_ = 0.0;                                     // second parameter: high, theta, sigma, scale, shape
  std::shared_ptr<const std::vector<double>> values_;  // empirical, sorted
  std::shared_ptr<const std::vector<QuantilePoint>>
      points_;  // quantiles: probability holds the normal score, value the logarithm
};

template <class Source>
double Distribution::sample(Source& source) const {
  switch (kind_) {
    case DistributionKind::constant: return a_;
    case DistributionKind::exponential: return -a_ * __builtin_log(source.uniform());
    case DistributionKind::gamma: return sample_gamma(source);
    default: return from_uniform(source.uniform());
  }
}

// Popularity of items 1 … n with probability proportional to rank^-exponent, O(1) per draw and O(1) memory for any n up to
// 2^53, by rejection-inversion (Hörmann and Derflinger, ACM TOMACS 6(3), 1996). exponent >= 0; 0 is uniform.
class Zipf {
 public:
  Zipf() : Zipf{1, 0.0} {}
  // Throws std::invalid_argument unless 1 <= items <= 2^53 and exponent is finite and >= 0.
  Zipf(std::uint64_t items, double exponent);

  // The rank drawn, 0 … items-1 (0 is the most popular).
  template <class Source>
  std::uint64_t sample(Source& source) const {
    for (;;) {
      const std::uint64_t rank = rank_at(h_items_ + source.uniform() * (h_first_ - h_items_));
      if (rank != 0) return rank - 1;
    }
  }
  std::uint64_t items() const { return items_; }
  double exponent() const { return exponent_; }
  // Probability of rank 0 … items-1, to about 12 digits.
  double probability(std::uint64_t rank) const;

 private:
  std::uint64_t rank_at(double u) const;  // 1 … items, or 0: rejected, draw again
  double integral(double x) const;        // of t^-exponent from 1 to x
  double inverse_integral(double y) const;

  std::uint64_t items_;
  double exponent_;
  double h_items_ = 0.0;
  double h_first_ = 0.0;
  double threshold_ = 0.0;
  double normaliser_ = 1.0;  // sum of rank^-exponent
};

}  // namespace headroom
