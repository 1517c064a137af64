#include <cmath>

#include "sim/seams/shard_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(Modulo, SpreadsConsecutiveKeysEvenly) {
  const auto map = policy<ShardPolicy>({{"policy", "modulo"}})->map(8);
  const int keys = 80'000;
  std::vector<double> counts(8);
  for (std::uint64_t key = 0; key < keys; ++key) counts.at(map->shard_of(key)) += 1;
  double chi_square = 0.0;
  for (const double count : counts) chi_square += (count - keys / 8.0) * (count - keys / 8.0) / (keys / 8.0);
  EXPECT_LT(chi_square, 24.3);  // 7 degrees of freedom, exceeded once in a thousand
}

TEST(Modulo, MovesNearlyAllKeysOnAResize) {
  const auto sharding = policy<ShardPolicy>({{"policy", "modulo"}});
  const auto before = sharding->map(8);
  const auto after = sharding->map(9);
  const int keys = 90'000;
  int moved = 0;
  for (std::uint64_t key = 0; key < keys; ++key) moved += before->shard_of(key) != after->shard_of(key);
  EXPECT_NEAR(moved / double{keys}, 8.0 / 9.0, 3.0 * std::sqrt(8.0 / 81.0 / keys));  // h mod 8 = h mod 9 for one in nine
}

TEST(Modulo, HasOneShardForEverything) { EXPECT_EQ(policy<ShardPolicy>({{"policy", "modulo"}})->map(1)->shard_of(12345), 0U); }

}  // namespace
}  // namespace headroom
