#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

TEST(Fifo, EvictsTheFirstComeWhetherUsedOrNot) {
  CacheUnderTest cache{"fifo", 3};
  EXPECT_EQ(cache.replay("abcaad"), "MMMHHM");
  EXPECT_FALSE(cache.holds('a'));
}

// Belady's anomaly (CACM 12(6), 1969): 9 misses with 3 places, 10 with 4.
TEST(Fifo, ShowsBeladysAnomaly) {
  CacheUnderTest three{"fifo", 3};
  CacheUnderTest four{"fifo", 4};
  EXPECT_EQ(std::ranges::count(three.replay("123412512345"), 'M'), 9);
  EXPECT_EQ(std::ranges::count(four.replay("123412512345"), 'M'), 10);
}

TEST(Fifo, CountsBytes) {
  CacheUnderTest cache{"fifo", 100};
  cache.get(1, 40);
  cache.get(2, 40);
  cache.get(3, 70);  // both have to go: 40 + 70 > 100
  EXPECT_EQ(cache.residents(), 1U);
  EXPECT_FALSE(cache.get(4, 101));  // larger than the cache: nothing goes for it
  EXPECT_TRUE(cache.holds(3));
}

TEST(Fifo, ForgetsWhatWasRemovedOrFlushed) {
  CacheUnderTest cache{"fifo", 3};
  cache.replay("abc");
  cache.forget('b');
  EXPECT_EQ(cache.replay("da"), "MH");
  EXPECT_EQ(cache.replay("e"), "M");  // a is the first come
  EXPECT_FALSE(cache.holds('a'));
  cache.flush();
  EXPECT_EQ(cache.replay("cde"), "MMM");
}

}  // namespace
}  // namespace headroom
