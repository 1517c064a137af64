#include "scenarios/shard_shares.hpp"

#include <algorithm>
#include <cmath>

#include "models/queueing/caches.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_balance.hpp"

namespace headroom {
namespace {

std::unique_ptr<ShardMap> shard_map(const DatabaseBlueprint& database, int shards) {
  return RegistryOf<ShardPolicy>::instance().make(database.sharding, {})->map(static_cast<std::uint32_t>(shards));
}

}  // namespace

std::vector<double> shard_shares(const Blueprint& blueprint, const DatabaseBlueprint& database, Index key, bool reads) {
  std::vector<double> shares(static_cast<std::size_t>(database.shards), 0.0);
  double left = 1.0;
  if (key != no_index && database.shards > 1 && database.sharding.chosen()) {
    const KeyBlueprint& keys = blueprint.keys[key];
    const double first = zipf_classes(keys.items, keys.zipf).front().probability;
    std::vector<double> loads;
    for (std::uint64_t rank = 0; rank < std::min(keys.items, keys_counted); ++rank) {
      loads.push_back(first * std::pow(static_cast<double>(rank + 1), -keys.zipf));
      left -= loads.back();
    }
    shares = shard_loads(*shard_map(database, database.shards), static_cast<std::uint32_t>(database.shards), loads, reads);
    if (keys.items <= keys_counted) left = 0.0;
  }
  for (double& share : shares) share += left / database.shards;
  return shares;
}

double moved_by_a_shard(const Blueprint& blueprint, const DatabaseBlueprint& database, Index key) {
  return moved_share(*shard_map(database, database.shards), *shard_map(database, database.shards + 1),
                     std::min(blueprint.keys[key].items, keys_counted));
}

}  // namespace headroom
