#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Three residents, 64 draws: none is overlooked but with a chance of 3 × (2/3)^64. When d comes, request 7: a has 3 uses in 6
// requests, b 1 in 3, c 2 in 2: b has the lowest, 1/3 against 1/2 and 1.
TEST(Hyperbolic, LetsGoWhatIsUsedLeastForItsTimeHere) {
  CacheUnderTest cache{"hyperbolic", 3};
  EXPECT_EQ(cache.replay("aaabccd"), "MHHMMHM");
  EXPECT_FALSE(cache.holds('b'));
  EXPECT_TRUE(cache.holds('a'));
}

// Age counts, not only uses: a has 2 uses in 10 requests, b 1 in 1.
TEST(Hyperbolic, LetsGoWhatWasUsedLongAgo) {
  CacheUnderTest cache{"hyperbolic", 2};
  EXPECT_EQ(cache.replay("aab"), "MHM");
  for (int i = 0; i < 7; ++i) cache.get('b');
  cache.get('c');  // a: 2 in 10, b: 8 in 8
  EXPECT_FALSE(cache.holds('a'));
  EXPECT_TRUE(cache.holds('b'));
}

}  // namespace
}  // namespace headroom
