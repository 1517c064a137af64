#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Priorities: a 10^6 / 8 = 125,000; b 10^6 / 2 = 500,000. c needs room: a goes, age 125,000; c 125,000 + 500,000. d (8 bytes)
// needs room: b, 500,000, goes, which leaves 2 + 8 = 10 bytes.
TEST(Gdsf, LetsGoWhatIsUsedSeldomForItsSize) {
  CacheUnderTest cache{"gdsf", 10};
  cache.get('a', 8);
  cache.get('b', 2);
  cache.get('c', 2);
  EXPECT_FALSE(cache.holds('a'));
  EXPECT_TRUE(cache.holds('b'));
  cache.get('d', 8);
  EXPECT_FALSE(cache.holds('b')) << "c came later and is as large, but the age has risen";
  EXPECT_TRUE(cache.holds('c'));
  EXPECT_TRUE(cache.holds('d'));
}

// a: 4 uses × 10^6 / 8 = 500,000 and reached it after b, whose 500,000 are older.
TEST(Gdsf, WeighsUsesAgainstSize) {
  CacheUnderTest cache{"gdsf", 10};
  cache.get('b', 2);
  for (int i = 0; i < 4; ++i) cache.get('a', 8);
  cache.get('c', 2);
  EXPECT_FALSE(cache.holds('b'));
  EXPECT_TRUE(cache.holds('a'));
}

}  // namespace
}  // namespace headroom
