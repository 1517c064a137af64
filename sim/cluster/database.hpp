// What a database keeps beside being a Server: of each shard, which copy takes its writes and since when none does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/station_blueprint.hpp"
#include "sim/measure/instruments.hpp"

namespace headroom {

struct Shard {
  Index primary = 0;  // copy that takes the writes; none: for the time being nobody
};

struct Database {
  std::string name;
  std::vector<Shard> shards;
  std::optional<FailoverBlueprint> failover;
  std::optional<Duration> repair;
  Gauge* shards_down = nullptr;
};

}  // namespace headroom
