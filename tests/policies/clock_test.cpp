#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Capacity 3, old end first: abc, a used. d: a's bit is cleared and it moves behind c; b has none and goes: c a d. e: c goes.
TEST(Clock, GivesWhatWasUsedASecondChance) {
  CacheUnderTest cache{"clock", 3};
  EXPECT_EQ(cache.replay("abcadea"), "MMMHMMH");
  EXPECT_FALSE(cache.holds('b'));
  EXPECT_FALSE(cache.holds('c'));
}

// a was used once: its chance is spent on d, and the third eviction takes it: c a d, b: a d b, e: d b e.
TEST(Clock, SpendsTheChanceOnce) {
  CacheUnderTest cache{"clock", 3};
  EXPECT_EQ(cache.replay("abcadbea"), "MMMHMMMM");
}

TEST(Clock, GoesRoundWhenAllWereUsed) {
  CacheUnderTest cache{"clock", 3};
  EXPECT_EQ(cache.replay("abcabcd"), "MMMHHHM");  // all bits cleared in turn, then the oldest goes
  EXPECT_FALSE(cache.holds('a'));
}

}  // namespace
}  // namespace headroom
