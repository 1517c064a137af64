#include "sim/core/random.hpp"
#include "sim/seams/shard_balance.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(Rendezvous, TakesTheHighestHash) {
  const auto map = policy<ShardPolicy>({{"policy", "rendezvous"}})->map(5);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    const std::uint32_t own = map->shard_of(key);
    for (std::uint32_t other = 0; other < 5; ++other) ASSERT_GE(mix(key, own), mix(key, other));
  }
}

TEST(Rendezvous, AShardThatGoesLeavesItsKeysToAllOthers) {
  const auto sharding = policy<ShardPolicy>({{"policy", "rendezvous"}});
  const auto before = sharding->map(5), after = sharding->map(4);
  std::vector<double> heirs(4, 0.0);
  for (std::uint64_t key = 0; key < 100'000; ++key) {
    if (before->shard_of(key) == 4)
      heirs[after->shard_of(key)] += 1.0;
    else
      ASSERT_EQ(after->shard_of(key), before->shard_of(key));
  }
  for (const double keys : heirs) EXPECT_NEAR(keys, 5000.0, 4.0 * std::sqrt(5000.0));
}

}  // namespace
}  // namespace headroom
