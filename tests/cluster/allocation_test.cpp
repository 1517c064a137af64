// After warm-up the exact plane takes no memory per event: every allocation of the process is counted while it runs.
#include <gtest/gtest.h>

#include "tests/bench/engine_works.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::bench {
namespace {

class NoAllocation : public testing::TestWithParam<std::pair<unsigned, unsigned>> {};

TEST_P(NoAllocation, PerEventAfterWarmUp) {
  const auto [stations, servers] = GetParam();
  Blueprint blueprint = tandem_blueprint(stations, servers, 0.8 * servers);
  constexpr double end = 40'000;
  blueprint.duration = to_duration(end);
  RandomStreams streams{1, 0};
  Recorder recorder{{end}, {}};
  const std::unique_ptr<RequestPlane> plane = make_exact_request_plane(blueprint, streams, recorder);
  for (Index i = 0; i < blueprint.services.size(); ++i) plane->add_replica(i);
  plane->advance_to(at_seconds(end / 2));
  const std::uint64_t before = allocations_so_far();
  plane->advance_to(at_seconds(end));
  // Tens of thousands of events; the few allocations left are queues and histograms that reach a new largest size.
  EXPECT_LE(allocations_so_far() - before, 8U);
  RunResult result;
  plane->finish(result);
  EXPECT_GT(result.events, 60'000U);
}

INSTANTIATE_TEST_SUITE_P(Works, NoAllocation, testing::Values(std::pair{1U, 1U}, std::pair{1U, 16U}, std::pair{3U, 8U}));

// To its end: 2000 s, of which the first half warms it up. A table that doubles once more is allowed.
void expect_no_allocation_once_warm(test::PlaneUnderTest& run) {
  run.advance(1000);
  const std::uint64_t before = allocations_so_far();
  run.advance(2000);
  EXPECT_LE(allocations_so_far() - before, 8U);
  run.finish();
}

// Tenants in turn, a lock that is fought for, a queue whose messages come back and whose publishers wait.
TEST(NoAllocationEither, OfLinesLeasesAndDeliveriesAfterWarmUp) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const double jitter = to_unit(mix(i, 1));
    arrivals.push_back(
        {.at = at_seconds(0.1 * (static_cast<double>(i) + jitter)), .subject = mix(i, 2) % 100, .key = mix(i, 3) % 10});
  }
  Blueprint blueprint = test::one_service({}, test::scripted(std::move(arrivals)));
  blueprint.services[0].concurrency = 4;
  blueprint.services[0].discipline = Discipline::fair;
  blueprint.locks.push_back({.name = "rows", .latency = Distribution::constant(0.001), .price = {}});
  blueprint.keys.push_back({.name = "row", .items = 10, .per = KeyPer::arrival});
  LockStep lock;
  lock.lock = lock.key = 0;
  lock.lease = to_duration(0.5);
  lock.poll = to_duration(0.05);
  lock.steps = {{WaitStep{Distribution::exponential(0.2)}}};
  blueprint.endpoints[0].steps = {{lock}, {PublishStep{.queue = 0}}};
  test::add_service(blueprint, "worker", {{WaitStep{Distribution::exponential(0.1)}}}, 4);
  blueprint.services[1].queue = 0;
  blueprint.services[1].worker_endpoint = 1;
  blueprint.services[1].batch = 8;
  blueprint.queues.push_back({.name = "jobs", .limit = 5, .publishers_wait = true, .visibility = to_duration(0.3)});
  test::PlaneUnderTest run{blueprint, 1, 2000.0};
  expect_no_allocation_once_warm(run);
  EXPECT_GT(run.value("count redeliveries{queue=jobs}"), 100);
  EXPECT_GT(run.value("count lock_expired{lock=rows}"), 10);
  EXPECT_GT(run.value("max queue_length{service=api}"), 2);
}

// Calls that time out, are tried again within a budget, wait at a bulkhead, are hedged, fall back.
TEST(NoAllocationEither, OfClientsAfterWarmUp) {
  std::vector<double> arrivals;
  for (int i = 0; i < 20'000; ++i) arrivals.push_back(0.1 * i);
  Blueprint blueprint = test::one_service({}, test::arriving_at(arrivals));
  blueprint.services[0].concurrency = 100;
  const Index backend = test::add_service(blueprint, "backend", {{WaitStep{Distribution::exponential(0.5)}}}, 4);
  blueprint.services[1].replicas = 2;
  ClientBlueprint client{.name = "c"};
  client.retry_budget = {.share = 0.05, .least = 0.0, .window = std::chrono::seconds{10}};
  client.circuit_breaker = {.failure_rate = 0.3, .calls = 20, .minimum_calls = 10, .open = std::chrono::seconds{2}, .half_open_calls = 3};
  client.bulkhead = {.calls = 6, .longest_wait = to_duration(0.5)};
  client.hedge = HedgeBlueprint{.percentile = 80.0, .calls = 200, .minimum_calls = 50};
  client.hedge->budget = RetryBudgetBlueprint{.share = 0.1, .least = 0.0};
  blueprint.clients.push_back(client);
  CallStep call{.endpoint = backend, .timeout = to_duration(1.2), .client = 0};
  call.retry.attempts = 3;
  call.fallback = {{WaitStep{Distribution::exponential(0.1)}}};
  blueprint.endpoints[0].steps = {{call}};
  test::PlaneUnderTest run{blueprint, 1, 2000.0};
  expect_no_allocation_once_warm(run);
  for (const char* const metric : {"retries_denied", "calls_rejected{reason=bulkhead_full}", "calls_rejected{reason=circuit_open}",
                                   "circuits_opened", "hedges", "hedges_won", "hedges_denied", "degraded"})
    EXPECT_GT(run.value(std::string{"count "} + metric), 10) << metric;
}

// A thousand tenants, of whom a few at a time owe tokens.
TEST(NoAllocationEither, OfLimitsAfterWarmUp) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 20'000; ++i) arrivals.push_back({.at = at_seconds(0.1 * static_cast<double>(i)), .subject = mix(i, 2) % 1000});
  Blueprint blueprint = test::one_service({}, test::scripted(std::move(arrivals), false, to_duration(0.5)));
  blueprint.services[0].concurrency = 100;
  blueprint.limits.push_back({.name = "plan", .tiers = {{.rate = PerSecond{0.1}, .burst = 2, .quota = 100.0}}});
  LimitStep limit;
  limit.limit = 0;
  limit.cost = Distribution::uniform(0.5, 2.0);
  limit.on_limit = OnLimit::wait;
  limit.longest_wait = to_duration(2.0);
  blueprint.endpoints[0].steps = {{limit}, {WhenChangedStep{.rate = PerSecond{1.0}, .since = {}, .steps = {{WaitStep{test::seconds(0.01)}}}}}};
  test::PlaneUnderTest run{blueprint, 1, 2000.0};
  expect_no_allocation_once_warm(run);
  EXPECT_GT(run.value("count throttled{limit=plan}"), 10);
  EXPECT_GT(run.value("count late{workload=users}"), 10);
}

// What a plane of so many monitors asks memory for, from its making until a hundred thousand jobs have run.
std::uint64_t allocations_with_monitors(std::int64_t users, double period_seconds) {
  Blueprint blueprint = test::one_service({}, chosen_policy<Workload>({{"model", "monitors"},
                                                                       {"users", users},
                                                                       {"monitors_per_user", 100.0},
                                                                       {"classes",
                                                                        {{{"name", "fast"}, {"share", "10 %"}, {"period", period_seconds}},
                                                                         {{"name", "slow"}, {"share", "90 %"}, {"period", 5 * period_seconds}}}}}));
  blueprint.services[0].concurrency = 1000;
  const std::uint64_t before = allocations_so_far();
  test::PlaneUnderTest run{blueprint, 1, 10.0};
  run.advance(10.0);
  return allocations_so_far() - before;
}

// 1 M users × 100 monitors against 1,000 × 100 that run as often: as many allocations, so neither start nor memory grow with them.
TEST(NoAllocationEither, ForMonitorsHoweverManyThereAre) {
  const std::uint64_t few = allocations_with_monitors(1000, 2.8), many = allocations_with_monitors(1'000'000, 2800.0);
  EXPECT_LE(many, few + 16);
  EXPECT_LT(many, 5000U);
}

// Objects that grow cold and come back, a route, and bytes between regions.
TEST(NoAllocationEither, OfStoresRoutesAndTransfersAfterWarmUp) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 20'000; ++i)
    arrivals.push_back(
        {.at = at_seconds(0.1 * (static_cast<double>(i) + to_unit(mix(i, 1)))), .subject = i, .key = mix(i, 3) % 100});
  Blueprint blueprint = test::one_service({}, test::scripted(std::move(arrivals)));
  const Duration apart = to_duration(0.05);
  blueprint.network.regions = {"here", "there"};
  blueprint.network.round_trip = {{{}, apart}, {apart, {}}};
  blueprint.services[0].concurrency = 100;
  blueprint.keys.push_back({.name = "file", .items = 100, .per = KeyPer::arrival});
  StoreBlueprint store;
  store.name = "files";
  store.key = 0;
  store.tiers = {{.name = "hot", .latency = Distribution::constant(0.01)},
                 {.name = "cold", .latency = Distribution::constant(1.0), .after = to_duration(10.0)}};
  store.promote_on_read = true;
  blueprint.stores.push_back(store);
  test::add_service(blueprint, "far", {{StoreStep{.store = 0}}}, 100);
  blueprint.services[1].region = 1;
  blueprint.endpoints[0].steps = {{StoreStep{.store = 0}}};
  for (EndpointBlueprint& endpoint : blueprint.endpoints) endpoint.response_size = Distribution::exponential(1000.0);
  blueprint.routes.push_back(
      {.name = "both", .endpoints = {0, 1}, .weights = {1.0, 1.0}, .policy = RoutePolicy::weighted, .failover = true});
  blueprint.workloads[0].journeys[0].steps = {{CallStep{.route = 0}}};
  test::PlaneUnderTest run{blueprint, 1, 2000.0};
  expect_no_allocation_once_warm(run);
  EXPECT_GT(run.value("count store_requests{tier=cold}"), 1000);
  EXPECT_GT(run.value("count requests{service=far}"), 9000);
  EXPECT_GT(run.value("count transferred{transfer=internet_out}"), 1e7);
}

// Ten requests a second, of which some find an instance, some start one and some are rejected; instances come and go.
TEST(NoAllocationEither, OfServerlessInstancesAfterWarmUp) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 20'000; ++i)
    arrivals.push_back({.at = at_seconds(0.1 * (static_cast<double>(i) + to_unit(mix(i, 1)))), .subject = i});
  Blueprint blueprint = test::one_service({{WaitStep{Distribution::exponential(0.3)}}}, test::scripted(std::move(arrivals)));
  blueprint.services[0].replicas = 0;
  blueprint.services[0].serverless =
      ServerlessBlueprint{.floor = 1, .most = 6, .keep_alive = to_duration(0.5), .cold_start = Distribution::exponential(0.2)};
  test::PlaneUnderTest run{blueprint, 1, 2000.0};
  expect_no_allocation_once_warm(run);
  EXPECT_GT(run.value("count cold_starts{service=api}"), 1000);
  EXPECT_GT(run.value("count throttled{service=api}"), 100);
}

// Ten queries per second, half of them writes of a thousand keys, to three nodes of each of two shards.
TEST(NoAllocationEither, OfReplicationAfterWarmUp) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 20'000; ++i)
    arrivals.push_back({.at = at_seconds(0.1 * (static_cast<double>(i) + to_unit(mix(i, 1)))), .subject = i, .key = mix(i, 3) % 1000});
  Blueprint blueprint = test::one_service({}, test::scripted(std::move(arrivals)));
  blueprint.services[0].concurrency = 100;
  blueprint.keys.push_back({.name = "row", .items = 1000, .per = KeyPer::arrival});
  DatabaseBlueprint store;
  store.name = "store";
  store.sharding = choice_of<ShardPolicy>("modulo");
  store.shards = 2;
  store.replicas = 3;
  store.pool = 10;
  store.read_wait = store.write_wait = Distribution::exponential(0.02);
  store.replication = DataReplicationBlueprint{Distribution::exponential(2.0), Acknowledged::by_first};
  blueprint.databases.push_back(store);
  blueprint.endpoints[0].steps = {
      {ChooseStep{{1.0, 1.0}, {{{QueryStep{.database = 0, .key = 0}}}, {{QueryStep{.database = 0, .write = true, .key = 0}}}}}}};
  test::PlaneUnderTest run{blueprint, 1, 2000.0};
  expect_no_allocation_once_warm(run);
  EXPECT_GT(run.value("count requests{database=store}"), 19'000);
  EXPECT_GT(run.value("rate stale_reads{database=store}"), 0.001);
}

// A hundred tenants end their generation of a cache again and again.
TEST(NoAllocationEither, OfGenerationsAfterWarmUp) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 20'000; ++i)
    arrivals.push_back({.at = at_seconds(0.1 * static_cast<double>(i)), .subject = mix(i, 2) % 100, .key = mix(i, 3) % 100});
  Blueprint blueprint = test::one_service({}, test::scripted(std::move(arrivals)));
  blueprint.services[0].concurrency = 100;
  blueprint.keys.push_back({.name = "file", .items = 100, .per = KeyPer::arrival});
  blueprint.keys.push_back({.name = "tenant", .items = 100, .per = KeyPer::subject});
  CacheBlueprint cache;
  cache.name = "files";
  cache.policy = choice_of<CachePolicy>("lru");
  cache.capacity = Bytes{1'000'000};
  blueprint.caches.push_back(cache);
  blueprint.endpoints[0].steps = {{CacheStep{.cache = 0, .key = 0, .on_miss = {}, .generation = 1}},
                                  {ChooseStep{{1.0, 1.0}, {{}, {{InvalidateStep{.cache = 0, .generation = 1}}}}}}};
  test::PlaneUnderTest run{blueprint, 1, 2000.0};
  expect_no_allocation_once_warm(run);
  EXPECT_GT(run.value("count invalidations{cache=files}"), 9000);
}

// Twice what there is room for, past a gate of each policy; tenants in turns of their weights where nobody reorders them.
TEST(NoAllocationEither, OfAdmissionAfterWarmUp) {
  for (const std::string& name : RegistryOf<AdmissionPolicy>::instance().names()) {
    std::vector<Arrival> arrivals;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      const double at = 0.1 * (static_cast<double>(i) + to_unit(mix(i, 1)));
      arrivals.push_back({.at = at_seconds(at), .priority = static_cast<std::uint8_t>(i % 4), .subject = mix(i, 2) % 10});
    }
    Blueprint blueprint = test::one_service({{WaitStep{Distribution::exponential(0.6)}}}, test::scripted(std::move(arrivals)));
    blueprint.services[0].concurrency = 3;
    blueprint.services[0].wait_limit = Distribution::exponential(2.0);
    blueprint.services[0].admission = choice_of<AdmissionPolicy>(name);
    if (name != "adaptive-lifo") {
      blueprint.services[0].discipline = Discipline::fair;
      blueprint.services[0].fair_weights = {2};
    }
    test::PlaneUnderTest run{blueprint, 1, 2000.0};
    expect_no_allocation_once_warm(run);
    EXPECT_GT(run.value("count refused{service=api}"), 5'000) << name;
  }
}

// Half of the queries are of keys that move, all the time.
TEST(NoAllocationEither, OfQueriesOfKeysThatMoveAfterWarmUp) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 20'000; ++i)
    arrivals.push_back({.at = at_seconds(0.1 * (static_cast<double>(i) + to_unit(mix(i, 1)))), .subject = 1, .key = mix(i, 2)});
  Blueprint blueprint = test::one_service({}, test::scripted(std::move(arrivals)));
  blueprint.services[0].concurrency = 100;
  blueprint.keys.push_back({.name = "row", .per = KeyPer::arrival});
  DatabaseBlueprint store;
  store.name = "store";
  store.sharding = choice_of<ShardPolicy>("modulo");
  store.shards = 2;
  store.read_wait = store.write_wait = Distribution::exponential(0.02);
  store.data = Bytes{1000};
  store.resharding = ReshardingBlueprint{.at = {}, .shards = 4, .bandwidth = {1.0}};
  blueprint.databases.push_back(store);
  blueprint.endpoints[0].steps = {
      {ChooseStep{{1.0, 1.0}, {{{QueryStep{.database = 0, .key = 0}}}, {{QueryStep{.database = 0, .write = true, .key = 0}}}}}}};
  test::PlaneUnderTest run{blueprint, 1, 2000.0};
  run.plane().begin_resharding(0);
  expect_no_allocation_once_warm(run);
  EXPECT_NEAR(run.value("count dual_reads{database=store}"), 5'000, 300);
  EXPECT_NEAR(run.value("count dual_writes{database=store}"), 5'000, 300);
}

}  // namespace
}  // namespace headroom::bench
