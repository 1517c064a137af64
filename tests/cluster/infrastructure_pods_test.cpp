#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/cluster/crash_loop_back_off.hpp"
#include "tests/cluster/infrastructure_support.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;
using Times = std::vector<SimTime>;

// ---- up ----------------------------------------------------------------------------------------------------------------------

TEST(Pods, InitialReplicasAreReadyAtTheStartWithoutPullOrStartUp) {
  Blueprint blueprint = on_nodes(4, 1, 1);
  blueprint.services.front().image = Bytes{2'000'000'000};
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), Times(4, at(0s)));
}

TEST(Pods, ThoseWithoutRoomWaitForANodeItsBootTheImageAndTheStartUp) {
  Blueprint blueprint = on_nodes(6, 1, 3);
  blueprint.services.front().image = Bytes{2'000'000'000};
  size_pool_by(blueprint, [](const NodePoolView& pool) { return NodeDecision{pool.now == at(10s) ? 1 : 0, {}, "two pods wait"}; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  // Four cores hold four; asked for at 10 s, up at 50 s, one pull of 2 GB at 1 GB/s for both pods, 3 s of start-up.
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(0s), at(0s), at(0s), at(55s), at(55s)}));
  const Series& pending = series_of(result, "pending_pods");
  double pending_seconds = 0.0;
  for (std::size_t window = 0; window < result.window_ends.size(); ++window) {
    const double begin = window == 0 ? 0.0 : result.window_ends[window - 1];
    pending_seconds += pending.columns[0][window] * (result.window_ends[window] - begin);
  }
  EXPECT_NEAR(pending_seconds, 2 * 50.0, 1e-6);
}

// Four hundred nodes of one pod each, asked for at once, with boots that are exponential with a mean of 40 s: the mean is within
// four standard errors of it, half are up before 40 ln 2 and nine tenths before 40 ln 10, within four standard errors of a share.
TEST(Pods, WaitForNodesWhoseBootIsDrawn) {
  constexpr int nodes = 400;
  constexpr double mean = 40.0;
  Blueprint blueprint = on_nodes(nodes, 0, nodes);
  blueprint.duration = 1h;
  blueprint.node_pools.front().cpu = 1.0;
  blueprint.node_pools.front().boot = Distribution::exponential(mean);
  size_pool_by(blueprint, [](const NodePoolView& pool) { return NodeDecision{pool.now == at(10s) ? nodes : 0, {}, "all wait"}; });
  PlaneHistory history;
  run(blueprint, history);
  ASSERT_EQ(history.times("add").size(), nodes);
  double sum = 0.0, before_median = 0.0, before_ninth_decile = 0.0;
  for (const SimTime up : history.times("add")) {
    const double boot = to_seconds(up - at(10s + 3s));  // asked for at 10 s, 3 s of start-up
    sum += boot;
    before_median += boot <= mean * std::log(2.0) ? 1.0 / nodes : 0.0;
    before_ninth_decile += boot <= mean * std::log(10.0) ? 1.0 / nodes : 0.0;
  }
  EXPECT_NEAR(sum / nodes, mean, 4.0 * mean / std::sqrt(nodes));
  EXPECT_NEAR(before_median, 0.5, 4.0 * std::sqrt(0.5 * 0.5 / nodes));
  EXPECT_NEAR(before_ninth_decile, 0.9, 4.0 * std::sqrt(0.9 * 0.1 / nodes));
}

TEST(Pods, AreRegisteredWithTheZoneOfTheirNode) {
  Blueprint blueprint = on_nodes(8, 2, 2);  // four on each
  blueprint.node_pools[0].zones = 2;
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(std::count(history.zones.begin(), history.zones.end(), Index{0}), 4);
  EXPECT_EQ(std::count(history.zones.begin(), history.zones.end(), Index{1}), 4);
}

TEST(Pods, WithoutANodePoolNeedOnlyStartUpAndReadiness) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().image = Bytes{2'000'000'000};
  scale_by(blueprint, [](const ServiceView&) { return 2; });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(13s)}));
}

TEST(Pods, RegisterAtTheFirstProbeThatFindsThemUp) {
  for (const auto& [start_up, ready] : {std::pair{3.0, at(20s)}, {10.0, at(20s)}, {10.001, at(30s)}}) {
    // One run per process: the arithmetic of each row is checked in a child.
    EXPECT_EXIT(
        {
          Blueprint blueprint = one_service(1);
          blueprint.services.front().start_up = Distribution::constant(start_up);
          blueprint.services.front().readiness = ProbeBlueprint{.period = 10s};
          scale_by(blueprint, [](const ServiceView&) { return 2; });
          PlaneHistory history;
          run(blueprint, history);
          std::exit(history.times("add") == Times{at(0s), ready} ? 0 : 1);
        },
        ::testing::ExitedWithCode(0), "")
        << start_up;
  }
}

TEST(Pods, TheSecondOfAServiceOnANodePullsNothing) {
  Blueprint blueprint = on_nodes(0, 1, 1);
  blueprint.services.front().image = Bytes{2'000'000'000};
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(60s) ? 1 : 2; });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), (Times{at(10s + 2s + 3s), at(60s + 3s)}));
}

TEST(Pods, ALateComerSharesThePullUnderWay) {
  Blueprint blueprint = on_nodes(0, 1, 1);
  blueprint.services.front().image = Bytes{20'000'000'000};
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(20s) ? 1 : 3; });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), Times(3, at(10s + 20s + 3s)));
}

TEST(Pods, AHundredOnAHundredNodesWaitForTheOneRegistryLink) {
  Blueprint blueprint = on_nodes(0, 100, 100);
  blueprint.node_pools.front().cpu = 1.0;
  blueprint.node_pools.front().bandwidth = BytesPerSecond{1.25e9};
  blueprint.services.front().image = Bytes{std::int64_t{1} << 30};
  scale_by(blueprint, [](const ServiceView&) { return 100; });
  PlaneHistory history;
  run(blueprint, history);
  const double transfer = 100.0 * 1073741824.0 / 1e9;
  ASSERT_EQ(history.times("add").size(), 100U);
  EXPECT_NEAR(to_seconds(history.times("add").back()), 10.0 + transfer + 3.0, 0.01 * transfer);
}

TEST(Pods, GoWhereThePolicyPutsThem) {
  Blueprint blueprint = on_nodes(5, 3, 3);
  std::vector<std::uint32_t> pods;
  size_pool_by(blueprint, [&](const NodePoolView& pool) {
    pods.clear();
    for (const NodeView& node : pool.nodes) pods.push_back(node.pods);
    return NodeDecision{};
  });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(pods, (std::vector<std::uint32_t>{0, 1, 4}));  // last-fit
}

// Each may use 2 of the four cores, and requests a half of one.
TEST(Pods, AreAsManyOnANodeAsItHasCoresForTheirRequests) {
  Blueprint blueprint = on_nodes(9, 1, 1);
  blueprint.services.front().cpu = 2.0;
  blueprint.services.front().cpu_request = 0.5;
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add").size(), 8U);
}

TEST(Pods, NeedRoomForMemoryAndAPlaceOnTheNodeToo) {
  Blueprint blueprint = on_nodes(4, 2, 2);
  blueprint.services.front().memory = Bytes{3};
  blueprint.node_pools.front().memory = Bytes{8};
  ServiceBlueprint small = blueprint.services.front();
  small.name = "small";
  small.cpu = 0.1;
  small.memory = Bytes{};
  small.replicas = 3;
  blueprint.services.push_back(small);
  blueprint.node_pools.front().pods_per_node = 3;
  std::vector<std::uint32_t> pods;
  std::size_t pending = 99;
  size_pool_by(blueprint, [&](const NodePoolView& pool) {
    pods = {pool.nodes[0].pods, pool.nodes[1].pods};
    pending = pool.pending.size();
    return NodeDecision{};
  });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(pods, (std::vector<std::uint32_t>{3, 3}));  // two by memory, and one small pod up to the limit of three
  EXPECT_EQ(pending, 1U);
}

// ---- down --------------------------------------------------------------------------------------------------------------------

TEST(Pods, DrainUntilTheyAreIdleLookingEverySecond) {
  Blueprint blueprint = one_service(2);
  scale_by(blueprint, [](const ServiceView&) { return 1; });
  PlaneHistory history;
  history.idle = [](SimTime drained, SimTime now) { return now - drained >= 4500ms; };
  run(blueprint, history);
  EXPECT_EQ(history.times("drain"), Times{at(10s)});
  EXPECT_EQ(history.times("remove"), Times{at(15s)});
}

TEST(Pods, GoWithTheirWorkWhenTheGracePeriodIsOver) {
  Blueprint blueprint = one_service(2);
  blueprint.services.front().drain_limit = 2500ms;
  scale_by(blueprint, [](const ServiceView&) { return 1; });
  PlaneHistory history;
  history.idle = [](SimTime, SimTime) { return false; };
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("remove"), Times{at(12500ms)});
  EXPECT_EQ(result.notes.back().text, "grace period over: a replica goes with 1 in flight");
}

TEST(Pods, ThatAreNotReadyGoBeforeThoseThatAre) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().start_up = Distribution::constant(15.0);
  scale_by(blueprint, [](const ServiceView& service) { return service.now == at(10s) ? 2 : 1; });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), Times{at(0s)});
  EXPECT_TRUE(history.times("drain").empty());
}

TEST(Pods, ReadyForAShorterTimeGoFirstThenTheYounger) {
  Blueprint blueprint = one_service(3);
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(20s) ? 5 : service.now < at(30s) ? 4 : 1; });
  PlaneHistory history;
  run(blueprint, history);
  std::vector<Index> drained;
  for (const auto& change : history.changes) {
    if (change.what == "drain") drained.push_back(change.replica);
  }
  EXPECT_EQ(drained, (std::vector<Index>{4, 3, 2, 1}));
}

TEST(Pods, WithMoreOfTheirKindOnTheirNodeGoFirst) {
  Blueprint blueprint = on_nodes(5, 2, 2);  // replicas 0-3 on the last node, 4 alone on the first
  scale_by(blueprint, [](const ServiceView&) { return 4; });
  PlaneHistory history;
  run(blueprint, history);
  ASSERT_EQ(history.times("drain").size(), 1U);
  EXPECT_EQ(history.changes.at(5).replica, 3U);
}

TEST(Pods, ThatLeaveMakeRoomForThoseThatWait) {
  Blueprint blueprint = on_nodes(4, 1, 1);
  ServiceBlueprint other = blueprint.services.front();
  other.name = "other";
  other.replicas = 1;
  blueprint.services.push_back(other);
  scale_by(blueprint, [](const ServiceView&) { return 3; });
  PlaneHistory history;
  history.idle = [](SimTime drained, SimTime now) { return now - drained >= 2s; };
  run(blueprint, history);
  EXPECT_EQ(history.times("add", 1), Times{at(10s + 2s + 3s)});
}

TEST(Pods, KilledForTheirMemoryRestartAfterABackOffThatDoubles) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().memory = Bytes{1 << 30};
  PlaneHistory history;
  history.kills = {{at(30500ms), {0, 0}}, {at(40200ms), {0, 1}}, {at(60s), {0, 2}}};
  const RunResult result = run(blueprint, history);
  // Noticed at the next full second; restarted at once, after 10 s, after 20 s; 3 s of start-up each.
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(31s + 0s + 3s), at(41s + 10s + 3s), at(60s + 20s + 3s)}));
  EXPECT_EQ(result.notes.size(), 3U);
  EXPECT_TRUE(history.times("remove").empty());  // the plane removed them itself
  EXPECT_EQ(history.disks, (std::vector<bool>{false, true, true, true})) << "a container finds what the one before it left";
}

TEST(CrashLoopBackOff, DoublesToFiveMinutesAndIsForgottenAfterTen) {
  CrashLoopBackOff back_off;
  SimTime now = at(0s);
  std::vector<Duration> waits;
  for (int kill = 0; kill < 8; ++kill) {
    const SimTime restart = back_off.restart_at(now);
    waits.push_back(restart - now);
    now = restart + 1s;
  }
  EXPECT_EQ(waits, (std::vector<Duration>{0s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}));
  EXPECT_EQ(back_off.restart_at(now - 1s + 10min) - (now - 1s + 10min), 300s);
  EXPECT_EQ(back_off.restart_at(now + 30min), now + 30min);
}

TEST(Pods, AreKilledWhileDrainingAndJustGo) {
  Blueprint blueprint = one_service(2);
  blueprint.services.front().memory = Bytes{1 << 30};
  scale_by(blueprint, [](const ServiceView&) { return 1; });
  PlaneHistory history;
  history.idle = [](SimTime, SimTime) { return false; };
  history.kills = {{at(12500ms), {0, 1}}};
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("drain"), Times{at(10s)});
  EXPECT_TRUE(history.times("remove").empty());
  EXPECT_EQ(history.times("add").size(), 2U);
  EXPECT_EQ(result.ledger.at(1).name, "pods");
  EXPECT_EQ(result.ledger.at(1).completed, 1U);
  EXPECT_EQ(result.ledger.at(1).in_flight, 1U);
}

}  // namespace
}  // namespace headroom
