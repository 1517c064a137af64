// Regions, node pools and services: what must be said, what contradicts, what does not fit.
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

class MachineChecker {
 public:
  MachineChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check() {
    for (std::size_t i = 0; i < scenario_.regions.size(); ++i) check_round_trips(i);
    for (const NodePoolSpec& pool : scenario_.node_pools) check_pool(pool);
    for (const ServiceSpec& service : scenario_.services) check_service(service);
    for (const DatabaseSpec& database : scenario_.databases) check_region(database);
    for (const WorkloadSpec& workload : scenario_.workloads) {
      if (!reading_.is_given(&workload, "regions")) check_region(workload);
    }
    for (const CacheSpec& cache : scenario_.caches) check_cache(cache);
  }

 private:
  template <class Spec>
  void check_region(const Spec& spec) {
    if (!spec.region.name.empty() || scenario_.regions.size() < 2) return;
    reading_.issue(&spec, "region", "is missing: there are " + std::to_string(scenario_.regions.size()) + " regions", "say which it is");
  }

  bool has_round_trip(const RegionSpec& from, const RegionSpec& to) const {
    return std::any_of(from.round_trip.begin(), from.round_trip.end(), [&](const RoundTripSpec& trip) { return trip.name.name == to.name; });
  }

  void check_round_trips(std::size_t index) {
    const RegionSpec& region = scenario_.regions[index];
    for (const RoundTripSpec& trip : region.round_trip) {
      if (trip.name.name == region.name) reading_.issue(&trip, "name", "is the region itself", "remove it");
      const RegionSpec* other = find_named(scenario_.regions, trip.name.name);
      if (other == nullptr || other >= &region) continue;
      for (const RoundTripSpec& back : other->round_trip) {
        if (back.name.name == region.name && back.time != trip.time) {
          reading_.issue(&trip, "time", "is " + to_text(trip.time) + ", but " + to_text(back.time) + " the other way round", "give it once");
        }
      }
    }
    for (std::size_t i = index + 1; i < scenario_.regions.size(); ++i) {
      const RegionSpec& other = scenario_.regions[i];
      if (region.name.empty() || other.name.empty() || has_round_trip(region, other) || has_round_trip(other, region)) continue;
      reading_.issue(&region, "round_trip", "says nothing of " + other.name, "add \"round_trip\": {\"" + other.name + "\": \"64 ms\"}");
    }
  }

  void check_pool(const NodePoolSpec& pool) {
    check_region(pool);
    const bool grows = pool.nodes.high > pool.nodes.low;
    if (grows && !pool.autoscaler.chosen() && !reading_.is_given(&pool, "autoscaler")) {
      reading_.issue(&pool, "nodes", "is a range, but no autoscaler adds nodes",
                     "write one number, or add \"autoscaler\": {\"policy\": \"cluster-autoscaler\"}");
    }
    if (pool.autoscaler.chosen() && grows && !reading_.is_given(&pool, "boot")) {
      reading_.issue(&pool, "boot", "is missing: nodes can be added, so booting one takes a time", "write \"boot\": \"55 s\"");
    }
    if (pool.purchase) check_purchase(pool, *pool.purchase);
    check_other_instances(pool);
    if (pool.instance) {
      check_instance(pool, "instance", *pool.instance);
      return;
    }
    for (const std::string_view field : {"cpu", "memory"}) {
      if (!reading_.is_given(&pool, field)) reading_.issue(&pool, field, "is missing, and no instance type gives it");
    }
  }

  void check_purchase(const NodePoolSpec& pool, const PurchaseSpec& purchase) {
    const NodeSize size = node_size(pool);
    const std::string from = pool.instance ? "the price catalogue has none for " + *pool.instance : "no instance type gives it";
    if (purchase.reserved > pool.nodes.high) {
      reading_.issue(&purchase, "reserved", "is " + std::to_string(purchase.reserved) + ", but the pool has at most " +
                                                std::to_string(pool.nodes.high) + " nodes");
    }
    if (purchase.reserved > 0 && !size.reserved_price) {
      reading_.issue(&purchase, "reserved_price", "is missing: " + from, "write \"reserved_price\": \"0.06 USD/h\"");
    }
    if (!(purchase.spot.value > 0.0)) return;
    if (!size.spot_price) reading_.issue(&purchase, "spot_price", "is missing: " + from, "write \"spot_price\": \"0.03 USD/h\"");
    if (!size.interruptions) {
      reading_.issue(&purchase, "interruptions", "is missing: " + from, "write \"interruptions\": \"0.1 /month\", or \"0 /month\" for never");
    }
    const bool told_already = pool.autoscaler.chosen() && pool.nodes.high > pool.nodes.low;
    if (!told_already && !reading_.is_given(&pool, "boot")) {
      reading_.issue(&pool, "boot", "is missing: spot nodes are replaced, and booting one takes a time", "write \"boot\": \"55 s\"");
    }
  }

  // The type, if there is one of that name.
  const InstanceType* check_instance(const NodePoolSpec& pool, std::string_view field, const std::string& name) {
    const std::string instead = field == "instance" ? "give cpu and memory instead" : "remove it";
    const PriceSheet* sheet = price_sheet();
    const InstanceType* type = sheet == nullptr ? nullptr : sheet->find(name);
    if (sheet == nullptr) {
      reading_.issue(&pool, field, "no price catalogue is at hand", instead);
    } else if (type == nullptr) {
      const std::string near = nearest_name(name, sheet->names());
      reading_.issue(&pool, field, "the price catalogue has no \"" + name + "\"", near.empty() ? instead : "did you mean \"" + near + "\"?");
    }
    return type;
  }

  void check_other_instances(const NodePoolSpec& pool) {
    if (pool.other_instances.empty()) return;
    if (!pool.autoscaler.chosen() && !reading_.is_given(&pool, "autoscaler")) {
      reading_.issue(&pool, "other_instances", "has no meaning without an autoscaler that asks for nodes",
                     "add \"autoscaler\": {\"policy\": \"karpenter\"}, or remove it");
    }
    std::set<std::string> named{pool.instance.value_or("")};
    for (const std::string& name : pool.other_instances) {
      const InstanceType* type = check_instance(pool, "other_instances", name);
      if (!named.insert(name).second) reading_.issue(&pool, "other_instances", "names " + name + " twice, or the pool's own type", "remove it");
      if (type != nullptr && pool.purchase && pool.purchase->spot.value > 0.0 && !type->spot) {
        reading_.issue(&pool, "other_instances", "the price catalogue has no spot price of " + name, "remove it, or \"spot\"");
      }
    }
  }

  void check_service(const ServiceSpec& service) {
    if (service.gpus > 0 && service.node_pool.name.empty()) {
      reading_.issue(&service, "gpus", "needs nodes that have them", "add a node pool, and name it with \"node_pool\"");
    }
    if (service.node_pool.name.empty()) check_region(service);
    else check_against_pool(service);
    if (service.endpoints.empty() && !reading_.is_given(&service, "endpoints")) {
      reading_.issue(&service, "endpoints", "is missing: nothing can be asked of the service", "add {\"name\": …, \"steps\": […]}");
    }
    check_replicas(service);
    check_autoscaler(service);
    check_vertical_autoscaler(service);
    check_consumer(service);
    if (service.memory.count > 0 && service.memory_base > service.memory) {
      reading_.issue(&service, "memory_base", "is " + to_text(service.memory_base) + ", more than the limit of " + to_text(service.memory));
    }
    for (const std::string_view field : {"memory_base", "memory_per_task"}) {
      if (service.memory.count == 0 && !reading_.is_given(&service, "memory") && reading_.is_given(&service, field)) {
        reading_.issue(&service, field, "has no meaning without \"memory\", the limit");
      }
    }
  }

  void check_against_pool(const ServiceSpec& service) {
    const NodePoolSpec* pool = find_named(scenario_.node_pools, service.node_pool.name);
    if (pool == nullptr) return;
    if (!service.region.name.empty() && !pool->region.name.empty() && service.region.name != pool->region.name) {
      reading_.issue(&service, "region", "is " + service.region.name + ", but the nodes of " + pool->name + " are in " + pool->region.name,
                     "remove it: the region is that of the nodes");
    }
    if (reading_.is_given(&service, "price")) {
      reading_.issue(&service, "price", "does not go with a node pool: the nodes are what costs", "remove it");
    }
    const NodeSize node = largest_node(*pool);
    if (service.gpus > node.gpus) {
      reading_.issue(&service, "gpus", "is " + std::to_string(service.gpus) + ", but a node of " + pool->name + " has " + std::to_string(node.gpus),
                     "no replica would ever find room");
    }
    if (node.memory.count > 0 && service.memory > node.memory) {
      reading_.issue(&service, "memory", "is " + to_text(service.memory) + ", but a node of " + pool->name + " has " + to_text(node.memory) +
                                             " to give", "no replica would ever find room");
    }
  }

  void check_replicas(const ServiceSpec& service) {
    const IntegerRange limits = replica_limits_of(service);
    if (service.autoscaler.chosen() && (service.replicas < limits.low || service.replicas > limits.high)) {
      reading_.issue(&service, "replicas", "is " + std::to_string(service.replicas) + ", outside the " + std::to_string(limits.low) + " to " +
                                               std::to_string(limits.high) + " that the autoscaler may ask for");
    }
    if (!service.autoscaler.chosen() && service.replicas == 0 && !reading_.is_given(&service, "autoscaler")) {
      reading_.issue(&service, "replicas", "is 0, and no autoscaler would ever add one", "start with at least 1");
    }
    if (!service.autoscaler.chosen() && reading_.is_given(&service, "replica_limits") && !reading_.is_given(&service, "autoscaler")) {
      reading_.issue(&service, "replica_limits", "has no meaning without an autoscaler", "remove it, or add \"autoscaler\"");
    }
  }

  // What only the policy knows to be impossible for this service.
  void check_autoscaler(const ServiceSpec& service) {
    if (!service.autoscaler.chosen() || !reading_.is_sound(service.autoscaler)) return;
    const Autoscaler::Context context{.service = service.name,
                                      .initial_replicas = service.replicas,
                                      .replicas = replica_limits_of(service),
                                      .memory = service.memory,
                                      .queue = service.consumes ? service.consumes->queue.name : std::string{}};
    const auto policy = RegistryOf<Autoscaler>::instance().make(service.autoscaler, context);
    for (const auto& [field, sentence] : policy->problems()) reading_.issue(service.autoscaler, field, sentence);
  }

  void check_vertical_autoscaler(const ServiceSpec& service) {
    const PolicyChoice& choice = service.vertical_autoscaler;
    if (!choice.chosen() || !reading_.is_sound(choice)) return;
    const VerticalAutoscaler::Context context{service.name, {service.cpu_request.value_or(service.cpu), service.memory}};
    const auto policy = RegistryOf<VerticalAutoscaler>::instance().make(choice, context);
    for (const auto& [field, sentence] : policy->problems()) reading_.issue(choice, field, sentence);
  }

  void check_cache(const CacheSpec& cache) {
    check_cache_price(cache);
    for (const std::string_view field : {"nodes", "operations", "connections", "connections_per_client"}) {
      if (cache.scope == "replica" && reading_.is_given(&cache, field))
        reading_.issue(&cache, field, "has no meaning for the scope replica: such a cache has no nodes of its own", "remove it");
    }
    if (cache.scope != "replica" && reading_.is_given(&cache, "connections_per_client") && !cache.connections) {
      reading_.issue(&cache, "connections_per_client", "has no meaning without \"connections\": there are any number of them",
                     "say how many \"connections\" a node has, or remove it");
    }
    if (cache.connections && *cache.connections < cache.connections_per_client) {
      reading_.issue(&cache, "connections",
                     "is " + std::to_string(*cache.connections) + ", not enough for one client of " +
                         std::to_string(cache.connections_per_client),
                     "give a node more of them, or each client fewer");
    }
    const bool coalesces = cache.coalesce || (reading_.is_given(&cache, "coalesce") && !reading_.is_read(&cache, "coalesce"));
    if (reading_.is_given(&cache, "coalesce_limit") && !coalesces) {
      reading_.issue(&cache, "coalesce_limit", "has no meaning without \"coalesce\": nobody waits for another's load",
                     "write \"coalesce\": true, or remove it");
    }
    if (cache.soft_time_to_live && cache.time_to_live && *cache.soft_time_to_live >= *cache.time_to_live) {
      reading_.issue(&cache, "soft_time_to_live",
                     "is " + to_text(*cache.soft_time_to_live) + ", and the entry is gone after " + to_text(*cache.time_to_live),
                     "make it shorter than \"time_to_live\"");
    }
  }

  void check_cache_price(const CacheSpec& cache) {
    if (cache.scope != "replica" || !reading_.is_given(&cache, "price")) return;
    reading_.issue(&cache, "price",
                   "has no meaning for the scope replica: such a cache lives in memory that its replica pays for", "remove it");
  }

  void check_meaningless(const ServiceSpec& service) {
    const auto refuse = [&](const char* field, const char* why) {
      if (reading_.is_given(&service, field)) reading_.issue(&service, field, why, "remove it");
    };
    if (service.consumes) {
      refuse("balancer", "has no meaning for a worker, which takes messages from its queue by itself");
      refuse("backlog", "has no meaning for a worker; bound its queue with \"limit\"");
    }
    if (service.node_pool.name.empty()) refuse("image", "has no meaning without a node pool: there is no node to pull it to");
  }

  void check_consumer(const ServiceSpec& service) {
    check_meaningless(service);
    if (!service.consumes || service.consumes->endpoint.empty()) return;
    if (find_named(service.endpoints, service.consumes->endpoint) != nullptr) return;
    std::vector<std::string> names;
    for (const EndpointSpec& endpoint : service.endpoints) names.push_back(endpoint.name);
    const std::string near = nearest_name(service.consumes->endpoint, names);
    reading_.issue(&*service.consumes, "endpoint", "there is no endpoint \"" + service.consumes->endpoint + "\" in " + service.name,
                   near.empty() ? "" : "did you mean \"" + near + "\"?");
  }

  const Scenario& scenario_;
  Reading& reading_;
};

}  // namespace

void check_machines(const Scenario& scenario, Reading& reading) { MachineChecker{scenario, reading}.check(); }

}  // namespace headroom
