#include "scenarios/resources.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "scenarios/database_use.hpp"
#include "scenarios/explain_admission.hpp"
#include "scenarios/shard_shares.hpp"
#include "sim/cluster/cache_tier.hpp"

namespace headroom {
namespace {

class ResourceList {
 public:
  ResourceList(const Blueprint& blueprint, const MeanVisits& visits, const Rates& rates)
      : blueprint_{blueprint}, visits_{visits}, rates_{rates} {}

  std::vector<Resource> make() {
    for (Index service = 0; service < blueprint_.services.size(); ++service) add_service(service);
    for (Index database = 0; database < blueprint_.databases.size(); ++database) add_database(database);
    for (Index cache = 0; cache < blueprint_.caches.size(); ++cache) add_cache_nodes(cache);
    for (Index link = 0; link < blueprint_.links.size(); ++link) add_link(link);
    for (Index model = 0; model < blueprint_.language_models.size(); ++model) add_language_model(model);
    for (Index limit = 0; limit < blueprint_.limits.size(); ++limit) add_tokens(limit);
    return std::move(list_);
  }

 private:
  Resource empty_resource(std::string station, std::string name) const {
    const Rates none(blueprint_.endpoints.size(), 0.0);
    Resource resource;
    resource.station = std::move(station);
    resource.name = std::move(name);
    resource.visits = resource.service = resource.busy = none;
    return resource;
  }
  // `cpu`: cores of one copy; `core_seconds`: of computing. One computation never has more than one core.
  static SharedCores shared_cores(Rates core_seconds, double cpu, int copies) {
    const double speed = std::min(1.0, cpu);
    for (double& seconds : core_seconds) seconds /= speed;
    return {std::move(core_seconds), cpu / speed * copies};
  }
  void add_service(Index service);
  void add_database(Index database);
  void add_cache_nodes(Index cache);
  void add_link(Index link);
  const Rates& hottest(const std::vector<Rates>& by_place) const;
  Resource engine_resource(Index service) const;
  void add_language_model(Index model);
  void add_tokens(Index limit);
  void add_limit(Index model, const char* name, double limit, double (*use)(const MeanGenerations&));

  const Blueprint& blueprint_;
  const MeanVisits& visits_;
  const Rates& rates_;
  std::vector<Resource> list_;
};

void ResourceList::add_service(Index index) {
  const ServiceBlueprint& service = blueprint_.services[index];
  Resource slots = empty_resource("services/" + service.name, service.queue == no_index ? "slots" : "queue workers");
  Resource cpu = empty_resource(slots.station, "cpu");
  cpu.queues = false;
  for (Index e = 0; e < blueprint_.endpoints.size(); ++e) {
    if (blueprint_.endpoints[e].service != index) continue;
    slots.visits[e] = cpu.visits[e] = 1.0;
    slots.service[e] = visits_.endpoint(e).seconds;
    cpu.service[e] = visits_.endpoint(e).cpu_seconds;
  }
  // The platform starts as many as are needed, and rejects who comes to more: nobody waits for a slot.
  const int at_first = service.serverless ? service.serverless->most : service.replicas;
  const int replicas = replicas_with_room(blueprint_, index, at_first);
  // Who comes beyond the places of a fixed fleet gets no requests.
  const int limit = replicas_with_room(blueprint_, index, std::min(most_replicas(service), places_of(blueprint_, service)));
  slots.queues = !service.serverless;
  if (slots.queues) slots.cores = shared_cores(cpu.service, service.cpu, replicas);
  const auto add = [&](Resource& resource, double per_replica) {
    resource.busy = resource.service;
    resource.servers = replicas * per_replica;
    resource.servers_at_limit = limit * per_replica;
    list_.push_back(std::move(resource));
  };
  if (service.language_model != no_index) {
    Resource engines = engine_resource(index);
    add(engines, 1.0);
  }
  add(slots, usable_slots(service));
  add(cpu, service.cpu);
}

// The copy asked most is the first of the hottest shard: all its writes, and its part of the reads.
void ResourceList::add_database(Index index) {
  const DatabaseBlueprint& database = blueprint_.databases[index];
  const std::size_t n = blueprint_.endpoints.size();
  const Rates none(n, 0.0);
  Resource connections = empty_resource("databases/" + database.name, "connections");
  Resource cpu = empty_resource(connections.station, "cpu");
  cpu.queues = false;
  std::vector<Rates> connection_busy(static_cast<std::size_t>(database.shards), none), cpu_busy = connection_busy;
  std::map<std::pair<Index, bool>, std::vector<double>> shares;  // by key, of reads or of what goes to where keys are written
  for (Index e = 0; e < n; ++e) {
    for (const auto& [query, count] : visits_.endpoint(e).queries) {
      if (query.database != index) continue;
      const bool spread = !query.write && !query.at_primary;
      const std::pair kind{query.key, spread};
      if (!database.partition_period && !shares.contains(kind))
        shares[kind] = shard_shares(blueprint_, database, query.key, spread);
      const std::vector<double> by_shard = database.partition_period ? partition_shares(database, query) : shares[kind];
      const double seconds = count * MeanVisits::query_seconds(database, query);
      const double core_seconds = count * MeanVisits::query_core_seconds(database, query);
      connections.visits[e] += count;
      connections.service[e] += seconds;
      cpu.service[e] += core_seconds;
      for (std::size_t s = 0; s < connection_busy.size(); ++s) {
        const double part = by_shard[s] / (query.write || query.at_primary ? 1.0 : database.replicas);
        connection_busy[s][e] += part * seconds;
        cpu_busy[s][e] += part * core_seconds;
      }
    }
  }
  cpu.visits = connections.visits;
  connections.busy = hottest(connection_busy);
  cpu.busy = hottest(cpu_busy);
  connections.servers = connections_usable(blueprint_, index, false);
  connections.servers_at_limit = connections_usable(blueprint_, index, true);
  cpu.servers = cpu.servers_at_limit = database.cpu;
  connections.cores = shared_cores(cpu.service, database.cpu, 1);
  list_.push_back(std::move(connections));
  list_.push_back(std::move(cpu));
}

// The place with the most to do.
const Rates& ResourceList::hottest(const std::vector<Rates>& by_place) const {
  Rates total = rates_;
  if (std::all_of(total.begin(), total.end(), [](double rate) { return rate <= 0.0; })) total.assign(total.size(), 1.0);
  return *std::max_element(by_place.begin(), by_place.end(),
                           [&](const Rates& a, const Rates& b) { return dot(a, total) < dot(b, total); });
}

// The node asked most is what counts; of a cache in every region, that of the region that asks most.
void ResourceList::add_cache_nodes(Index index) {
  const CacheBlueprint& cache = blueprint_.caches[index];
  if (!(cache.operations.value > 0.0)) return;
  Resource resource = empty_resource("caches/" + cache.name, "node operations");
  resource.queues = false;
  const std::size_t n = blueprint_.endpoints.size(), nodes = static_cast<std::size_t>(cache.nodes);
  std::vector<Rates> busy(nodes * blueprint_.network.regions.size(), Rates(n, 0.0));
  for (Index e = 0; e < n; ++e) {
    const std::size_t region =
        cache.scope == CacheScope::region ? blueprint_.services[blueprint_.endpoints[e].service].region : 0;
    for (const MeanOperations& operations : visits_.endpoint(e).operations) {
      if (operations.cache != index) continue;
      const std::vector<double> shares = node_shares(blueprint_, cache, operations.key);
      resource.visits[e] += operations.count;
      resource.service[e] += operations.count / cache.operations.value;
      for (std::size_t node = 0; node < nodes; ++node)
        busy[region * nodes + node][e] += shares[node] * operations.count / cache.operations.value;
    }
  }
  resource.busy = hottest(busy);
  list_.push_back(std::move(resource));
}

void ResourceList::add_link(Index index) {
  const LinkBlueprint& link = blueprint_.links[index];
  Resource resource = empty_resource("links/" + link.name, "bandwidth");
  resource.queues = false;
  std::vector<Rates> busy(blueprint_.network.regions.size(), Rates(blueprint_.endpoints.size(), 0.0));
  for (Index e = 0; e < blueprint_.endpoints.size(); ++e) {
    const std::size_t region = link.per_region ? blueprint_.services[blueprint_.endpoints[e].service].region : 0;
    for (const MeanTransfers& transfers : visits_.endpoint(e).transfers) {
      if (transfers.link != index) continue;
      resource.visits[e] += transfers.count;
      resource.service[e] += transfers.bytes / link.bandwidth.value;
      busy[region][e] += transfers.bytes / link.bandwidth.value;
    }
  }
  resource.busy = hottest(busy);
  list_.push_back(std::move(resource));
}

// The time of engines whose batches are as large as the cache and their limit allow.
Resource ResourceList::engine_resource(Index index) const {
  const ServiceBlueprint& service = blueprint_.services[index];
  const EngineBlueprint& engine = *blueprint_.language_models[service.language_model].engine;
  Resource engines = empty_resource("services/" + service.name, "engines");
  engines.queues = false;
  for (Index e = 0; e < blueprint_.endpoints.size(); ++e) {
    if (blueprint_.endpoints[e].service != index) continue;
    for (const MeanGenerations& generations : visits_.endpoint(e).generations) {
      if (generations.model != service.language_model) continue;
      const double held = generations.input + generations.output / 2.0;
      const double batch =
          std::clamp(std::floor(static_cast<double>(engine.kv_tokens) / held), 1.0, static_cast<double>(engine.batch));
      engines.visits[e] += generations.count;
      engines.service[e] += generations.count * engine_seconds(engine, generations, batch);
    }
  }
  return engines;
}

// A rate limit is a server that a generation occupies for its part of a second's allowance.
void ResourceList::add_limit(Index index, const char* name, double limit, double (*use)(const MeanGenerations&)) {
  if (!(limit > 0.0)) return;
  Resource resource = empty_resource("language_models/" + blueprint_.language_models[index].name, name);
  resource.queues = false;
  for (Index e = 0; e < blueprint_.endpoints.size(); ++e) {
    for (const MeanGenerations& generations : visits_.endpoint(e).generations) {
      if (generations.model != index) continue;
      resource.visits[e] += generations.count;
      resource.service[e] += generations.count * use(generations) / limit;
    }
  }
  resource.busy = resource.service;
  list_.push_back(std::move(resource));
}

void ResourceList::add_language_model(Index index) {
  const LanguageModelBlueprint& model = blueprint_.language_models[index];
  if (model.engine) return;
  add_limit(index, "requests per minute", model.hosted.requests.value, [](const MeanGenerations&) { return 1.0; });
  add_limit(index, "tokens per minute", model.hosted.tokens.value,
            [](const MeanGenerations& generations) { return generations.input + generations.output; });
  if (!model.hosted.concurrency) return;
  Resource places = empty_resource("language_models/" + model.name, "concurrency");
  for (Index e = 0; e < blueprint_.endpoints.size(); ++e) {
    for (const MeanGenerations& generations : visits_.endpoint(e).generations) {
      if (generations.model != index) continue;
      places.visits[e] += generations.count;
      places.service[e] += generations.count * generation_seconds(model, generations);
    }
  }
  places.busy = places.service;
  places.servers = places.servers_at_limit = *model.hosted.concurrency;
  list_.push_back(std::move(places));
}

// Tokens for all, where every request is in their tier: what comes back, and what a period's quota is over its length. What each
// subject may take limits the system no further than its subjects.
void ResourceList::add_tokens(Index index) {
  const LimitBlueprint& limit = blueprint_.limits[index];
  if (!is_capacity(limit)) return;
  const LimitTier& tier = limit.tiers[0];
  const auto add = [&](const char* name, double per_second) {
    Resource resource = empty_resource("limits/" + limit.name, name);
    resource.queues = false;
    for (Index e = 0; e < blueprint_.endpoints.size(); ++e) {
      for (const MeanTokens& taken : visits_.endpoint(e).tokens) {
        if (taken.limit != index) continue;
        resource.visits[e] += 1.0;
        resource.service[e] += taken.tokens / per_second;
      }
    }
    resource.busy = resource.service;
    list_.push_back(std::move(resource));
  };
  if (tier.rate.value > 0.0) add("tokens", tier.rate.value);
  if (tier.quota) add("quota", *tier.quota / to_seconds(tier.period));
}

}  // namespace

double dot(const Rates& a, const Rates& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Rates plus(Rates a, const Rates& b, double factor) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * b[i];
  return a;
}

std::vector<Resource> resources_of(const Blueprint& blueprint, const MeanVisits& visits, const Rates& rates) {
  std::vector<Resource> all = ResourceList{blueprint, visits, rates}.make();
  add_load_balancers(blueprint, visits, all);
  return all;
}

std::vector<double> node_shares(const Blueprint& blueprint, const CacheBlueprint& cache, Index key) {
  const auto nodes = static_cast<std::uint32_t>(cache.nodes);
  std::vector<double> shares(nodes, 0.0);
  if (key == no_index || nodes == 1) {
    shares.front() = 1.0;
    return shares;
  }
  const CountedItems items = counted_items(blueprint.keys[key]);
  for (std::uint64_t rank = 0; rank < items.shares.size(); ++rank) shares[cache_node(rank, nodes)] += items.shares[rank];
  for (double& share : shares) share += items.rest / nodes;
  return shares;
}

int most_replicas(const ServiceBlueprint& service) {
  if (service.serverless) return service.serverless->most;
  return service.autoscaler.chosen() ? std::max(service.replicas, service.replica_limits.high) : service.replicas;
}

bool is_capacity(const LimitBlueprint& limit) {
  return !limit.per_subject && limit.tiers.size() == 1 && limit.tiers[0].priority == 0;
}

int places_of(const Blueprint& blueprint, const ServiceBlueprint& service) {
  const bool is_fixed =
      service.load_balancer != no_index && blueprint.load_balancers[service.load_balancer].membership == Membership::fixed;
  return is_fixed ? service.replicas : std::numeric_limits<int>::max();
}

}  // namespace headroom
