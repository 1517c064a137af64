#include "sim/seams/shard_balance.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

const Json unsplit = 100.0;

// Graham's worst case for three machines, 5 5 4 4 3 3 3 (of 27): longest first ends with 11, 8, 8, the best would be 9, 9, 9.
// Step by step: 5|5|4, then 4 to the third 8, 3 to the first 8, 3 to the second 8, the last 3 to the first: 11.
TEST(Directory, PlacesTheHeaviestFirst) {
  std::vector<double> loads;
  for (const double load : {5.0, 5.0, 4.0, 4.0, 3.0, 3.0, 3.0}) loads.push_back(load / 27.0);
  const auto map = policy<ShardPolicy>({{"policy", "directory"}, {"loads", loads}, {"split_above", unsplit}})->map(3);
  std::vector<std::uint32_t> shards;
  for (std::uint64_t key = 0; key < 7; ++key) shards.push_back(map->shard_of(key));
  EXPECT_EQ(shards, (std::vector<std::uint32_t>{0, 1, 2, 2, 0, 1, 0}));
  EXPECT_NEAR(balance_of(shard_loads(*map, 3, loads, true)).largest_over_mean, 11.0 / 9.0, 1e-12);
}

TEST(Directory, SplitsAHotKeyOverShards) {
  // Of four shards each has 1/4 on average; a key of 0.3 with pieces of at most half of that: ceil(0.3 × 4 / 0.5) = 3 pieces of
  // 0.1, on 0, 1, 2. The key of 0.1 is one piece (0.1 × 4 / 0.5 = 0.8) and goes to 3.
  const std::vector<double> loads = {0.3, 0.1};
  const auto map = policy<ShardPolicy>({{"policy", "directory"}, {"loads", loads}})->map(4);
  ASSERT_EQ(map->copies_of(0), 3U);
  for (std::uint32_t copy = 0; copy < 3; ++copy) EXPECT_EQ(map->shard_of_copy(0, copy), copy);
  EXPECT_EQ(map->shard_of(0), 0U);
  EXPECT_EQ(map->copies_of(1), 1U);
  EXPECT_EQ(map->shard_of(1), 3U);
  const auto reads = shard_loads(*map, 4, loads, true), writes = shard_loads(*map, 4, loads, false);
  for (const double load : reads) EXPECT_NEAR(load, 0.1, 1e-12);
  EXPECT_NEAR(writes[0], 0.3, 1e-12);
}

TEST(Directory, KeepsWhatIsAssignedAndHashesTheRest) {
  const Json options = {{"policy", "directory"},
                        {"assignments", {{{"key", 7}, {"shard", 2}}, {{"key", 8}, {"shard", 9}}}},
                        {"loads", {0.4}},
                        {"split_above", unsplit}};
  const auto map = policy<ShardPolicy>(options)->map(3);
  const auto hashed = policy<ShardPolicy>({{"policy", "modulo"}})->map(3);
  EXPECT_EQ(map->shard_of(7), 2U);
  EXPECT_EQ(map->shard_of(8), hashed->shard_of(8));  // there is no shard 9
  for (std::uint64_t key = 9; key < 1000; ++key) ASSERT_EQ(map->shard_of(key), hashed->shard_of(key));
}

TEST(Directory, RefusesAKeyOnTwoShardsAndLoadsOfMoreThanAll) {
  const Json twice = {{"policy", "directory"}, {"assignments", {{{"key", 7}, {"shard", 2}}, {{"key", 7}, {"shard", 1}}}}};
  EXPECT_EQ(problems_of<ShardPolicy>(twice).at(0).first, "assignments");
  EXPECT_EQ(problems_of<ShardPolicy>({{"policy", "directory"}, {"loads", {0.6, 0.6}}}).at(0).first, "loads");
  EXPECT_TRUE(problems_of<ShardPolicy>({{"policy", "directory"}, {"loads", {0.6, 0.4}}}).empty());
}

}  // namespace
}  // namespace headroom
