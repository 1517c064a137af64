#include "policies/sharding/hash_maps.hpp"
#include "sim/seams/balancer.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::uint32_t replica_of(Balancer& balancer, const std::vector<std::uint32_t>& replicas, std::uint64_t key) {
  const std::vector<std::uint32_t> in_flight(replicas.size(), 0);
  RandomStream random;
  return replicas.at(balancer.pick(BalancingView{in_flight, replicas, {}, key}, random));
}

TEST(RingHash, GoesToTheNextPointOfEnvoysRing) {
  const auto balancer = policy<Balancer>({{"policy", "ring-hash"}, {"minimum_ring_size", 12}});
  const std::vector<std::string> names = {"40", "41", "42"};
  const auto ring = hashing::envoy_ring(names, std::vector<int>(3, 4));  // 12 points: 4 each
  for (std::uint64_t key = 0; key < 1000; ++key)
    ASSERT_EQ(replica_of(*balancer, {40, 41, 42}, key),
              40 + ring[hashing::next_point(ring, hashing::xxhash64(std::to_string(key)))].owner);
}

TEST(RingHash, OnlyTheKeysOfAReplicaThatGoesMove) {
  const auto balancer = policy<Balancer>({{"policy", "ring-hash"}, {"minimum_ring_size", 300}, {"hash", "murmur2"}});
  const auto fewer =
      policy<Balancer>({{"policy", "ring-hash"}, {"minimum_ring_size", 200}, {"hash", "murmur2"}});  // 100 points each
  int moved = 0;
  for (std::uint64_t key = 0; key < 1000; ++key) {
    const std::uint32_t before = replica_of(*balancer, {7, 8, 9}, key);
    const std::uint32_t after = replica_of(*fewer, {7, 9}, key);
    if (before == 8)
      ++moved;
    else
      ASSERT_EQ(before, after) << key;
  }
  EXPECT_GT(moved, 200);
  EXPECT_LT(moved, 470);
}

TEST(RingHash, BuildsItsRingAgainWhenOthersAreThere) {
  const auto balancer = policy<Balancer>({{"policy", "ring-hash"}});
  const std::uint32_t first = replica_of(*balancer, {1, 2, 3}, 5);
  const std::vector<std::uint32_t> without =
      first == 1 ? std::vector<std::uint32_t>{2, 3} : std::vector<std::uint32_t>{1, first == 2 ? 3U : 2U};
  EXPECT_NE(replica_of(*balancer, without, 5), first);
  EXPECT_EQ(replica_of(*balancer, {1, 2, 3}, 5), first);
}

TEST(RingHash, RefusesALeastSizeAboveTheMost) {
  const Json options = {{"policy", "ring-hash"}, {"minimum_ring_size", 20}, {"maximum_ring_size", 10}};
  EXPECT_EQ(problems_of<Balancer>(options).at(0).first, "minimum_ring_size");
}

}  // namespace
}  // namespace headroom
