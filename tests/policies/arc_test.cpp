#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Capacity 3. aa: a in T2; b, c in T1. d: T1 = 2 is above p = 0, b goes to B1. b comes back: p = 0 + max(0 / 1, 1) = 1; T1 = {c,
// d} is above it, c goes to B1, b enters T2. c comes back: p = 2, T1 = {d} is not above it, and T2's old end a goes.
TEST(Arc, MovesTheBorderToWhatComesBack) {
  CacheUnderTest cache{"arc", 3};
  EXPECT_EQ(cache.replay("aabcdb"), "MHMMMM");
  EXPECT_FALSE(cache.holds('c'));
  EXPECT_TRUE(cache.holds('a'));
  cache.get('c');
  EXPECT_FALSE(cache.holds('a'));
  for (const char key : {'b', 'c', 'd'}) EXPECT_TRUE(cache.holds(static_cast<std::uint64_t>(key))) << key;
}

TEST(Arc, KeepsWhatWasUsedTwiceThroughAScan) {
  CacheUnderTest cache{"arc", 10};
  for (std::uint64_t key = 0; key < 5; ++key) cache.get(key), cache.get(key);
  for (std::uint64_t key = 100; key < 200; ++key) cache.get(key);
  for (std::uint64_t key = 0; key < 5; ++key) EXPECT_TRUE(cache.holds(key)) << key;
}

TEST(Arc, HasNoGhostsAfterAFlush) {
  CacheUnderTest cache{"arc", 3};
  cache.replay("aabcd");
  cache.flush();
  EXPECT_EQ(cache.replay("aabcdb"), "MHMMMM");
}

}  // namespace
}  // namespace headroom
