#include "sim/seams/shard_balance.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::vector<std::uint32_t> shards_of(const Json& options, std::uint32_t shards, std::uint64_t keys) {
  const auto map = policy<ShardPolicy>(options)->map(shards);
  std::vector<std::uint32_t> all;
  for (std::uint64_t key = 0; key < keys; ++key) all.push_back(map->shard_of(key));
  return all;
}

TEST(Range, CutsTheKeySpaceIntoEqualParts) {
  EXPECT_EQ(shards_of({{"policy", "range"}, {"key_count", 8}}, 4, 8), (std::vector<std::uint32_t>{0, 0, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(shards_of({{"policy", "range"}, {"key_count", 4}}, 2, 6),
            (std::vector<std::uint32_t>{0, 0, 1, 1, 1, 1}));  // past the end
}

TEST(Range, OfEqualPartsHalfOfTheKeysMove) {
  // From 2 to 3 shards: [0, 1/3) stays, [1/3, 1/2) moves to 1, [1/2, 2/3) stays, [2/3, 1) moves to 2: 1/6 + 1/3 = 1/2.
  const auto sharding = policy<ShardPolicy>({{"policy", "range"}, {"key_count", 600}});
  EXPECT_NEAR(moved_share(*sharding->map(2), *sharding->map(3), 600), 0.5, 1e-12);
}

TEST(Range, SplitsTheWidestAndGivesTheLastToItsNeighbour) {
  const Json options = {{"policy", "range"}, {"split_points", {0.25, 0.75}}, {"key_count", 8}};
  EXPECT_EQ(shards_of(options, 3, 8), (std::vector<std::uint32_t>{0, 0, 1, 1, 1, 1, 2, 2}));
  EXPECT_EQ(shards_of(options, 4, 8), (std::vector<std::uint32_t>{0, 0, 1, 1, 3, 3, 2, 2}));
  EXPECT_EQ(shards_of(options, 2, 8), (std::vector<std::uint32_t>{0, 0, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(shards_of(options, 1, 8), (std::vector<std::uint32_t>(8, 0)));
  const auto sharding = policy<ShardPolicy>(options);
  EXPECT_NEAR(moved_share(*sharding->map(3), *sharding->map(4), 8), 0.25, 1e-12);  // half of the half in the middle
}

TEST(Range, KeysInOrderOfPopularityMeetOnTheFirstShard) {
  std::vector<double> loads;  // 1/1, 1/2, … of 1000 keys: H(250) / H(1000) = 6.1006 / 7.4855 on the first of four
  for (int rank = 1; rank <= 1000; ++rank) loads.push_back(1.0 / rank);
  const auto ordered = shard_loads(*policy<ShardPolicy>({{"policy", "range"}, {"key_count", 1000}})->map(4), 4, loads, true);
  EXPECT_NEAR(balance_of(ordered).largest_over_mean, 4.0 * 6.1006 / 7.4855, 1e-3);
  const auto scattered = shard_loads(*policy<ShardPolicy>({{"policy", "range"}})->map(4), 4, loads, true);
  EXPECT_LT(balance_of(scattered).largest_over_mean, 2.0);
}

TEST(Range, RefusesSplitPointsThatDoNotRise) {
  for (const Json& points : {Json{0.5, 0.5}, Json{0.7, 0.2}, Json{0.0}, Json{0.5, 1.0}})
    EXPECT_EQ(problems_of<ShardPolicy>({{"policy", "range"}, {"split_points", points}}).at(0).first, "split_points") << points;
}

}  // namespace
}  // namespace headroom
