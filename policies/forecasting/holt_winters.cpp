// Holt-Winters: a level, a trend and a season, each followed by exponential smoothing.
//
//   y(t+h) = level + (phi + … + phi^h) trend + season(t+h-m)      (holt_winters_arithmetic.hpp)
//   alpha, beta and gamma that are not given: those with the least squared error one step ahead on all the values
//
// Source:  Holt (1957), Winters (1960), as in Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 8.2 and 8.3.
// Differs: the states at the start are those of a line through the first two seasons, not estimated as well; the season is
//          additive. The damping is given, not estimated.
#include <array>

#include "policies/forecasting/holt_winters_arithmetic.hpp"
#include "policies/forecasting/nelder_mead.hpp"
#include "policies/forecasting/season_length.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/forecaster.hpp"

namespace headroom {
namespace {

class HoltWinters final : public Forecaster {
 public:
  struct Options {
    std::optional<Duration> season;
    std::optional<double> alpha, beta, gamma;
    double damping = holt_winters::Weights{}.phi;

    void describe(Fields& field) {
      field("season", season, "after which the values come again; without it there is a level and a trend alone", more_than(0.0))(
          "alpha", alpha, "how fast the level follows; without it, what fits best", between(0.0, 1.0))(
          "beta", beta, "how fast the trend follows; without it, what fits best", between(0.0, 1.0))(
          "gamma", gamma, "how fast the season follows; without it, what fits best", between(0.0, 1.0))(
          "damping", damping, "what is left of the trend after each step; 1: it goes on for ever", between(0.8, 1.0));
    }
    FieldProblems problems() const {
      if (gamma && !season) return {{"gamma", "has no meaning without a season; give \"season\", or remove it"}};
      return {};
    }
  };

  HoltWinters(const Options& options, const Context& context)
      : options_{options}, context_{context}, length_{options.season ? season_length(*options.season, context) : 1} {}

  std::vector<double> forecast(std::span<const double> values, std::size_t horizon) const override {
    if (values.size() < holt_winters::values_to_begin(length_)) return {};
    const holt_winters::State start = holt_winters::initial_state(values, length_);
    const holt_winters::Weights weights = weights_for(start, values);
    holt_winters::State state = start;
    holt_winters::smooth(state, weights, values);
    return holt_winters::ahead(state, weights, horizon);
  }
  FieldProblems problems() const override {
    return options_.season ? season_problems("season", *options_.season, context_) : FieldProblems{};
  }

 private:
  // Those that are given, and of the others the ones that stand for the point (its coordinates may be any number).
  holt_winters::Weights weights_at(const std::vector<double>& point) const {
    std::size_t next = 0;
    const auto one = [&](const std::optional<double>& given) { return given ? *given : 1.0 / (1.0 + std::exp(-point[next++])); };
    holt_winters::Weights weights{.phi = options_.damping};
    weights.alpha = one(options_.alpha);
    weights.beta = one(options_.beta);
    if (length_ > 1) weights.gamma = one(options_.gamma);
    return weights;
  }
  holt_winters::Weights weights_for(const holt_winters::State& start, std::span<const double> values) const {
    std::vector<double> point;
    // alpha 0.5, beta 0.05, gamma 0.12: within what series of loads take, far from both ends.
    if (!options_.alpha) point.push_back(0.0);
    if (!options_.beta) point.push_back(-3.0);
    if (!options_.gamma && length_ > 1) point.push_back(-2.0);
    if (point.empty()) return weights_at(point);
    holt_winters::State state;
    const auto squares = [&](const std::vector<double>& at) {
      state = start;
      return holt_winters::smooth(state, weights_at(at), values);
    };
    return weights_at(NelderMead{squares, point, SimplexLimits{}}.minimize());
  }

  Options options_;
  Context context_;
  std::size_t length_;
};

const bool offered = offer<Forecaster, HoltWinters>("holt-winters", "a level, a trend and a season, exponentially smoothed");

}  // namespace
}  // namespace headroom
