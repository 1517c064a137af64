#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Capacity 4: 1 in, 3 main, 2 remembered. abcd all stand in "in". e: a goes and is remembered. a comes back, to main; then only
// what came once goes: c, d, e, f.
TEST(TwoQueues, KeepsWhatComesBackSoonAfterItLeft) {
  CacheUnderTest cache{"2q", 4};
  EXPECT_EQ(cache.replay("abcdeafgha"), "MMMMMMMMMH");
}

TEST(TwoQueues, ForgetsWhatLeftLongAgo) {
  CacheUnderTest cache{"2q", 4};
  cache.replay("abcdefg");  // a, b, c have left, of which two are remembered
  EXPECT_EQ(cache.replay("ahijka"), "MMMMMM");
}

TEST(TwoQueues, AdmitsNothingLargerThanTheShareForNewcomers) {
  const auto cache = policy<CachePolicy>({{"policy", "2q"}}, {.capacity = {100}});
  EXPECT_TRUE(cache->admits({25}));
  EXPECT_FALSE(cache->admits({26}));
}

}  // namespace
}  // namespace headroom
