#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Capacity 3: LIR 2, HIR 1. a, b are LIR; c is HIR; d: c leaves but stays in the stack. c comes back in the stack: LIR, for which
// the oldest LIR, a, goes to the queue, and d leaves it.
TEST(Lirs, KeepsWhatIsUsedTwiceWithinAShortDistance) {
  CacheUnderTest cache{"lirs", 3};
  EXPECT_EQ(cache.replay("abcdc"), "MMMMM");
  for (const char key : {'a', 'b', 'c'}) EXPECT_TRUE(cache.holds(static_cast<std::uint64_t>(key))) << key;
  EXPECT_FALSE(cache.holds('d'));
  EXPECT_EQ(cache.replay("bc"), "HH");
}

TEST(Lirs, LetsAScanThroughTheShareOfHirAlone) {
  CacheUnderTest cache{"lirs", 100};
  for (std::uint64_t key = 0; key < 99; ++key) cache.get(key);
  for (std::uint64_t key = 1000; key < 3000; ++key) cache.get(key);
  for (std::uint64_t key = 0; key < 99; ++key) EXPECT_TRUE(cache.holds(key)) << key;
}

TEST(Lirs, ForgetsEverythingOnAFlush) {
  CacheUnderTest cache{"lirs", 3};
  cache.replay("abcdc");
  cache.flush();
  EXPECT_EQ(cache.replay("abcdcbc"), "MMMMMHH");
}

}  // namespace
}  // namespace headroom
