// Exponential smoothing with a trend and an additive season: one step of it, where it starts, and its error on what has been.
//
//   level(t)  = alpha (y - season(t-m)) + (1-alpha) (level + phi trend)
//   trend(t)  = beta (level(t) - level) + (1-beta) phi trend
//   season(t) = gamma (y - level - phi trend) + (1-gamma) season(t-m)
//   y(t+h)    = level + (phi + … + phi^h) trend + season(t+h-m)
//
// Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 8.2 and 8.3.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace headroom::holt_winters {

struct Weights {
  double alpha = 0.0, beta = 0.0, gamma = 0.0;
  double phi = 1.0;  // below 1 the trend dies away
};

struct State {
  double level = 0.0, trend = 0.0;
  std::vector<double> season{};  // of as many steps as it is long; empty: no season
  std::size_t next = 0;          // which of the season comes next
};

inline double one_ahead(const State& state, const Weights& weights) {
  return state.level + weights.phi * state.trend + (state.season.empty() ? 0.0 : state.season[state.next]);
}

inline void advance(State& state, const Weights& weights, double value) {
  const double carried = state.level + weights.phi * state.trend;
  double ignored = 0.0;
  double& season = state.season.empty() ? ignored : state.season[state.next];
  const double level = weights.alpha * (value - season) + (1.0 - weights.alpha) * carried;
  state.trend = weights.beta * (level - state.level) + (1.0 - weights.beta) * weights.phi * state.trend;
  season = weights.gamma * (value - carried) + (1.0 - weights.gamma) * season;
  state.level = level;
  if (!state.season.empty()) state.next = (state.next + 1) % state.season.size();
}

inline std::vector<double> ahead(const State& state, const Weights& weights, std::size_t horizon) {
  std::vector<double> values(horizon);
  double power = 1.0, trends = 0.0;
  for (std::size_t h = 0; h < horizon; ++h) {
    trends += power *= weights.phi;
    values[h] = state.level + trends * state.trend;
    if (!state.season.empty()) values[h] += state.season[(state.next + h) % state.season.size()];
  }
  return values;
}

// How many values it takes to begin: two seasons, or two values.
inline std::size_t values_to_begin(std::size_t season_length) { return season_length > 1 ? 2 * season_length : 2; }

// The line through the means of the first two seasons, and what the first season is above it; without a season, the line through
// the first two values. A straight line with a season that repeats is met exactly.
inline State initial_state(std::span<const double> values, std::size_t season_length) {
  if (season_length < 2) return {.level = values[0] - (values[1] - values[0]), .trend = values[1] - values[0]};
  const auto length = static_cast<double>(season_length);
  double first = 0.0, second = 0.0;
  for (std::size_t i = 0; i < season_length; ++i) {
    first += values[i] / length;
    second += values[season_length + i] / length;
  }
  State state{.level = first, .trend = (second - first) / length};
  state.level -= state.trend * (length + 1.0) / 2.0;
  for (std::size_t i = 0; i < season_length; ++i)
    state.season.push_back(values[i] - state.level - state.trend * static_cast<double>(i + 1));
  return state;
}

// Runs over the values; the sum of the squared errors one step ahead.
inline double smooth(State& state, const Weights& weights, std::span<const double> values) {
  double squares = 0.0;
  for (const double value : values) {
    const double error = value - one_ahead(state, weights);
    squares += error * error;
    advance(state, weights, value);
  }
  return squares;
}

}  // namespace headroom::holt_winters
