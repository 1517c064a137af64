// Series that tests of forecasters share.
#pragma once

#include <vector>

#include "sim/seams/forecaster.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {

inline std::unique_ptr<Forecaster> forecaster(const Json& options, Duration step = std::chrono::seconds{1}) {
  return policy<Forecaster>(options, {.step = step});
}

// International visitor nights in Australia, millions, by quarter, 2005 to 2015: Hyndman and Athanasopoulos, Forecasting:
// Principles and Practice (2nd edition), 7.3.
inline const std::vector<double>& visitor_nights() {
  static const std::vector<double> nights{
      42.20566, 24.64917, 32.66734, 37.25735, 45.24246, 29.35048, 36.34421, 41.78208, 49.27660, 31.27540, 37.85063,
      38.83704, 51.23690, 31.83855, 41.32342, 42.79900, 55.70836, 33.40714, 42.31664, 45.15712, 59.57608, 34.83733,
      44.84168, 46.97125, 60.01903, 38.37118, 46.97586, 50.73380, 61.64687, 39.29957, 52.67121, 54.33232, 66.83436,
      40.87119, 51.82854, 57.49191, 65.25147, 43.06121, 54.76076, 59.83447, 73.25703, 47.69662, 61.09777, 66.05576};
  return nights;
}

}  // namespace headroom
