// Where visits of endpoints go on to: the routing under the traffic equations. Calls go to their endpoints, messages to the
// workers that take them.
#pragma once

#include <vector>

#include "models/queueing/networks.hpp"
#include "scenarios/mean_visits.hpp"
#include "sim/cluster/blueprint.hpp"

namespace headroom {

// Adds factor × messages[queue] to the endpoints of the workers of each queue, in proportion to their slots.
void add_messages(const Blueprint& blueprint, const std::vector<double>& messages, double factor, std::vector<double>& endpoints);

// By endpoint: visits of each endpoint that follow one of this.
Routing routing_of(const Blueprint& blueprint, const MeanVisits& visits);

}  // namespace headroom
