// Explanations against arithmetic by hand, written beside each expectation.
#include "scenarios/explain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/queueing/caches.hpp"
#include "models/queueing/multi_server.hpp"
#include "scenarios/scenario_error.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Numbers = std::vector<std::pair<std::string, double>>;

// Options as numbers, where a scenario file would have text with units.
class SetNumbers final : public Visitor {
 public:
  explicit SetNumbers(Numbers values) : values_{std::move(values)} {}
  void visit(const FieldInfo& info, FieldValue value) override {
    for (const auto& [name, number] : values_) {
      if (name == info.name) std::visit([x = number](auto target) { set(target, x); }, value);
    }
  }

 private:
  static void set(std::int64_t* target, double x) { *target = std::llround(x); }
  static void set(double* target, double x) { *target = x; }
  static void set(Duration* target, double x) { *target = to_duration(x); }
  static void set(PerSecond* target, double x) { target->value = x; }
  static void set(const std::shared_ptr<OptionalAccess>& target, double x) {
    std::visit([x](auto inner) { set(inner, x); }, target->emplace());
  }
  template <class Other>
  static void set(const Other&, double) {
    FAIL() << "not a number";
  }

  Numbers values_;
};

PolicyChoice model(const char* name, Numbers values) {
  PolicyChoice choice = choice_of<Workload>(name);
  SetNumbers visitor{std::move(values)};
  Fields fields{visitor};
  choice.options->describe(fields);
  return choice;
}
PolicyChoice rate(double per_second) { return model("users", {{"rate", per_second}}); }

Step compute(double s) { return {ComputeStep{Distribution::constant(s)}}; }
Step wait(double s) { return {WaitStep{Distribution::constant(s)}}; }
Step call(Index endpoint) { return {CallStep{.endpoint = endpoint, .timeout = {}, .retry = {}}}; }

// A blueprint of services with one endpoint each (endpoint i belongs to service i) and one workload.
class System {
 public:
  Index service(const std::string& name, int replicas, int concurrency, double cpu, Steps steps) {
    ServiceBlueprint service;
    service.name = name;
    service.replicas = replicas;
    service.concurrency = concurrency;
    service.cpu = cpu;
    service.replica_limits = {replicas, replicas};
    blueprint.services.push_back(service);
    blueprint.endpoints.push_back({name + ".work", static_cast<Index>(blueprint.services.size() - 1), std::move(steps)});
    return static_cast<Index>(blueprint.endpoints.size() - 1);
  }
  void ask(PolicyChoice workload, Steps steps) {
    WorkloadBlueprint asks;
    asks.name = "asks";
    asks.model = std::move(workload);
    asks.journeys.push_back({"journey", 1.0, std::move(steps)});
    blueprint.workloads.push_back(std::move(asks));
  }
  StationLoad load(const std::string& station, const std::string& resource) const {
    const Explanation explanation = explain(blueprint);
    for (const StationLoad& load : explanation.stations) {
      if (load.station == station && load.resource == resource) return load;
    }
    ADD_FAILURE() << "no " << station << " " << resource;
    return {};
  }
  Blueprint blueprint;
};

TEST(Explain, AHundredWorkersAgainstAHundredMillionMonitors) {
  System system;
  // Each worker does one job at a time in 30 ms: 33.33 /s, a hundred of them 3,333 /s.
  const Index job = system.service("worker", 100, 1, 1.0, {wait(0.030)});
  system.blueprint.queues.push_back({"jobs", 1, {}});
  system.blueprint.services[0].queue = 0;
  system.blueprint.services[0].worker_endpoint = job;
  // 100,000 users × 1,000 monitors every 300 s: 333,333 /s.
  system.ask(model("monitors", {{"users", 100'000}, {"monitors_per_user", 1000}, {"period", 300}}),
             {{PublishStep{.queue = 0, .priority = {}}}});
  const Explanation explanation = explain(system.blueprint);
  ASSERT_EQ(explanation.stations.size(), 1U);
  const StationLoad& load = explanation.stations.front();
  EXPECT_EQ(load.station, "services/worker");
  EXPECT_EQ(load.resource, "queue workers");
  EXPECT_NEAR(load.demand, 1e8 / 300.0, 1e-6);
  EXPECT_NEAR(load.capacity, 100.0 / 0.030, 1e-9);
  EXPECT_NEAR(load.capacity / load.demand, 0.01, 1e-12);
  EXPECT_NEAR(load.utilization, 100.0, 1e-9);
  EXPECT_FALSE(load.mean_wait_seconds.has_value()) << "there is no mean wait where it grows without end";
  EXPECT_NEAR(explanation.arrivals_per_second, 1e8 / 300.0, 1e-6);
}

TEST(Explain, SlotsAreHeldWhileWaitingForOthers) {
  System system;
  // store: 20 ms of CPU. api: 5 ms of CPU, then two calls one after the other: 45 ms.
  const Index store = system.service("store", 2, 10, 1.0, {compute(0.020)});
  const Index api = system.service("api", 3, 4, 2.0, {compute(0.005), call(store), call(store)});
  system.ask(rate(30.0), {call(api), wait(1.0)});

  const StationLoad slots = system.load("services/api", "slots");
  EXPECT_NEAR(slots.service_seconds, 0.045, 1e-12);
  EXPECT_NEAR(slots.capacity, 3 * 4 / 0.045, 1e-9);
  EXPECT_NEAR(slots.utilization, 30.0 * 0.045 / 12.0, 1e-12);
  // Twelve slots on six cores, of which 30 × 0.005 = 0.15 are busy: as good as a core for every slot.
  const double wait = MultiServerQueue(30.0, 1.0 / 0.045, 12).mean_wait();
  EXPECT_NEAR(*slots.mean_wait_seconds, wait, 1e-4 * wait);
  const StationLoad cpu = system.load("services/api", "cpu");
  EXPECT_NEAR(cpu.service_seconds, 0.005, 1e-12);
  EXPECT_NEAR(cpu.capacity, 3 * 2 / 0.005, 1e-9);
  EXPECT_FALSE(cpu.mean_wait_seconds.has_value()) << "a shared processor has no queue";
  // 60 /s at the store: 60 × 0.02 of 2 cores is 60 %, the most loaded of all.
  const Explanation explanation = explain(system.blueprint);
  EXPECT_EQ(explanation.stations.front().station, "services/store");
  EXPECT_EQ(explanation.stations.front().resource, "cpu");
  EXPECT_NEAR(explanation.stations.front().demand, 60.0, 1e-9);
  EXPECT_NEAR(explanation.stations.front().utilization, 0.6, 1e-12);
}

TEST(Explain, PartsOfACoreTakeLonger) {
  System system;
  const Index api = system.service("api", 1, 10, 0.5, {compute(0.010)});
  system.ask(rate(10.0), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.020, 1e-12);
  EXPECT_NEAR(system.load("services/api", "cpu").utilization, 10.0 * 0.010 / 0.5, 1e-12);
}

TEST(Explain, ParallelForEachAndChoose) {
  System system;
  const Index fast = system.service("fast", 1, 100, 1.0, {wait(0.010)});
  const Index slow = system.service("slow", 1, 100, 1.0, {wait(0.040)});
  Steps steps;
  steps.push_back({ParallelStep{{{call(fast)}, {call(slow)}}}});                   // the longer: 40 ms
  steps.push_back({ForEachStep{Distribution::constant(25.0), 10, {call(fast)}}});  // 3 rounds of 10 ms
  steps.push_back({ChooseStep{{1.0, 3.0}, {{call(slow)}, {wait(0.004)}}}});        // 0.25 × 40 + 0.75 × 4 = 13 ms
  const Index api = system.service("api", 1, 100, 1.0, std::move(steps));
  system.ask(rate(2.0), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.083, 1e-12);
  EXPECT_NEAR(system.load("services/fast", "slots").demand, 2.0 * 26.0, 1e-9);
  EXPECT_NEAR(system.load("services/slow", "slots").demand, 2.0 * 1.25, 1e-9);
}

TEST(Explain, WhoHasAnsweredGoesOnHoldingItsSlot) {
  System system;
  const Index upload = system.service("upload", 1, 10, 1.0, {wait(0.010), {RespondStep{}}, wait(0.090)});
  const Index api = system.service("api", 1, 10, 1.0, {call(upload)});
  system.ask(rate(1.0), {call(api)});
  EXPECT_NEAR(system.load("services/upload", "slots").service_seconds, 0.100, 1e-12);
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.010, 1e-12);
}

TEST(Explain, AnswersOnOneWayOnly) {
  System system;
  // One in four answers after 10 ms, the rest at the end of 10 + 80 ms.
  const Index upload =
      system.service("upload", 1, 10, 1.0, {wait(0.010), {ChooseStep{{1.0, 3.0}, {{{RespondStep{}}}, {}}}}, wait(0.080)});
  const Index api = system.service("api", 1, 10, 1.0, {call(upload)});
  system.ask(rate(1.0), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.25 * 0.010 + 0.75 * 0.090, 1e-12);
}

TEST(Explain, RoundTripsLieBetweenRegions) {
  System system;
  system.blueprint.network.regions = {"us", "eu"};
  system.blueprint.network.round_trip = {{{}, milliseconds{64}}, {milliseconds{64}, {}}};
  const Index store = system.service("store", 1, 10, 1.0, {wait(0.010)});
  system.blueprint.services[0].region = 1;
  const Index api = system.service("api", 1, 10, 1.0, {call(store)});
  system.ask(rate(1.0), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.074, 1e-12);
}

TEST(Explain, AVisibilityShorterThanABatchTakesIsRemarked) {
  System system;
  system.blueprint.queues.push_back({.name = "jobs"});
  system.blueprint.queues[0].visibility = seconds{30};
  system.service("worker", 1, 50, 1.0, {wait(20.0)});
  ServiceBlueprint& worker = system.blueprint.services[0];
  worker.queue = 0;
  worker.worker_endpoint = 0;
  worker.batch = 50;
  system.ask(rate(1.0), {{PublishStep{.queue = 0}}});
  EXPECT_TRUE(explain(system.blueprint).remarks.empty());
  worker.batch = 100;  // fifty begin when the others are done, at 20 s
  EXPECT_EQ(explain(system.blueprint).remarks,
            std::vector<std::string>{"queues/jobs: its visibility is 30 s, but the last of a batch that worker takes is done after 40 s on "
                                     "average: messages are worked on twice"});
}

// 100 /s at two slots of 10 ms each: M/M/2 waits 3.3 ms, two lines by round robin about 6 ms.
TEST(Explain, OneLineBeforeSeveralReplicasIsRemarked) {
  for (const int replicas : {1, 2}) {
    System system;
    const Index api = system.service("api", replicas, 1, 1.0, {wait(0.010)});
    system.ask(rate(50.0 * replicas), {call(api)});
    const auto remarks = explain(system.blueprint).remarks;
    const bool is_told = !remarks.empty() && remarks[0].starts_with("services/api: its mean wait is of one line before all 2 replicas");
    EXPECT_EQ(is_told, replicas == 2);
  }
}

// Asking and giving back take 10 ms each.
TEST(Explain, ALockTakesItsOperationsAndWhatIsDoneUnderIt) {
  System system;
  system.blueprint.locks.push_back({.name = "rows", .latency = Distribution::constant(0.010), .price = {}});
  system.blueprint.keys.push_back({.name = "id"});
  LockStep lock;
  lock.lock = lock.key = 0;
  lock.lease = seconds{30};
  lock.steps = {wait(0.200)};
  const Index api = system.service("api", 1, 10, 1.0, {{lock}});
  system.ask(rate(1.0), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.220, 1e-12);
  EXPECT_TRUE(explain(system.blueprint).remarks.empty());
}

// Held for 0.2 s by steps and for 10 ms of giving back, 4 times a second: 84 % with one key, 42 % with two.
TEST(Explain, AKeyOfALockIsASingleServer) {
  for (const std::uint64_t items : {1, 2}) {
    System system;
    system.blueprint.locks.push_back({.name = "rows", .latency = Distribution::constant(0.010), .price = {}});
    system.blueprint.keys.push_back({.name = "id", .items = items});
    LockStep lock;
    lock.lock = lock.key = 0;
    lock.lease = seconds{30};
    lock.steps = {wait(0.200)};
    const Index api = system.service("api", 1, 10, 1.0, {{lock}});
    system.ask(rate(4.0), {call(api)});
    const std::vector<std::string> told{
        "locks/rows: the hottest id is asked for so often that it would be held 84 % of the time; the waits for it are not counted"};
    EXPECT_EQ(explain(system.blueprint).remarks, items == 1 ? told : std::vector<std::string>{});
  }
}

// Looked at every 300 s, changed once in 600 s on average: 1 - exp(-1/2) of the looks find something, and work 0.2 s.
TEST(Explain, OnlyWhatHasChangedIsWorkedOn) {
  System system;
  const Index api = system.service("api", 1, 10, 1.0, {{WhenChangedStep{.rate = PerSecond{1.0 / 600}, .since = {}, .steps = {wait(0.2)}}}});
  system.ask(model("monitors", {{"users", 3000}, {"period", 300}}), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.2 * (1.0 - std::exp(-0.5)), 1e-12);
  // As many users, who do not come again, find that everything has changed: half of all.
  system.ask(rate(10.0), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.2 * (1.0 - 0.5 * std::exp(-0.5)), 1e-12);
}

// 3 tokens each, 10 requests a second: 30 of the 40 tokens a second are taken.
TEST(Explain, ALimitForAllIsAStation) {
  for (const bool per_subject : {false, true}) {
    System system;
    system.blueprint.limits.push_back({.name = "budget", .per_subject = per_subject, .tiers = {{.rate = PerSecond{40}, .burst = 100, .quota = {}}}});
    LimitStep limit;
    limit.limit = 0;
    limit.cost = Distribution::constant(3);
    const Index api = system.service("api", 1, 10, 1.0, {{limit}, wait(0.1)});
    system.ask(rate(10.0), {call(api)});
    const Explanation explanation = explain(system.blueprint);
    const auto is_budget = [](const StationLoad& load) { return load.station == "limits/budget"; };
    EXPECT_EQ(std::ranges::any_of(explanation.stations, is_budget), !per_subject) << "a tenant's limit is not the system's";
    if (!per_subject) {
      EXPECT_NEAR(system.load("limits/budget", "tokens").utilization, 0.75, 1e-9);
    }
  }
}

// Probes at 5, 15 and 25 s.
TEST(Explain, ALivenessProbeMustWaitForTheStartUp) {
  for (const double start_up : {25.0, 26.0}) {
    System system;
    const Index api = system.service("api", 1, 10, 1.0, {wait(0.010)});
    system.blueprint.services[0].start_up = Distribution::constant(start_up);
    system.blueprint.services[0].liveness = ProbeBlueprint{.initial_delay = seconds{5}};
    system.ask(rate(1.0), {call(api)});
    const std::vector<std::string> told{
        "services/api: its liveness probe kills a container that is not up after 25 s, and the start-up takes 26 s on average"};
    EXPECT_EQ(explain(system.blueprint).remarks, start_up > 25.0 ? told : std::vector<std::string>{});
  }
}

// 0.02 requests a second of 2 s keep 0.04 instances at work; e^(-0.02 × 60) of them come after a minute without any. A month has
// 2,592,000 s: 51,840 requests of 0.001 dollars; 103,680 s of 2 GB at 1e-5 dollars; a floor of 3 × 2 GB at 1e-6.
TEST(Explain, AServerlessServiceIsToldByLittleAndByItsGaps) {
  for (const int floor : {0, 3}) {
    System system;
    const Index api = system.service("api", 0, 1, 1.0, {wait(2.0)});
    system.blueprint.services[0].memory = Bytes{2'000'000'000};
    system.blueprint.services[0].serverless = ServerlessBlueprint{.floor = floor,
                                                                  .keep_alive = std::chrono::minutes{1},
                                                                  .cold_start = {},
                                                                  .price_per_request = 0.001,
                                                                  .price = 1e-14,
                                                                  .floor_price = 1e-15};
    system.ask(rate(0.02), {call(api)});
    std::vector<std::string> told{
        "services/api: 0.04 instances at work at the mean load, 0.04 at the peak; 53.91 USD a month (requests 51.84, memory 2.074, "
        "floor 0), cold starts not counted",
        "services/api: at so low a load about 30.1 % of its requests find no instance: nobody came for the keep-alive before"};
    if (floor > 0)
      told = {"services/api: 0.04 instances at work at the mean load, 0.04 at the peak; 69.47 USD a month (requests 51.84, memory 2.074, "
              "floor 15.55), cold starts not counted"};
    EXPECT_EQ(explain(system.blueprint).remarks, told);
    EXPECT_NEAR(system.load("services/api", "slots").utilization, 0.04 / 1000, 1e-12) << "of the most there may be";
  }
}

TEST(Explain, ALimitAboveTheRequestIsNotPromised) {
  System system;
  const Index api = system.service("api", 1, 10, 4.0, {wait(0.010)});
  system.blueprint.node_pools.push_back({.name = "nodes", .cpu = 4.0, .memory = {}, .boot = {}, .bandwidth = {}, .price = {}, .purchase = {}});
  system.blueprint.services[0].node_pool = 0;
  system.blueprint.services[0].cpu_request = 1.0;
  system.ask(rate(1.0), {call(api)});
  EXPECT_EQ(explain(system.blueprint).remarks,
            std::vector<std::string>{"services/api: its cores are counted at its limit of 4; a node that is full gives it its request, 1"});
}

TEST(Explain, ATimeOutEndsTheWait) {
  System system;
  const Index store = system.service("store", 1, 10, 1.0, {wait(0.500)});
  const Index api = system.service("api", 1, 10, 1.0, {{CallStep{.endpoint = store, .timeout = milliseconds{200}, .retry = {}}}});
  system.ask(rate(1.0), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.200, 1e-12);
  const auto remarks = explain(system.blueprint).remarks;
  EXPECT_EQ(
      remarks,
      std::vector<std::string>{
          "api.work calls store.work with a time-out of 200 ms, but its mean time to answer is 500 ms without any queueing"});
}

TEST(Explain, AnAutoscalerRaisesTheLimit) {
  System system;
  const Index api = system.service("api", 2, 5, 1.0, {wait(0.100)});
  system.blueprint.services[0].replica_limits = {2, 20};
  system.ask(rate(10.0), {call(api)});
  EXPECT_NEAR(system.load("services/api", "slots").capacity_at_limit, 100.0, 1e-9) << "without an autoscaler nobody adds any";
  system.blueprint.services[0].autoscaler = choice_of<Autoscaler>("hpa");
  ASSERT_TRUE(system.blueprint.services[0].autoscaler.chosen());
  EXPECT_NEAR(system.load("services/api", "slots").capacity_at_limit, 1000.0, 1e-9);
}

class Cached : public System {
 public:
  // api looks a key up; on a miss it asks the store.
  explicit Cached(std::optional<Duration> time_to_live = {}) {
    store = service("store", 1, 100, 1.0, {wait(0.050)});
    blueprint.keys.push_back({"item", 10'000, 0.9, KeyPer::request, Distribution::constant(1000.0)});
    CacheBlueprint cache;
    cache.name = "items";
    cache.capacity = {1'000'000};  // a thousand of the ten thousand
    cache.time_to_live = time_to_live;
    cache.latency = Distribution::constant(0.001);
    blueprint.caches.push_back(cache);
    api = service("api", 1, 100, 1.0, {{CacheStep{0, 0, {call(store)}}}});
    ask(rate(100.0), {call(api)});
  }
  Index store, api;
};

TEST(Explain, MissesGoOnToTheStore) {
  const Cached system;
  const double hits = che_hit_ratio(zipf_classes(10'000, 0.9), 1000.0).hit_ratio;
  EXPECT_NEAR(system.load("services/store", "slots").demand, 100.0 * (1.0 - hits), 1e-6);
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.001 + (1.0 - hits) * 0.050, 1e-9);
}

TEST(Explain, ATimeToLiveLimitsTheHits) {
  const Cached system{seconds{1}};
  // So short that the capacity does not bind: each item hits as often as its rate and the time to live allow.
  const double hits = fixed_ttl_cache(zipf_classes(10'000, 0.9), 100.0, 1.0).hit_ratio;
  EXPECT_NEAR(system.load("services/store", "slots").demand, 100.0 * (1.0 - hits), 1e-6);
}

TEST(Explain, ASecondLevelAnswersWhatTheFirstCannot) {
  Cached system;
  CacheBlueprint second = system.blueprint.caches[0];
  second.name = "large";
  second.capacity = {5'000'000};
  system.blueprint.caches.push_back(second);
  system.blueprint.endpoints[system.api].steps = {{CacheStep{0, 0, {{CacheStep{1, 0, {call(system.store)}}}}}}};
  const auto classes = zipf_classes(10'000, 0.9);
  // What reaches the store is what the larger one alone would miss.
  EXPECT_NEAR(system.load("services/store", "slots").demand, 100.0 * (1.0 - che_hit_ratio(classes, 5000.0).hit_ratio), 1e-6);
}

TEST(Explain, DatabasesCountConnectionsAndCores) {
  System system;
  DatabaseBlueprint database;
  database.name = "db";
  database.shards = 1;
  database.replicas = 2;
  database.pool = 10;
  database.cpu = 4.0;
  database.read_cpu = Distribution::constant(0.002);
  database.read_wait = Distribution::constant(0.008);
  database.write_cpu = Distribution::constant(0.010);
  database.write_wait = Distribution::constant(0.010);
  system.blueprint.databases.push_back(database);
  const Index api = system.service(
      "api", 1, 100, 1.0, {{QueryStep{.database = 0}}, {QueryStep{.database = 0}}, {QueryStep{.database = 0, .write = true}}});
  system.ask(rate(100.0), {call(api)});
  const StationLoad connections = system.load("databases/db", "connections");
  EXPECT_NEAR(connections.demand, 300.0, 1e-9);
  EXPECT_NEAR(connections.service_seconds, (2 * 0.010 + 0.020) / 3.0, 1e-12);
  // The primary: half of 200 reads/s × 10 ms and all of 100 writes/s × 20 ms: 3 of 10 connections.
  EXPECT_NEAR(connections.utilization, 0.3, 1e-12);
  EXPECT_NEAR(connections.capacity, 1000.0, 1e-9);
  // Cores: 100 × 2 ms + 100 × 10 ms of 4.
  EXPECT_NEAR(system.load("databases/db", "cpu").utilization, 1.2 / 4.0, 1e-12);
  EXPECT_NEAR(system.load("services/api", "slots").service_seconds, 0.040, 1e-12);
}

TEST(Explain, TheHottestShardCounts) {
  System system;
  DatabaseBlueprint database;
  database.name = "db";
  database.sharding = choice_of<ShardPolicy>("modulo");
  database.shards = 4;
  database.pool = 10;
  database.read_wait = Distribution::constant(0.010);
  system.blueprint.databases.push_back(database);
  // Two keys only, of 2/3 and 1/3: at most two of the four shards work.
  system.blueprint.keys.push_back({"tenant", 2, 1.0, KeyPer::request, Distribution::constant(1.0)});
  const Index api = system.service("api", 1, 100, 1.0, {{QueryStep{.database = 0, .write = false, .key = 0}}});
  system.ask(rate(300.0), {call(api)});
  ASSERT_TRUE(system.blueprint.databases[0].sharding.chosen());
  const auto map = RegistryOf<ShardPolicy>::instance().make(system.blueprint.databases[0].sharding, {})->map(4);
  const double hottest = map->shard_of(0) == map->shard_of(1) ? 1.0 : 2.0 / 3.0;
  EXPECT_NEAR(system.load("databases/db", "connections").utilization, 300.0 * hottest * 0.010 / 10.0, 1e-9);
  ASSERT_EQ(explain(system.blueprint).remarks.size(), 1U);
  EXPECT_EQ(explain(system.blueprint).remarks[0].rfind("databases/db: the hottest of 4 shards", 0), 0U);
}

TEST(Explain, AClosedPopulationAsksAtMostNOverZPlusR) {
  System system;
  const Index api = system.service("api", 1, 4, 8.0, {wait(0.200)});
  system.ask(model("users", {{"population", 36}}), {call(api), wait(7.0)});
  // 36 / 7.2 s = 5 /s, against 20 /s of capacity.
  EXPECT_NEAR(system.load("services/api", "slots").demand, 5.0, 1e-9);
  EXPECT_NEAR(explain(system.blueprint).arrivals_per_second, 5.0, 1e-9);
  EXPECT_EQ(explain(system.blueprint).remarks,
            std::vector<std::string>{"workloads/asks: closed population of 36: at most N / (Z + R) = 36 / 7.2 s = 5 journeys/s"});
}

TEST(Explain, AClosedPopulationIsHeldBackByTheBottleneck) {
  System system;
  const Index api = system.service("api", 1, 4, 8.0, {wait(0.200)});
  system.ask(model("users", {{"population", 360}}), {call(api), wait(7.0)});
  const StationLoad load = system.load("services/api", "slots");
  EXPECT_NEAR(load.demand, 20.0, 1e-9) << "50 /s would be asked, 20 /s can be served";
  EXPECT_NEAR(load.utilization, 1.0, 1e-12);
}

TEST(Explain, AClosedPopulationDoesNotWaitForWorkersBehindAQueue) {
  System system;
  const Index api = system.service("api", 1, 4, 8.0, {wait(0.200), {PublishStep{.queue = 0, .priority = {}}}});
  const Index job = system.service("worker", 1, 1, 1.0, {wait(1.0)});
  system.blueprint.queues.push_back({"jobs", 1, {}});
  ServiceBlueprint& worker = system.blueprint.services[1];
  worker.queue = 0;
  worker.worker_endpoint = job;
  system.ask(model("users", {{"population", 36}}), {call(api), wait(7.0)});
  // 36 / 7.2 s = 5 /s go on, though the one worker takes one job a second.
  EXPECT_NEAR(system.load("services/api", "slots").demand, 5.0, 1e-9);
  EXPECT_NEAR(system.load("services/worker", "queue workers").utilization, 5.0, 1e-9);
}

// Takes a word for one option.
class SetWord final : public Visitor {
 public:
  SetWord(std::string name, std::string word) : name_{std::move(name)}, word_{std::move(word)} {}
  void visit(const FieldInfo& info, FieldValue value) override {
    if (info.name == name_) *std::get<std::string*>(value) = word_;
  }

 private:
  std::string name_, word_;
};

TEST(Explain, PeaksUseThePeakRate) {
  System system;
  const Index api = system.service("api", 1, 10, 1.0, {wait(0.100)});
  // 600 monitors per minute, all in the first second of it: 10 /s on average, 600 /s at the peak. Beside them 20 /s of users.
  PolicyChoice monitors = model("monitors", {{"users", 600}, {"period", 60}});
  SetWord aligned{"phase", "aligned"};
  Fields fields{aligned};
  monitors.options->describe(fields);
  system.ask(monitors, {call(api)});
  system.ask(rate(20.0), {call(api)});
  system.blueprint.workloads[1].name = "others";
  const Explanation explanation = explain(system.blueprint);
  EXPECT_NEAR(explanation.arrivals_per_second, 30.0, 1e-9);
  EXPECT_NEAR(explanation.peak_arrivals_per_second, 620.0, 1e-9);
  EXPECT_NEAR(explanation.stations.front().utilization, 30.0 * 0.1 / 10.0, 1e-9);
  EXPECT_NEAR(explanation.stations.front().peak_utilization, 620.0 * 0.1 / 10.0, 1e-9);
}

TEST(Explain, SlotsWaitForTheCoresTheirHoldersShare) {
  System system;
  // One core, four slots, 10 ms of computing at 90 /s: M/M/1 at 0.9 seen through four slots. Mean wait rho / (mu - lambda) ×
  // rho^3.
  const Index api = system.service("api", 1, 4, 1.0, {compute(0.010)});
  system.ask(rate(90.0), {call(api)});
  const StationLoad slots = system.load("services/api", "slots");
  EXPECT_NEAR(slots.utilization, 0.225, 1e-12) << "alone on a core";
  EXPECT_NEAR(*slots.mean_wait_seconds, 0.9 / (100.0 - 90.0) * std::pow(0.9, 3), 1e-6);
  const auto remarks = explain(system.blueprint).remarks;
  ASSERT_EQ(remarks.size(), 1U);
  // In a slot: 1 / (100 - 90) in all, less the wait: 0.1 - 0.0656 s.
  EXPECT_EQ(
      remarks[0],
      "services/api: by sharing the cores a visit holds one of the slots for 34.39 ms instead of 10 ms; the mean wait for one "
      "counts that");
}

TEST(Explain, CoresThatAreTheBottleneckAreNamed) {
  System system;
  const Index api = system.service("api", 1, 4, 1.0, {compute(0.010)});
  system.ask(rate(110.0), {call(api)});
  EXPECT_FALSE(system.load("services/api", "slots").mean_wait_seconds.has_value());
  const auto remarks = explain(system.blueprint).remarks;
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].rfind("services/api: the cores are the bottleneck, not the slots", 0), 0U) << remarks[0];
}

TEST(Explain, AnAutoscalerIsLimitedByTheRoomOnItsNodes) {
  System system;
  const Index api = system.service("api", 2, 5, 1.5, {wait(0.100)});
  system.service("other", 3, 5, 2.0, {wait(0.100)});
  NodePoolBlueprint pool;
  pool.name = "general";
  pool.nodes = 2;
  pool.maximum = 5;
  pool.cpu = 4.0;
  pool.memory = Bytes{8'000'000'000};
  system.blueprint.node_pools.push_back(pool);
  for (ServiceBlueprint& service : system.blueprint.services) service.node_pool = 0;
  system.blueprint.services[0].autoscaler = choice_of<Autoscaler>("hpa");
  system.blueprint.services[0].replica_limits = {2, 20};
  system.ask(rate(10.0), {call(api)});
  // Two nodes: the others take 2 + 2 and 2 cores, which leaves 2 of a node: one of 1.5.
  EXPECT_NEAR(system.load("services/api", "slots").capacity_at_limit, 1 * 5 / 0.1, 1e-9);
  // Five: one on that node, two on each of three.
  system.blueprint.node_pools[0].autoscaler = choice_of<NodeAutoscaler>("cluster-autoscaler");
  ASSERT_TRUE(system.blueprint.node_pools[0].autoscaler.chosen());
  EXPECT_NEAR(system.load("services/api", "slots").capacity, 2 * 5 / 0.1, 1e-9);
  EXPECT_NEAR(system.load("services/api", "slots").capacity_at_limit, 7 * 5 / 0.1, 1e-9);
  EXPECT_EQ(explain(system.blueprint).remarks,
            std::vector<std::string>{
                "services/api: of 20 replicas that may be asked for 7 find room on the 5 nodes that general may have, "
                "beside the replicas that other services start with"});
  // 3 GB each: two on an empty node, and beside the others (which declare none) one by its cores.
  system.blueprint.services[0].memory = Bytes{3'000'000'000};
  EXPECT_NEAR(system.load("services/api", "slots").capacity_at_limit, 7 * 5 / 0.1, 1e-9);
  system.blueprint.services[0].memory = Bytes{5'000'000'000};
  EXPECT_NEAR(system.load("services/api", "slots").capacity_at_limit, 4 * 5 / 0.1, 1e-9);
  system.blueprint.services[0].memory = {};
  system.blueprint.node_pools[0].pods_per_node = 1;  // three for the others
  EXPECT_NEAR(system.load("services/api", "slots").capacity_at_limit, 2 * 5 / 0.1, 1e-9);
}

class Circle : public System {
 public:
  // Of `tries` messages that each visit of the worker might publish again, a quarter each are.
  explicit Circle(double tries) {
    blueprint.queues.push_back({"jobs", 1, {}});
    Step publish{PublishStep{.queue = 0, .priority = {}}};
    worker = service("worker", 2, 10, 1.0,
                     {wait(0.010), {ForEachStep{Distribution::constant(tries), 1, {{ChooseStep{{1.0, 3.0}, {{publish}, {}}}}}}}});
    blueprint.services[0].queue = 0;
    blueprint.services[0].worker_endpoint = worker;
    ask(rate(10.0), {publish});
  }
  Index worker;
};

TEST(Explain, MessagesThatComeBackLessOftenAddUp) {
  const Circle system{2.0};
  EXPECT_NEAR(system.load("services/worker", "queue workers").demand, 10.0 / (1.0 - 0.5), 1e-9);
}

TEST(Explain, MessagesThatNeverEndAreBadInput) {
  const Circle system{4.0};
  EXPECT_THROW(explain(system.blueprint), ScenarioError);
}

// Each visit that misses publishes itself again: with the hit ratio h there are 10 / h visits. An empty cache would never end.
TEST(Explain, MessagesThatOnlyMissesKeepUpEndOnceTheCacheIsWarm) {
  System system;
  system.blueprint.queues.push_back({"jobs", 1, {}});
  system.blueprint.keys.push_back({"item", 100, 0.0, KeyPer::request, Distribution::constant(1000.0)});
  CacheBlueprint cache;
  cache.name = "items";
  cache.capacity = {50'000};  // half of them; all alike, so half hit
  system.blueprint.caches.push_back(cache);
  Step publish{PublishStep{.queue = 0, .priority = {}}};
  const Index worker = system.service("worker", 2, 10, 1.0, {wait(0.010), {CacheStep{0, 0, {publish}}}});
  system.blueprint.services[0].queue = 0;
  system.blueprint.services[0].worker_endpoint = worker;
  system.ask(rate(10.0), {publish});
  EXPECT_NEAR(system.load("services/worker", "queue workers").demand, 20.0, 1e-6);
}

}  // namespace
}  // namespace headroom
