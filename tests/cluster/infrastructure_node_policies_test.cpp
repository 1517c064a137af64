// Node autoscalers and placement at work on a cluster: who waits for what, by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/cluster/infrastructure_support.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;
using Times = std::vector<SimTime>;

double seconds_of_nodes(const RunResult& result) {
  const Series& nodes = series_of(result, "nodes");
  double sum = 0.0;
  for (std::size_t window = 0; window < result.window_ends.size(); ++window) {
    const double begin = window == 0 ? 0.0 : result.window_ends[window - 1];
    sum += nodes.columns[0][window] * (result.window_ends[window] - begin);
  }
  return sum;
}

Blueprint with(const char* autoscaler, const char* placement, int replicas, int nodes, int maximum) {
  Blueprint blueprint = on_nodes(replicas, nodes, maximum);
  blueprint.node_pools[0].autoscaler = choose<NodeAutoscaler>(autoscaler);
  blueprint.node_pools[0].placement = choose<PlacementPolicy>(placement);
  return blueprint;
}

// Four of six pods fit. The scan at 10 s asks for a node, which is up at 50 s; start-up takes 3 s.
TEST(NodePolicies, ClusterAutoscalerServesWaitingPodsAtItsScan) {
  const Blueprint blueprint = with("cluster-autoscaler", "first-fit", 6, 1, 9);
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(0s), at(0s), at(0s), at(53s), at(53s)}));
}

// The look at 1 s opens the batch, that at 2 s finds no more pods and asks for a node: up at 42 s, 3 s of start-up.
TEST(NodePolicies, KarpenterServesWaitingPodsWhenTheirBatchIsIdle) {
  const Blueprint blueprint = with("karpenter", "first-fit", 6, 1, 9);
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(0s), at(0s), at(0s), at(45s), at(45s)}));
  EXPECT_NEAR(seconds_of_nodes(result), 600.0 + 558.0, 1e-6) << "no node goes: the two pods of the second fit nowhere else";
}

// Ten pods of a core, four on the node of 4 cores that is there. No node of that type holds the six others, one of 8 cores does:
// up at 42 s, and for its 558 s it is on the bill under its own name, at its own price.
TEST(NodePolicies, KarpenterBuysTheTypeThatHoldsAllThatWaits) {
  Blueprint blueprint = with("karpenter", "first-fit", 10, 1, 9);
  NodePoolBlueprint& pool = blueprint.node_pools[0];
  pool.price = {4.0};
  pool.other_types = {
      {.name = "large", .cpu = 8.0, .memory = pool.memory, .bandwidth = pool.bandwidth, .price = {6.0}, .spot_price = {}}};
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  const Times added = history.times("add");
  EXPECT_EQ(std::count(added.begin(), added.end(), at(0s)), 4);
  EXPECT_EQ(std::count(added.begin(), added.end(), at(45s)), 6);
  EXPECT_NEAR(seconds_of_nodes(result), 600.0 + 558.0, 1e-6);
  const auto spent = [&](const std::string& component) {
    const std::vector<double>& cost = series_of(result, "cost", component).columns[0];
    return std::accumulate(cost.begin(), cost.end(), 0.0);
  };
  EXPECT_NEAR(spent("general"), 4.0 * 600.0, 1e-6);
  EXPECT_NEAR(spent("general (large)"), 6.0 * 598.0, 1e-6) << "from asking for it";
}

// Two pods on each of two nodes, and all four fit on one. Found at 1 s, looked at again after 15 s: at 16 s the first node is
// drained. Its pods' replacements are ready at 19 s on the other, and it is given back once the old ones are gone.
TEST(NodePolicies, KarpenterMovesThePodsOfTwoHalfEmptyNodesToOne) {
  const Blueprint blueprint = with("karpenter", "spread", 4, 2, 2);
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(0s), at(0s), at(0s), at(19s), at(19s)}));
  const Times removed = history.times("remove");
  ASSERT_EQ(removed.size(), 2U);
  EXPECT_EQ(removed[0], removed[1]);
  EXPECT_NEAR(seconds_of_nodes(result), 600.0 + to_seconds(removed[0]), 1e-6);
}

// Nodes 0 and 2 are in zone 0, node 1 in zone 1. One after the other: node 0; node 1 (its zone has none); node 2 (one pod in each
// zone, none on this node); node 1 (one pod in its zone, two in the other).
TEST(NodePolicies, SpreadPlacesAsManyPodsInEveryZone) {
  Blueprint blueprint = with("cluster-autoscaler", "spread", 4, 3, 3);
  blueprint.node_pools[0].zones = 2;
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(std::count(history.zones.begin(), history.zones.end(), Index{0}), 2);
  EXPECT_EQ(std::count(history.zones.begin(), history.zones.end(), Index{1}), 2);
}

// Every second of four nodes is spot, at a third of the price: four pods of two cores fill both spot nodes.
TEST(NodePolicies, CheapestFillsSpotNodesBeforeThoseOnDemand) {
  Blueprint blueprint = with("cluster-autoscaler", "cheapest", 4, 4, 4);
  NodePoolBlueprint& pool = blueprint.node_pools[0];
  pool.price = {3.0};
  pool.purchase = {.spot = 0.5, .spot_price = {1.0}};
  blueprint.services[0].cpu_request = 2.0;
  std::vector<std::uint32_t> pods;
  size_pool_by(blueprint, [&](const NodePoolView& view) {
    pods.clear();
    for (const NodeView& node : view.nodes) pods.push_back(node.pods);
    return NodeDecision{};
  });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(pods, (std::vector<std::uint32_t>{0, 2, 0, 2}));
}

}  // namespace
}  // namespace headroom
