#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

TEST(Mru, EvictsWhatWasUsedLast) {
  CacheUnderTest cache{"mru", 3};
  // d takes c's place; b is used last when c comes back.
  EXPECT_EQ(cache.replay("abcdabcb"), "MMMMHHMM");
}

// The case it is for: a loop over one object more than fits misses every time under LRU.
TEST(Mru, HitsInALoopThatIsLargerThanTheCache) {
  CacheUnderTest mru{"mru", 3};
  CacheUnderTest lru{"lru", 3};
  EXPECT_EQ(mru.replay("abcdabcdabcd"), "MMMMHHMHHMHH");
  EXPECT_EQ(lru.replay("abcdabcdabcd"), "MMMMMMMMMMMM");
}

}  // namespace
}  // namespace headroom
