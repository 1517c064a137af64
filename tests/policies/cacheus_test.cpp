#include "sim/core/random.hpp"
#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Misses of a loop over more objects than fit.
int misses(CacheUnderTest& cache, int requests, std::uint64_t loop) {
  int missed = 0;
  for (int i = 0; i < requests; ++i) missed += !cache.get(static_cast<std::uint64_t>(i) % loop);
  return missed;
}

// Recency misses every object of the loop; its history remembers them, and frequency keeps what came back.
TEST(Cacheus, ListensToFrequencyWhereRecencyFails) {
  CacheUnderTest lru{"lru", 100}, cacheus{"cacheus", 100};
  EXPECT_EQ(misses(lru, 15'000, 120), 15'000);
  EXPECT_LT(misses(cacheus, 15'000, 120), 12'000);
}

// What is popular changes every 2,000 requests: counts of the past mislead, recency does not.
TEST(Cacheus, ListensToRecencyWhereFrequencyFails) {
  const auto missed = [](CacheUnderTest& cache) {
    RandomStream random{5};
    int count = 0;
    for (std::uint64_t i = 0; i < 40'000; ++i) count += !cache.get(i / 2'000 * 1'000 + random.below(60));
    return count;
  };
  CacheUnderTest lfu{"lfu", 100}, cacheus{"cacheus", 100};
  EXPECT_LT(missed(cacheus), missed(lfu));
}

// Both experts name the only resident, so nothing is drawn.
TEST(Cacheus, AgreesWithItselfAboutOneResident) {
  CacheUnderTest cache{"cacheus", 2};
  EXPECT_EQ(cache.replay("aabb"), "MHMH");
}

TEST(Cacheus, ForgetsEverythingOnAFlush) {
  CacheUnderTest cache{"cacheus", 2};
  cache.replay("abcab");
  cache.flush();
  EXPECT_EQ(cache.residents(), 0U);
  EXPECT_EQ(cache.replay("aabb"), "MHMH");
}

}  // namespace
}  // namespace headroom
