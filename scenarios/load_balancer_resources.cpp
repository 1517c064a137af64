// Cores and connections of load balancers, as they limit a system.
#include <algorithm>
#include <utility>

#include "scenarios/resources.hpp"

namespace headroom {

double load_balancer_seconds(const LoadBalancerBlueprint& balancer) {
  return balancer.cpu_per_request.mean() / std::min(1.0, balancer.cpu) + balancer.latency.mean();
}

void add_load_balancers(const Blueprint& blueprint, const MeanVisits& visits, std::vector<Resource>& resources) {
  const Rates none(blueprint.endpoints.size(), 0.0);
  for (Index i = 0; i < blueprint.load_balancers.size(); ++i) {
    const LoadBalancerBlueprint& balancer = blueprint.load_balancers[i];
    const std::string station = "load_balancers/" + balancer.name;
    Resource cpu{.station = station, .name = "cpu", .visits = none, .service = none, .busy = none, .queues = false, .cores = {}};
    cpu.servers = cpu.servers_at_limit = balancer.cpu * balancer.instances;
    // Who finds none is turned away.
    Resource connections{
        .station = station, .name = "connections", .visits = none, .service = none, .busy = none, .queues = false, .cores = {}};
    for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
      if (blueprint.services[blueprint.endpoints[e].service].load_balancer != i) continue;
      cpu.visits[e] = connections.visits[e] = 1.0;
      cpu.service[e] = balancer.cpu_per_request.mean();
      connections.service[e] = load_balancer_seconds(balancer) + visits.endpoint(e).response_seconds;
    }
    cpu.busy = cpu.service;
    connections.busy = connections.service;
    resources.push_back(std::move(cpu));
    if (!balancer.connections) continue;
    connections.servers = connections.servers_at_limit = static_cast<double>(*balancer.connections) * balancer.instances;
    resources.push_back(std::move(connections));
  }
}

}  // namespace headroom
