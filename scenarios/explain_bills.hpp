// What a store and the network cost in a month, by arithmetic: remarks of `explain`.
#pragma once

#include <string>
#include <vector>

#include "scenarios/demand.hpp"

namespace headroom {

// A sentence per store (what lies there, what is asked of it) and one per kind of priced transfer, at the mean load.
void add_bills(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks);

// Of serverless services: how many instances, how many requests find none, how much a month.
void add_serverless(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks);
// Of databases that get another number of shards.
void add_reshardings(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks);

}  // namespace headroom
