// How good forecasts were: their errors beside those of the naive forecast (as it was last), and the rolling origin that finds
// them.
//
//   relative error = sum |y - forecast| / sum |y - naive|    at the same origins and horizons; below 1: better than naive
//   sMAPE          = mean of 2 |y - forecast| / (|y| + |forecast|)
//   MASE           = mean of |y - forecast| / (mean |y(t) - y(t-1)| of the values known at the origin)
//
// Source: Hyndman and Koehler, Another look at measures of forecast accuracy (2006); Hyndman and Athanasopoulos, Forecasting:
// Principles and Practice, 5.8 and 5.10.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "sim/seams/forecaster.hpp"

namespace headroom {

// Of two sums of absolute errors. Where naive made none: 1 if the forecast made none either.
inline double relative_error(double forecast, double naive) {
  if (naive > 0.0) return forecast / naive;
  return forecast > 0.0 ? std::numeric_limits<double>::infinity() : 1.0;
}

struct BackTest {
  std::size_t forecasts = 0;  // values forecast and compared
  double absolute = 0.0;      // mean absolute error
  double naive = 0.0;         // the same of the naive forecast
  double smape = 0.0;
  double mase = 0.0;

  double relative() const { return relative_error(absolute, naive); }
};

// Each origin from the `first` values on that leaves `horizon` values to compare with; origins where the forecaster has too few
// values are left out. So are, of MASE alone, those whose values have not moved at all.
inline BackTest back_test(const Forecaster& forecaster, std::span<const double> values, std::size_t first, std::size_t horizon) {
  BackTest test;
  std::size_t scaled = 0;
  double moves = 0.0;  // sum |y(t) - y(t-1)| up to the origin
  for (std::size_t origin = 1; origin + horizon <= values.size(); ++origin) {
    if (origin > 1) moves += std::abs(values[origin - 1] - values[origin - 2]);
    if (origin < first) continue;
    const std::vector<double> ahead = forecaster.forecast(values.first(origin), horizon);
    const double scale = origin > 1 ? moves / static_cast<double>(origin - 1) : 0.0;
    for (std::size_t h = 0; h < ahead.size(); ++h) {
      const double value = values[origin + h], error = std::abs(value - ahead[h]);
      const double size = std::abs(value) + std::abs(ahead[h]);
      ++test.forecasts;
      test.absolute += error;
      test.naive += std::abs(value - values[origin - 1]);
      test.smape += size > 0.0 ? 2.0 * error / size : 0.0;
      if (scale > 0.0) test.mase += error / scale;
      if (scale > 0.0) ++scaled;
    }
  }
  const auto count = static_cast<double>(std::max<std::size_t>(test.forecasts, 1));
  test.absolute /= count;
  test.naive /= count;
  test.smape /= count;
  test.mase /= static_cast<double>(std::max<std::size_t>(scaled, 1));
  return test;
}

}  // namespace headroom
