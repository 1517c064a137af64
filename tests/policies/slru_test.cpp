#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Two segments of 2. a, b fill the lower, c, d the upper one. e: a, the lower one's old end, goes. b used: up, where c sinks for
// it: e c | d b. f: e goes.
TEST(Slru, MovesWhatIsUsedUpAndLetsTheOthersSink) {
  CacheUnderTest cache{Json{{"policy", "slru"}, {"segments", 2}}, 4};
  EXPECT_EQ(cache.replay("abcdebf"), "MMMMMHM");
  for (const char key : {'b', 'c', 'd', 'f'}) EXPECT_TRUE(cache.holds(static_cast<std::uint64_t>(key))) << key;
}

// Segments of 5 bytes: a (3) and b (2) below; c (4) above; a used: 4 + 3 > 5, c sinks to b: 2 + 4 > 5, b sinks out.
TEST(Slru, DropsWhatSinksOutOfTheLowestSegment) {
  CacheUnderTest cache{Json{{"policy", "slru"}, {"segments", 2}}, 10};
  cache.get('a', 3), cache.get('b', 2), cache.get('c', 4);
  EXPECT_TRUE(cache.get('a', 3));
  EXPECT_FALSE(cache.holds('b'));
  EXPECT_TRUE(cache.holds('c'));
}

TEST(Slru, AdmitsNothingLargerThanASegment) {
  const auto cache = policy<CachePolicy>({{"policy", "slru"}}, {.capacity = {100}});
  EXPECT_TRUE(cache->admits({25}));
  EXPECT_FALSE(cache->admits({26}));
}

}  // namespace
}  // namespace headroom
