#include "sim/core/time.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace headroom {
namespace {

using namespace std::chrono_literals;

TEST(Time, RoundsSecondsToTheNearestNanosecond) {
  EXPECT_EQ(to_duration(0.3), 300ms);
  EXPECT_EQ(to_duration(1.4e-9), 1ns);
  EXPECT_EQ(to_duration(1.6e-9), 2ns);
  EXPECT_EQ(to_duration(-1.6e-9), -2ns);
}

TEST(Time, ClampsWhatDoesNotFit) {
  EXPECT_EQ(to_duration(1e300), longest_span);
  EXPECT_EQ(to_duration(-1e300), -longest_span);
  EXPECT_EQ(to_duration(std::numeric_limits<double>::infinity()), longest_span);
  EXPECT_EQ(to_duration(std::numeric_limits<double>::quiet_NaN()), longest_span);
}

TEST(Time, GivesTheDoubleNearestToADecimalSpan) {
  EXPECT_EQ(to_seconds(300ms), 0.3);
  EXPECT_EQ(to_seconds(700us), 0.0007);
  EXPECT_EQ(to_seconds(at_seconds(12.345)), 12.345);
}

}  // namespace
}  // namespace headroom
