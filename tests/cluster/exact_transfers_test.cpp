// Bytes by where they go, users of several regions and routes, as arithmetic by hand.
#include <gtest/gtest.h>

#include "tests/policies/policy_under_test.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-9;
constexpr double gigabyte = 1e9;

Duration time_of(double seconds) { return to_duration(seconds); }

void add_region(Blueprint& blueprint, const std::string& name, const std::vector<double>& round_trips) {
  NetworkBlueprint& network = blueprint.network;
  network.regions.push_back(name);
  for (std::size_t i = 0; i < round_trips.size(); ++i) network.round_trip[i].push_back(time_of(round_trips[i]));
  network.round_trip.emplace_back();
  for (const double time : round_trips) network.round_trip.back().push_back(time_of(time));
  network.round_trip.back().push_back(Duration{});
}

std::vector<double> every_second(int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(i);
  return times;
}

// "api" asks "back" once; both in the same region, a request is 1 kB, an answer 10 kB.
Blueprint two_services(int requests) {
  Blueprint blueprint = one_service({}, arriving_at(every_second(requests)));
  add_service(blueprint, "back", {});
  blueprint.endpoints[0].steps = {{CallStep{.endpoint = 1}}};
  for (EndpointBlueprint& endpoint : blueprint.endpoints) {
    endpoint.request_size = Distribution::constant(1000);
    endpoint.response_size = Distribution::constant(10'000);
  }
  blueprint.network.transfer_prices = {0.01 / gigabyte, 0.02 / gigabyte, 0.09 / gigabyte};
  return blueprint;
}

double spent(const PlaneUnderTest& run, const std::string& component) {
  return run.value("last cost{component=\"" + component + "\"}");
}
double bytes(const PlaneUnderTest& run, const std::string& kind) { return run.value("count transferred{transfer=" + kind + "}"); }

// One caller in zone 0, a callee in each of three zones, taken in turn: 1 - 1/3 of the calls cross.
TEST(ExactTransfers, OfCallsInTurnToThreeZonesTwoThirdsCross) {
  Blueprint blueprint = two_services(300);
  for (ServiceBlueprint& service : blueprint.services) service.replicas = 0;
  PlaneUnderTest run{blueprint};
  run.plane().add_replica(0, 0);
  for (Index zone = 0; zone < 3; ++zone) run.plane().add_replica(1, zone);
  run.finish();
  EXPECT_NEAR(bytes(run, "cross_zone"), 200 * 11'000.0, exact);
  EXPECT_NEAR(bytes(run, "zone"), 100 * 11'000.0, exact);
  EXPECT_NEAR(bytes(run, "internet_in"), 300 * 1000.0, exact);
  EXPECT_NEAR(bytes(run, "internet_out"), 300 * 10'000.0, exact);
  EXPECT_EQ(bytes(run, "cross_region"), 0.0);
  EXPECT_NEAR(spent(run, "transfer (cross-zone)"), 200 * 11'000 * 0.01 / gigabyte, 1e-15);
  EXPECT_NEAR(spent(run, "transfer (internet)"), 300 * 10'000 * 0.09 / gigabyte, 1e-15);
}

// The same calls under `locality`: all go to the callee in the caller's zone; where there is none, all cross.
TEST(ExactTransfers, UnderLocalityNothingCrossesWhereSomebodyIsNear) {
  for (const bool is_near : {true, false}) {
    Blueprint blueprint = two_services(300);
    for (ServiceBlueprint& service : blueprint.services) service.replicas = 0;
    blueprint.services[1].balancer = chosen_policy<Balancer>({{"policy", "locality"}});
    PlaneUnderTest run{blueprint};
    run.plane().add_replica(0, 1);
    for (Index zone = 0; zone < 3; ++zone) {
      if (is_near || zone != 1) run.plane().add_replica(1, zone);
    }
    run.finish();
    EXPECT_NEAR(bytes(run, is_near ? "zone" : "cross_zone"), 300 * 11'000.0, exact);
    EXPECT_EQ(bytes(run, is_near ? "cross_zone" : "zone"), 0.0);
  }
}

TEST(ExactTransfers, ReplicasWithoutNodesAreInNoZone) {
  PlaneUnderTest run{two_services(10)};
  run.finish();
  EXPECT_EQ(bytes(run, "cross_zone"), 0.0);
  EXPECT_NEAR(bytes(run, "zone"), 10 * 11'000.0, exact);
}

// What is refused has come all the way, and has no answer worth counting.
TEST(ExactTransfers, ARefusedRequestHasNoAnswer) {
  Blueprint blueprint = two_services(2);
  add_region(blueprint, "far", {0.1});
  blueprint.services[1].region = 1;
  blueprint.services[1].backlog = 0;
  blueprint.endpoints[1].steps = {{WaitStep{seconds(1.5)}}};
  blueprint.services[0].concurrency = 2;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(bytes(run, "cross_region"), 2 * 1000.0 + 10'000, exact);
  EXPECT_NEAR(bytes(run, "internet_out"), 10'000.0, exact);
}

TEST(ExactTransfers, SizesOfOneEndpointLeaveTheOthersAlone) {
  Blueprint blueprint = two_services(10);
  blueprint.endpoints[0].request_size = blueprint.endpoints[0].response_size = {};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(bytes(run, "internet_in") + bytes(run, "internet_out"), 0.0);
  EXPECT_NEAR(bytes(run, "zone"), 10 * 11'000.0, exact);
}

// ---- bytes of steps ----------------------------------------------------------------------------------------------------------

const StepSizes small_and_large{Distribution::constant(1000), Distribution::constant(10'000)};

// Ten times a kilobyte there and ten back, from one region to the other, and nothing else has a size.
TEST(ExactTransfers, AQueryGoesToTheDatabasesRegionAndBack) {
  Blueprint blueprint = one_service({{QueryStep{.database = 0, .sizes = small_and_large}}}, arriving_at(every_second(10)));
  add_region(blueprint, "far", {0.1});
  DatabaseBlueprint database;
  database.name = "store";
  database.region = 1;
  database.sharding = choice_of<ShardPolicy>("modulo");
  blueprint.databases.push_back(database);
  blueprint.network.transfer_prices = {0.01 / gigabyte, 0.02 / gigabyte, 0.09 / gigabyte};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(bytes(run, "cross_region"), 10 * 11'000.0, exact);
  EXPECT_NEAR(spent(run, "transfer (cross-region)"), 10 * 11'000 * 0.02 / gigabyte, 1e-15);
  EXPECT_EQ(bytes(run, "internet_in") + bytes(run, "internet_out") + bytes(run, "zone"), 0.0);
}

// Three nodes in three zones, asked in turn by a caller in the first.
TEST(ExactTransfers, NodesOfADatabaseLieInTheZonesInTurn) {
  Blueprint blueprint = one_service({{QueryStep{.database = 0, .sizes = small_and_large}}}, arriving_at(every_second(30)));
  blueprint.node_pools.push_back({.name = "general", .zones = 3});
  DatabaseBlueprint database;
  database.name = "store";
  database.replicas = 3;
  database.sharding = choice_of<ShardPolicy>("modulo");
  blueprint.databases.push_back(database);
  blueprint.services[0].replicas = 0;
  PlaneUnderTest run{blueprint};
  run.plane().add_replica(0, 0);
  run.finish();
  EXPECT_NEAR(bytes(run, "cross_zone"), 20 * 11'000.0, exact);
  EXPECT_NEAR(bytes(run, "zone"), 10 * 11'000.0, exact);
}

// Ten look-ups ask with 1 kB; the first brings 10 kB in when it fills, the other nine bring 10 kB back.
TEST(ExactTransfers, TheValueGoesToACacheOnceAndComesBackAtEveryHit) {
  Blueprint blueprint = one_service({{CacheStep{.cache = 0, .key = 0, .sizes = small_and_large}}}, arriving_at(every_second(10)));
  blueprint.keys.push_back({.name = "item", .items = 1});
  blueprint.caches.push_back({.name = "memory", .capacity = {1000}, .policy = choice_of<CachePolicy>("lru")});
  blueprint.node_pools.push_back({.name = "general", .zones = 2});
  blueprint.services[0].replicas = 0;
  PlaneUnderTest run{blueprint};
  run.plane().add_replica(0, 1);  // the cache's node is in zone 0
  run.finish();
  EXPECT_NEAR(bytes(run, "cross_zone"), 10 * 1000.0 + 10'000.0 + 9 * 10'000.0, exact);
  EXPECT_EQ(bytes(run, "zone"), 0.0);
}

// Two kilobytes a message, from the publisher to a worker in the other region; delivered twice it goes there twice.
TEST(ExactTransfers, AMessageGoesToTheWorkerThatTakesIt) {
  for (const bool again : {false, true}) {
    Blueprint blueprint =
        one_service({{PublishStep{.queue = 0, .size = Distribution::constant(2000)}}}, arriving_at(every_second(5)));
    add_region(blueprint, "far", {0.1});
    blueprint.queues.push_back({.name = "jobs"});
    if (again) {
      blueprint.queues[0].visibility = time_of(2);
      blueprint.queues[0].deliveries = 2;
    }
    const Index work = add_service(blueprint, "worker", {{WaitStep{seconds(3)}}}, 100);
    blueprint.services[1].queue = 0;
    blueprint.services[1].worker_endpoint = work;
    blueprint.services[1].region = 1;
    PlaneUnderTest run{blueprint};
    run.finish();
    EXPECT_NEAR(bytes(run, "cross_region"), (again ? 2 : 1) * 5 * 2000.0, exact);
  }
}

// An object of 5 kB is read from the other region, 0.1 s there and back.
TEST(ExactTransfers, AnObjectComesFromTheRegionOfItsStore) {
  Blueprint blueprint = one_service({{StoreStep{.store = 0}}}, arriving_at(every_second(4)));
  add_region(blueprint, "far", {0.1});
  blueprint.keys.push_back({.name = "file", .items = 10, .size = Distribution::constant(5000)});
  StoreBlueprint store;
  store.name = "files";
  store.key = 0;
  store.tiers = {{.name = "hot", .latency = seconds(0.02)}};
  store.region = 1;
  blueprint.stores.push_back(store);
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(bytes(run, "cross_region"), 4 * 5000.0, exact);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 0.02 + 0.1, exact);
}

}  // namespace
}  // namespace headroom::test
