// What a resharding moves, how long that takes at least, and whom it loads meanwhile.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/explain_bills.hpp"
#include "sim/cluster/resharding.hpp"

namespace headroom {
namespace {

// Of the queries by this key: how many are about one that moves.
double moving_share(const Blueprint& blueprint, const DatabaseBlueprint& database, const ReshardingPlan& plan, Index key) {
  constexpr std::uint64_t counted = 100'000;  // beyond that items are so many and so rare that they move as all keys do
  const KeyBlueprint& keys = blueprint.keys[key];
  const auto policy = RegistryOf<ShardPolicy>::instance().make(database.sharding, {});
  const auto before = policy->map(static_cast<std::uint32_t>(database.shards));
  const auto after = policy->map(static_cast<std::uint32_t>(database.resharding->shards));
  const double first = zipf_classes(keys.items, keys.zipf).front().probability;
  double left = 1.0, moving = 0.0;
  for (std::uint64_t rank = 0; rank < std::min(keys.items, counted); ++rank) {
    const double p = first * std::pow(static_cast<double>(rank + 1), -keys.zipf);
    if (before->shard_of(rank) != after->shard_of(rank)) moving += p;
    left -= p;
  }
  return moving + (keys.items <= counted ? 0.0 : left * plan.moved);
}

struct MovingQueries {
  double reads = 0.0, writes = 0.0;  // per second
};

MovingQueries moving_queries(const Blueprint& blueprint, const SystemDemand& demand, Index index, const ReshardingPlan& plan) {
  MovingQueries moving;
  for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
    for (const MeanQueries& asked : demand.visits().endpoint(e).queries) {
      if (asked.query.database != index || asked.query.key == no_index) continue;
      const double rate =
          demand.mean()[e] * asked.count * moving_share(blueprint, blueprint.databases[index], plan, asked.query.key);
      (asked.query.write ? moving.writes : moving.reads) += rate;
    }
  }
  return moving;
}

}  // namespace

void add_reshardings(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks) {
  for (Index i = 0; i < blueprint.databases.size(); ++i) {
    const DatabaseBlueprint& database = blueprint.databases[i];
    if (!database.resharding) continue;
    const ReshardingPlan plan = plan_resharding(database);
    const MovingQueries moving = moving_queries(blueprint, demand, i, plan);
    remarks.push_back(
        fmt::format("databases/{}: from {} to {} shards {:.1f} % of the keys move, {:.4g} GB; to copy them takes {:.4g} s at "
                    "least. Until then "
                    "{:.3g} writes/s go to two shards, and so do {:.3g} reads/s at first, fewer as keys are copied; what stands "
                    "above is with {}",
                    database.name, database.shards, database.resharding->shards, 100.0 * plan.moved,
                    plan.moved * static_cast<double>(database.data.count) / 1e9,
                    to_seconds(plan.least_time(database.resharding->bandwidth)), moving.writes, moving.reads, database.shards));
  }
}

}  // namespace headroom
