// What each shard of a database gets of the queries by a key, and what another shard would move: from its map, without a run.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/blueprint.hpp"

namespace headroom {

// Keys of lower rank are counted one by one; the others are so many and so rare that they spread evenly.
inline constexpr std::uint64_t keys_counted = 100'000;

// What the items of a key are asked for, of all that it is: those counted, by rank, and the others together.
struct CountedItems {
  std::vector<double> shares;
  double rest = 0.0;
};
CountedItems counted_items(const KeyBlueprint& keys);

// Share of queries by key that each shard gets; reads may be spread over several. Sums to 1.
std::vector<double> shard_shares(const Blueprint& blueprint, const DatabaseBlueprint& database, Index key, bool reads);
// Share of the keys that one shard more would move.
double moved_by_a_shard(const Blueprint& blueprint, const DatabaseBlueprint& database, Index key);

}  // namespace headroom
