// Auto-regressive: the next value from the last few, drawn back to the mean.
//
//   y(t) - mean = phi1 (y(t-1) - mean) + … + phip (y(t-p) - mean), by the Yule-Walker equations
//   p that is not given: the one with the least n log(variance) + 2 p, among 0 … min(n-1, 10 log10 n)
//
// Source:  R, stats::ar with method "yule-walker" and its default order.max; the equations solved by Durbin and Levinson.
// Differs: nothing. What Yule-Walker finds is always stationary, so that a forecast never runs away.
#include <Eigen/Dense>

#include "sim/core/registry.hpp"
#include "sim/seams/forecaster.hpp"

namespace headroom {
namespace {

// Of one order: the weights of the last values (newest first) and the variance that is left.
struct Fit {
  Eigen::VectorXd weights;
  double variance = 0.0;
};

Eigen::VectorXd autocovariances(const Eigen::VectorXd& centred, Eigen::Index most) {
  Eigen::VectorXd covariances{most + 1};
  for (Eigen::Index lag = 0; lag <= most; ++lag) {
    const Eigen::Index pairs = centred.size() - lag;
    covariances[lag] = centred.head(pairs).dot(centred.tail(pairs)) / static_cast<double>(centred.size());
  }
  return covariances;
}

// Durbin's and Levinson's step from one order to the next.
Fit extended(const Fit& fit, const Eigen::VectorXd& covariances) {
  const Eigen::Index order = fit.weights.size();
  const double unexplained = covariances[order + 1] - fit.weights.dot(covariances.segment(1, order).reverse());
  const double reflection = unexplained / fit.variance;
  Fit next{Eigen::VectorXd{order + 1}, fit.variance * (1.0 - reflection * reflection)};
  next.weights.head(order) = fit.weights - reflection * fit.weights.reverse();
  next.weights[order] = reflection;
  return next;
}

class AutoRegressive final : public Forecaster {
 public:
  struct Options {
    std::optional<int> order;

    void describe(Fields& field) {
      field("order", order, "how many values back it looks; without it, what Akaike's criterion finds", between(0, 1000));
    }
  };

  AutoRegressive(const Options& options, const Context&) : order_{options.order} {}

  std::vector<double> forecast(std::span<const double> values, std::size_t horizon) const override {
    const auto count = static_cast<Eigen::Index>(values.size());
    if (count < 2 || (order_ && count <= *order_)) return {};
    const Eigen::Map<const Eigen::VectorXd> known{values.data(), count};
    const double mean = known.mean();
    const Eigen::VectorXd centred = known.array() - mean;
    const Eigen::VectorXd weights = fitted(centred);
    std::vector<double> ahead;
    for (std::size_t h = 0; h < horizon; ++h) {
      double value = 0.0;
      for (Eigen::Index lag = 0; lag < weights.size(); ++lag) {
        const Eigen::Index back = static_cast<Eigen::Index>(h) - 1 - lag;
        value += weights[lag] * (back >= 0 ? ahead[static_cast<std::size_t>(back)] : centred[count + back]);
      }
      ahead.push_back(value);
    }
    for (double& value : ahead) value += mean;
    return ahead;
  }

 private:
  Eigen::VectorXd fitted(const Eigen::VectorXd& centred) const {
    const auto count = static_cast<double>(centred.size());
    const auto usual = static_cast<Eigen::Index>(std::min(count - 1.0, std::floor(10.0 * std::log10(count))));
    const Eigen::Index most = order_.value_or(static_cast<int>(usual));
    const Eigen::VectorXd covariances = autocovariances(centred, most);
    Fit fit{Eigen::VectorXd{0}, covariances[0]}, best = fit;
    double least = count * std::log(fit.variance);
    // Values that are all the same leave nothing to explain.
    while (fit.weights.size() < most && fit.variance > 1e-12 * covariances[0]) {
      fit = extended(fit, covariances);
      const double criterion = count * std::log(fit.variance) + 2.0 * static_cast<double>(fit.weights.size());
      if (!order_ && criterion >= least) continue;
      least = criterion;
      best = fit;
    }
    return best.weights;
  }

  std::optional<int> order_;
};

const bool offered = offer<Forecaster, AutoRegressive>("auto-regressive", "the next value from the last few, drawn to the mean");

}  // namespace
}  // namespace headroom
