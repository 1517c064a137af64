// Of a store's objects that nobody uses: how many lie in which tier.
#pragma once

#include <vector>

#include "sim/cluster/store_blueprint.hpp"

namespace headroom {

// The share of the objects in each tier, so many seconds into the run, as their ages at the start have it.
std::vector<double> tier_shares(const StoreBlueprint& store, double seconds);

}  // namespace headroom
