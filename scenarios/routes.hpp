// What a route leads to: the endpoints that all of its services have.
#pragma once

#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace headroom {

// Their names without the service's; services that do not exist are passed over.
std::vector<std::string> routed_endpoints(const Scenario& scenario, const RouteSpec& route);

}  // namespace headroom
