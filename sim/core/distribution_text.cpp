// How distributions are said in settings and messages.
#include "sim/core/distribution.hpp"

#include <cmath>
#include <stdexcept>

#include "sim/core/normal.hpp"

namespace headroom {

namespace {

// Parameters are kept in a form for drawing, so the written number comes back only up to rounding.
double rounded(double value) {
  if (value == 0.0 || !std::isfinite(value)) return value;
  const double magnitude = std::pow(10.0, 9.0 - std::ceil(std::log10(std::fabs(value))));
  return std::isfinite(magnitude) && magnitude > 0.0 ? std::round(value * magnitude) / magnitude : value;
}

}  // namespace

std::string Distribution::to_text(Dimension dimension) const {
  const auto quantity = [dimension](double value) { return headroom::to_text(rounded(value), dimension); };
  const auto plain = [](double value) { return headroom::to_text(rounded(value), Dimension::count); };
  switch (kind_) {
    case DistributionKind::constant: return quantity(a_);
    case DistributionKind::uniform: return "uniform, " + quantity(a_) + " to " + quantity(b_);
    case DistributionKind::exponential: return "exponential, mean " + quantity(a_);
    case DistributionKind::gamma: return "gamma, mean " + quantity(mean()) + ", cv " + plain(1.0 / std::sqrt(a_));
    case DistributionKind::lognormal: return "lognormal, median " + quantity(std::exp(a_)) + ", sigma " + plain(b_);
    case DistributionKind::weibull: return "Weibull, shape " + plain(a_) + ", scale " + quantity(b_);
    case DistributionKind::pareto: return "Pareto, minimum " + quantity(a_) + ", shape " + plain(b_);
    case DistributionKind::empirical:
      return "empirical, " + std::to_string(values_->size()) + " values, mean " + quantity(mean());
    case DistributionKind::quantiles: {
      std::string text = "quantiles";
      for (const QuantilePoint& point : *points_) {
        text += ", p" + plain(100.0 * normal_cdf(point.probability)) + " " + quantity(std::exp(point.value));
      }
      return text;
    }
  }
  throw std::logic_error{"unknown kind of distribution"};
}

}  // namespace headroom
