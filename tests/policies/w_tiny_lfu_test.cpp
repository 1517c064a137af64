#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// 500 keys that are asked for again and again among keys that come once; then a scan. LRU keeps none of them.
TEST(WTinyLfu, KeepsWhatIsAskedForOftenThroughAScan) {
  CacheUnderTest estimating{"w-tiny-lfu", 1000};
  CacheUnderTest recent{"lru", 1000};
  for (CacheUnderTest* cache : {&estimating, &recent}) {
    std::uint64_t once = 10'000;
    for (int round = 0; round < 20; ++round) {
      for (std::uint64_t key = 0; key < 500; ++key) cache->get(key), cache->get(once++);
    }
    for (int i = 0; i < 5000; ++i) cache->get(once++);
  }
  int kept = 0, kept_by_recency = 0;
  for (std::uint64_t key = 0; key < 500; ++key)
    kept += estimating.holds(key) ? 1 : 0, kept_by_recency += recent.holds(key) ? 1 : 0;
  EXPECT_GE(kept, 450);
  EXPECT_EQ(kept_by_recency, 0);
}

// Capacity 1000, window 10: the cache fills from the window. 1000 unit objects, then one more: the oldest go to main, 990 of
// them, and the next must be asked for more often than main's oldest: it is not, and goes.
TEST(WTinyLfu, LetsTheNewcomerGoUnlessItIsAskedForMoreOften) {
  CacheUnderTest cache{"w-tiny-lfu", 1000};
  for (std::uint64_t key = 0; key <= 1000; ++key) cache.get(key);
  EXPECT_EQ(cache.residents(), 1000U);
  EXPECT_TRUE(cache.holds(0)) << "first in main";
  EXPECT_FALSE(cache.holds(990)) << "the first that found main full";
  EXPECT_TRUE(cache.holds(991)) << "still in the window";
}

TEST(WTinyLfu, AdmitsNothingLargerThanItsWindow) {
  const auto cache = policy<CachePolicy>({{"policy", "w-tiny-lfu"}}, {.capacity = {1000}});
  EXPECT_TRUE(cache->admits({10}));
  EXPECT_FALSE(cache->admits({11}));
}

}  // namespace
}  // namespace headroom
