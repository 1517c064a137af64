// What rate limits and quotas let through, where they are no station of the system: tiers, and what each subject has.
#pragma once

#include <string>
#include <vector>

#include "scenarios/demand.hpp"

namespace headroom {

// A sentence per limit that is none and that something takes from, at the mean load.
void add_limits(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks);

}  // namespace headroom
