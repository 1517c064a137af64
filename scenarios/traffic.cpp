#include "scenarios/traffic.hpp"

#include <algorithm>

namespace headroom {

void add_messages(const Blueprint& blueprint, const std::vector<double>& messages, double factor,
                  std::vector<double>& endpoints) {
  // Workers that begin with no replica take their messages once there is one.
  const auto slots_of = [](const ServiceBlueprint& service) {
    return static_cast<double>(std::max(1, service.replicas)) * service.concurrency;
  };
  for (Index queue = 0; queue < messages.size(); ++queue) {
    if (messages[queue] <= 0.0) continue;
    double slots = 0.0;
    for (const ServiceBlueprint& service : blueprint.services) slots += service.queue == queue ? slots_of(service) : 0.0;
    for (const ServiceBlueprint& service : blueprint.services) {
      if (service.queue == queue) endpoints[service.worker_endpoint] += factor * messages[queue] * slots_of(service) / slots;
    }
  }
}

Routing routing_of(const Blueprint& blueprint, const MeanVisits& visits) {
  Routing routing;
  for (Index endpoint = 0; endpoint < blueprint.endpoints.size(); ++endpoint) {
    routing.push_back(visits.endpoint(endpoint).calls);
    add_messages(blueprint, visits.endpoint(endpoint).publishes, 1.0, routing.back());
  }
  return routing;
}

}  // namespace headroom
