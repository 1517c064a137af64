#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Capacity 4, halves of 2. a, b used once; a again: it moves over. A scan of c, d, e pushes b, then c through the first half.
TEST(SrLru, LetsAScanThroughOneHalfAlone) {
  CacheUnderTest cache{"sr-lru", 4};
  EXPECT_EQ(cache.replay("abacde"), "MMHMMM");
  EXPECT_TRUE(cache.holds('a'));
  EXPECT_FALSE(cache.holds('b'));
  EXPECT_FALSE(cache.holds('c'));
  EXPECT_TRUE(cache.holds('d'));
  EXPECT_TRUE(cache.holds('e'));
}

// c is in the history, so it comes to the other half; of a and c there, b used again sends a, the oldest, back to the first,
// where it is the youngest: d goes next.
TEST(SrLru, BringsWhatIsRememberedToTheOtherHalf) {
  CacheUnderTest cache{"sr-lru", 4};
  cache.replay("abacde");             // once: d e; again: a; history: b c
  EXPECT_EQ(cache.replay("c"), "M");  // again: a c
  EXPECT_EQ(cache.replay("b"), "M");  // again: c b; once: d e a, above its half: d leaves
  EXPECT_FALSE(cache.holds('d'));
  for (const char key : {'a', 'b', 'c', 'e'}) EXPECT_TRUE(cache.holds(static_cast<std::uint64_t>(key))) << key;
}

TEST(SrLru, ForgetsEverythingOnAFlush) {
  CacheUnderTest cache{"sr-lru", 4};
  cache.replay("abacdec");
  cache.flush();
  EXPECT_EQ(cache.replay("abacde"), "MMHMMM");
}

}  // namespace
}  // namespace headroom
