#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/cluster/infrastructure_support.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;
using Times = std::vector<SimTime>;

double total(const Series& series) { return std::accumulate(series.columns[0].begin(), series.columns[0].end(), 0.0); }

// Two minutes of four replicas on one node, a spot node that is told to go once in that time.
Blueprint on_a_spot_node() {
  Blueprint blueprint = on_nodes(4, 1, 1);
  blueprint.duration = 2min;
  blueprint.node_pools.front().minimum = 1;
  blueprint.node_pools.front().purchase = {.spot = 1.0, .spot_price = {0.001}, .interruptions = {1.0 / 200.0}};
  return blueprint;
}

// The instant at which the first node is told: the exponential span that its number draws.
SimTime first_told() {
  RandomStreams streams{1, 0};
  Draws draws{streams.key_of("node_pools/general/interruption"), 0};
  return at_seconds(-200.0 * std::log(draws.uniform()));
}

TEST(Purchases, ReservedNodesComeFirstAndSpotNodesNeverExceedTheirShare) {
  // Seven nodes: three reserved, of the other four at most a half spot: on demand, spot, on demand, spot.
  Blueprint blueprint = on_nodes(1, 7, 7);
  NodePoolBlueprint& pool = blueprint.node_pools.front();
  pool.minimum = 7;
  pool.price = {1.0};
  pool.purchase = {.reserved = 3, .spot = 0.5, .reserved_price = {0.5}, .spot_price = {0.25}};
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_NEAR(total(series_of(result, "cost", "general")), 2 * 1.0 * 600.0, 1e-6);
  EXPECT_NEAR(total(series_of(result, "cost", "general (reserved)")), 3 * 0.5 * 600.0, 1e-6);
  EXPECT_NEAR(total(series_of(result, "cost", "general (spot)")), 2 * 0.25 * 600.0, 1e-6);
}

TEST(Purchases, AReservedNodeIsPaidForEvenWhenItIsNotThere) {
  Blueprint blueprint = on_nodes(1, 1, 5);
  blueprint.node_pools.front().purchase = {.reserved = 4, .reserved_price = {0.5}};
  size_pool_by(blueprint, [](const NodePoolView&) { return NodeDecision{}; });
  PlaneHistory history;
  EXPECT_NEAR(total(series_of(run(blueprint, history), "cost", "general (reserved)")), 4 * 0.5 * 600.0, 1e-6);
}

TEST(Purchases, ASpotNodeThatIsToldDrainsAndIsReplacedWhenItIsGone) {
  const SimTime told = first_told();
  ASSERT_LT(told, at(60s));  // of this seed
  PlaneHistory history;
  history.idle = [](SimTime drained, SimTime now) { return now >= drained + 5s; };
  const RunResult result = run(on_a_spot_node(), history);
  // Told: all four drain and wait in vain for room. Idle 5 s later, so the node goes; its successor is asked for at once, up after
  // 40 s, and the replicas are ready 3 s later.
  EXPECT_EQ(history.times("drain"), Times(4, told));
  EXPECT_EQ(history.times("remove"), Times(4, told + 5s));
  const Times added = history.times("add");
  ASSERT_EQ(added.size(), 8U);
  EXPECT_EQ(added[4], told + 5s + 40s + 3s);
  EXPECT_EQ(total(series_of(result, "node_interruptions")), 1.0);
}

TEST(Purchases, WhatIsStillOnASpotNodeWhenTheNoticeEndsIsLost) {
  const SimTime told = first_told();
  Blueprint blueprint = on_a_spot_node();
  blueprint.services.front().drain_limit = 10min;
  blueprint.node_pools.front().purchase.notice = 30s;
  PlaneHistory history;
  history.idle = [](SimTime, SimTime) { return false; };
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("remove"), Times(4, told + 30s));
  // The bill: from the start to the notice's end, then the successor to the end of the run.
  EXPECT_NEAR(total(series_of(result, "cost", "general (spot)")), 0.001 * 120.0, 1e-9);
}

TEST(Purchases, InterruptionsComeAtTheirRate) {
  Blueprint blueprint = on_nodes(0, 400, 400);
  NodePoolBlueprint& pool = blueprint.node_pools.front();
  pool.minimum = 400;
  pool.boot = Distribution::constant(0.0);
  pool.purchase = {.spot = 1.0, .spot_price = {0.001}, .interruptions = {1.0 / 3600.0}};
  PlaneHistory history;
  const double count = total(series_of(run(blueprint, history), "node_interruptions"));
  // Poisson with mean 400 × 600 / 3600 = 66.7 (an empty node is replaced at once); 99.9 %: mean ± 3.29 standard deviations.
  EXPECT_NEAR(count, 400.0 * 600.0 / 3600.0, 3.29 * std::sqrt(66.7));
}

TEST(Gpus, AreGivenToOneReplicaEach) {
  // Two GPUs a node, one per replica: of five replicas four fit on two nodes although their cores would.
  Blueprint blueprint = on_nodes(5, 2, 2);
  blueprint.services.front().gpus = 1;
  blueprint.services.front().cpu = 0.1;
  blueprint.node_pools.front().gpus = 2;
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("add"), Times(4, at(0s)));
  EXPECT_EQ(series_of(result, "pending_pods").columns[0].back(), 1.0);
}

}  // namespace
}  // namespace headroom
