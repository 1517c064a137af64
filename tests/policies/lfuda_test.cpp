#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Counts, age 0: a 1, b 1; a used: 1 + 0, reached after b. c: b goes, age 1, c 2. a used: 1 + 1 = 2, and the lowest of the others
// is c's 2: age 2. d: c goes, which had 2 before a.
TEST(Lfuda, AgesByTheLowestCount) {
  CacheUnderTest cache{"lfuda", 2};
  EXPECT_EQ(cache.replay("abacad"), "MMHMHM");
  EXPECT_TRUE(cache.holds('a'));
  EXPECT_FALSE(cache.holds('c'));
}

// What was popular long ago leaves: under LFU its count would protect it for ever.
TEST(Lfuda, LetsGoOfWhatWasPopularOnce) {
  CacheUnderTest ageing{"lfuda", 10};
  CacheUnderTest plain{"lfu", 10};
  for (CacheUnderTest* cache : {&ageing, &plain}) {
    cache->get(0);
    for (std::uint64_t key = 1; key < 30; ++key) cache->get(key);
    for (int i = 0; i < 50; ++i) cache->get(0);
    for (std::uint64_t key = 100; key < 10'000; ++key) cache->get(key);
  }
  EXPECT_FALSE(ageing.holds(0));
  EXPECT_TRUE(plain.holds(0));
}

}  // namespace
}  // namespace headroom
