#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

TEST(Lfu, EvictsTheLeastOftenUsed) {
  CacheUnderTest cache{"lfu", 2};
  EXPECT_EQ(cache.replay("aabcba"), "MHMMMH");  // b, then c, have 1 against a's 2
}

TEST(Lfu, TakesOfEqualCountsTheOneThatReachedItFirst) {
  CacheUnderTest cache{"lfu", 2};
  EXPECT_EQ(cache.replay("abbaca"), "MMHHMH");  // both have 2; b had it before a
}

TEST(Lfu, CanTakeTheLastToReachTheCountInstead) {
  CacheUnderTest cache{Json{{"policy", "lfu"}, {"ties", "newest"}}, 2};
  EXPECT_EQ(cache.replay("abca"), "MMMH");
  EXPECT_FALSE(cache.holds('b'));
}

TEST(Lfu, ForgetsTheCountOfWhatLeaves) {
  CacheUnderTest cache{"lfu", 1};
  EXPECT_EQ(cache.replay("aaabab"), "MHHMMM");
}

}  // namespace
}  // namespace headroom
