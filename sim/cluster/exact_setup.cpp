// From a Blueprint to the stations, instruments and arrivals of the exact plane.
#include <algorithm>
#include <set>

#include "sim/cluster/exact_hot_path.hpp"
#include "sim/cluster/make_workload.hpp"
#include "sim/cluster/steps.hpp"

namespace headroom {
namespace {

std::optional<Demand> wait_limit_of(const std::optional<Distribution>& limit, const std::string& path, RandomStreams& streams) {
  if (!limit) return std::nullopt;
  return Demand{*limit, streams.key_of(path + "/wait_limit")};
}

}  // namespace

RequestCount ExactRequestPlane::request_count(Recorder& recorder, const std::vector<Label>& labels) {
  RequestCount count;
  count.requests = &recorder.counter("requests", labels);
  count.errors = &recorder.share("errors", labels);
  count.latency = &recorder.durations("latency", labels);
  return count;
}

ExactRequestPlane::ExactRequestPlane(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  service_count_ = static_cast<Index>(blueprint.services.size());
  regions_ = static_cast<Index>(blueprint.network.regions.size());
  for (const auto& row : blueprint.network.round_trip) {
    for (const Duration round_trip : row) one_way_.push_back(round_trip / 2);
  }
  make_workloads(blueprint, streams, recorder);
  std::vector<bool> repeats;
  for (const ArrivalQueue& arrivals : arrivals_) repeats.push_back(arrivals.workload->repeats());
  program_ = compile(blueprint, repeats, streams);
  make_regions(blueprint, streams, recorder);
  if (!blueprint.routes.empty()) router_ = std::make_unique<Router>(blueprint, streams);
  transfers_ = std::make_unique<TransferMeter>(blueprint, program_.sizes, streams, recorder);
  if (!transfers_->active()) transfers_.reset();

  for (const KeyBlueprint& key : blueprint.keys) {
    const std::uint64_t own_key = streams.key_of("keys/" + key.name);
    keys_.push_back({Zipf{key.items, key.zipf}, key.per, own_key, {key.size, streams.key_of("keys/" + key.name + "/size")}});
    if (key.per == KeyPer::subject && key.zipf == 0.0) keys_.back().own_items = static_cast<std::uint64_t>(key.items);
  }
  replica_caches_.resize(blueprint.services.size() + blueprint.databases.size());
  make_locks(blueprint, streams, recorder);
  make_limits(blueprint, streams, recorder);
  ClientCalls{*this}.make(blueprint, recorder);
  make_caches(blueprint, streams, recorder);
  make_queues(blueprint, streams, recorder);
  make_links(blueprint, streams, recorder);
  make_language_models(blueprint, streams, recorder);
  make_stores(blueprint, streams, recorder);
  make_services(blueprint, streams, recorder);
  make_databases(blueprint, streams, recorder);
  make_load_balancers(blueprint, streams, recorder);
  notes_answers_ = transfers_ != nullptr || !load_balancers_.empty() || has_connections_ || tells_balancers_ || has_gates_;
  make_targets(blueprint, recorder);
  for (Index i = 0; i < arrivals_.size(); ++i) {
    arrivals_[i].journeys = program_.journeys[i].data();
    arrivals_[i].has_sessions = std::ranges::any_of(program_.journeys[i], &JourneyCode::is_session);
  }
  plan_faults(blueprint);
  find_next_arrival();
}

void ExactRequestPlane::make_workloads(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  constexpr std::size_t batch_size = 1024;
  for (const WorkloadBlueprint& workload : blueprint.workloads) {
    ArrivalQueue& arrivals = arrivals_.emplace_back();
    arrivals.workload = make_workload(workload, surroundings_of(blueprint), streams);
    arrivals.batch.resize(batch_size);
    arrivals.key = streams.key_of("workloads/" + workload.name + "/arrivals");
    arrivals.region = workload.region;
    const std::vector<Label> labels{{"workload", workload.name}};
    arrivals.sessions = &recorder.counter("sessions", labels);
    arrivals.in_flight_gauge = &recorder.gauge("in_flight", labels);
    arrivals.users = request_count(recorder, labels);
    for (std::size_t i = 1; i < outcome_count; ++i) {
      arrivals.failures[i] =
          &recorder.counter("failures", {{"reason", to_text(static_cast<TaskOutcome>(i))}, {"workload", workload.name}});
    }
    arrivals.concurrent_users = &recorder.gauge("concurrent_users", labels);
    if (arrivals.workload->has_deadlines()) {
      arrivals.late = &recorder.share("late", labels);
      arrivals.lateness = &recorder.durations("lateness", labels);
    }
    workload_names_.push_back(workload.name);
    refill(arrivals);
  }
  for (std::size_t i = 0; i < arrivals_.size(); ++i) {
    if (!arrivals_[i].workload->has_tenants()) continue;
    arrivals_[i].tenants = &recorder.gauge("tenants", {{"workload", workload_names_[i]}});
    arrivals_[i].tenants->set(now_, arrivals_[i].workload->users_at(now_));
  }
  const auto changes = [](const ArrivalQueue& arrivals) { return arrivals.workload->users_change(); };
  if (std::none_of(arrivals_.begin(), arrivals_.end(), changes)) return;
  for (std::size_t i = 0; i < arrivals_.size(); ++i) {
    arrivals_[i].accounts = &recorder.gauge("accounts", {{"workload", workload_names_[i]}});
    arrivals_[i].accounts->set(now_, arrivals_[i].workload->users_at(now_));
  }
}

void ExactRequestPlane::make_services(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  for (Index i = 0; i < blueprint.services.size(); ++i) {
    const ServiceBlueprint& service = blueprint.services[i];
    const std::string path = "services/" + service.name;
    Server& server = servers_.emplace_back();
    server.kind = service.serverless              ? Server::Kind::serverless
                  : service.queue == no_index ? Server::Kind::balanced
                                              : Server::Kind::worker;
    server.region = service.region;
    server.concurrency = static_cast<Index>(service.concurrency);
    server.backlog_limit = service.backlog;
    server.wait_limit = wait_limit_of(service.wait_limit, path, streams);
    server.discipline = service.discipline;
    server.fair_weights = service.fair_weights;
    server.cores = service.cpu;
    server.cpu_request = service.requested_cpu();
    if (shares_node_cores(blueprint, i)) server.node_cores = blueprint.node_pools[service.node_pool].cpu;
    server.dedicated_cores = service.cpu >= service.concurrency && !program_.server_forks[i] && !server.node_cores &&
                             !service.vertical_autoscaler.chosen();
    const bool has_memory_limit = service.memory.count > 0 && !service.serverless;
    if (has_memory_limit) server.memory_limit = service.memory;
    server.memory_base = service.memory_base;
    server.memory_per_task = service.memory_per_task;
    server.watches_starts = has_memory_limit || service.readiness || service.liveness;
    server.balancer = RegistryOf<Balancer>::instance().make(service.balancer, {});
    server.random = streams.named("policies/balancing/" + service.name);
    if (server.kind == Server::Kind::balanced && server.balancer->looks_further()) server.kind = Server::Kind::attentive;
    tells_balancers_ |= server.balancer->looks_further();
    if (service.admission.chosen()) {
      server.admission = std::make_unique<Admission>(service.admission, service.concurrency, service.name, recorder);
      if (server.kind == Server::Kind::balanced) server.kind = Server::Kind::attentive;
      has_gates_ = true;
    }
    server.queue = service.queue;
    server.worker_target = service.worker_endpoint;
    server.batch = static_cast<Index>(service.batch);
    server.language_model = service.language_model;

    const std::vector<Label> labels{{"service", service.name}};
    server.cpu = &recorder.level_share("cpu", labels);
    server.slots = &recorder.level_share("slots", labels);
    if (has_memory_limit) server.memory = &recorder.level_share("memory", labels);
    server.queue_length = &recorder.gauge("queue_length", labels);
    server.requests_in_flight = &recorder.gauge("in_flight", labels);
    server.queue_wait = &recorder.durations("queue_wait", labels);
    if (service.serverless) make_platform(i, service, streams, recorder);
  }
}

void ExactRequestPlane::make_databases(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  for (Index i = 0; i < blueprint.databases.size(); ++i) {
    const DatabaseBlueprint& database = blueprint.databases[i];
    const Index index = service_count_ + i;
    Server& server = servers_.emplace_back();
    server.kind = Server::Kind::sharded;
    server.region = database.region;
    server.concurrency = static_cast<Index>(database.pool);
    server.backlog_limit = database.backlog;
    server.wait_limit = wait_limit_of(database.wait_limit, "databases/" + database.name, streams);
    server.cores = database.cpu;
    server.dedicated_cores = database.cpu >= database.pool;
    server.shards = static_cast<Index>(database.shards);
    server.copies = static_cast<Index>(database.replicas);
    server.shard_map = RegistryOf<ShardPolicy>::instance().make(database.sharding, {})->map(server.shards);

    Database& extra = databases_.emplace_back();
    extra.name = database.name;
    extra.shards.assign(
        static_cast<std::size_t>(database.most_shards()),
        Shard{.primary = no_index, .failures = 0, .log = ReplicationLog{database.replication ? server.copies : 0}});
    for (Index shard = 0; shard < server.shards; ++shard) extra.shards[shard].primary = 0;
    extra.shards_there = server.shards;
    make_resharding(database, extra, recorder);
    extra.failover = database.failover;
    extra.repair = database.repair;
    extra.replication = make_replication(database, streams, recorder);
    extra.partition_period = database.partition_period;

    if (database.read_price > 0.0 || database.write_price > 0.0)
      extra.paid_queries = {database.read_price, database.write_price, 0, 0, &recorder.counter("cost", labels_of(extra.queries_part()))};

    const std::vector<Label> labels{{"database", database.name}};
    if (database.failover || database.repair) extra.shards_down = &recorder.gauge("shards_down", labels);
    server.cpu = &recorder.level_share("database_cpu", labels);
    server.slots = &recorder.level_share("pool", labels);
    server.queue_length = &recorder.gauge("queue_length", labels);
    server.queue_wait = &recorder.durations("queue_wait", labels);
    server.nodes.assign(extra.shards.size() * server.copies, no_index);
    for (Index node = 0; node < server.shards * server.copies; ++node) {
      const Index replica = new_replica(index);
      servers_[index].nodes[node] = replica;
    }
  }
  make_connections(blueprint, streams, recorder);
}

void ExactRequestPlane::make_queues(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  for (const QueueBlueprint& queue : blueprint.queues) {
    MessageQueue& station = queues_.emplace_back();
    station.priorities = static_cast<Index>(queue.priorities);
    station.classes.resize(static_cast<std::size_t>(queue.priorities) * (queue.visibility ? 2 : 1));
    station.limit = queue.limit;
    station.publishers_wait = queue.publishers_wait;
    if (!queue.delay.is_zero()) station.delay = Demand{queue.delay, streams.key_of("queues/" + queue.name + "/delay")};
    station.visibility = queue.visibility;
    station.most_deliveries = static_cast<Index>(queue.deliveries.value_or(0));
    station.dead_letter_queue = queue.dead_letters;
    const std::vector<Label> labels{{"queue", queue.name}};
    station.queue_length = &recorder.gauge("queue_length", labels);
    station.queue_age = &recorder.gauge("queue_age", labels);
    station.in_flight = &recorder.gauge("messages_in_flight", labels);
    station.publishers_waiting = &recorder.gauge("publishers_waiting", labels);
    station.redeliveries = &recorder.counter("redeliveries", labels);
    station.duplicates = &recorder.counter("duplicates", labels);
    station.dead_letters = &recorder.counter("dead_letters", labels);
    for (int priority = 0; priority < queue.priorities; ++priority) {
      std::vector<Label> of_class = labels;
      if (queue.priorities > 1) of_class.insert(of_class.begin(), {"priority", std::to_string(priority)});
      station.queue_wait.push_back(&recorder.durations("queue_wait", of_class));
    }
  }
}

void ExactRequestPlane::make_locks(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  for (const LockBlueprint& lock : blueprint.locks) {
    Lock& station = locks_.emplace_back();
    station.latency = {lock.latency, streams.key_of("locks/" + lock.name + "/latency")};
    const std::vector<Label> labels{{"lock", lock.name}};
    station.wait = &recorder.durations("lock_wait", labels);
    station.contention = &recorder.share("lock_contention", labels);
    station.expired = &recorder.counter("lock_expired", labels);
    station.duplicates = &recorder.counter("duplicates", labels);
  }
}

void ExactRequestPlane::make_caches(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  for (const CacheBlueprint& cache : blueprint.caches) make_cache(cache, streams, recorder);
  make_write_counters(blueprint, recorder);
  make_key_shares(blueprint, recorder);
  make_cache_faults(blueprint, recorder);
  make_cache_clients(blueprint, recorder);
  for (const EndpointBlueprint& endpoint : blueprint.endpoints) {
    std::vector<bool> used(blueprint.caches.size(), false);
    for_each_action<CacheStep>(endpoint.steps, [&](const CacheStep& step) { used[step.cache] = true; });
    for_each_action<WriteCacheStep>(endpoint.steps, [&](const WriteCacheStep& step) { used[step.cache] = true; });
    for_each_action<InvalidateStep>(endpoint.steps, [&](const InvalidateStep& step) { used[step.cache] = true; });
    for (Index i = 0; i < used.size(); ++i) {
      std::vector<Index>& list = replica_caches_[endpoint.service];
      if (used[i] && caches_[i].asks_replica && std::find(list.begin(), list.end(), i) == list.end()) list.push_back(i);
    }
  }
}

void ExactRequestPlane::make_cache(const CacheBlueprint& cache, RandomStreams& streams, Recorder& recorder) {
  cache_policies_.push_back(cache.policy);
  cache_names_.push_back(cache.name);
  const auto index = static_cast<Index>(caches_.size());
  Cache& station = caches_.emplace_back();
  station.scope = cache.scope;
  station.latency = {cache.latency, streams.key_of("caches/" + cache.name + "/latency")};
  station.policy_key = streams.key_of("caches/" + cache.name + "/policy");
  station.limits = {cache.time_to_live, cache.soft_time_to_live};
  station.coalesces = cache.coalesce;
  station.coalesce_limit = cache.coalesce_limit;
  station.has_flights = cache.coalesce || cache.soft_time_to_live;
  has_flights_ = has_flights_ || station.has_flights;
  const Index instances = cache.scope == CacheScope::shared ? 1 : cache.scope == CacheScope::region ? regions_ : 0;
  station.nodes = static_cast<Index>(cache.nodes);
  station.capacity = Bytes{cache.capacity.count / cache.nodes};
  for (Index tier = 0; tier < instances * station.nodes; ++tier) station.tiers.push_back(new_tier(index));
  if (cache.operations.value > 0.0) {
    station.operation = to_duration(1.0 / cache.operations.value);
    station.lines.resize(station.tiers.size());
  }
  make_cache_instruments(cache, station, recorder);
}

void ExactRequestPlane::make_cache_instruments(const CacheBlueprint& cache, Cache& station, Recorder& recorder) {
  const std::vector<Label> labels{{"cache", cache.name}};
  station.hit_ratio = &recorder.share("hit_ratio", labels);
  station.bytes = &recorder.gauge("cache_bytes", labels);
  station.evictions = &recorder.counter("evictions", labels);
  if (cache.coalesce) station.coalesced = &recorder.counter("coalesced", labels);
  if (cache.soft_time_to_live) {
    station.stale_served = &recorder.counter("stale_served", labels);
    station.refreshes = &recorder.counter("refreshes", labels);
  }
  if (cache.operations.value > 0.0) station.node_utilization = &recorder.share("node_utilization", labels);
}

std::unique_ptr<CacheTier> ExactRequestPlane::new_tier(Index cache) {
  return new_tier(cache, caches_[cache].capacity);
}

std::unique_ptr<CacheTier> ExactRequestPlane::new_tier(Index cache, Bytes capacity) {
  const std::uint64_t random_key = mix(caches_[cache].policy_key, ++caches_[cache].tiers_made);
  auto policy = RegistryOf<CachePolicy>::instance().make(cache_policies_[cache],
                                                         {.capacity = caches_[cache].capacity, .random_key = random_key});
  return std::make_unique<CacheTier>(capacity, std::move(policy), caches_[cache].limits);
}

// Where look-ups by several keys share a cache.
void ExactRequestPlane::make_key_shares(const Blueprint& blueprint, Recorder& recorder) {
  std::vector<std::set<Index>> keys(caches_.size());
  for (const Instruction& instruction : program_.code) {
    if (instruction.op != Op::cache_lookup) continue;
    const CacheSite& site = program_.cache_sites[instruction.a];
    keys[site.cache].insert(site.key);
  }
  for (Index i = 0; i < caches_.size(); ++i) {
    if (keys[i].size() < 2) continue;
    caches_[i].key_hit_ratios.resize(keys_.size());
    for (const Index key : keys[i]) {
      caches_[i].key_hit_ratios[key] =
          &recorder.share("key_hit_ratio", {{"cache", blueprint.caches[i].name}, {"key", blueprint.keys[key].name}});
    }
  }
}

// Only where a step does such a thing.
void ExactRequestPlane::make_write_counters(const Blueprint& blueprint, Recorder& recorder) {
  const auto counter = [&](const char* name, Index cache) {
    return &recorder.counter(name, {{"cache", blueprint.caches[cache].name}});
  };
  for (const Instruction& instruction : program_.code) {
    if (instruction.op != Op::invalidate && instruction.op != Op::write_behind) continue;
    const Index cache = program_.cache_sites[instruction.a].cache;
    Cache& station = caches_[cache];
    if (instruction.op == Op::invalidate) {
      station.invalidations = counter("invalidations", cache);
    } else {
      station.coalesced_writes = counter("coalesced_writes", cache);
      station.lost_writes = counter("lost_writes", cache);
    }
  }
}

void ExactRequestPlane::make_targets(const Blueprint& blueprint, Recorder& recorder) {
  const auto add = [&](const std::vector<Label>& labels) {
    return &request_counts_.emplace_back(request_count(recorder, labels));
  };
  std::vector<RequestCount*> counts;
  for (const EndpointBlueprint& endpoint : blueprint.endpoints) {
    counts.push_back(add({{"endpoint", endpoint.name}, {"service", blueprint.services[endpoint.service].name}}));
  }
  for (const DatabaseBlueprint& database : blueprint.databases) {
    RequestCount* both = add({{"database", database.name}});
    counts.push_back(both);  // reads
    counts.push_back(both);  // writes
  }
  for (const DatabaseBlueprint& database : blueprint.databases) {
    for (const OperationBlueprint& operation : database.operations)
      counts.push_back(add({{"database", database.name}, {"operation", operation.name}}));
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const CallTarget& target = program_.targets[i];
    targets_.push_back({&servers_[target.server], counts[i], target.entry, target.write});
  }
}

}  // namespace headroom
