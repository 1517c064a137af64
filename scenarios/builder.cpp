#include "scenarios/builder.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "scenarios/fault_builder.hpp"
#include "scenarios/journeys.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/routes.hpp"
#include "scenarios/step_builder.hpp"
#include "sim/measure/derived_metrics.hpp"

namespace headroom {

namespace {

template <class Interface>
PolicyChoice chosen_or(const PolicyChoice& choice, std::string_view otherwise) {
  return choice.chosen() ? choice : choice_of<Interface>(otherwise);
}

std::optional<Distribution> value_of(const std::optional<DistributionField>& field) {
  return field ? std::optional{field->value} : std::nullopt;
}

Discipline discipline_of(std::string_view name) {
  if (name == "lifo") return Discipline::lifo;
  if (name == "priority") return Discipline::priority;
  return name == "fair" ? Discipline::fair : Discipline::fifo;
}

Acknowledged acknowledged_by(std::string_view mode) {
  if (mode == "semi-synchronous") return Acknowledged::by_first;
  return mode == "synchronous" ? Acknowledged::by_all : Acknowledged::at_once;
}

class Builder {
 public:
  explicit Builder(const Scenario& scenario) : scenario_{scenario} {
    for (const RegionSpec& region : scenario.regions) regions_.add(region.name);
    for (const NodePoolSpec& pool : scenario.node_pools) node_pools_.add(pool.name);
    for (const DatabaseSpec& database : scenario.databases) {
      steps_.databases.add(database.name);
      for (const NamedOperationSpec& operation : database.operations)
        steps_.operations[database.name].add(operation.name);
    }
    for (const QueueSpec& queue : scenario.queues) steps_.queues.add(queue.name);
    for (const LockSpec& lock : scenario.locks) steps_.locks.add(lock.name);
    for (const CacheSpec& cache : scenario.caches) steps_.caches.add(cache.name);
    for (const KeySpec& key : scenario.keys) steps_.keys.add(key.name);
    for (const LanguageModelSpec& model : scenario.language_models) steps_.language_models.add(model.name);
    for (const LimitSpec& limit : scenario.limits) steps_.limits.add(limit.name);
    for (const StoreSpec& store : scenario.stores) steps_.stores.add(store.name);
    for (const RouteSpec& route : scenario.routes) {
      for (const std::string& endpoint : routed_endpoints(scenario, route)) steps_.routes.add(route.name + "." + endpoint);
    }
    for (const LinkSpec& link : scenario.links) steps_.links.add(link.name);
    for (const LoadBalancerSpec& balancer : scenario.load_balancers) load_balancers_.add(balancer.name);
    for (const ClientSpec& client : scenario.clients) steps_.clients.add(client.name);
    for (const ServiceSpec& service : scenario.services) {
      for (const EndpointSpec& endpoint : service.endpoints) steps_.endpoints.add(service.name + "." + endpoint.name);
    }
  }

  Blueprint build() {
    Blueprint blueprint;
    blueprint.name = scenario_.name;
    blueprint.duration = scenario_.duration;
    if (scenario_.warm_up != "auto") {
      QuantityError checked;
      blueprint.warm_up = to_duration(parse_as(Dimension::time, scenario_.warm_up, checked).value_or(0.0));
    }
    blueprint.scrape = scenario_.scrape;
    blueprint.directory = scenario_.directory;
    blueprint.load = scenario_.load;
    blueprint.network = network();
    for (const NodePoolSpec& pool : scenario_.node_pools) blueprint.node_pools.push_back(node_pool(pool));
    for (const ServiceSpec& spec : scenario_.services) add_service(spec, blueprint);
    for (const DatabaseSpec& spec : scenario_.databases) blueprint.databases.push_back(database(spec));
    for (const QueueSpec& spec : scenario_.queues) blueprint.queues.push_back(queue(spec));
    for (const LockSpec& spec : scenario_.locks) blueprint.locks.push_back({spec.name, spec.latency.value, spec.price});
    for (const CacheSpec& spec : scenario_.caches) blueprint.caches.push_back(cache(spec));
    for (const KeySpec& spec : scenario_.keys) blueprint.keys.push_back(key(spec));
    for (const LanguageModelSpec& spec : scenario_.language_models) blueprint.language_models.push_back(build_language_model(spec));
    for (const LimitSpec& spec : scenario_.limits) blueprint.limits.push_back(limit(spec));
    for (const LinkSpec& spec : scenario_.links)
      blueprint.links.push_back({spec.name, spec.bandwidth, spec.per == "region", spec.price.value / 1e9});
    for (const WorkloadSpec& spec : scenario_.workloads) blueprint.workloads.push_back(workload(spec));
    for (const RouteSpec& spec : scenario_.routes) add_route(spec, blueprint);
    for (const StoreSpec& spec : scenario_.stores) {
      StoreBlueprint& store = blueprint.stores.emplace_back(build_store(spec, steps_.keys.at(spec.key.name)));
      if (!spec.region.name.empty()) store.region = region_of(spec.region);
    }
    for (const FaultSpec& spec : scenario_.faults) blueprint.faults.push_back(build_fault(spec, steps_));
    for (const LoadBalancerSpec& spec : scenario_.load_balancers)
      blueprint.load_balancers.push_back(build_load_balancer(spec, region_of(spec.region)));
    for (const ClientSpec& spec : scenario_.clients) blueprint.clients.push_back(build_client(spec));
    blueprint.percentiles = percentiles();
    return blueprint;
  }

 private:
  Index region_of(const Reference& region) const { return region.name.empty() ? 0 : regions_.at(region.name); }

  NetworkBlueprint network() const {
    NetworkBlueprint network;
    network.registry_bandwidth = scenario_.registry.bandwidth;
    network.registry_latency = scenario_.registry.latency;
    network.model = scenario_.registry.network_model;
    const TransferPriceSpec& price = scenario_.network.price_per_gb;
    constexpr double gigabyte = 1e9;
    network.transfer_prices = {price.cross_zone.value / gigabyte, price.cross_region.value / gigabyte,
                               price.internet.value / gigabyte};
    if (scenario_.regions.empty()) return network;
    network.regions.clear();
    for (const RegionSpec& region : scenario_.regions) network.regions.push_back(region.name);
    network.round_trip.assign(network.regions.size(), std::vector<Duration>(network.regions.size()));
    for (const RegionSpec& region : scenario_.regions) {
      for (const RoundTripSpec& trip : region.round_trip) {
        const Index from = regions_.at(region.name), to = regions_.at(trip.name.name);
        network.round_trip[from][to] = network.round_trip[to][from] = trip.time;
      }
    }
    return network;
  }

  static NodeType node_type(const std::string& name, const NodePoolSpec& pool) {
    const NodeSize size = node_size(*price_sheet()->find(name), pool);
    return {name,           size.cpu,   size.memory, size.pods_per_node, size.gpus,
            size.bandwidth, size.price, size.spot_price.value_or(DollarsPerSecond{})};
  }

  PowerBlueprint power(const PowerSpec& spec, Index region) const {
    PowerBlueprint power{.idle = spec.idle, .full = spec.full, .gpu_idle = spec.gpu_idle, .gpu_full = spec.gpu_full};
    if (scenario_.regions.empty()) return power;
    power.pue = scenario_.regions[region].pue;
    power.grams_per_kilowatt_hour = scenario_.regions[region].carbon;
    return power;
  }

  NodePoolBlueprint node_pool(const NodePoolSpec& spec) const {
    const NodeSize size = node_size(spec);
    NodePoolBlueprint pool;
    pool.name = spec.name;
    pool.region = region_of(spec.region);
    pool.zones = spec.zones;
    pool.nodes = pool.minimum = spec.nodes.low;
    pool.maximum = spec.nodes.high;
    pool.cpu = size.cpu;
    pool.memory = size.memory;
    pool.pods_per_node = size.pods_per_node;
    pool.boot = spec.boot.value;
    pool.bandwidth = size.bandwidth;
    pool.price = size.price;
    pool.gpus = size.gpus;
    if (spec.purchase) {
      pool.purchase = {.reserved = spec.purchase->reserved,
                       .spot = spec.purchase->spot.value,
                       .reserved_price = size.reserved_price.value_or(DollarsPerSecond{}),
                       .spot_price = size.spot_price.value_or(DollarsPerSecond{}),
                       .interruptions = size.interruptions.value_or(PerSecond{}),
                       .notice = spec.purchase->notice};
    }
    pool.instance = spec.instance.value_or("");
    for (const std::string& name : spec.other_instances) pool.other_types.push_back(node_type(name, spec));
    pool.autoscaler = spec.autoscaler;
    if (spec.power) pool.power = power(*spec.power, pool.region);
    pool.placement = chosen_or<PlacementPolicy>(spec.placement, "best-fit");
    return pool;
  }

  void add_service(const ServiceSpec& spec, Blueprint& blueprint) const {
    const auto index = static_cast<Index>(blueprint.services.size());
    ServiceBlueprint service;
    service.name = spec.name;
    place(spec, service);
    service.replicas = spec.replicas;
    service.replica_limits = replica_limits_of(spec);
    service.concurrency = spec.concurrency;
    service.backlog = spec.backlog;
    service.wait_limit = value_of(spec.wait_limit);
    service.discipline = discipline_of(spec.discipline);
    service.cpu = spec.cpu_limit.value_or(spec.cpu);
    service.cpu_request = spec.cpu_request.value_or(spec.cpu);
    service.gpus = spec.gpus;
    service.memory = spec.memory;
    service.memory_base = spec.memory_base;
    service.memory_per_task = spec.memory_per_task;
    service.image = spec.image;
    service.start_up = spec.start_up.value;
    if (const auto& probe = spec.readiness)
      service.readiness = ProbeBlueprint{.period = probe->period, .timeout = probe->timeout, .failures = probe->failures, .successes = probe->successes};
    if (const auto& probe = spec.liveness)
      service.liveness = ProbeBlueprint{.period = probe->period, .timeout = probe->timeout, .initial_delay = probe->initial_delay, .failures = probe->failures};
    service.drain_limit = spec.drain_limit;
    service.registration = spec.registration;
    service.balancer = chosen_or<Balancer>(spec.balancer, "round-robin");
    service.autoscaler = spec.autoscaler;
    service.vertical_autoscaler = spec.vertical_autoscaler;
    service.admission = spec.admission;
    service.fair_weights = fair_weights_of(spec);
    service.price = spec.price;
    if (spec.consumes) {
      service.queue = steps_.queues.at(spec.consumes->queue.name);
      service.worker_endpoint = steps_.endpoints.at(spec.name + "." + spec.consumes->endpoint);
      service.batch = spec.consumes->batch;
    }
    if (!spec.language_model.name.empty()) service.language_model = steps_.language_models.at(spec.language_model.name);
    if (spec.serverless) {
      service.serverless = build_serverless(*spec.serverless);
      service.replicas = 0;
    }
    if (!spec.load_balancer.name.empty()) service.load_balancer = load_balancers_.at(spec.load_balancer.name);
    blueprint.services.push_back(std::move(service));
    for (const EndpointSpec& endpoint : spec.endpoints) {
      blueprint.endpoints.push_back({spec.name + "." + endpoint.name, index, build_steps(endpoint.steps, steps_),
                                     endpoint.request_size.value, endpoint.response_size.value});
    }
  }

  std::vector<int> fair_weights_of(const ServiceSpec& spec) const {
    if (spec.fair_weights.empty()) return {};
    std::vector<int> weights(scenario_.workloads.size(), 1);
    for (const FairWeightSpec& given : spec.fair_weights) {
      for (std::size_t w = 0; w < weights.size(); ++w) {
        if (scenario_.workloads[w].name == given.workload.name) weights[w] = given.weight;
      }
    }
    return weights;
  }

  void add_route(const RouteSpec& spec, Blueprint& blueprint) const {
    for (const std::string& endpoint : routed_endpoints(scenario_, spec)) {
      RouteBlueprint route;
      route.name = spec.name + "." + endpoint;
      for (const ToService& service : spec.services)
        route.endpoints.push_back(steps_.endpoints.at(service.name + "." + endpoint));
      route.weights = spec.weights.empty() ? std::vector<double>(spec.services.size(), 1.0) : spec.weights;
      route.policy = spec.policy == "weighted" ? RoutePolicy::weighted
                     : spec.policy == "home"   ? RoutePolicy::home
                                               : RoutePolicy::nearest;
      route.failover = spec.failover;
      route.propagation = spec.propagation;
      blueprint.routes.push_back(std::move(route));
    }
  }

  // A service on nodes is where its nodes are.
  void place(const ServiceSpec& spec, ServiceBlueprint& service) const {
    service.region = region_of(spec.region);
    if (spec.node_pool.name.empty()) return;
    service.node_pool = node_pools_.at(spec.node_pool.name);
    service.region = region_of(scenario_.node_pools[service.node_pool].region);
  }

  DatabaseBlueprint database(const DatabaseSpec& spec) const {
    DatabaseBlueprint database;
    database.name = spec.name;
    database.region = region_of(spec.region);
    database.sharding = chosen_or<ShardPolicy>(spec.shards.policy, "modulo");
    database.shards = spec.shards.count;
    database.replicas = spec.replicas;
    database.pool = spec.pool;
    database.backlog = spec.backlog;
    database.wait_limit = value_of(spec.wait_limit);
    database.cpu = spec.cpu;
    const double amplification = 1.0 + spec.indexes * spec.write_amplification;
    database.read_cpu = spec.read.cpu.value;
    database.write_cpu = spec.write.cpu.value.scaled(amplification);
    database.read_wait = spec.read.wait.value;
    database.write_wait = spec.write.wait.value.scaled(amplification);
    for (const NamedOperationSpec& operation : spec.operations) {
      const bool is_write = operation.kind == "write";
      const double factor = is_write ? amplification : 1.0;
      database.operations.push_back({operation.name, is_write, operation.cpu.value.scaled(factor), operation.wait.value.scaled(factor)});
    }
    database.price = spec.price;
    database.read_price = spec.price_per_1000_reads.value / 1000.0;
    database.write_price = spec.price_per_1000_writes.value / 1000.0;
    database.storage_price = {spec.price_per_gb_month.value * static_cast<double>(spec.data.count) / 1e9 / month_seconds};
    if (spec.failover) database.failover = {spec.failover->detection, spec.failover->promotion, spec.failover->recovery};
    database.repair = spec.repair;
    if (spec.connections) {
      database.connections = {spec.connection_limit(), spec.connections->per_client, value_of(spec.connections->wait_limit)};
      if (!spec.connections->pooler) database.pool = database.connections->limit;
    }
    if (spec.partitions) database.partition_period = spec.partitions->period;
    database.data = spec.data;
    if (spec.resharding) database.resharding = {spec.resharding->at, spec.resharding->shards, spec.resharding->bandwidth};
    if (spec.replication) database.replication = {spec.replication->lag.value, acknowledged_by(spec.replication->mode)};
    return database;
  }

  QueueBlueprint queue(const QueueSpec& spec) const {
    QueueBlueprint queue;
    queue.name = spec.name;
    queue.priorities = spec.priorities;
    queue.limit = spec.limit;
    queue.publishers_wait = spec.on_full == "wait";
    queue.delay = spec.delay.value;
    queue.visibility = spec.visibility;
    queue.deliveries = spec.deliveries;
    if (spec.dead_letters) queue.dead_letters = steps_.queues.at(spec.dead_letters->name);
    return queue;
  }

  static CacheBlueprint cache(const CacheSpec& spec) {
    const CacheScope scope = spec.scope == "replica" ? CacheScope::replica : spec.scope == "region" ? CacheScope::region : CacheScope::shared;
    return {spec.name, scope, spec.capacity, chosen_or<CachePolicy>(spec.policy, "lru"), spec.time_to_live, spec.latency.value, spec.price,
            spec.soft_time_to_live, spec.coalesce, spec.coalesce_limit, spec.nodes, spec.operations.value_or(PerSecond{}),
            spec.persistent, spec.connections.value_or(0), spec.connections_per_client};
  }

  KeyBlueprint key(const KeySpec& spec) const {
    const KeyPer per = spec.per == "subject" ? KeyPer::subject : spec.per == "task" ? KeyPer::task : spec.per == "arrival" ? KeyPer::arrival : KeyPer::request;
    // What subjects have of their own becomes more with them.
    const std::int64_t items = per == KeyPer::subject ? count_at_load(spec.items, scenario_.load) : spec.items;
    return {spec.name, static_cast<std::uint64_t>(items), spec.zipf, per, spec.size.value};
  }

  static LimitBlueprint limit(const LimitSpec& spec) {
    LimitBlueprint limit{.name = spec.name, .per_subject = spec.per == "subject", .tiers = {}};
    for (const LimitTierSpec& tier : spec.tiers) {
      limit.tiers.push_back({.priority = tier.priority,
                             .rate = tier.rate.value_or(PerSecond{}),
                             .burst = tier.tokens(),
                             .quota = tier.quota,
                             .period = tier.period.value_or(LimitTier{}.period)});
    }
    return limit;
  }

  WorkloadBlueprint workload(const WorkloadSpec& spec) const {
    WorkloadBlueprint workload = workload_without_steps(spec);
    workload.region = region_of(spec.region);
    if (!spec.regions.empty()) workload.region_shares.assign(scenario_.regions.size(), 0.0);
    for (const RegionShareSpec& region : spec.regions) workload.region_shares[regions_.at(region.name.name)] = region.share;
    for (std::size_t i = 0; i < spec.journeys.size(); ++i)
      workload.journeys[i].steps = build_steps(spec.journeys[i].steps, steps_);
    return workload;
  }

  // What objectives ask for beyond the percentiles that are always there; what policies watch the simulation adds.
  std::vector<double> percentiles() const {
    std::vector<double> asked;
    const auto add = [&](const MetricSelector& selector) {
      if (selector.aggregation == Aggregation::percentile) asked.push_back(selector.percentile);
    };
    for (const ObjectiveSpec& objective : scenario_.objectives) add(objective.that.selector);
    constexpr std::array always{50.0, 95.0, 99.0};
    std::erase_if(asked, [&](double p) { return std::find(always.begin(), always.end(), p) != always.end(); });
    std::sort(asked.begin(), asked.end());
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    return asked;
  }

  const Scenario& scenario_;
  IndexByName regions_, node_pools_, load_balancers_;
  StepIndices steps_;
};

}  // namespace

Blueprint build_blueprint(const Scenario& scenario) { return Builder{scenario}.build(); }

}  // namespace headroom
