// What a container leaves on its disk for the next one of the same pod: the contents of its persistent caches.
#pragma once

#include <memory>
#include <vector>

#include "sim/cluster/cache_tier.hpp"

namespace headroom {

struct ReplicaDisk {
  std::vector<std::unique_ptr<CacheTier>> caches;  // by cache index
};

}  // namespace headroom
