// How good a ShardMap is: how unevenly it loads the shards, and how many keys another number of shards would move.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "sim/seams/shard_policy.hpp"

namespace headroom {

struct ShardBalance {
  double largest_over_mean = 1.0;
  double variation = 0.0;  // coefficient of variation of the shards' loads
};

// `loads`: of each shard, in any unit. Loads that are all zero are balanced.
inline ShardBalance balance_of(std::span<const double> loads) {
  const auto count = static_cast<double>(loads.size());
  const double mean = std::accumulate(loads.begin(), loads.end(), 0.0) / count;
  if (loads.empty() || mean <= 0.0) return {};
  double squares = 0.0;
  for (const double load : loads) squares += (load - mean) * (load - mean);
  return {*std::max_element(loads.begin(), loads.end()) / mean, std::sqrt(squares / count) / mean};
}

// Load of each shard when key i has the load `of_keys[i]`: of writes, or of reads, which may be spread.
inline std::vector<double> shard_loads(const ShardMap& map, std::uint32_t shards, std::span<const double> of_keys, bool reads) {
  std::vector<double> loads(shards, 0.0);
  for (std::uint64_t key = 0; key < of_keys.size(); ++key) {
    const std::uint32_t copies = reads ? map.copies_of(key) : 1;
    if (copies == 1) loads[map.shard_of(key)] += of_keys[key];
    for (std::uint32_t copy = 0; copies > 1 && copy < copies; ++copy)
      loads[map.shard_of_copy(key, copy)] += of_keys[key] / copies;
  }
  return loads;
}

// The share of keys 0 … keys-1 that stand on another shard afterwards.
inline double moved_share(const ShardMap& before, const ShardMap& after, std::uint64_t keys) {
  std::uint64_t moved = 0;
  for (std::uint64_t key = 0; key < keys; ++key) moved += before.shard_of(key) != after.shard_of(key) ? 1 : 0;
  return keys == 0 ? 0.0 : static_cast<double>(moved) / static_cast<double>(keys);
}

}  // namespace headroom
