#include <list>

#include "sim/core/random.hpp"
#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

TEST(Lru, EvictsTheLeastRecentlyUsed) {
  CacheUnderTest cache{"lru", 3};
  EXPECT_EQ(cache.replay("abcad"), "MMMHM");  // b is the oldest use when d comes
  EXPECT_FALSE(cache.holds('b'));
  EXPECT_TRUE(cache.holds('a'));
}

// Belady's sequence: LRU has no anomaly, 10 misses at 3 places and 8 at 4.
TEST(Lru, NeverMissesMoreWithMoreRoom) {
  CacheUnderTest three{"lru", 3};
  CacheUnderTest four{"lru", 4};
  EXPECT_EQ(three.replay("123412512345"), "MMMMMMMHHMMM");
  EXPECT_EQ(four.replay("123412512345"), "MMMMHHMHHMMM");
}

// Mattson's inclusion: a request hits exactly if fewer than `capacity` other objects were used since the last use of its own.
TEST(Lru, HitsByStackDistance) {
  CacheUnderTest cache{"lru", 20};
  std::list<std::uint64_t> stack;
  RandomStream random{1};
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t key = random.below(1 + random.below(60));
    const auto found = std::ranges::find(stack, key);
    const bool expected = found != stack.end() && std::distance(stack.begin(), found) < 20;
    if (found != stack.end()) stack.erase(found);
    stack.push_front(key);
    ASSERT_EQ(cache.get(key), expected) << i;
  }
}

TEST(Lru, ForgetsWhatWasRemovedOrFlushed) {
  CacheUnderTest cache{"lru", 3};
  cache.replay("abc");
  cache.forget('a');
  EXPECT_EQ(cache.replay("d"), "M");  // takes the free place
  EXPECT_EQ(cache.replay("bcd"), "HHH");
  cache.flush();
  EXPECT_EQ(cache.replay("bcdbe"), "MMMHM");
  EXPECT_FALSE(cache.holds('c'));
}

}  // namespace
}  // namespace headroom
