#include "scenarios/hit_ratios.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom {

double HitRatios::of(Index cache, Index key) const {
  const auto found = ratios_.find({cache, key});
  return found == ratios_.end() ? 0.0 : found->second;
}

// Behind another cache: what the first holds, the second is taken to hold as well.
double HitRatios::miss_ratio(const MeanLookups& lookups) const {
  const double hits = of(lookups.cache, lookups.key);
  if (lookups.behind == no_index) return 1.0 - hits;
  const double before = of(lookups.behind, lookups.key);
  return before < 1.0 ? 1.0 - std::max(0.0, hits - before) / (1.0 - before) : 1.0;
}

// Returns by how much a hit ratio changed at most.
double HitRatios::estimate(const MeanVisits& visits, const std::vector<double>& rates) {
  std::vector<std::map<Index, double>> lookups(blueprint_.caches.size());
  std::vector<std::set<Index>> services(blueprint_.caches.size()), regions(blueprint_.caches.size());
  for (Index e = 0; e < rates.size(); ++e) {
    const Index service = blueprint_.endpoints[e].service;
    for (const MeanLookups& l : visits.endpoint(e).lookups) {
      // As if nothing were in front of it: the estimate is of the share of all requests that it could answer.
      const double passed = l.behind == no_index ? 1.0 : 1.0 - of(l.behind, l.key);
      lookups[l.cache][l.key] += passed > 0.0 ? rates[e] * l.count / passed : 0.0;
      services[l.cache].insert(service);
      regions[l.cache].insert(blueprint_.services[service].region);
    }
  }
  double change = 0.0;
  for (Index c = 0; c < lookups.size(); ++c) {
    const CacheScope scope = blueprint_.caches[c].scope;
    double instances = scope == CacheScope::region ? static_cast<double>(regions[c].size()) : 1.0;
    if (scope == CacheScope::replica) {
      instances = 0.0;
      for (const Index s : services[c])
        instances += blueprint_.services[s].serverless ? instances_at_work(blueprint_, visits, rates, s) : blueprint_.services[s].replicas;
    }
    const double connected = connected_share(c, services[c], static_cast<double>(regions[c].size()));
    change = std::max(change, estimate_cache(c, lookups[c], std::max(1.0, instances), connected));
  }
  return change;
}

// Of the replicas that ask it, those that find a connection: the others miss always. Of the replicas at the start, and in regions
// as if they had as many each.
double HitRatios::connected_share(Index index, const std::set<Index>& services, double regions) const {
  const CacheBlueprint& cache = blueprint_.caches[index];
  if (cache.connections == 0) return 1.0;
  double clients = 0.0;
  for (const Index s : services) clients += blueprint_.services[s].serverless ? 0.0 : blueprint_.services[s].replicas;
  if (cache.scope == CacheScope::region) clients /= std::max(1.0, regions);
  const double served = std::floor(static_cast<double>(cache.connections) / cache.connections_per_client);
  return clients > served ? served / clients : 1.0;
}

// connected: share of the look-ups that come to the cache at all.
double HitRatios::estimate_cache(Index index, const std::map<Index, double>& rate_by_key, double instances, double connected) {
  const CacheBlueprint& cache = blueprint_.caches[index];
  double total = 0.0;
  for (const auto& [key, rate] : rate_by_key) total += rate;
  if (total <= 0.0) return 0.0;
  std::vector<PopularityClass> classes;
  for (const auto& [key, rate] : rate_by_key) {
    const double size = std::max(1.0, blueprint_.keys[key].size.mean());
    for (const PopularityClass& c : popularity(key)) classes.push_back({c.probability * rate / total, c.items, size});
  }
  // A refresh is a load as a miss is.
  const auto& fresh = cache.soft_time_to_live ? cache.soft_time_to_live : cache.time_to_live;
  const double life = fresh ? to_seconds(*fresh) * connected * total / instances : std::numeric_limits<double>::infinity();
  const CacheOrder order = cache.policy.name == "fifo" ? CacheOrder::fifo : CacheOrder::lru;
  const auto presence = che_presence(classes, static_cast<double>(cache.capacity.count), life, order);
  double change = 0.0;
  std::size_t i = 0;
  for (const auto& [key, rate] : rate_by_key) {
    double hits = 0.0;
    for (std::size_t end = i + popularity(key).size(); i < end; ++i)
      hits += classes[i].probability * classes[i].items * presence[i];
    const double ratio = rate > 0.0 ? connected * hits * total / rate : 0.0;
    change = std::max(change, std::abs(ratio - of(index, key)));
    ratios_[{index, key}] = ratio;
  }
  return change;
}

const std::vector<PopularityClass>& HitRatios::popularity(Index key) {
  auto& classes = popularity_[key];
  if (classes.empty()) classes = zipf_classes(blueprint_.keys[key].items, blueprint_.keys[key].zipf);
  return classes;
}

}  // namespace headroom
