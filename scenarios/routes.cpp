#include "scenarios/routes.hpp"

#include <algorithm>

#include "scenarios/resolve.hpp"

namespace headroom {

std::vector<std::string> routed_endpoints(const Scenario& scenario, const RouteSpec& route) {
  std::vector<std::string> common;
  bool first = true;
  for (const ToService& to : route.services) {
    const ServiceSpec* service = find_named(scenario.services, to.name);
    if (service == nullptr) continue;
    if (first) {
      for (const EndpointSpec& endpoint : service->endpoints) common.push_back(endpoint.name);
      first = false;
    }
    std::erase_if(common, [&](const std::string& name) { return find_named(service->endpoints, name) == nullptr; });
  }
  return common;
}

}  // namespace headroom
