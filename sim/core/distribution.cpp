// Making distributions and drawing from them.
#include "sim/core/distribution.hpp"

#include <algorithm>
#include <boost/math/distributions/gamma.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "sim/core/normal.hpp"

namespace headroom {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void require(bool holds, const char* sentence) {
  if (!holds) throw std::invalid_argument{sentence};
}
bool positive(double x) { return std::isfinite(x) && x > 0.0; }
bool not_negative(double x) { return std::isfinite(x) && x >= 0.0; }

// Gamma with scale 1. Source: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000;
// a shape below 1 is drawn as shape + 1 times U^(1/shape), as its section 6 proposes.
template <class Source>
double standard_gamma(double shape, Source& source) {
  if (shape < 1.0) {
    const double larger = standard_gamma(shape + 1.0, source);
    return larger * std::pow(source.uniform(), 1.0 / shape);
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal_quantile(source.uniform());
    const double root = 1.0 + c * x;
    if (root <= 0.0) continue;
    const double v = root * root * root;
    const double u = source.uniform();
    if (u < 1.0 - 0.0331 * x * x * x * x) return d * v;
    if (std::log(u) < 0.5 * x * x + d * (1.0 - v + std::log(v))) return d * v;
  }
}

void check_points(const std::vector<QuantilePoint>& points) {
  require(points.size() >= 2, "needs at least two quantiles");
  for (std::size_t i = 0; i < points.size(); ++i) {
    require(points[i].probability > 0.0 && points[i].probability < 1.0, "needs quantiles between p0 and p100, both excluded");
    require(positive(points[i].value), "needs quantiles that are more than 0");
    if (i == 0) continue;
    require(points[i - 1].probability < points[i].probability, "needs quantiles in increasing order, each named once");
    require(points[i - 1].value <= points[i].value, "needs quantiles whose values do not decrease");
  }
}

}  // namespace

Distribution Distribution::constant(double value) {
  require(not_negative(value), "needs a value of at least 0");
  Distribution made;
  made.a_ = value;
  return made;
}

Distribution Distribution::uniform(double low, double high) {
  require(not_negative(low), "needs a low end of at least 0");
  require(std::isfinite(high) && low <= high, "needs a high end that is not below the low end");
  Distribution made;
  made.kind_ = DistributionKind::uniform;
  made.a_ = low;
  made.b_ = high;
  return made;
}

Distribution Distribution::exponential(double mean) {
  require(positive(mean), "needs a mean of more than 0");
  Distribution made;
  made.kind_ = DistributionKind::exponential;
  made.a_ = mean;
  return made;
}

Distribution Distribution::gamma(double mean, double cv) {
  require(positive(mean), "needs a mean of more than 0");
  require(positive(cv), "needs a cv (standard deviation / mean) of more than 0");
  const double shape = 1.0 / (cv * cv);
  require(positive(shape) && positive(mean / shape), "needs a cv (standard deviation / mean) that is neither huge nor tiny");
  Distribution made;
  made.kind_ = DistributionKind::gamma;
  made.a_ = shape;
  made.b_ = mean / shape;
  return made;
}

Distribution Distribution::lognormal(double median, double sigma) {
  require(positive(median), "needs a median of more than 0");
  require(not_negative(sigma), "needs a sigma of at least 0");
  Distribution made;
  made.kind_ = DistributionKind::lognormal;
  made.a_ = std::log(median);
  made.b_ = sigma;
  return made;
}

Distribution Distribution::lognormal_mean_cv(double mean, double cv) {
  require(positive(mean), "needs a mean of more than 0");
  require(not_negative(cv), "needs a cv (standard deviation / mean) of at least 0");
  const double squared_sigma = std::log1p(cv * cv);
  return lognormal(mean * std::exp(-0.5 * squared_sigma), std::sqrt(squared_sigma));
}

Distribution Distribution::weibull(double shape, double scale) {
  require(positive(shape), "needs a shape of more than 0");
  require(positive(scale), "needs a scale of more than 0");
  Distribution made;
  made.kind_ = DistributionKind::weibull;
  made.a_ = shape;
  made.b_ = scale;
  return made;
}

Distribution Distribution::pareto(double minimum, double shape) {
  require(positive(minimum), "needs a minimum of more than 0");
  require(positive(shape), "needs a shape of more than 0");
  Distribution made;
  made.kind_ = DistributionKind::pareto;
  made.a_ = minimum;
  made.b_ = shape;
  return made;
}

Distribution Distribution::empirical(std::vector<double> values) {
  require(!values.empty(), "needs at least one value");
  require(std::all_of(values.begin(), values.end(), not_negative), "needs values of at least 0");
  std::sort(values.begin(), values.end());
  Distribution made;
  made.kind_ = DistributionKind::empirical;
  made.values_ = std::make_shared<const std::vector<double>>(std::move(values));
  return made;
}

Distribution Distribution::from_quantiles(std::vector<QuantilePoint> points) {
  check_points(points);
  for (QuantilePoint& point : points) point = {normal_quantile(point.probability), std::log(point.value)};
  Distribution made;
  made.kind_ = DistributionKind::quantiles;
  made.points_ = std::make_shared<const std::vector<QuantilePoint>>(std::move(points));
  return made;
}

double Distribution::sample_gamma(RandomStream& source) const { return b_ * standard_gamma(a_, source); }
double Distribution::sample_gamma(Draws& source) const { return b_ * standard_gamma(a_, source); }

double Distribution::from_uniform(double u) const {
  switch (kind_) {
    case DistributionKind::constant: return a_;
    case DistributionKind::uniform: return a_ + u * (b_ - a_);
    case DistributionKind::exponential: return -a_ * std::log1p(-u);
    case DistributionKind::lognormal: return b_ == 0.0 ? std::exp(a_) : std::exp(a_ + b_ * normal_quantile(u));
    case DistributionKind::weibull: return b_ * std::pow(-std::log1p(-u), 1.0 / a_);
    case DistributionKind::pareto: return a_ * std::pow(1.0 - u, -1.0 / b_);
    case DistributionKind::empirical: {
      const std::size_t count = values_->size();
      return (*values_)[std::min(count - 1, static_cast<std::size_t>(u * static_cast<double>(count)))];
    }
    case DistributionKind::quantiles: return quantile_between_points(normal_quantile(u));
    case DistributionKind::gamma: break;
  }
  throw std::logic_error{"a gamma distribution is not drawn by inversion"};
}

double Distribution::quantile_between_points(double score) const {
  const std::vector<QuantilePoint>& points = *points_;
  std::size_t right = 1;
  while (right + 1 < points.size() && score > points[right].probability) ++right;
  const QuantilePoint& from = points[right - 1];
  const QuantilePoint& to = points[right];
  if (from.value == to.value) return std::exp(from.value);
  const double slope = (to.value - from.value) / (to.probability - from.probability);
  // From the nearer end, so that the given points come back as given.
  const QuantilePoint& nearer = score - from.probability < to.probability - score ? from : to;
  return std::exp(nearer.value + slope * (score - nearer.probability));
}

double Distribution::quantile(double probability) const {
  require(probability >= 0.0 && probability <= 1.0, "needs a probability from 0 to 1");
  if (kind_ != DistributionKind::gamma) return from_uniform(probability);
  if (probability == 0.0) return 0.0;
  if (probability == 1.0) return infinity;
  return boost::math::quantile(boost::math::gamma_distribution<double>{a_, b_}, probability);
}

bool Distribution::is_zero() const {
  switch (kind_) {
    case DistributionKind::constant: return a_ == 0.0;
    case DistributionKind::uniform: return b_ == 0.0;
    case DistributionKind::empirical: return values_->back() == 0.0;
    default: return false;
  }
}

Distribution Distribution::scaled(double factor) const {
  require(positive(factor), "needs a factor of more than 0");
  Distribution made = *this;
  switch (kind_) {
    case DistributionKind::constant:
    case DistributionKind::exponential:
    case DistributionKind::pareto: made.a_ *= factor; break;
    case DistributionKind::uniform:
      made.a_ *= factor;
      made.b_ *= factor;
      break;
    case DistributionKind::gamma:
    case DistributionKind::weibull: made.b_ *= factor; break;
    case DistributionKind::lognormal: made.a_ += std::log(factor); break;
    case DistributionKind::empirical: {
      std::vector<double> values = *values_;
      for (double& value : values) value *= factor;
      made.values_ = std::make_shared<const std::vector<double>>(std::move(values));
      break;
    }
    case DistributionKind::quantiles: {
      std::vector<QuantilePoint> points = *points_;
      for (QuantilePoint& point : points) point.value += std::log(factor);
      made.points_ = std::make_shared<const std::vector<QuantilePoint>>(std::move(points));
      break;
    }
  }
  return made;
}

}  // namespace headroom
