#include <algorithm>

#include "sim/seams/shard_balance.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::vector<std::uint32_t> shards_of(std::uint64_t key, std::uint32_t most) {
  const auto sharding = policy<ShardPolicy>({{"policy", "jump"}});
  std::vector<std::uint32_t> shards;
  for (std::uint32_t n = 1; n <= most; ++n) shards.push_back(sharding->map(n)->shard_of(key));
  return shards;
}

TEST(Jump, FollowsTheReferenceOfItsPaper) {  // dgryski/go-jump, jump_test.go: generated from the C++ code of the paper
  EXPECT_EQ(shards_of(1, 19), (std::vector<std::uint32_t>{0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 17, 17}));
  EXPECT_EQ(shards_of(0xDEADBEEF, 19), (std::vector<std::uint32_t>{0, 1, 2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16}));
}

TEST(Jump, MovesAnEleventhOfTheKeysAndOnlyToTheEleventhShard) {
  const auto sharding = policy<ShardPolicy>({{"policy", "jump"}});
  const auto before = sharding->map(10), after = sharding->map(11);
  for (std::uint64_t key = 0; key < 100'000; ++key) {
    if (before->shard_of(key) == after->shard_of(key)) continue;
    ASSERT_EQ(after->shard_of(key), 10U);
  }
  // 1/11 = 9091 of 100,000, with a standard deviation of 91.
  EXPECT_NEAR(moved_share(*before, *after, 100'000), 1.0 / 11.0, 3.0 * 0.00091);
}

TEST(Jump, IsAsEvenAsChance) {
  const std::vector<double> even(100'000, 1.0);
  const ShardBalance balance = balance_of(shard_loads(*policy<ShardPolicy>({{"policy", "jump"}})->map(10), 10, even, true));
  // Ten counts of mean 10,000 and standard deviation 95.
  EXPECT_LT(balance.variation, 2.0 * 0.0095);
  EXPECT_LT(balance.largest_over_mean, 1.0 + 4.0 * 0.0095);
}

}  // namespace
}  // namespace headroom
