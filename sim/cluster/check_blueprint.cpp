// What cannot run, found before anything is built from it.
#include <fmt/format.h>

#include <algorithm>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/steps.hpp"
#include "sim/core/graph.hpp"

namespace headroom {
namespace {

enum class Place { endpoint, journey };

class Checker {
 public:
  explicit Checker(const Blueprint& blueprint) : blueprint_{blueprint}, calls_(blueprint.endpoints.size()) {}

  std::vector<std::string> check() {
    check_services();
    for (const RouteBlueprint& route : blueprint_.routes) check_route(route);
    for (const StoreBlueprint& store : blueprint_.stores) check_store(store);
    for (Index i = 0; i < blueprint_.endpoints.size(); ++i) {
      const EndpointBlueprint& endpoint = blueprint_.endpoints[i];
      expect(endpoint.service < blueprint_.services.size(), "endpoint " + endpoint.name + ": its service does not exist");
      endpoint_ = i;
      check_steps(endpoint.steps, "endpoint " + endpoint.name, Place::endpoint);
    }
    for (const WorkloadBlueprint& workload : blueprint_.workloads) {
      expect(workload.region < blueprint_.network.regions.size(), "workload " + workload.name + ": its region does not exist");
      expect(workload.model.chosen(), "workload " + workload.name + ": has no model");
      expect(workload.region_shares.empty() || workload.region_shares.size() == blueprint_.network.regions.size(),
             "workload " + workload.name + ": needs a share of each region");
      expect(!workload.journeys.empty(), "workload " + workload.name + ": has no journey");
      for (const JourneyBlueprint& journey : workload.journeys) {
        expect(!journey.steps.empty(), "journey " + journey.name + ": has no step");
        check_steps(journey.steps, "journey " + journey.name, Place::journey);
      }
    }
    for (const FaultBlueprint& fault : blueprint_.faults) std::visit([this](const auto& what) { check_fault(what); }, fault.what);
    check_cycles();
    return std::move(problems_);
  }

 private:
  void expect(bool good, const std::string& problem) {
    if (!good) problems_.push_back(problem);
  }

  void check_services() {
    for (const ServiceBlueprint& service : blueprint_.services) {
      const std::string who = "service " + service.name;
      expect(service.region < blueprint_.network.regions.size(), who + ": its region does not exist");
      expect(service.node_pool == no_index || service.node_pool < blueprint_.node_pools.size(),
             who + ": its node pool does not exist");
      expect(service.concurrency >= 1 && service.cpu > 0.0, who + ": needs a slot and some CPU");
      expect(service.requested_cpu() > 0.0 && service.requested_cpu() <= service.cpu,
             who + ": requests more CPU than it may use, or none");
      expect(service.balancer.chosen(), who + ": has no balancer");
      const Index model = service.language_model;
      expect(model == no_index || (model < blueprint_.language_models.size() && blueprint_.language_models[model].engine),
             who + ": its language model has no engine");
      check_probe(service, service.readiness, who + ": its readiness");
      check_probe(service, service.liveness, who + ": its liveness");
      if (service.serverless) check_serverless(service, *service.serverless, who);
      expect(!service.serverless || !service.vertical_autoscaler.chosen(), who + ": has instances that nobody resizes");
      if (service.load_balancer != no_index) check_fronted(service, who);
      if (service.admission.chosen()) check_admission(service, who);
      const auto& weights = service.fair_weights;
      expect(weights.empty() || (service.discipline == Discipline::fair && weights.size() == blueprint_.workloads.size() && std::ranges::min(weights) >= 1),
             who + ": needs a weight of one at least for each workload, and a fair discipline");
      if (service.queue == no_index) continue;
      expect(service.queue < blueprint_.queues.size(), who + ": its queue does not exist");
      expect(service.worker_endpoint < blueprint_.endpoints.size(), who + ": its worker endpoint does not exist");
      expect(service.batch >= 1, who + ": takes no message at a time");
    }
    for (const DatabaseBlueprint& database : blueprint_.databases) check_database(database);
    for (const CacheBlueprint& cache : blueprint_.caches) check_cache(cache);
    for (const QueueBlueprint& queue : blueprint_.queues) check_queue(queue);
    for (const LimitBlueprint& limit : blueprint_.limits) check_limit(limit);
    for (const LoadBalancerBlueprint& balancer : blueprint_.load_balancers) check_load_balancer(balancer);
    for (const ClientBlueprint& client : blueprint_.clients) {
      for (const std::string& problem : check_client(client)) problems_.push_back(problem);
    }
    for (const LinkBlueprint& link : blueprint_.links)
      expect(link.bandwidth.value > 0.0, "link " + link.name + ": has no bandwidth");
    for (const LanguageModelBlueprint& model : blueprint_.language_models) check_language_model(model);
  }

  void check_database(const DatabaseBlueprint& database) {
    const std::string who = "database " + database.name;
    expect(database.sharding.chosen(), who + ": has no sharding");
    expect(database.shards >= 1 && database.replicas >= 1 && database.pool >= 1, who + ": has no connection");
    const auto& connections = database.connections;
    expect(!connections || (connections->limit >= 1 && connections->per_client >= 1), who + ": lets nobody connect");
    expect(!database.partition_period || *database.partition_period > Duration{}, who + ": its partitions are no time");
    expect(!database.replication || database.replicas >= 2, who + ": replicates without a replica");
    if (database.resharding) check_resharding(database, *database.resharding);
  }

  void check_language_model(const LanguageModelBlueprint& model) {
    if (!model.engine) return;
    const std::string who = "language model " + model.name;
    const EngineBlueprint& engine = *model.engine;
    expect(!engine.times.prefill.empty() && !engine.times.decode.empty(), who + ": has no step times");
    expect(engine.kv_tokens >= 1 && engine.batch >= 1 && engine.step_tokens >= 1, who + ": has no room");
    expect(engine.weights.count >= 0, who + ": its weights are less than nothing");
  }

  void check_resharding(const DatabaseBlueprint& database, const ReshardingBlueprint& resharding) {
    const std::string who = "database " + database.name;
    expect(resharding.shards >= 1 && resharding.shards != database.shards, who + ": reshards to no other number of shards");
    expect(resharding.bandwidth.value > 0.0 && database.data.count > 0, who + ": has nothing to copy, or copies it over nothing");
    expect(static_cast<std::int64_t>(resharding.shards) * database.shards <= most_shard_moves, who + ": has too many shards to reshard");
    expect(!database.partition_period, who + ": its partitions do not move by key");
  }

  void check_cache(const CacheBlueprint& cache) {
    const std::string who = "cache " + cache.name;
    expect(cache.policy.chosen(), who + ": has no policy");
    const bool in_order = !cache.soft_time_to_live || !cache.time_to_live || *cache.soft_time_to_live < *cache.time_to_live;
    expect(in_order, who + ": its soft time to live is not shorter than its time to live");
    expect(cache.nodes >= 1, who + ": has no node");
    expect(cache.scope != CacheScope::replica || (cache.nodes == 1 && !(cache.operations.value > 0.0)),
           who + ": is in its replicas and has no nodes of its own");
    expect(cache.coalesce_limit > Duration{}, who + ": who waits for a load waits no time");
    expect(cache.connections == 0 || cache.scope != CacheScope::replica, who + ": is in its replicas, which need no connections");
    expect(cache.connections == 0 || (cache.connections_per_client >= 1 && cache.connections_per_client <= cache.connections),
           who + ": has not enough connections for one client");
  }

  void check_fault(const FailPrimary& fault) {
    if (fault.database >= blueprint_.databases.size()) return problems_.push_back("a fault: its database does not exist");
    const DatabaseBlueprint& database = blueprint_.databases[fault.database];
    expect(fault.shard < static_cast<Index>(database.most_shards()), "a fault: database " + database.name + " has no such shard");
  }

  void check_fault(const FlushCache& fault) {
    expect(fault.cache < blueprint_.caches.size(), "a fault: its cache does not exist");
  }

  void check_fault(const RestartCache& fault) {
    if (fault.cache >= blueprint_.caches.size()) return problems_.push_back("a fault: its cache does not exist");
    const CacheBlueprint& cache = blueprint_.caches[fault.cache];
    expect(cache.scope != CacheScope::replica, "a fault: cache " + cache.name + " is in its replicas, and restarts with them");
    expect(fault.down >= Duration{}, "a fault: cache " + cache.name + " is away for less than no time");
  }

  void check_probe(const ServiceBlueprint& service, const std::optional<ProbeBlueprint>& probe, const std::string& what) {
    if (!probe) return;
    expect(service.queue == no_index && service.discipline == Discipline::fifo,
           what + " needs requests that wait first come first served");
    expect(probe->timeout > Duration{} && probe->timeout <= probe->period, what + " needs a time-out within its period");
    expect(probe->failures >= 1 && probe->successes >= 1 && probe->initial_delay >= Duration{},
           what + " needs counts of one at least");
  }

  void check_serverless(const ServiceBlueprint& service, const ServerlessBlueprint& serverless, const std::string& who) {
    const bool is_alone = service.replicas == 0 && service.node_pool == no_index && !service.autoscaler.chosen();
    expect(is_alone && service.queue == no_index && service.language_model == no_index,
           who + ": is serverless and has replicas of its own");
    expect(service.discipline == Discipline::fifo && !service.backlog && !service.readiness && !service.liveness,
           who + ": is serverless and has no line of requests");
    expect(serverless.floor >= 0 && serverless.most >= std::max(1, serverless.floor),
           who + ": may have no instance, or fewer than its floor");
    expect(serverless.burst >= 1 && serverless.ramp.value > 0.0, who + ": its platform starts no instance");
    expect(serverless.keep_alive >= Duration{}, who + ": its instances are kept for a time");
  }

  void check_admission(const ServiceBlueprint& service, const std::string& who) {
    expect(service.queue == no_index && !service.serverless, who + ": has an admission policy and no line of requests");
    const auto policy = RegistryOf<AdmissionPolicy>::instance().make(service.admission, {service.concurrency});
    const bool probed = service.readiness || service.liveness ||
                        (service.load_balancer < blueprint_.load_balancers.size() && blueprint_.load_balancers[service.load_balancer].health_checks);
    expect(!policy->reorders() || (service.discipline == Discipline::fifo && !probed),
           who + ": its admission policy takes who came last, which needs one line and no probes in it");
  }

  void check_fronted(const ServiceBlueprint& service, const std::string& who) {
    if (service.load_balancer >= blueprint_.load_balancers.size())
      return problems_.push_back(who + ": its load balancer does not exist");
    const LoadBalancerBlueprint& balancer = blueprint_.load_balancers[service.load_balancer];
    expect(service.queue == no_index, who + ": takes messages, which come through no load balancer");
    expect(!service.serverless, who + ": is serverless, and needs no load balancer");
    expect(service.region == balancer.region, who + ": is in another region than its load balancer");
    expect(!balancer.health_checks || service.discipline == Discipline::fifo,
           who + ": health checks need requests that wait first come first served");
  }

  void check_load_balancer(const LoadBalancerBlueprint& balancer) {
    const std::string who = "load balancer " + balancer.name;
    expect(balancer.instances >= 1 && balancer.cpu > 0.0, who + ": has no instance or no core");
    expect(!balancer.connections || *balancer.connections >= 1, who + ": has no connection");
    expect(balancer.retries >= 0, who + ": a number of retries is not negative");
    if (!balancer.health_checks) return;
    const HealthCheckBlueprint& checks = *balancer.health_checks;
    expect(checks.timeout > Duration{} && checks.timeout <= checks.interval,
           who + ": its health checks need a time-out within their interval");
    expect(checks.failures >= 1 && checks.successes >= 1, who + ": its health checks need counts of one at least");
  }

  void check_queue(const QueueBlueprint& queue) {
    const std::string who = "queue " + queue.name;
    expect(queue.priorities >= 1, who + ": has no priority class");
    expect(!queue.visibility || *queue.visibility > Duration{}, who + ": its visibility is no time");
    expect(!queue.deliveries || (queue.visibility && *queue.deliveries >= 1),
           who + ": its deliveries need a visibility, and to be one at least");
    expect(queue.dead_letters == no_index || queue.deliveries, who + ": has dead letters without a bound on deliveries");
    expect(queue.dead_letters == no_index || queue.dead_letters < blueprint_.queues.size(),
           who + ": its queue of dead letters does not exist");
  }

  void check_limit(const LimitBlueprint& limit) {
    const std::string who = "limit " + limit.name;
    expect(!limit.tiers.empty(), who + ": has no tier");
    for (std::size_t i = 0; i < limit.tiers.size(); ++i) {
      const LimitTier& tier = limit.tiers[i];
      expect(i == 0 || tier.priority > limit.tiers[i - 1].priority, who + ": its tiers are not in order of priority");
      expect(tier.rate.value > 0.0 || tier.quota, who + ": a tier needs a rate or a quota");
      expect(tier.rate.value <= 0.0 || tier.burst > 0.0, who + ": a rate needs a burst");
      expect(tier.period > Duration{}, who + ": its period is no time");
    }
  }

  void check_route(const RouteBlueprint& route) {
    const std::string who = "route " + route.name;
    expect(!route.endpoints.empty(), who + ": leads to no endpoint");
    for (const Index endpoint : route.endpoints)
      expect(endpoint < blueprint_.endpoints.size(), who + ": leads to an endpoint that does not exist");
    double total = 0.0;
    for (const double weight : route.weights) total += weight;
    expect(route.policy == RoutePolicy::nearest || (route.weights.size() == route.endpoints.size() && total > 0.0),
           who + ": needs a weight of each endpoint");
  }

  void check_store(const StoreBlueprint& store) {
    const std::string who = "store " + store.name;
    expect(store.key < blueprint_.keys.size(), who + ": its key does not exist");
    expect(store.region == no_index || store.region < blueprint_.network.regions.size(), who + ": its region does not exist");
    expect(!store.tiers.empty() && store.tiers.front().after == Duration{}, who + ": its first tier is for objects of any age");
    // By frequency ages may be negative: the second tier may be for any.
    for (std::size_t i = store.half_life > Duration{} ? 2 : 1; i < store.tiers.size(); ++i)
      expect(store.tiers[i].after > store.tiers[i - 1].after, who + ": each tier is for older objects than the one before");
    expect(store.versions >= 1 && store.chain.snapshot_every >= 1, who + ": needs a version, and a snapshot in a while");
  }

  void check_steps(const Steps& steps, const std::string& where, Place place) {
    for (const Step& step : steps) {
      std::visit([&](const auto& action) { check_step(action, where, place); }, step.action);
      for_each_inner(step, [&](const Steps& inner) { check_steps(inner, where, place); });
    }
  }

  void check_step(const ComputeStep&, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no CPU to compute on");
  }
  void check_step(const WaitStep&, const std::string&, Place) {}
  void check_step(const CallStep& step, const std::string& where, Place place) {
    expect(step.retry.attempts >= 1, where + ": a call needs one attempt at least");
    expect(!step.patience || place == Place::journey, where + ": only a user has patience; give a call a time-out");
    expect(step.client == no_index || step.client < blueprint_.clients.size(), where + ": its client does not exist");
    expect((step.client == no_index && step.fallback.empty()) || place != Place::journey,
           where + ": a journey has no client, and falls back on nothing");
    expect(step.fallback.empty() || !step.ignore_failure, where + ": falls back on steps, and goes on without them");
    if (step.route == no_index) return check_callee(step.endpoint, where, place);
    if (step.route >= blueprint_.routes.size()) return problems_.push_back(where + ": calls a route that does not exist");
    for (const Index endpoint : blueprint_.routes[step.route].endpoints) check_callee(endpoint, where, place);
  }
  void check_callee(Index endpoint, const std::string& where, Place place) {
    if (endpoint >= blueprint_.endpoints.size()) return problems_.push_back(where + ": calls an endpoint that does not exist");
    const Index service = blueprint_.endpoints[endpoint].service;
    if (service < blueprint_.services.size() && blueprint_.services[service].queue != no_index) {
      problems_.push_back(where + ": calls " + blueprint_.endpoints[endpoint].name +
                          ", a worker that takes messages from a queue");
    }
    if (place != Place::journey) calls_[endpoint_].push_back(endpoint);
  }
  void check_step(const ParallelStep&, const std::string&, Place) {}
  void check_step(const ForEachStep& step, const std::string& where, Place) {
    expect(step.at_most >= 1, where + ": for_each needs at_most of one at least");
    expect(step.per != KeyPer::arrival, where + ": an arrival brings no count for a for_each");
  }
  void check_step(const ChooseStep& step, const std::string& where, Place) {
    double total = 0.0;
    for (const double weight : step.weights) total += weight;
    expect(!step.options.empty() && step.options.size() == step.weights.size() && total > 0.0,
           where + ": choose needs weighted options");
  }
  void check_step(const CacheStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no cache");
    expect(step.cache < blueprint_.caches.size() && step.key < blueprint_.keys.size(),
           where + ": its cache or key does not exist");
    check_generation(step.generation, where);
  }
  void check_step(const WriteCacheStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no cache");
    expect(step.cache < blueprint_.caches.size() && step.key < blueprint_.keys.size(),
           where + ": its cache or key does not exist");
    expect(step.delay >= Duration{}, where + ": a write is delayed by a time");
    expect(step.mode != WriteMode::behind || step.generation == no_index, where + ": a write behind has no generation");
    check_generation(step.generation, where);
  }
  void check_step(const InvalidateStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no cache");
    expect(step.cache < blueprint_.caches.size(), where + ": its cache does not exist");
    expect(step.key != no_index || step.generation != no_index, where + ": invalidates neither a key nor a generation");
    expect(step.key == no_index || step.key < blueprint_.keys.size(), where + ": its key does not exist");
    check_generation(step.generation, where);
  }
  void check_step(const TransferStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has nothing to send with");
    expect(step.link < blueprint_.links.size(), where + ": its link does not exist");
    expect(step.bytes.has_value() != (step.key < blueprint_.keys.size()),
           where + ": a transfer is of bytes or of a key's object");
    expect(step.compression > 0.0 && step.compression <= 1.0, where + ": compression leaves between nothing and all");
    expect(!step.bit_rate || step.bit_rate->value > 0.0, where + ": a flow needs some bandwidth");
  }
  void check_generation(Index generation, const std::string& where) {
    expect(generation == no_index || generation < blueprint_.keys.size(), where + ": the key of its generation does not exist");
  }
  void check_step(const QueryStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no database");
    expect(step.database < blueprint_.databases.size(), where + ": its database does not exist");
    expect(step.key == no_index || step.key < blueprint_.keys.size(), where + ": its key does not exist");
    if (step.operation == no_index || step.database >= blueprint_.databases.size()) return;
    const std::vector<OperationBlueprint>& operations = blueprint_.databases[step.database].operations;
    expect(step.operation < operations.size() && operations[step.operation].write == step.write,
           where + ": its operation does not exist, or reads where it writes");
  }
  void check_step(const PublishStep& step, const std::string& where, Place) {
    expect(step.queue < blueprint_.queues.size(), where + ": its queue does not exist");
  }
  void check_step(const LockStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no replica to hold a lock on");
    expect(step.lock < blueprint_.locks.size() && step.key < blueprint_.keys.size(), where + ": its lock or key does not exist");
    expect(step.lease > Duration{} && step.poll > Duration{}, where + ": a lock needs a lease and a time to ask again");
    expect(!step.renew || (*step.renew > Duration{} && *step.renew < step.lease),
           where + ": a lease is renewed before it runs out");
  }
  void check_step(const GenerateStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has nothing to ask a language model with");
    expect(step.model < blueprint_.language_models.size(), where + ": its language model does not exist");
    if (step.model < blueprint_.language_models.size() && blueprint_.language_models[step.model].engine &&
        place != Place::journey) {
      expect(blueprint_.services[blueprint_.endpoints[endpoint_].service].language_model == step.model,
             where + ": its service runs no engine of " + blueprint_.language_models[step.model].name);
    }
    expect(step.cached >= 0.0 && step.cached <= 1.0, where + ": the cached share of the input lies between 0 and 1");
  }
  void check_step(const WhenChangedStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has nothing to look at a source with");
    expect(step.rate.value > 0.0, where + ": what never changes needs no looking at");
    expect(!step.since || *step.since > Duration{}, where + ": the last look lies in the past");
  }
  void check_step(const LimitStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey is limited by the service that it asks");
    expect(step.limit < blueprint_.limits.size(), where + ": its limit does not exist");
    expect(!step.longest_wait || step.on_limit == OnLimit::wait, where + ": who does not wait has no longest wait");
  }
  void check_step(const StoreStep& step, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has no store");
    expect(step.store < blueprint_.stores.size(), where + ": its store does not exist");
  }
  void check_step(const RespondStep&, const std::string& where, Place place) {
    expect(place != Place::journey, where + ": a journey has nobody to respond to");
  }

  void check_cycles() {
    for (const ClosingEdge& edge : closing_edges(calls_)) {
      problems_.push_back(fmt::format("cycle of calls through {} and {}", blueprint_.endpoints[edge.path.front()].name,
                                      blueprint_.endpoints[edge.path.back()].name));
    }
  }

  const Blueprint& blueprint_;
  Successors calls_;  // by endpoint
  Index endpoint_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace

bool shares_node_cores(const Blueprint& blueprint, Index service) {
  const Index pool = blueprint.services[service].node_pool;
  if (pool == no_index) return false;
  return std::any_of(blueprint.services.begin(), blueprint.services.end(), [pool](const ServiceBlueprint& other) {
    return other.node_pool == pool && other.requested_cpu() < other.cpu;
  });
}

std::vector<std::string> check_blueprint(const Blueprint& blueprint) { return Checker{blueprint}.check(); }

}  // namespace headroom
