// What admission policies mean for a load: how many requests replicas take in, and how long their lines can get.
#pragma once

#include <string>
#include <vector>

#include "sim/cluster/blueprint.hpp"

namespace headroom {

// Slots of a replica that can be in use: no more than its admission policy ever lets in.
double usable_slots(const ServiceBlueprint& service);

// A sentence per service with an admission policy.
void add_admissions(const Blueprint& blueprint, std::vector<std::string>& remarks);

}  // namespace headroom
