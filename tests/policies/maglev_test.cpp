#include "policies/sharding/hash_maps.hpp"
#include "sim/seams/balancer.hpp"
#include "sim/seams/shard_balance.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(Maglev, FillsTheTableInTurn) {
  // Eisenbud et al., figure 1: offsets and skips 3,4 / 0,2 / 3,1 over seven slots. Turn by turn: 0 takes 3, 1 takes 0, 2 wants 3
  // and takes 4; 0 wants 0 and 4 and takes 1, 1 takes 2, 2 takes 5; 0 wants 5 and 2 and takes 6.
  constexpr std::array<std::array<std::uint64_t, 2>, 3> offset_skip{{{3, 4}, {0, 2}, {3, 1}}};
  const auto table = hashing::fill_maglev_table(7, std::vector<double>(3, 1.0), [&](std::uint32_t owner, std::uint64_t step) {
    return (offset_skip[owner][0] + offset_skip[owner][1] * step) % 7;
  });
  EXPECT_EQ(table, (std::vector<std::uint32_t>{1, 0, 1, 0, 2, 2, 0}));
}

TEST(Maglev, AShardHoldsTheKeysOfItsSlots) {
  const auto map = policy<ShardPolicy>({{"policy", "maglev"}, {"table_size", 101}})->map(3);
  const std::vector<std::string> names = {"0", "1", "2"};
  const auto table = hashing::maglev_table(names, std::vector<double>(3, 1.0), 101);
  for (std::uint64_t key = 0; key < 1000; ++key)
    ASSERT_EQ(map->shard_of(key), table[hashing::xxhash64(std::to_string(key)) % 101]);
}

TEST(Maglev, MovesLittleMoreThanTheNewShardsPart) {
  const auto sharding = policy<ShardPolicy>({{"policy", "maglev"}});
  const double moved = moved_share(*sharding->map(9), *sharding->map(10), 100'000);
  EXPECT_GT(moved, 0.1 - 3.0 * 0.00095);
  EXPECT_LT(moved, 0.1 + 0.01);
}

TEST(Maglev, RefusesATableThatIsNoPrime) {
  EXPECT_TRUE(problems_of<ShardPolicy>({{"policy", "maglev"}}).empty());
  EXPECT_EQ(problems_of<ShardPolicy>({{"policy", "maglev"}, {"table_size", 65536}}).at(0).first, "table_size");
}

TEST(Maglev, BalancesByTheTableOfTheReplicasThatAreThere) {
  const auto balancer = policy<Balancer>({{"policy", "maglev"}, {"table_size", 101}});
  RandomStream random;
  for (const std::vector<std::uint32_t>& replicas : {std::vector<std::uint32_t>{4, 5, 6}, std::vector<std::uint32_t>{4, 6}}) {
    std::vector<std::string> names;
    for (const std::uint32_t replica : replicas) names.push_back(std::to_string(replica));
    const auto table = hashing::maglev_table(names, std::vector<double>(names.size(), 1.0), 101);
    const std::vector<std::uint32_t> in_flight(replicas.size(), 0);
    for (std::uint64_t key = 0; key < 500; ++key) {
      const std::size_t slot = hashing::xxhash64(std::to_string(key)) % 101;
      ASSERT_EQ(balancer->pick(BalancingView{in_flight, replicas, {}, key}, random), table[slot]);
    }
  }
}

}  // namespace
}  // namespace headroom
