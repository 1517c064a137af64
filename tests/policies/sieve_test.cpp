#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Capacity 3, old end first: abc, a used. d: the hand clears a's bit, b goes, hand at c: a c d. b: c goes, hand at d: a d b.
// e: d goes. a was never moved and never reached again, where CLOCK would have taken it.
TEST(Sieve, KeepsWhatWasUsedWhereItStands) {
  CacheUnderTest cache{"sieve", 3};
  EXPECT_EQ(cache.replay("abcadbea"), "MMMHMMMH");
}

// Hand at b after a went; b and c used: the hand clears both, passes the young end d (used: cleared) and takes b.
TEST(Sieve, WrapsFromTheYoungEndToTheOld) {
  CacheUnderTest cache{"sieve", 3};
  EXPECT_EQ(cache.replay("abcdbcde"), "MMMMHHHM");
  EXPECT_FALSE(cache.holds('b'));
  EXPECT_TRUE(cache.holds('c'));
}

TEST(Sieve, MovesTheHandOnWhenItsResidentIsRemoved) {
  CacheUnderTest cache{"sieve", 3};
  cache.replay("abcd");  // a went, the hand is at b
  cache.forget('b');
  EXPECT_EQ(cache.replay("ef"), "MM");  // e takes the free place; for f, c goes
  EXPECT_FALSE(cache.holds('c'));
  EXPECT_TRUE(cache.holds('d'));
}

}  // namespace
}  // namespace headroom
