#include <array>

#include "sim/core/random.hpp"
#include "tests/policies/cache_under_test.hpp"

namespace headroom {
namespace {

// Of four residents each goes as often: 4000 evictions, 1000 ± 3.6 × sqrt(4000 × 1/4 × 3/4) = 27 each.
TEST(RandomEviction, TakesEachResidentAsOften) {
  std::array<int, 4> evicted{};
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    const auto cache = policy<CachePolicy>({{"policy", "random"}}, {.capacity = {4}, .random_key = mix(seed)});
    for (CachePolicy::Slot slot = 0; slot < 4; ++slot) cache->insert(slot, slot, {1});
    ++evicted[cache->evict()];
  }
  for (const int count : evicted) EXPECT_NEAR(count, 1000, 98);
}

TEST(RandomEviction, IsTheSameForTheSameKey) {
  CacheUnderTest one{"random", 5};
  CacheUnderTest other{"random", 5};
  EXPECT_EQ(one.replay("abcdefghabcdefghabcdefgh"), other.replay("abcdefghabcdefghabcdefgh"));
}

}  // namespace
}  // namespace headroom
