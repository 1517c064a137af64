// CPU of services: what they request of a node and what they may use of it.
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "sim/core/units.hpp"

namespace headroom {

void check_cpu(const Scenario& scenario, Reading& reading) {
  for (const ServiceSpec& service : scenario.services) {
    const double request = service.cpu_request.value_or(service.cpu), limit = service.cpu_limit.value_or(service.cpu);
    if (service.cpu_request && service.cpu_limit && reading.is_given(&service, "cpu"))
      reading.issue(&service, "cpu", "has no meaning beside cpu_request and cpu_limit", "remove it");
    if (request > limit)
      reading.issue(
          &service, service.cpu_request ? "cpu_request" : "cpu_limit",
          "requests " + to_text(request, Dimension::count) + " cores of a node, and may use " + to_text(limit, Dimension::count),
          "give cpu_limit no less than cpu_request");
    if (service.cpu_request && service.node_pool.name.empty() && !service.autoscaler.chosen() && !service.vertical_autoscaler.chosen())
      reading.issue(&service, "cpu_request",
                    "has no meaning without nodes or an autoscaler: nobody asks what a replica requested",
                    "remove it, or add \"node_pool\"");
    const NodePoolSpec* pool = find_named(scenario.node_pools, service.node_pool.name);
    if (pool == nullptr) continue;
    const NodeSize node = largest_node(*pool);
    if (node.cpu > 0.0 && request > node.cpu)
      reading.issue(&service, service.cpu_request ? "cpu_request" : "cpu",
                    "is " + to_text(request, Dimension::count) + ", but a node of " + pool->name + " has " +
                        to_text(node.cpu, Dimension::count) + " to give",
                    "no replica would ever find room");
  }
}

}  // namespace headroom
