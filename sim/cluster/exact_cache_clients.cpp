// What the replicas of services have of caches: tiers of their own, and connections to those that are not theirs.
//
// A new replica begins with an empty cache of its own, unless it is the next container of a pod whose cache is persistent. The
// nodes of other caches may have a limited number of connections, of which every replica whose endpoints use the cache opens so
// many to each node while it lives (pools are filled at the start). A replica that comes too late is refused until another goes,
// and works without the cache meanwhile: its look-ups take their latency and miss, what it loads is not kept, its invalidations
// do not reach the cache. Source: Redis documentation, "Redis client handling" (maxclients: further clients get an error).
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_cache_clients(const Blueprint& blueprint, Recorder& recorder) {
  for (Index i = 0; i < caches_.size(); ++i) {
    const CacheBlueprint& cache = blueprint.caches[i];
    Cache& station = caches_[i];
    station.asks_replica = cache.scope == CacheScope::replica || cache.connections > 0;
    if (cache.connections == 0) continue;
    station.most_clients = static_cast<Index>(cache.connections / cache.connections_per_client);
    station.connections_per_client = cache.connections_per_client;
    station.clients.resize(cache.scope == CacheScope::region ? regions_ : 1);
    const std::vector<Label> labels{{"cache", cache.name}};
    station.connections = &recorder.level_share("cache_connections", labels);
    station.connections->whole.set(now_, static_cast<double>(cache.connections) * static_cast<double>(station.clients.size()));
    station.clients_refused = &recorder.counter("clients_refused", labels);
  }
}

// None: it asks the cache's nodes.
CacheTier* ExactRequestPlane::own_tier(Index cache, const Task& task) const {
  return replicas_[task.replica].caches[cache].get();
}

void ExactRequestPlane::make_replica_caches(Index index, ReplicaDisk* disk) {
  Replica& replica = replicas_[index];
  replica.caches.resize(caches_.size());
  for (const Index cache : replica_caches_[replica.server]) {
    if (caches_[cache].scope != CacheScope::replica) {
      connect_client(index, cache);
    } else if (disk != nullptr && disk->caches[cache] != nullptr) {
      replica.caches[cache] = std::move(disk->caches[cache]);
      caches_[cache].bytes->add(now_, static_cast<double>(replica.caches[cache]->used().count));
    } else {
      replica.caches[cache] = new_tier(cache);
    }
  }
}

// Of one that dies. What is persistent stays until its place is taken.
void ExactRequestPlane::end_replica_caches(Index index) {
  for (const Index cache : replica_caches_[replicas_[index].server]) {
    if (caches_[cache].scope != CacheScope::replica) {
      disconnect_client(index, cache);
      continue;
    }
    std::unique_ptr<CacheTier>& tier = replicas_[index].caches[cache];
    caches_[cache].bytes->add(now_, -static_cast<double>(tier->used().count));
    tier->forget_writers();
    if (!caches_[cache].persistent) tier.reset();
  }
}

std::shared_ptr<ReplicaDisk> ExactRequestPlane::take_disk(ReplicaRef gone) {
  std::vector<std::unique_ptr<CacheTier>> left = std::exchange(replicas_[gone.replica].caches, {});
  if (left.empty()) return nullptr;
  return std::make_shared<ReplicaDisk>(ReplicaDisk{std::move(left)});
}

void ExactRequestPlane::connect_client(Index index, Index cache_index) {
  Cache& cache = caches_[cache_index];
  const Index instance = cache.scope == CacheScope::region ? servers_[replicas_[index].server].region : 0;
  Cache::Clients& clients = cache.clients[instance];
  if (clients.connected < cache.most_clients) {
    ++clients.connected;
    cache.connections->part.add(now_, cache.connections_per_client);
    return;
  }
  clients.refused.push_back(index);
  cache.clients_refused->add();
  replicas_[index].caches[cache_index] = new_tier(cache_index, Bytes{});
}

// Of a replica that dies; its connections are those of who has been refused longest.
void ExactRequestPlane::disconnect_client(Index index, Index cache_index) {
  Cache& cache = caches_[cache_index];
  const Index instance = cache.scope == CacheScope::region ? servers_[replicas_[index].server].region : 0;
  Cache::Clients& clients = cache.clients[instance];
  if (replicas_[index].caches[cache_index] != nullptr) {
    std::erase(clients.refused, index);
    replicas_[index].caches[cache_index].reset();
  } else if (clients.refused.empty()) {
    --clients.connected;
    cache.connections->part.add(now_, -cache.connections_per_client);
  } else {
    replicas_[clients.refused.front()].caches[cache_index].reset();
    clients.refused.erase(clients.refused.begin());
  }
}

}  // namespace headroom
