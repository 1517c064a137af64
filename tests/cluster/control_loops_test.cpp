#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cluster/infrastructure_support.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;
using Times = std::vector<SimTime>;

// ---- autoscaling -------------------------------------------------------------------------------------------------------------

TEST(AutoscalerLoop, DecidesEveryPeriodUntilTheEndOnAPlaneAdvancedToThatInstant) {
  Blueprint blueprint = one_service(1);
  PlaneHistory history;
  Times asked;
  scale_by(blueprint, [&](const ServiceView& service) {
    asked.push_back(service.now);
    EXPECT_EQ(history.advances.back(), service.now);
    return 1;
  });
  run(blueprint, history);
  ASSERT_EQ(asked.size(), 59U);  // at 10 s, 20 s, … 590 s, and not at the very end
  EXPECT_EQ(asked.front(), at(10s));
  EXPECT_EQ(asked.back(), at(590s));
  EXPECT_EQ(history.advances.back(), at(10min));
}

TEST(AutoscalerLoop, SeesPodsAsTheyWereScraped) {
  Blueprint blueprint = one_service(1);
  std::map<SimTime, std::vector<PodView>> seen;
  scale_by(blueprint, [&](const ServiceView& service) {
    seen[service.now] = {service.pods.begin(), service.pods.end()};
    return service.now < at(20s) ? 1 : 2;
  });
  PlaneHistory history;
  history.cores_in_use = 0.5;
  history.memory_in_use = Bytes{1000};
  run(blueprint, history);

  EXPECT_FALSE(seen.at(at(10s))[0].cpu.has_value());  // scraped every 15 s
  const PodView& scraped = seen.at(at(20s))[0];
  EXPECT_NEAR(scraped.cpu.value().value, 0.5, 1e-12);
  EXPECT_EQ(scraped.cpu->at, at(15s));
  EXPECT_EQ(scraped.cpu->window, 15s);
  EXPECT_EQ(scraped.memory.value().value, 1000.0);
  EXPECT_EQ(seen.at(at(30s))[0].cpu->at, at(30s));  // what is scraped at an instant is seen at that instant

  const PodView& young = seen.at(at(30s))[1];  // asked for at 20 s, ready at 23 s
  EXPECT_EQ(young.started, at(20s));
  EXPECT_TRUE(young.ready);
  EXPECT_EQ(young.ready_changed, at(23s));
  EXPECT_EQ(young.cpu->window, 10s) << "since the container's start";
  EXPECT_NEAR(young.cpu->value, 0.5 * 7 / 10, 1e-12);
}

TEST(AutoscalerLoop, SeesWhatIsAskedForWhatExistsAndWhatIsReady) {
  Blueprint blueprint = one_service(1);
  blueprint.services.front().start_up = Distribution::constant(15.0);
  std::vector<std::vector<int>> seen;
  scale_by(blueprint, [&](const ServiceView& service) {
    seen.push_back({service.current_replicas, service.status_replicas, service.ready_replicas, static_cast<int>(service.pods.size())});
    return service.now < at(30s) ? 4 : 2;
  });
  PlaneHistory history;
  history.idle = [](SimTime drained, SimTime now) { return now - drained >= 15s; };
  run(blueprint, history);
  EXPECT_EQ(seen[0], (std::vector<int>{1, 1, 1, 1}));
  EXPECT_EQ(seen[1], (std::vector<int>{4, 4, 1, 4}));
  EXPECT_EQ(seen[2], (std::vector<int>{4, 4, 4, 4}));
  EXPECT_EQ(seen[3], (std::vector<int>{2, 2, 2, 4}));  // two of them drain until 45 s
  EXPECT_EQ(seen[4], (std::vector<int>{2, 2, 2, 2}));
}

TEST(AutoscalerLoop, WritesWhatItWantedWhatItGotAndWhy) {
  Blueprint blueprint = one_service(3);
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(100s) ? 3 : 5; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_EQ(result.notes[0].at_seconds, 100.0);
  EXPECT_EQ(result.notes[0].subject, "services/api");
  EXPECT_EQ(result.notes[0].text, "scaled from 3 to 5: the script says so");
  EXPECT_EQ(series_of(result, "replicas_wanted").columns[2].back(), 5.0);
  EXPECT_EQ(series_of(result, "replicas").columns[2].back(), 5.0);
  EXPECT_EQ(series_of(result, "replicas").columns[1].front(), 3.0);
}

TEST(AutoscalerLoop, AnExceptionOfThePolicyComesOutOfTheRun) {
  Blueprint blueprint = one_service(1);
  scale_by(blueprint, [](const ServiceView& service) -> int {
    if (service.now == at(50s)) throw std::domain_error{"no such thing"};
    return 2;
  });
  PlaneHistory history;
  EXPECT_THROW(run(blueprint, history), std::domain_error);
  EXPECT_EQ(history.advances.back(), at(50s));
}

TEST(AutoscalerLoop, ANegativeWishIsAFaultOfThePolicy) {
  Blueprint blueprint = one_service(1);
  scale_by(blueprint, [](const ServiceView&) { return -1; });
  PlaneHistory history;
  EXPECT_THROW(run(blueprint, history), std::logic_error);
}

TEST(AutoscalerLoop, MayScaleToNothingAndBack) {
  Blueprint blueprint = one_service(2);
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(100s) ? 0 : 1; });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(history.times("remove"), (Times{at(10s), at(10s)}));
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(0s), at(103s)}));
}

// ---- node autoscaling --------------------------------------------------------------------------------------------------------

TEST(NodeAutoscalerLoop, SeesNodesTheirPodsAndThoseThatWait) {
  Blueprint blueprint = on_nodes(9, 2, 4);
  std::vector<NodeView> nodes;
  std::vector<PodRequest> pending;
  size_pool_by(blueprint, [&](const NodePoolView& pool) {
    if (pool.now == at(20s)) {
      nodes = {pool.nodes.begin(), pool.nodes.end()};
      pending = {pool.pending.begin(), pool.pending.end()};
      EXPECT_EQ(pool.maximum, 4);
      EXPECT_EQ(pool.cpu_allocatable, 4.0);
    }
    return NodeDecision{pool.now == at(10s) ? 1 : 0, {}, "one waits"};
  });
  PlaneHistory history;
  run(blueprint, history);
  ASSERT_EQ(nodes.size(), 3U);
  EXPECT_EQ(nodes[0].pods, 4U);
  EXPECT_EQ(nodes[0].cpu_requested, 4.0);
  EXPECT_FALSE(nodes[0].pods_fit_elsewhere);
  EXPECT_TRUE(nodes[2].booting);
  EXPECT_EQ(nodes[2].created, at(10s));
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].cpu, 1.0);
}

TEST(NodeAutoscalerLoop, KnowsWhosePodsWouldFitElsewhere) {
  Blueprint blueprint = on_nodes(6, 3, 3);  // last-fit: 0, 2 and 4 pods
  std::vector<bool> fit;
  size_pool_by(blueprint, [&](const NodePoolView& pool) {
    fit.clear();
    for (const NodeView& node : pool.nodes) fit.push_back(node.pods_fit_elsewhere);
    return NodeDecision{};
  });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(fit, (std::vector<bool>{true, true, true}));  // room for 4 + 2, for 4, for 4 + 2
}

TEST(NodeAutoscalerLoop, StaysWithinMinimumAndMaximum) {
  Blueprint blueprint = on_nodes(0, 2, 4);
  blueprint.node_pools.front().minimum = 1;
  std::vector<std::size_t> sizes;
  size_pool_by(blueprint, [&](const NodePoolView& pool) {
    sizes.push_back(pool.nodes.size());
    if (pool.now < at(100s)) return NodeDecision{100, {}, "more"};
    NodeDecision decision{0, {}, "less"};
    for (const NodeView& node : pool.nodes) decision.remove.push_back(node.node);
    return decision;
  });
  PlaneHistory history;
  run(blueprint, history);
  EXPECT_EQ(sizes[0], 2U);
  EXPECT_EQ(sizes[1], 4U);
  EXPECT_EQ(sizes[8], 4U);
  EXPECT_EQ(sizes.back(), 1U);
}

TEST(NodeAutoscalerLoop, ReplacesThePodsOfANodeThatGoesAndPaysUntilItIsGone) {
  Blueprint blueprint = on_nodes(2, 2, 2);  // both on the last node, 1
  blueprint.services.front().image = Bytes{2'000'000'000};
  blueprint.node_pools.front().price = DollarsPerSecond{1.0};
  size_pool_by(blueprint, [](const NodePoolView& pool) {
    return pool.now == at(20s) ? NodeDecision{0, {1}, "idle"} : NodeDecision{};
  });
  PlaneHistory history;
  history.idle = [](SimTime drained, SimTime now) { return now - drained >= 6s; };
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("add"), (Times{at(0s), at(0s), at(20s + 2s + 3s), at(20s + 2s + 3s)}));
  EXPECT_EQ(history.times("drain"), (Times{at(20s), at(20s)}));
  EXPECT_EQ(history.times("remove"), (Times{at(26s), at(26s)}));
  const Series& cost = series_of(result, "cost", "general");
  double spent = 0.0;
  for (const double amount : cost.columns[0]) spent += amount;
  EXPECT_NEAR(spent, 600.0 + 26.0, 1e-6);
  EXPECT_EQ(series_of(result, "nodes").columns[2].back(), 1.0);
  const auto nodes = std::ranges::find(result.ledger, "nodes", &LedgerEntry::name);
  ASSERT_NE(nodes, result.ledger.end());
  EXPECT_EQ(nodes->completed, 1U);
}

TEST(NodeAutoscalerLoop, AsksForNothingWhileThoseBeingDrainedHoldTheHosts) {
  Blueprint blueprint = on_nodes(2, 1, 1);
  std::map<SimTime, int> being_removed;
  size_pool_by(blueprint, [&](const NodePoolView& pool) {
    being_removed[pool.now] = pool.being_removed;
    return pool.now == at(20s) ? NodeDecision{1, {0}, "replace it"} : NodeDecision{pool.nodes.empty() ? 1 : 0, {}, "two wait"};
  });
  PlaneHistory history;
  history.idle = [](SimTime drained, SimTime now) { return now - drained >= 25s; };
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(being_removed.at(at(20s)), 0);
  EXPECT_EQ(being_removed.at(at(30s)), 1);
  EXPECT_EQ(being_removed.at(at(50s)), 0);  // both pods were gone at 45 s
  std::vector<double> asked;
  for (const Note& note : result.notes) {
    if (note.text.starts_with("asked for")) asked.push_back(note.at_seconds);
  }
  EXPECT_EQ(asked, std::vector<double>{50.0});
}

TEST(NodeAutoscalerLoop, MayChangeItsMindWhileANodeBoots) {
  Blueprint blueprint = on_nodes(0, 0, 1);
  blueprint.node_pools.front().price = DollarsPerSecond{1.0};
  size_pool_by(blueprint, [](const NodePoolView& pool) {
    if (pool.now == at(10s)) return NodeDecision{1, {}, "more"};
    if (pool.now == at(30s)) return NodeDecision{0, {pool.nodes[0].node}, "or not"};
    if (pool.now == at(40s)) return NodeDecision{1, {}, "more after all"};
    return NodeDecision{};
  });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  const Series& nodes = series_of(result, "nodes");
  double up_seconds = 0.0;
  for (std::size_t window = 0; window < result.window_ends.size(); ++window) {
    up_seconds += nodes.columns[0][window] * (result.window_ends[window] - (window == 0 ? 0.0 : result.window_ends[window - 1]));
  }
  EXPECT_NEAR(up_seconds, 600.0 - 80.0, 1e-6);
  double spent = 0.0;
  for (const double amount : series_of(result, "cost").columns[0]) spent += amount;
  EXPECT_NEAR(spent, 20.0 + 560.0, 1e-6);
}

}  // namespace
}  // namespace headroom
