// What a shard's map comes to in the capacity report: shares of queries by key, and what another shard would move.
#include "scenarios/shard_shares.hpp"

#include <gtest/gtest.h>

#include "sim/core/registry.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

// Four shards, keys of a Zipf law with exponent 1.
Blueprint four_shards(const Json& sharding, std::uint64_t items) {
  Blueprint blueprint;
  DatabaseBlueprint database;
  database.shards = 4;
  database.sharding = chosen_policy<ShardPolicy>(sharding);
  blueprint.databases.push_back(database);
  KeyBlueprint key;
  key.items = items;
  key.zipf = 1.0;
  blueprint.keys.push_back(key);
  return blueprint;
}

TEST(ShardShares, ReadsOfASplitKeySpreadAndWritesDoNot) {
  // Two keys of 2/3 and 1/3. The first is split over all four (2/3 × 4 / 0.5 = 5.3), the second over ceil(1/3 × 4 / 0.5) = 3: the
  // first three of the four, which are equally loaded.
  const Blueprint blueprint = four_shards({{"policy", "directory"}, {"loads", {2.0 / 3.0, 1.0 / 3.0}}}, 2);
  const auto reads = shard_shares(blueprint, blueprint.databases[0], 0, true);
  const auto writes = shard_shares(blueprint, blueprint.databases[0], 0, false);
  for (std::size_t shard = 0; shard < 3; ++shard) EXPECT_NEAR(reads[shard], 1.0 / 6.0 + 1.0 / 9.0, 1e-12);
  EXPECT_NEAR(reads[3], 1.0 / 6.0, 1e-12);
  EXPECT_NEAR(writes[0], 1.0, 1e-12);
}

TEST(ShardShares, OfKeysInOrderTheFirstRangeIsTheHottest) {
  // 1, 1/2, 1/3, 1/4 in four ranges: shares of their sum 25/12.
  const Blueprint blueprint = four_shards({{"policy", "range"}, {"key_count", 4}}, 4);
  const auto shares = shard_shares(blueprint, blueprint.databases[0], 0, true);
  for (std::size_t shard = 0; shard < 4; ++shard) EXPECT_NEAR(shares[shard], 12.0 / 25.0 / static_cast<double>(shard + 1), 1e-12);
}

TEST(ShardShares, AQueryWithoutAKeyGoesToAllAlike) {
  const Blueprint blueprint = four_shards({{"policy", "jump"}}, 10);
  for (const double share : shard_shares(blueprint, blueprint.databases[0], no_index, true)) EXPECT_NEAR(share, 0.25, 1e-12);
}

TEST(ShardShares, AFifthShardMovesAFifthOfTheKeysByJumpAndFourFifthsByModulo) {
  const auto moved = [](const char* sharding) {
    const Blueprint blueprint = four_shards({{"policy", sharding}}, 50'000);
    return moved_by_a_shard(blueprint, blueprint.databases[0], 0);
  };
  EXPECT_NEAR(moved("jump"), 0.2, 0.01);  // a standard deviation is 0.0018
  EXPECT_NEAR(moved("modulo"), 0.8, 0.01);
}

}  // namespace
}  // namespace headroom
