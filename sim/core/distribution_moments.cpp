// Means and variances, by closed formulas.
#include "sim/core/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "sim/core/normal.hpp"

namespace headroom {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double weibull_mean(double shape, double scale) { return scale * std::tgamma(1.0 + 1.0 / shape); }

double weibull_variance(double shape, double scale) {
  const double second = std::tgamma(1.0 + 2.0 / shape);
  if (!std::isfinite(second)) return infinity;
  const double first = std::tgamma(1.0 + 1.0 / shape);
  return scale * scale * std::max(0.0, second - first * first);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size());
}

}  // namespace

// E[X^order]: on each segment X = exp(c + s Z), so the segment's part is exp(order c + (order s)^2 / 2) times the normal
// probability of the segment moved by order s (partial expectation of a lognormal).
double Distribution::moment_of_points(int order) const {
  const std::vector<QuantilePoint>& points = *points_;
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double slope = (points[i + 1].value - points[i].value) / (points[i + 1].probability - points[i].probability);
    const double intercept = points[i].value - slope * points[i].probability;
    const double low = i == 0 ? -infinity : points[i].probability;
    const double high = i + 2 == points.size() ? infinity : points[i + 1].probability;
    const double moved = order * slope;
    sum += std::exp(order * intercept + 0.5 * moved * moved + log_normal_mass(low - moved, high - moved));
  }
  return sum;
}

double Distribution::mean() const {
  switch (kind_) {
    case DistributionKind::constant:
    case DistributionKind::exponential: return a_;
    case DistributionKind::uniform: return 0.5 * (a_ + b_);
    case DistributionKind::gamma: return a_ * b_;
    case DistributionKind::lognormal: return std::exp(a_ + 0.5 * b_ * b_);
    case DistributionKind::weibull: return weibull_mean(a_, b_);
    case DistributionKind::pareto: return b_ <= 1.0 ? infinity : a_ * b_ / (b_ - 1.0);
    case DistributionKind::empirical: return mean_of(*values_);
    case DistributionKind::quantiles: return moment_of_points(1);
  }
  throw std::logic_error{"unknown kind of distribution"};
}

double Distribution::variance() const {
  switch (kind_) {
    case DistributionKind::constant: return 0.0;
    case DistributionKind::exponential: return a_ * a_;
    case DistributionKind::uniform: return (b_ - a_) * (b_ - a_) / 12.0;
    case DistributionKind::gamma: return a_ * b_ * b_;
    case DistributionKind::lognormal: return b_ == 0.0 ? 0.0 : std::expm1(b_ * b_) * std::exp(2.0 * a_ + b_ * b_);
    case DistributionKind::weibull: return weibull_variance(a_, b_);
    case DistributionKind::pareto: return b_ <= 2.0 ? infinity : a_ * a_ * b_ / ((b_ - 1.0) * (b_ - 1.0) * (b_ - 2.0));
    case DistributionKind::empirical: return variance_of(*values_);
    case DistributionKind::quantiles: {
      const double second = moment_of_points(2);
      const double first = moment_of_points(1);
      return std::isfinite(second) ? std::max(0.0, second - first * first) : infinity;
    }
  }
  throw std::logic_error{"unknown kind of distribution"};
}

double Distribution::scv() const {
  const double average = mean();
  const double spread = variance();
  if (average == 0.0) return 0.0;
  return std::isfinite(spread) ? spread / (average * average) : infinity;
}

}  // namespace headroom
