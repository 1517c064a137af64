// What faults of caches and limits on their connections will do, by arithmetic: remarks of `explain`.
#pragma once

#include <string>
#include <vector>

#include "scenarios/demand.hpp"

namespace headroom {

// A sentence per cache and key that a fault empties, and one per cache with too few connections for its clients.
void add_cache_remarks(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks);

}  // namespace headroom
