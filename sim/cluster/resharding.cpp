#include "sim/cluster/resharding.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace headroom {

ReshardingPlan plan_resharding(const DatabaseBlueprint& database) {
  constexpr std::uint64_t looked_at = 1U << 17U;
  const auto policy = RegistryOf<ShardPolicy>::instance().make(database.sharding, {});
  const auto before = policy->map(static_cast<std::uint32_t>(database.shards));
  const auto after = policy->map(static_cast<std::uint32_t>(database.resharding->shards));
  std::map<std::pair<Index, Index>, std::uint64_t> keys;
  for (std::uint64_t key = 0; key < looked_at; ++key) {
    const Index from = before->shard_of(key), to = after->shard_of(key);
    if (from != to) ++keys[{from, to}];
  }
  ReshardingPlan plan;
  for (const auto& [pair, count] : keys) {
    const double share = static_cast<double>(count) / static_cast<double>(looked_at);
    const double bytes = share * static_cast<double>(database.data.count);
    plan.moves.push_back({pair.first, pair.second, share, Bytes{static_cast<std::int64_t>(bytes)}});
    plan.moved += share;
  }
  return plan;
}

Duration ReshardingPlan::least_time(BytesPerSecond bandwidth) const {
  std::map<Index, double> sent, received;
  for (const ShardMove& move : moves) {
    sent[move.from] += static_cast<double>(move.bytes.count);
    received[move.to] += static_cast<double>(move.bytes.count);
  }
  double most = 0.0;
  for (const auto* direction : {&sent, &received}) {
    for (const auto& [shard, bytes] : *direction) most = std::max(most, bytes);
  }
  return to_duration(most / bandwidth.value);
}

}  // namespace headroom
