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

CountedItems counted_items(const KeyBlueprint& keys) {
  CountedItems items;
  items.rest = 1.0;
  const double first = zipf_classes(keys.items, keys.zipf).front().probability;
  for (std::uint64_t rank = 0; rank < std::min(keys.items, keys_counted); ++rank) {
    items.shares.push_back(first * std::pow(static_cast<double>(rank + 1), -keys.zipf));
    items.rest -= items.shares.back();
  }
  items.rest = keys.items <= keys_counted ? 0.0 : std::max(0.0, items.rest);
  return items;
}

std::vector<double> shard_shares(const Blueprint& blueprint, const DatabaseBlueprint& database, Index key, bool reads) {
  std::vector<double> shares(static_cast<std::size_t>(database.shards), 0.0);
  double left = 1.0;
  if (key != no_index && database.shards > 1 && database.sharding.chosen()) {
    const CountedItems items = counted_items(blueprint.keys[key]);
    const auto map = shard_map(database, database.shards);
    shares = shard_loads(*map, static_cast<std::uint32_t>(database.shards), items.shares, reads);
    left = items.rest;
  }
  for (double& share : shares) share += left / database.shards;
  return shares;
}

double moved_by_a_shard(const Blueprint& blueprint, const DatabaseBlueprint& database, Index key) {
  return moved_share(*shard_map(database, database.shards), *shard_map(database, database.shards + 1),
                     std::min(blueprint.keys[key].items, keys_counted));
}

}  // namespace headroom
