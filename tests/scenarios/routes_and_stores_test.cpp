// Routes, home regions, sizes and stores from a file to a blueprint, and what explain says of them by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;
using namespace std::chrono_literals;

const char* const two_regions = R"({"name": "two", "duration": "1 h",
  "regions": [{"name": "eu", "round_trip": {"us": "80 ms"}}, {"name": "us"}],
  "network": {"price_per_gb": {"cross_region": "0.02 USD", "internet": "0.09 USD"}},
  "services": [
    {"name": "api-eu", "region": "eu", "concurrency": 100, "endpoints": [
      {"name": "put"}, {"name": "get", "response_size": "1 MB", "steps": [{"call": "data.read"}]}]},
    {"name": "api-us", "region": "us", "concurrency": 100, "endpoints": [{"name": "get", "response_size": "1 MB", "steps": [{"call": "data.read"}]}]},
    {"name": "data", "region": "eu", "concurrency": 100, "endpoints": [
      {"name": "read", "request_size": "1 kB", "response_size": "9 kB", "steps": [{"store": "files", "read": "id"}]}]}],
  "keys": [{"name": "other"}, {"name": "id", "items": 1000, "size": "1 GB"}],
  "stores": [{"name": "files", "key": "id", "promote_on_read": true, "ages": {"exponential": {"mean": "40 d"}}, "tiers": [
      {"name": "hot", "latency": "100 ms", "price_per_gb_month": "0.023 USD", "price_per_1000_reads": "0.4 USD"},
      {"name": "cold", "after": "30 d", "minimum": "90 d", "latency": "1 s", "bandwidth": "500 MB/s", "price_per_gb_month": "0.004 USD",
       "retrieval_price_per_gb": "0.03 USD"}],
    "delta": {"versions": 3, "snapshot_every": 5, "share": "20 %"}}],
  "routes": [{"name": "api", "services": ["api-eu", "api-us"], "failover": true, "propagation": "30 s"},
             {"name": "dealt", "services": ["api-us", "api-eu"], "policy": "home", "weights": [3, 1]}],
  "workloads": [{"model": "users", "name": "web", "rate": "10 /s", "regions": {"us": 0.75, "eu": 0.25}, "journeys": [{"steps": [{"request": "api.get"}]}]}]})";

TEST(RoutesAndStores, BecomeIndicesAndBaseUnits) {
  const Blueprint b = build_blueprint(scenario_of(two_regions));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  ASSERT_EQ(b.routes.size(), 2U) << "\"put\" is of one service only";
  EXPECT_EQ(b.routes[0].name, "api.get");
  EXPECT_EQ(b.routes[0].endpoints, (std::vector<Index>{1, 2}));
  EXPECT_TRUE(b.routes[0].failover);
  EXPECT_EQ(b.routes[0].propagation, 30s);
  EXPECT_EQ(b.routes[1].policy, RoutePolicy::home);
  EXPECT_EQ(b.routes[1].weights, (std::vector{3.0, 1.0}));
  EXPECT_EQ(std::get<CallStep>(b.workloads[0].journeys[0].steps[0].action).route, 0U);
  EXPECT_EQ(b.workloads[0].region_shares, (std::vector{0.25, 0.75}));
  EXPECT_NEAR(b.network.transfer_prices.internet, 0.09e-9, 1e-18);
  EXPECT_EQ(b.endpoints[1].response_size.mean(), 1e6);

  const StoreBlueprint& store = b.stores[0];
  EXPECT_EQ(store.key, 1U);
  EXPECT_TRUE(store.promote_on_read);
  EXPECT_EQ(store.versions, 3);
  EXPECT_EQ(store.chain.snapshot_every, 5);
  EXPECT_EQ(store.tiers[1].after, 24h * 30);
  EXPECT_EQ(store.tiers[1].minimum, 24h * 90);
  EXPECT_NEAR(store.tiers[0].price * 1e9 * 30 * 86'400, 0.023, 1e-12);
  EXPECT_NEAR(store.tiers[0].read_price, 0.0004, 1e-15);
  EXPECT_NEAR(store.tiers[1].retrieval_price * 1e9, 0.03, 1e-12);
}

bool remarks_have(const Explanation& explanation, const std::string& text) {
  return std::any_of(explanation.remarks.begin(), explanation.remarks.end(),
                     [&](const std::string& remark) { return remark.find(text) != std::string::npos; });
}

const StationLoad& station(const Explanation& explanation, const std::string& name) {
  return *std::find_if(explanation.stations.begin(), explanation.stations.end(),
                       [&](const StationLoad& load) { return load.station == name && load.resource == "slots"; });
}

// Three quarters of 10 requests/s begin in us, and go to the service there; all of them ask for the data in eu.
TEST(RoutesAndStores, ExplainSendsEverybodyToTheNearest) {
  const Explanation explanation = explain(build_blueprint(scenario_of(two_regions)));
  EXPECT_NEAR(station(explanation, "services/api-us").demand, 7.5, 1e-9);
  EXPECT_NEAR(station(explanation, "services/api-eu").demand, 2.5, 1e-9);
  EXPECT_NEAR(station(explanation, "services/data").demand, 10.0, 1e-9);
  // A read takes 0.1 s, or 1 s and its bytes at 0.5 GB/s: a whole and two changes, 1.4 GB. e^(-30/40) of the objects are cold.
  const double cold = std::exp(-0.75), read = (1 - cold) * 0.1 + cold * (1 + 2.8);
  EXPECT_NEAR(station(explanation, "services/data").service_seconds, read, 1e-6);
  EXPECT_NEAR(station(explanation, "services/api-us").service_seconds, 0.080 + read, 1e-6);
}

// 10 answers of 1 MB a second are 25,920 GB in 30 days; 7.5 calls of 10 kB between regions 194.4 GB. 1,000 objects of 1.4 GB, of
// which e^(-0.75) = 47.2 % cold: 1,400 × (0.528 × 0.023 + 0.472 × 0.004) USD.
TEST(RoutesAndStores, ExplainSumsUpTheBillsOfAMonth) {
  const Explanation explanation = explain(build_blueprint(scenario_of(two_regions)));
  EXPECT_TRUE(remarks_have(explanation, "transfer (internet): 25920 GB a month at the mean load, 2333 USD"));
  EXPECT_TRUE(remarks_have(explanation, "transfer (cross-region): 194.4 GB a month at the mean load, 3.888 USD"));
  EXPECT_TRUE(
      remarks_have(explanation, "stores/files: 1400 GB at the start (52.8 % hot, 47.2 % cold) cost 19.64 USD a month to keep"));
  EXPECT_FALSE(remarks_have(explanation, "cross-zone"));
}

// 10 calls/s of 10 kB within a region of four zones: three in four go to another one.
TEST(RoutesAndStores, ExplainCountsCallsBetweenZones) {
  const Explanation explanation = explain(build_blueprint(scenario_of(R"({"name": "zones", "duration": "1 h",
    "network": {"price_per_gb": {"cross_zone": "0.01 USD"}},
    "node_pools": [{"name": "nodes", "cpu": 8, "memory": "16 GiB", "nodes": 4, "zones": 4}],
    "services": [{"name": "api", "node_pool": "nodes", "replicas": 4, "endpoints": [{"name": "get", "steps": [{"call": "data.read"}]}]},
                 {"name": "data", "node_pool": "nodes", "replicas": 4, "endpoints": [
                   {"name": "read", "request_size": "1 kB", "response_size": "9 kB", "steps": [{"wait": "1 ms"}]}]}],
    "workloads": [{"model": "users", "name": "web", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})")));
  EXPECT_TRUE(remarks_have(explanation, "transfer (cross-zone): 194.4 GB a month at the mean load, 1.944 USD"));
}

// 5 requests/s in us ask the database in eu (1 kB there, 9 kB back), publish 2 kB for its worker and read objects of 8 kB of its
// store: 100 kB/s, 259.2 GB in 30 days. Look-ups of 1 kB and values of 3 kB stay in us, three in four in another of four zones:
// 15 kB/s, 38.88 GB. The two round trips take 160 ms.
TEST(RoutesAndStores, BytesOfStepsAreReadAndSummedUp) {
  const Blueprint b = build_blueprint(scenario_of(R"({"name": "far", "duration": "1 h",
    "regions": [{"name": "eu", "round_trip": {"us": "80 ms"}}, {"name": "us"}],
    "network": {"price_per_gb": {"cross_zone": "0.01 USD", "cross_region": "0.02 USD"}},
    "keys": [{"name": "id", "items": 1000, "size": "8 kB"}],
    "databases": [{"name": "db", "region": "eu"}],
    "caches": [{"name": "redis", "capacity": "1 MiB"}],
    "queues": [{"name": "jobs"}],
    "stores": [{"name": "files", "key": "id", "region": "eu", "tiers": [{"name": "hot"}]}],
    "node_pools": [{"name": "nodes", "region": "us", "cpu": 8, "memory": "16 GiB", "nodes": 4, "zones": 4}],
    "services": [
      {"name": "api", "region": "us", "node_pool": "nodes", "concurrency": 100, "endpoints": [{"name": "get", "steps": [
        {"query": "db", "read": "id", "request_size": "1 kB", "response_size": "9 kB"},
        {"cache": "redis", "key": "id", "request_size": "1 kB", "response_size": "3 kB"},
        {"publish": "jobs", "request_size": "2 kB"},
        {"store": "files", "read": "id"}]}]},
      {"name": "worker", "region": "eu", "consumes": {"queue": "jobs", "endpoint": "job"}, "endpoints": [
        {"name": "job", "steps": [{"wait": "1 ms"}]}]}],
    "workloads": [{"model": "users", "name": "web", "region": "us", "rate": "5 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})"));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_EQ(b.stores[0].region, 0U);
  EXPECT_EQ(std::get<QueryStep>(b.endpoints[0].steps[0].action).sizes.response.mean(), 9000.0);
  EXPECT_EQ(std::get<CacheStep>(b.endpoints[0].steps[1].action).sizes.request.mean(), 1000.0);
  EXPECT_EQ(std::get<PublishStep>(b.endpoints[0].steps[2].action).size.mean(), 2000.0);
  const Explanation explanation = explain(b);
  EXPECT_TRUE(remarks_have(explanation, "transfer (cross-region): 259.2 GB a month at the mean load, 5.184 USD"));
  EXPECT_TRUE(remarks_have(explanation, "transfer (cross-zone): 38.88 GB a month at the mean load, 0.3888 USD"));
  EXPECT_GE(station(explanation, "services/api").service_seconds, 0.160);
}

}  // namespace
}  // namespace headroom
