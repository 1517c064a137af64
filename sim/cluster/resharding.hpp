// What moves when a database gets another number of shards: measured from the shard maps of both numbers, never assumed.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/station_blueprint.hpp"
#include "sim/core/time.hpp"

namespace headroom {

struct ShardMove {
  Index from = no_index, to = no_index;
  double share = 0.0;  // of all keys
  Bytes bytes;         // of the database
};

struct ReshardingPlan {
  std::vector<ShardMove> moves;  // by from, then to; none without keys
  double moved = 0.0;            // their shares together

  // Until the last move is through if nothing else holds it up: the busiest direction of the busiest link is.
  Duration least_time(BytesPerSecond bandwidth) const;
};

// The owners of 2^17 keys before and after, so a share of 1 % is known to about 0.03 %. Needs `resharding`.
ReshardingPlan plan_resharding(const DatabaseBlueprint& database);

}  // namespace headroom
