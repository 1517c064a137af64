#include "scenarios/explain_caches.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "scenarios/resources.hpp"
#include "sim/cluster/steps.hpp"
#include "sim/core/units.hpp"

namespace headroom {
namespace {

// The cache that a fault empties for a while.
Index struck_cache(const FaultBlueprint& fault) {
  if (const auto* flush = std::get_if<FlushCache>(&fault.what)) return flush->cache;
  if (const auto* restart = std::get_if<RestartCache>(&fault.what)) return restart->cache;
  return no_index;
}

// Until it is filled again every look-up is a miss.
void add_refills(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks) {
  for (const FaultBlueprint& fault : blueprint.faults) {
    const Index struck = struck_cache(fault);
    for (const auto& [place, ratio] : demand.hit_ratios().all()) {
      if (place.first != struck || ratio <= 0.0 || ratio >= 1.0) continue;
      remarks.push_back(
          fmt::format("caches/{}: from {} on all its look-ups miss until it is warm again: what lies behind its key {} is "
                      "asked for {:.1f} times as often as usual",
                      blueprint.caches[struck].name, to_text(fault.at), blueprint.keys[place.second].name, 1.0 / (1.0 - ratio)));
    }
  }
}

template <class Action>
bool uses(const Steps& steps, Index cache) {
  bool does = false;
  for_each_action<Action>(steps, [&](const Action& action) { does = does || action.cache == cache; });
  return does;
}

// Replicas whose endpoints use the cache, at most, of an instance that is asked by a region (none: by all).
int most_clients(const Blueprint& blueprint, Index cache, Index region) {
  int clients = 0;
  for (Index s = 0; s < blueprint.services.size(); ++s) {
    if (region != no_index && blueprint.services[s].region != region) continue;
    const bool is_client = std::any_of(blueprint.endpoints.begin(), blueprint.endpoints.end(), [&](const EndpointBlueprint& e) {
      return e.service == s &&
             (uses<CacheStep>(e.steps, cache) || uses<WriteCacheStep>(e.steps, cache) || uses<InvalidateStep>(e.steps, cache));
    });
    if (is_client) clients += most_replicas(blueprint.services[s]);
  }
  return clients;
}

void add_connections(const Blueprint& blueprint, std::vector<std::string>& remarks) {
  for (Index c = 0; c < blueprint.caches.size(); ++c) {
    const CacheBlueprint& cache = blueprint.caches[c];
    if (cache.connections == 0) continue;
    int clients = 0;
    if (cache.scope == CacheScope::region) {
      for (Index region = 0; region < blueprint.network.regions.size(); ++region)
        clients = std::max(clients, most_clients(blueprint, c, region));
    } else {
      clients = most_clients(blueprint, c, no_index);
    }
    const int served = cache.connections / cache.connections_per_client;
    if (clients <= served) continue;
    remarks.push_back(
        fmt::format("caches/{}: a node has {} connections, and up to {} replicas want {} each: {} of them work without it",
                    cache.name, cache.connections, clients, cache.connections_per_client, clients - served));
  }
}

}  // namespace

void add_cache_remarks(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks) {
  add_refills(blueprint, demand, remarks);
  add_connections(blueprint, remarks);
}

}  // namespace headroom
