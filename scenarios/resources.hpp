// What limits a system: slots and cores of services, connections and cores of databases, each linear in the visits of endpoints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/mean_visits.hpp"
#include "sim/cluster/blueprint.hpp"

namespace headroom {

using Rates = std::vector<double>;  // by endpoint, or by workload

double dot(const Rates& a, const Rates& b);
Rates plus(Rates a, const Rates& b, double factor);

// Cores that are shared by those who hold the resource.
struct SharedCores {
  Rates service;           // seconds of computing, alone on a core
  double at_a_time = 1.0;  // computations that run at full speed side by side
};

struct Resource {
  std::string station, name;
  Rates visits;          // of the station
  Rates service;         // seconds of the resource, over all its copies
  Rates busy;            // seconds of the copy that is asked most (the hottest shard); equal to service elsewhere
  double servers = 1.0;  // of that copy
  double servers_at_limit = 1.0;
  bool queues = true;  // visits wait for it in turn (not so a processor that is shared)
  std::optional<SharedCores> cores;
};

// `rates`: of visits by endpoint; which shard is the hottest depends on them.
std::vector<Resource> resources_of(const Blueprint& blueprint, const MeanVisits& visits, const Rates& rates);

// Those of load balancers go behind the others.
void add_load_balancers(const Blueprint& blueprint, const MeanVisits& visits, std::vector<Resource>& resources);

// Share of the operations by key that each node of a cache gets. Sums to 1.
std::vector<double> node_shares(const Blueprint& blueprint, const CacheBlueprint& cache, Index key);

// How many replicas may be asked for: those at the start, or the autoscaler's most.
int most_replicas(const ServiceBlueprint& service);
// Whether all requests share the tokens of the limit's only tier: then its rate and its quota are capacities like others.
bool is_capacity(const LimitBlueprint& limit);
// Replicas that get requests: as many as the service starts with where its load balancer knows a fixed list, else any number.
int places_of(const Blueprint& blueprint, const ServiceBlueprint& service);
// How many of `replicas` find room on the node pool once it has grown to its maximum, beside the replicas that all other services
// start with (packed first fit, largest first); at least 1. Without a node pool: all.
int replicas_with_room(const Blueprint& blueprint, Index service, int replicas);

}  // namespace headroom
