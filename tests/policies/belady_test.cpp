#include <gtest/gtest.h>

#include "tests/policies/replayed_requests.hpp"

namespace headroom {
namespace {

ReplayedCache belady(std::int64_t capacity) {
  return ReplayedCache{RegistryOf<OfflineCachePolicy>::instance().choose("belady"), capacity};
}

// "123412512345" as Belady's anomaly is shown with. 3 places: 1 2 3 miss, 4 takes 3's (next: 1 at 4, 2 at 5, 3 at 9), 1 2 hit, 5
// takes 4's (10), 1 2 hit, 3 takes 1's or 2's (never), 4 takes the other's, 5 hits: 7 misses. 4 places: 1 2 3 4 miss, 5 takes 4's
// (10), 4 takes 1's (never): 6.
TEST(Belady, MissesSevenTimesWithThreePlacesAndSixWithFour) {
  EXPECT_EQ(replayed(belady(3), requests_of("123412512345")), "MMMMHHMHHMMH");
  EXPECT_EQ(replayed(belady(4), requests_of("123412512345")), "MMMMHHMHHHMH");
}

TEST(Belady, IsNothingThatAScenarioCanName) {
  EXPECT_FALSE(RegistryOf<CachePolicy>::instance().offers("belady"));
  EXPECT_TRUE(RegistryOf<OfflineCachePolicy>::instance().offers("belady"));
}

}  // namespace
}  // namespace headroom
