#include <cmath>

#include "policies/sharding/hash_maps.hpp"
#include "sim/core/random.hpp"
#include "sim/seams/shard_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr int keys = 200'000;

std::vector<double> shares(const ShardMap& map, std::uint32_t shards) {
  std::vector<double> counts(shards);
  for (std::uint64_t key = 0; key < keys; ++key) counts.at(map.shard_of(key)) += 1.0 / keys;
  return counts;
}

TEST(ConsistentHash, FollowsTheRuleOfTheNextPoint) {
  const auto map = policy<ShardPolicy>({{"policy", "consistent-hash"}, {"points", 3}})->map(4);
  for (std::uint64_t key = 0; key < 2000; ++key) {
    // The owner of the point at the least distance clockwise, by a search over all twelve.
    std::uint64_t nearest = ~std::uint64_t{0};
    std::uint32_t owner = 0;
    for (std::uint32_t shard = 0; shard < 4; ++shard) {
      for (std::uint64_t point = 0; point < 3; ++point) {
        const std::uint64_t distance = mix(shard, point) - mix(key);  // wraps like the ring
        if (distance <= nearest) {
          nearest = distance;
          owner = shard;
        }
      }
    }
    ASSERT_EQ(map->shard_of(key), owner) << key;
  }
}

TEST(ConsistentHash, MovesKeysOnlyToTheNewShard) {
  const auto sharding = policy<ShardPolicy>({{"policy", "consistent-hash"}});
  const auto before = sharding->map(8);
  const auto after = sharding->map(9);
  int moved = 0;
  for (std::uint64_t key = 0; key < keys; ++key) {
    if (before->shard_of(key) == after->shard_of(key)) continue;
    ++moved;
    EXPECT_EQ(after->shard_of(key), 8U);
  }
  // A ninth, give or take three deviations of a share of a ring with 160 points: 1/9 × (1 ± 3 / sqrt(160)).
  EXPECT_NEAR(moved / double{keys}, 1.0 / 9.0, 3.0 / std::sqrt(160.0) / 9.0);
}

TEST(ConsistentHash, IsMoreEvenWithMorePoints) {
  const auto largest = [](int points) {
    const auto map = policy<ShardPolicy>({{"policy", "consistent-hash"}, {"points", points}})->map(8);
    return std::ranges::max(shares(*map, 8)) * 8.0;
  };
  const double by_default = largest(160);
  RecordProperty("largest_share_of_8_shards", std::to_string(by_default));
  EXPECT_LT(by_default, 1.0 + 3.0 / std::sqrt(160.0));
  EXPECT_LT(largest(4000), 1.0 + 3.0 / std::sqrt(4000.0) + 0.02);
  EXPECT_GT(largest(1), by_default);
}

TEST(ConsistentHash, TakesTheRingOfKetamaOrEnvoy) {
  const auto ketama = policy<ShardPolicy>({{"policy", "consistent-hash"}, {"ring", "ketama"}})->map(3);
  const auto envoy = policy<ShardPolicy>({{"policy", "consistent-hash"}, {"ring", "envoy"}, {"points", 50}})->map(3);
  const std::vector<std::string> names = {"0", "1", "2"};
  const auto of_ketama = hashing::ketama_ring(names, std::vector<double>(3, 1.0));
  const auto of_envoy = hashing::envoy_ring(names, std::vector<int>(3, 50));
  for (std::uint64_t key = 0; key < 500; ++key) {
    const std::string text = std::to_string(key);
    ASSERT_EQ(ketama->shard_of(key), of_ketama[hashing::next_point(of_ketama, hashing::ketama_position(text))].owner);
    ASSERT_EQ(envoy->shard_of(key), of_envoy[hashing::next_point(of_envoy, hashing::xxhash64(text))].owner);
  }
  const Json uneven = {{"policy", "consistent-hash"}, {"ring", "ketama"}, {"points", 100}};
  EXPECT_EQ(problems_of<ShardPolicy>(uneven).at(0).first, "points");
}

}  // namespace
}  // namespace headroom
