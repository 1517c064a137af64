// Routes: one name for the same endpoint of services in several regions: part of a Blueprint.
#pragma once

#include <string>
#include <vector>

#include "sim/cluster/step_blueprint.hpp"
#include "sim/core/time.hpp"

namespace headroom {

// nearest: the service with the shortest round trip from the caller's region, the first listed of equal ones. weighted: drawn
// by weight per request. home: drawn by weight per subject, who always gets the same one.
enum class RoutePolicy : std::uint8_t { nearest, weighted, home };

// One endpoint behind a route ("front.get" of the route "front").
struct RouteBlueprint {
  std::string name;
  std::vector<Index> endpoints;  // one of each service
  std::vector<double> weights;   // as many; not for nearest
  RoutePolicy policy = RoutePolicy::nearest;
  // A service without a registered replica is passed over: by the nearest of those that have one.
  bool failover = false;
  Duration propagation{};  // callers learn so late that a service has lost its last replica, or has its first again (DNS)
};

}  // namespace headroom
