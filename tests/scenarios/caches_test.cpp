// Caches from the file to the Blueprint, and what `explain` says of their loads and writes.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;

// 10 reads and 4 writes per second; the only item is stale after 0.9 s, 0.1 s being the mean time to its next read.
const char* const text = R"({"name": "posts", "duration": "1 h",
  "caches": [{"name": "posts", "capacity": "1 MiB", "time_to_live": "1 h", "soft_time_to_live": "900 ms", "coalesce": true,
              "coalesce_limit": "2 s"}],
  "keys": [{"name": "post"}, {"name": "author"}],
  "databases": [{"name": "store", "pool": 100, "read": {"wait": "10 ms"}, "write": {"wait": "20 ms"}}],
  "services": [{"name": "api", "concurrency": 100, "endpoints": [
    {"name": "get", "steps": [
      {"cache": "posts", "key": "post", "generation": "author", "on_miss": [{"query": "store", "read": "post"}]}]},
    {"name": "put", "steps": [
      {"write_cache": "posts", "key": "post", "mode": "behind", "delay": "5 s", "steps": [{"query": "store", "write": "post"}]}]},
    {"name": "move", "steps": [{"invalidate": "posts", "generation": "author"}, {"invalidate": "posts", "key": "post"}]}]}],
  "workloads": [
    {"model": "users", "name": "readers", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}]}]},
    {"model": "users", "name": "writers", "rate": "4 /s", "journeys": [{"steps": [{"request": "api.put"}]}]}],
  "objectives": ["count lost_writes{cache=posts} < 1", "rate stale_served{cache=posts} < 10 /s"]})";

TEST(Caches, AreReadWithWhatTheyAndTheirStepsDo) {
  const Blueprint b = build_blueprint(scenario_of(text));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_EQ(b.caches[0].soft_time_to_live, std::chrono::milliseconds{900});
  EXPECT_TRUE(b.caches[0].coalesce);
  EXPECT_EQ(b.caches[0].coalesce_limit, std::chrono::seconds{2});
  EXPECT_EQ(std::get<CacheStep>(b.endpoints[0].steps[0].action).generation, 1U);
  const auto& write = std::get<WriteCacheStep>(b.endpoints[1].steps[0].action);
  EXPECT_EQ(write.mode, WriteMode::behind);
  EXPECT_EQ(write.delay, std::chrono::seconds{5});
  EXPECT_EQ(write.steps.size(), 1U);
  const auto& whole = std::get<InvalidateStep>(b.endpoints[2].steps[0].action);
  EXPECT_EQ(whole.key, no_index);
  EXPECT_EQ(whole.generation, 1U);
  EXPECT_EQ(std::get<InvalidateStep>(b.endpoints[2].steps[1].action).key, 0U);
}

TEST(Caches, ExplainCountsRefreshesAndWritesBehindAsLoadOfTheStore) {
  const Explanation explanation = explain(build_blueprint(scenario_of(text)));
  const auto store = std::find_if(explanation.stations.begin(), explanation.stations.end(),
                                  [](const StationLoad& station) { return station.resource == "connections"; });
  ASSERT_NE(store, explanation.stations.end());
  // One load in 0.9 + 0.1 s, and every write.
  EXPECT_NEAR(store->demand, 1.0 + 4.0, 1e-6);
  const auto says = [&](const char* part) {
    return std::any_of(explanation.remarks.begin(), explanation.remarks.end(),
                       [&](const std::string& remark) { return remark.find(part) != std::string::npos; });
  };
  EXPECT_TRUE(says("what causes a refresh counted as a miss"));
  EXPECT_TRUE(says("as if nobody wrote to it"));
}

// A node of two does 100 operations per second; 10 reads, each a miss and a fill at first sight, of one key that lies on one
// node.
TEST(Caches, ExplainHoldsTheHottestNodeAndEachLinkAgainstWhatIsAsked) {
  const Explanation explanation = explain(build_blueprint(scenario_of(R"({"name": "edge", "duration": "1 h",
  "caches": [{"name": "edge", "capacity": "1 MiB", "nodes": 2, "operations": "100 /s"}],
  "keys": [{"name": "page", "size": "500 kB"}],
  "links": [{"name": "egress", "bandwidth": "80 Mbit/s", "price": "0.08 USD"}],
  "services": [{"name": "api", "concurrency": 100, "endpoints": [{"name": "get", "steps": [
    {"cache": "edge", "key": "page"}, {"transfer": "egress", "key": "page", "compression": "40 %", "bit_rate": "8 Mbit/s"}]}]}],
  "workloads": [{"model": "users", "name": "readers", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}],
  "objectives": ["avg link_utilization{link=egress} < 50 %", "cost{component=egress} < 1 USD"]})")));
  const auto load = [&](const std::string& resource) {
    for (const StationLoad& station : explanation.stations) {
      if (station.resource == resource) return station;
    }
    return StationLoad{};
  };
  EXPECT_NEAR(load("node operations").utilization, 10.0 / 100, 1e-3);
  EXPECT_NEAR(load("bandwidth").utilization, 10 * 200e3 / 10e6, 1e-9);
  EXPECT_NEAR(load("slots").service_seconds, 200e3 / 1e6, 1e-9) << "at 8 Mbit/s";
}

// 12 replicas at most of 5 connections each; a node has 40, so 2/3 of 10 requests/s come to it: a load in 0.9 + 0.15 s, hits of
// 6/7 of those. All misses are 1 / (1 - 2/3 x 6/7) = 2.3 times as many.
TEST(Caches, ThatFailAreReadAndExplainSaysWhatFollows) {
  const Blueprint b = build_blueprint(scenario_of(R"({"name": "edge", "duration": "1 h",
  "caches": [{"name": "pages", "capacity": "1 MiB", "persistent": true, "connections": 40, "connections_per_client": 5,
              "soft_time_to_live": "900 ms"},
             {"name": "own", "scope": "replica", "capacity": "1 MiB", "persistent": true}],
  "keys": [{"name": "page"}],
  "services": [{"name": "api", "replicas": 12, "concurrency": 100, "endpoints": [{"name": "get", "steps": [
    {"cache": "pages", "key": "page"}, {"cache": "own", "key": "page"}]}]}],
  "workloads": [{"model": "users", "name": "readers", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}],
  "faults": [{"at": "10 min", "flush": "own"}, {"at": "20 min", "restart": "pages", "down": "30 s"}],
  "objectives": ["avg cache_connections{cache=pages} < 90 %", "count clients_refused{cache=pages} < 1",
                 "max caches_away{cache=pages} < 1"]})"));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_TRUE(b.caches[0].persistent && b.caches[1].persistent);
  EXPECT_EQ(b.caches[0].connections, 40);
  EXPECT_EQ(b.caches[0].connections_per_client, 5);
  EXPECT_EQ(std::get<FlushCache>(b.faults[0].what).cache, 1U);
  const auto& restart = std::get<RestartCache>(b.faults[1].what);
  EXPECT_EQ(restart.cache, 0U);
  EXPECT_EQ(restart.down, std::chrono::seconds{30});
  const Explanation explanation = explain(b);
  const auto says = [&](const char* part) {
    return std::any_of(explanation.remarks.begin(), explanation.remarks.end(),
                       [&](const std::string& remark) { return remark.find(part) != std::string::npos; });
  };
  EXPECT_TRUE(says("pages: a node has 40 connections, and up to 12 replicas want 5 each: 4 of them work without it"));
  EXPECT_TRUE(says("what lies behind its key page is asked for 2.3 times as often as usual"));
}

}  // namespace
}  // namespace headroom
