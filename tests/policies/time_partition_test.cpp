#include "sim/seams/shard_balance.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(TimePartition, PeriodsLieOnTheShardsInTurn) {
  const auto map = policy<ShardPolicy>({{"policy", "time-partition"}, {"keys_per_period", 2}})->map(3);
  std::vector<std::uint32_t> shards;
  for (std::uint64_t key = 0; key < 8; ++key) shards.push_back(map->shard_of(key));
  EXPECT_EQ(shards, (std::vector<std::uint32_t>{0, 0, 1, 1, 2, 2, 0, 0}));
}

TEST(TimePartition, AResizeMovesThePeriodsThatModuloMoves) {
  // From 2 to 3 shards of periods 0 … 5: 0 1 0 1 0 1 becomes 0 1 2 0 1 2: four of six move.
  const auto sharding = policy<ShardPolicy>({{"policy", "time-partition"}, {"keys_per_period", 10}});
  EXPECT_NEAR(moved_share(*sharding->map(2), *sharding->map(3), 60), 4.0 / 6.0, 1e-12);
}

}  // namespace
}  // namespace headroom
