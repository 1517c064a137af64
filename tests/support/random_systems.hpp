// Small systems made up at random, for properties that hold whatever the system: each has some of every kind of station, and
// every option is on in some of them. The same seed makes the same system. Calls and messages lead from lower to higher numbers
// only, so that all work ends once nobody asks any more.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "tests/support/plane_under_test.hpp"
#include "tests/support/random_clients.hpp"
#include "tests/support/random_parts.hpp"

namespace headroom::test {

inline constexpr std::uint64_t plain_systems = 40;  // those of seeds beyond it have more parts (random_parts.hpp)

class RandomSystem {
 public:
  explicit RandomSystem(std::uint64_t seed) : random_{seed}, options_{~seed} {
    add_stations();
    for (Index i = 0; i < services_; ++i) blueprint.endpoints[i].steps = steps_of(i, 0);
    for (int w = 0; w < 1 + below(3); ++w) add_workload(w);
    disturb_cache();
    for (DatabaseBlueprint& database : blueprint.databases) {
      if (!database.partition_period && option(0.6)) reshard(database);
    }
    // Their replicas may be resized meanwhile; last, so that what else is drawn stays.
    for (ServiceBlueprint& service : blueprint.services) {
      if (!service.serverless && option(0.4)) service.vertical_autoscaler = choice_of<VerticalAutoscaler>("vpa");
    }
    limit_admission(seed);
    if (seed > plain_systems) RandomParts{blueprint, seed}.add();
    if (seed > plain_systems) RandomClients{blueprint, seed}.add();
  }

  Blueprint blueprint;
  double load_ends = 100.0;  // nobody asks after that

  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  bool chance(double p) { return uniform() < p; }
  // From numbers of its own: what is drawn otherwise, and so the load, stays what it was.
  bool option(double p) { return optional_uniform() < p; }
  double uniform() { return (static_cast<double>(random_() >> 11U) + 0.5) * 0x1.0p-53; }

 private:
  Distribution span(double mean) {
    if (chance(0.3)) return seconds(mean);
    return Distribution::exponential(mean);
  }

  Duration span_of(double longest) { return to_duration(longest * uniform()); }

  void add_stations() {
    blueprint.locks.push_back({.name = "lock", .latency = span(0.002), .price = {}});
    blueprint.limits.push_back({.name = "limit", .per_subject = chance(0.5), .tiers = {random_tier(0), random_tier(2)}});
    for (int i = 0; i < 1 + below(2); ++i) add_database(i);
    blueprint.keys.push_back({.name = "key", .items = 50, .zipf = 0.8, .per = chance(0.5) ? KeyPer::subject : KeyPer::task});
    blueprint.caches.push_back({.name = "cache",
                                .scope = chance(0.5) ? CacheScope::shared : CacheScope::replica,
                                .capacity = Bytes{10},
                                .policy = choice_of<CachePolicy>("lru")});
    CacheBlueprint& cache = blueprint.caches.back();
    if (chance(0.3)) cache.latency = span(0.005);
    if (cache.scope == CacheScope::shared && chance(0.5)) {
      cache.nodes = 1 + below(3);
      cache.operations = {20.0 + 100.0 * uniform()};
    }
    blueprint.links.push_back({.name = "link", .bandwidth = {500.0}, .per_region = chance(0.5), .price = 1e-6});
    if (chance(0.5)) cache.time_to_live = to_duration(2.0 + 20.0 * uniform());
    if (chance(0.5)) cache.soft_time_to_live = to_duration(2.0 * uniform() + 0.01);
    cache.coalesce = chance(0.6);
    cache.coalesce_limit = to_duration(0.1 + 3.0 * uniform());
    for (int i = 0; i < 2 + below(3); ++i) add_random_service(i);
    queues_ = below(3);
    for (int i = 0; i < queues_; ++i) add_queue(i);
    services_ = static_cast<Index>(blueprint.services.size());
    add_store();
  }

  // Objects grow cold within seconds.
  void add_store() {
    StoreBlueprint store;
    store.name = "store";
    store.key = 0;
    store.tiers = {{.name = "hot", .latency = span(0.01)}, {.name = "cold", .latency = span(1.0), .after = to_duration(1 + 5 * uniform())}};
    store.promote_on_read = chance(0.5);
    store.ages = span(5.0);
    if (chance(0.5)) store.chain = {.snapshot_every = 1 + below(4), .share = 0.2};
    blueprint.stores.push_back(store);
  }

  LimitTier random_tier(int priority) {
    LimitTier tier{.priority = priority, .rate = PerSecond{0.5 + 5.0 * uniform()}, .burst = 1.0 + 5.0 * uniform(), .quota = {}};
    if (chance(0.5)) tier.quota = 1.0 + below(20);
    tier.period = to_duration(1.0 + 10.0 * uniform());
    return tier;
  }

  void add_database(int number) {
    DatabaseBlueprint database;
    database.name = "database " + std::to_string(number);
    database.shards = 1 + below(3);
    database.sharding = one_of<ShardPolicy>({"modulo", "jump", "directory", "maglev", "range"}, number + database.shards);
    database.replicas = 1 + below(2);
    database.pool = 1 + below(5);
    if (chance(0.3)) database.backlog = below(5);
    if (chance(0.3)) database.wait_limit = span(1.0);
    database.read_cpu = span(0.02);
    database.write_wait = span(0.05);
    if (database.replicas > 1 && chance(0.5)) {
      database.failover = {to_duration(uniform()), to_duration(5.0 * uniform()), std::nullopt};
      if (chance(0.5)) database.failover->recovery = to_duration(20.0 * uniform());
    } else {
      database.repair = to_duration(10.0 * uniform());
    }
    if (database.replicas > 1 && chance(0.6)) database.replication = {span(0.05), static_cast<Acknowledged>(below(3))};
    if (option(0.5)) database.connections = {2 * database.pool + 1, database.pool};
    if (database.connections && option(0.3)) database.connections->wait_limit = Distribution::exponential(0.1);
    if (option(0.3)) database.partition_period = to_duration(7.0);
    blueprint.databases.push_back(database);
    // A second failure would leave nobody where nodes do not come back.
    const bool comes_back = database.repair || database.failover->recovery;
    const int failures = below(comes_back ? 4 : 2);
    for (int i = 0; i < failures; ++i)
      add_fault(FailPrimary{static_cast<Index>(number), static_cast<Index>(below(database.shards))});
  }

  template <class Fault>
  void add_fault(const Fault& fault) {
    blueprint.faults.push_back({to_duration(load_ends * uniform()), fault});
  }

  double optional_uniform() { return (static_cast<double>(options_() >> 11U) + 0.5) * 0x1.0p-53; }

  // Half of the services that may have one; with limits that bite. From numbers of its own.
  void limit_admission(std::uint64_t seed) {
    std::mt19937_64 random{seed + 5};
    for (ServiceBlueprint& service : blueprint.services) {
      if (service.queue != no_index || service.serverless || random() % 2 == 0) continue;
      const std::vector<std::string> names = RegistryOf<AdmissionPolicy>::instance().names();
      service.admission = choice_of<AdmissionPolicy>(names[random() % names.size()]);
      const AdmissionPolicy::Context context{service.concurrency};
      const bool reorders = RegistryOf<AdmissionPolicy>::instance().make(service.admission, context)->reorders();
      if (reorders && (service.discipline != Discipline::fifo || service.readiness || service.load_balancer != no_index)) service.admission = choice_of<AdmissionPolicy>("fixed-concurrency");
    }
  }

  void disturb_cache() {
    CacheBlueprint& cache = blueprint.caches[0];
    cache.persistent = option(0.5);
    const auto when = [&] { return to_duration(load_ends * optional_uniform()); };
    if (option(0.5)) blueprint.faults.push_back({when(), FlushCache{0}});
    if (cache.scope != CacheScope::shared) return;
    if (option(0.6)) blueprint.faults.push_back({when(), RestartCache{0, to_duration(20.0 * optional_uniform())}});
    if (!option(0.5)) return;
    cache.connections = 2 + static_cast<int>(15.0 * optional_uniform());
    cache.connections_per_client = 2;
  }

  // To more shards or to fewer, in the middle of the load.
  void reshard(DatabaseBlueprint& database) {
    database.data = Bytes{1000};
    database.resharding = ReshardingBlueprint{.at = to_duration(20.0 + 40.0 * optional_uniform()), .shards = 1, .bandwidth = {1.0}};
    const int other = 1 + static_cast<int>(4.0 * optional_uniform());
    database.resharding->shards = other == database.shards ? other + 1 : other;
    if (option(0.5)) database.sharding = choice_of<ShardPolicy>("consistent-hash");
  }
  // Without drawing for it: what is drawn otherwise stays what it was.
  template <class Interface>
  static PolicyChoice one_of(std::initializer_list<const char*> names, int number) {
    return choice_of<Interface>(names.begin()[static_cast<std::size_t>(number) % names.size()]);
  }

  // Two services of three may use twice what they requested of the nodes, which have less than all may use.
  void put_on_nodes(ServiceBlueprint& service) {
    if (blueprint.node_pools.empty()) blueprint.node_pools.push_back({.name = "nodes", .cpu = 3.0});
    service.node_pool = 0;
    if (option(0.7)) service.cpu_request = service.cpu / 2;
  }

  ServiceBlueprint& add_random_service(int number) {
    test::add_service(blueprint, "service " + std::to_string(number), {}, 1 + below(4), chance(0.5) ? 10.0 : 0.5 + uniform());
    ServiceBlueprint& service = blueprint.services.back();
    service.replicas = 1 + below(3);
    service.discipline = static_cast<Discipline>(below(4));
    if (chance(0.3)) service.backlog = below(6);
    if (chance(0.3)) service.wait_limit = span(2.0);
    if (chance(0.5)) blueprint.endpoints.back().response_size = span(1000.0);
    service.balancer = one_of<Balancer>({"round-robin", "ring-hash", "least-response-time", "weighted", "maglev"}, number + service.replicas);
    if (option(0.4)) put_on_nodes(service);
    if (service.discipline == Discipline::fifo && option(0.5)) service.readiness = ProbeBlueprint{};
    if (number > 0 && number < 100 && option(0.4))
      make_serverless(service);
    else if (option(0.4))
      put_behind_load_balancer(service);
    return service;
  }

  // Few instances that soon go again; cold starts that a caller's time-out or a wait limit may not wait for.
  void make_serverless(ServiceBlueprint& service) {
    service.replicas = 0;
    service.node_pool = no_index;
    service.discipline = Discipline::fifo;
    service.backlog.reset();
    service.readiness.reset();
    service.serverless = ServerlessBlueprint{.floor = option(0.5) ? 1 : 0, .most = option(0.5) ? 3 : 10};
    service.serverless->burst = option(0.5) ? 1 : 5;
    service.serverless->ramp = PerSecond{1.0};
    service.serverless->keep_alive = to_duration(option(0.5) ? 0.3 : 5.0);
    if (option(0.8)) service.serverless->cold_start = Distribution::exponential(0.5);
  }

  // Those that check the health of its members are for lines first come first served.
  void put_behind_load_balancer(ServiceBlueprint& service) {
    LoadBalancerBlueprint balancer;
    balancer.name = "load balancer " + std::to_string(blueprint.load_balancers.size());
    balancer.instances = option(0.5) ? 1 : 2;
    balancer.cpu_per_request = Distribution::exponential(0.01);
    if (option(0.5)) balancer.latency = seconds(0.001);
    if (option(0.3)) balancer.connections = 3;
    if (option(0.5)) balancer.membership = Membership::fixed;
    if (option(0.5)) balancer.retries = 1;
    if (service.discipline == Discipline::fifo && option(0.7))
      balancer.health_checks = HealthCheckBlueprint{.interval = to_duration(2.0), .timeout = to_duration(0.2), .failures = 2, .passive = option(0.5)};
    balancer.price_per_byte = 1e-6;
    service.load_balancer = static_cast<Index>(blueprint.load_balancers.size());
    blueprint.load_balancers.push_back(balancer);
  }

  // Its worker is the service behind those that there are.
  void add_queue(int number) {
    ServiceBlueprint& worker = add_random_service(100 + number);
    worker.backlog.reset();
    worker.readiness.reset();
    worker.load_balancer = no_index;
    worker.batch = 1 + below(5);
    worker.queue = static_cast<Index>(blueprint.queues.size());
    worker.worker_endpoint = static_cast<Index>(blueprint.endpoints.size() - 1);
    QueueBlueprint queue;
    queue.name = "queue " + std::to_string(number);
    queue.priorities = 1 + below(3);
    if (chance(0.5)) queue.limit = 1 + below(10);
    queue.publishers_wait = queue.limit && chance(0.5);
    if (chance(0.3)) queue.delay = span(queue.limit ? 0.05 : 1.0);  // what is delayed takes room
    if (chance(0.6)) {
      queue.visibility = to_duration(0.2 + 3.0 * uniform());
      queue.deliveries = 1 + below(4);
    }
    blueprint.queues.push_back(queue);
    // Dead letters go to the queue behind.
    if (number > 0 && blueprint.queues[number - 1].deliveries && chance(0.5))
      blueprint.queues[number - 1].dead_letters = worker.queue;
  }

  // Of the endpoint of a service; it calls those behind it.
  Steps steps_of(Index service, int depth) {
    Steps steps;
    for (int i = 0; i < 1 + below(3); ++i) steps.push_back(step_of(service, depth));
    return steps;
  }
  Step step_of(Index service, int depth) {
    switch (below(depth < 2 ? 17 : 7)) {
      case 0: return {ComputeStep{span(0.05)}};
      case 1: return {WaitStep{span(0.1)}};
      case 2:
        return {QueryStep{static_cast<Index>(below(static_cast<int>(blueprint.databases.size()))), chance(0.5),
                          chance(0.5) ? 0 : no_index, no_index, chance(0.3), option(0.5) ? std::optional{seconds(12.0)} : std::nullopt}};
      case 3: return call_from(service);
      case 4: return publish_from(service);
      case 5: return {RespondStep{}};
      case 6: return {StoreStep{0, chance(0.5)}};
      case 7: return {ParallelStep{{steps_of(service, depth + 1), steps_of(service, depth + 1)}}};
      case 8: return {ForEachStep{span(2.0), 1 + below(3), steps_of(service, depth + 1), static_cast<KeyPer>(below(3))}};
      case 9: return {ChooseStep{{1.0, 2.0}, {steps_of(service, depth + 1), {}}}};
      case 10: return {CacheStep{0, 0, steps_of(service, depth + 1), generation()}};
      case 11: return {lock_around(steps_of(service, depth + 1))};
      case 12: return {WhenChangedStep{PerSecond{1.0}, chance(0.5) ? std::optional{to_duration(1.0)} : std::nullopt, steps_of(service, depth + 1)}};
      case 13: return {limit_around(steps_of(service, depth + 1))};
      case 14: return write_of(service, depth);
      case 15: return transfer();
      default: return {InvalidateStep{0, chance(0.5) ? 0 : no_index, 0}};
    }
  }
  LimitStep limit_around(Steps steps) {
    LimitStep limit;
    limit.limit = 0;
    limit.cost = span(1.0);
    limit.on_limit = static_cast<OnLimit>(below(3));
    if (limit.on_limit == OnLimit::wait) limit.longest_wait = to_duration(5.0 * uniform());
    if (chance(0.5)) limit.steps = std::move(steps);
    return limit;
  }
  Step transfer() {
    TransferStep transfer{.link = 0, .bytes = span(10.0)};
    if (chance(0.5)) transfer.bit_rate = BytesPerSecond{chance(0.5) ? 100.0 : 300.0};
    return {std::move(transfer)};
  }
  Index generation() { return chance(0.3) ? 0 : no_index; }
  Step write_of(Index service, int depth) {
    WriteCacheStep write{.cache = 0, .key = 0, .mode = static_cast<WriteMode>(below(4)), .steps = steps_of(service, depth + 1)};
    write.delay = to_duration(chance(0.2) ? 0.0 : 3.0 * uniform());
    if (write.mode != WriteMode::behind) write.generation = generation();
    return {std::move(write)};
  }
  LockStep lock_around(Steps steps) {
    LockStep lock;
    lock.lock = lock.key = 0;
    lock.lease = to_duration(0.05 + 2.0 * uniform());
    lock.on_held = static_cast<OnHeld>(below(3));
    lock.poll = to_duration(0.02 + 0.1 * uniform());
    lock.steps = std::move(steps);
    if (chance(0.3)) {
      // Nothing that could wait for the same key: a holder that renews would keep it for ever.
      lock.renew = lock.lease / 3;
      lock.steps = {{WaitStep{span(0.1)}}};
    }
    return lock;
  }
  Step call_from(Index service) {
    std::vector<Index> callees;
    for (Index i = service + 1; i < services_; ++i) {
      if (blueprint.services[i].queue == no_index) callees.push_back(i);
    }
    if (callees.empty()) return {WaitStep{span(0.1)}};
    CallStep call;
    call.endpoint = callees[static_cast<std::size_t>(below(static_cast<int>(callees.size())))];
    if (chance(0.3)) {
      call.route = static_cast<Index>(blueprint.routes.size());
      blueprint.routes.push_back({.name = "route " + std::to_string(blueprint.routes.size()),
                                  .endpoints = callees,
                                  .weights = std::vector<double>(callees.size(), 1.0),
                                  .policy = static_cast<RoutePolicy>(below(3)),
                                  .failover = chance(0.5),
                                  .propagation = span_of(2.0)});
    }
    if (chance(0.5)) call.timeout = to_duration(0.05 + uniform());
    call.retry.attempts = 1 + below(3);
    call.ignore_failure = chance(0.2);
    return {call};
  }
  Step publish_from(Index service) {
    const Index own = blueprint.services[service].queue;
    const int first = own == no_index ? 0 : static_cast<int>(own) + 1;
    if (first >= queues_) return {WaitStep{span(0.1)}};
    PublishStep publish;
    publish.queue = static_cast<Index>(first + below(queues_ - first));
    if (chance(0.5)) publish.priority = below(4);
    return {publish};
  }

  void add_workload(int number) {
    std::vector<Arrival> arrivals;
    const double mean_gap = 0.05 + 0.3 * uniform();
    for (double at = 0.0;;) {
      at -= mean_gap * std::log(uniform());
      if (at >= load_ends) break;
      arrivals.push_back({.at = at_seconds(at),
                          .priority = static_cast<std::uint8_t>(below(3)),
                          .subject = random_() % 7,
                          .key = random_() % 50});
    }
    Steps steps;
    for (int i = 0; i < 1 + below(3); ++i) {
      std::vector<Index> asked;
      for (Index e = 0; e < services_; ++e) {
        if (blueprint.services[e].queue == no_index) asked.push_back(e);
      }
      CallStep call;
      call.endpoint = asked[static_cast<std::size_t>(below(static_cast<int>(asked.size())))];
      if (chance(0.3)) call.timeout = to_duration(uniform() + 0.1);
      if (chance(0.3)) call.patience = span(1.0);
      steps.push_back({call});
      if (chance(0.4)) steps.push_back({WaitStep{span(0.5)}});
      if (queues_ > 0 && chance(0.4)) steps.push_back({PublishStep{.queue = static_cast<Index>(below(queues_))}});
    }
    blueprint.workloads.push_back(
        {"users " + std::to_string(number), 0, scripted(std::move(arrivals), false, chance(0.5) ? to_duration(1.0) : Duration{}), {{"visit", 1.0, std::move(steps)}}});
  }

  std::mt19937_64 random_, options_;
  Index services_ = 0;
  int queues_ = 0;
};

}  // namespace headroom::test
