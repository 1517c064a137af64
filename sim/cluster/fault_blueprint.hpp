// Faults at set times, every name resolved to an index: part of a Blueprint.
#pragma once

#include <variant>

#include "sim/cluster/step_blueprint.hpp"
#include "sim/core/time.hpp"

namespace headroom {

// The node that takes the writes of a shard is gone, with what it was working on.
struct FailPrimary {
  Index database = no_index;
  Index shard = 0;
};

// What a cache holds is gone.
struct FlushCache {
  Index cache = no_index;
};

// The instances of a cache stop, and are back after a while. Not for a cache in replicas, which restarts with them.
struct RestartCache {
  Index cache = no_index;
  Duration down{};
};

struct FaultBlueprint {
  Duration at{};  // from the start of the run
  std::variant<FailPrimary, FlushCache, RestartCache> what;
};

}  // namespace headroom
