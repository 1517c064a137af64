// Arrivals of a Poisson process, and whether what runs with them measured agrees with a known value: for models against formulas.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {

// Of this rate per second, from 0 to `end` seconds.
inline std::vector<Arrival> poisson(double rate, double end, std::uint8_t priority, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<Arrival> arrivals;
  for (double at = 0.0;;) {
    at -= std::log((static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53) / rate;
    if (at >= end) return arrivals;
    arrivals.push_back({.at = at_seconds(at), .priority = priority});
  }
}

// The known value is in the 99.9 % interval of these runs, and that is not wider than 5 % to each side.
inline void expect_known(const std::vector<double>& values, double known, const char* what) {
  const Interval interval = t_interval(values, 0.999);
  EXPECT_LE(interval.low, known) << what << " up to " << interval.high;
  EXPECT_GE(interval.high, known) << what << " from " << interval.low;
  EXPECT_LE(interval.half_width(), 0.05 * known) << what;
}

}  // namespace headroom::test
