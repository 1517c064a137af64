#include <iostream>

#include "sim/seams/node_autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr std::int64_t mib = std::int64_t{1} << 20;

// A pool of nodes of 4 cores and 16 GiB that does at once what it is told.
class Pool {
 public:
  explicit Pool(const Json& options = Json::object(), int minimum = 0, int maximum = 100) : minimum_{minimum}, maximum_{maximum} {
    Json named = options;
    named["policy"] = "cluster-autoscaler";
    autoscaler_ = policy<NodeAutoscaler>(named);
  }
  Pool& of(double cpu, std::int64_t memory, int pods) {
    cpu_ = cpu;
    memory_ = {memory};
    pods_ = pods;
    return *this;
  }
  NodeView& add_node(double cpu_requested = 0.0, std::uint32_t pods = 0) {
    nodes_.push_back({.node = next_++, .created = {}, .pods = pods, .cpu_requested = cpu_requested, .memory_requested = {}});
    return nodes_.back();
  }
  void add_pending(double cpu, std::int64_t memory, int count = 1) {
    pending_.insert(pending_.end(), static_cast<std::size_t>(count), PodRequest{.cpu = cpu, .memory = {memory}});
  }
  // The decision, carried out: removed nodes are gone; added ones boot, and the pending pods are still there.
  NodeDecision at(double seconds) {
    const NodeDecision decision = autoscaler_->decide({.now = at_seconds(seconds),
                                                       .minimum = minimum_,
                                                       .maximum = maximum_,
                                                       .cpu_allocatable = cpu_,
                                                       .memory_allocatable = memory_,
                                                       .pods_per_node = pods_,
                                                       .being_removed = being_removed_,
                                                       .nodes = nodes_,
                                                       .pending = pending_});
    std::erase_if(nodes_,
                  [&](const NodeView& node) { return std::ranges::find(decision.remove, node.node) != decision.remove.end(); });
    for (int i = 0; i < decision.add; ++i) add_node().booting = true;
    return decision;
  }
  std::vector<NodeView>& nodes() { return nodes_; }
  void drain(int nodes) { being_removed_ = nodes; }
  std::vector<PodRequest>& pending() { return pending_; }

 private:
  std::unique_ptr<NodeAutoscaler> autoscaler_;
  int minimum_, maximum_;
  double cpu_ = 4.0;
  Bytes memory_{16 * 1024 * mib};
  int pods_ = 110;
  int being_removed_ = 0;
  std::uint32_t next_ = 0;
  std::vector<NodeView> nodes_;
  std::vector<PodRequest> pending_;
};

TEST(ClusterAutoscaler, AddsWhatThePendingPodsNeed) {
  Pool pool;
  pool.add_pending(1.5, 1024 * mib, 5);  // two a node
  EXPECT_EQ(pool.at(0).add, 3);
}

TEST(ClusterAutoscaler, PacksTheLargestFirst) {
  Pool pool;
  // 3.0 + 1.0 and 2.0 + 1.0 + 1.0: two nodes. In order of waiting the three small ones would fill one, the large two more.
  pool.add_pending(1.0, mib, 3);
  pool.add_pending(2.0, mib);
  pool.add_pending(3.0, mib);
  EXPECT_EQ(pool.at(0).add, 2);
}

TEST(ClusterAutoscaler, CountsBootingNodesAsCapacity) {
  Pool pool;
  pool.add_pending(1.5, mib, 5);
  EXPECT_EQ(pool.at(0).add, 3);
  EXPECT_EQ(pool.at(10).add, 0) << "the same pods wait for the three that boot";
  pool.add_pending(1.5, mib, 2);
  EXPECT_EQ(pool.at(20).add, 1);
}

TEST(ClusterAutoscaler, KeepsToTheMaximumAndIgnoresPodsThatFitNoNode) {
  Pool full{{}, 0, 4};
  full.add_pending(4.0, mib, 10);
  EXPECT_EQ(full.at(0).add, 4);
  EXPECT_EQ(full.at(10).add, 0);
  Pool small;
  small.add_pending(4.5, mib, 3);
  EXPECT_EQ(small.at(0).add, 0);
}

TEST(ClusterAutoscaler, CountsNodesOnTheirWayOutAgainstTheMaximum) {
  Pool pool{{{"unneeded_time", "60 s"}, {"delay_after_add", "10 min"}}, 0, 3};
  pool.add_node();
  pool.drain(2);
  pool.add_pending(4.0, mib, 3);  // one node is free, two are on their way out: there may be no fourth
  EXPECT_EQ(pool.at(0).add, 0);
  EXPECT_EQ(pool.at(30).add, 0);
  pool.drain(0);
  pool.pending().clear();
  EXPECT_EQ(pool.at(70).remove, std::vector<std::uint32_t>{0}) << "nothing was added, so no cool-down runs";
}

TEST(ClusterAutoscaler, BringsThePoolToItsMinimum) { EXPECT_EQ(Pool({}, 3, 10).at(0).add, 3); }

TEST(ClusterAutoscaler, FillsACoreWithTenPodsOfATenth) {
  Pool pool;
  pool.of(1.0, 1024 * mib, 110).add_pending(0.1, mib, 10);
  EXPECT_EQ(pool.at(0).add, 1);
}

TEST(ClusterAutoscaler, RemovesANodeUnneededForMoreThanTenMinutes) {
  Pool pool;
  pool.add_node(2.0, 4);  // exactly half
  pool.add_node(2.1, 4);
  EXPECT_TRUE(pool.at(0).remove.empty());
  EXPECT_TRUE(pool.at(600).remove.empty()) << "exactly ten minutes are not enough";
  EXPECT_EQ(pool.at(610).remove, std::vector<std::uint32_t>{0});
  EXPECT_TRUE(pool.at(2000).remove.empty()) << "the other is over half";
}

TEST(ClusterAutoscaler, StartsToCountAnewWhenANodeWasNeeded) {
  Pool pool;
  pool.add_node(1.0, 2);
  pool.at(0);
  pool.nodes()[0].cpu_requested = 3.0;
  pool.at(300);
  pool.nodes()[0].cpu_requested = 1.0;
  pool.at(310);
  EXPECT_TRUE(pool.at(910).remove.empty());
  EXPECT_EQ(pool.at(920).remove.size(), 1U);
}

TEST(ClusterAutoscaler, KeepsANodeWhosePodsFitNowhereElse) {
  Pool pool;
  pool.add_node(1.0, 2).pods_fit_elsewhere = false;
  pool.at(0);
  EXPECT_TRUE(pool.at(10'000).remove.empty());
}

TEST(ClusterAutoscaler, RunsTimersOnDuringTheCoolDown) {
  Pool pool;
  pool.add_node();
  pool.at(0);
  pool.nodes()[0].cpu_requested = 1.0;
  pool.nodes()[0].pods = 1;
  pool.add_pending(4.0, mib);
  EXPECT_EQ(pool.at(300).add, 1);
  pool.pending().clear();
  pool.nodes()[1].booting = false;
  pool.nodes()[1].cpu_requested = 4.0;
  EXPECT_TRUE(pool.at(890).remove.empty()) << "an addition 590 s ago";
  EXPECT_EQ(pool.at(900).remove, std::vector<std::uint32_t>{0}) << "unneeded since 0, cool-down over";
}

TEST(ClusterAutoscaler, RemovesEmptyNodesTogetherAndBeforeOthers) {
  Pool pool;
  pool.add_node(1.0, 2);
  pool.add_node(1.0, 2);
  for (int i = 0; i < 12; ++i) pool.add_node();
  pool.at(0);
  EXPECT_EQ(pool.at(610).remove.size(), 10U);
  EXPECT_EQ(pool.at(620).remove, (std::vector<std::uint32_t>{12, 13}));
  EXPECT_EQ(pool.at(630).remove, std::vector<std::uint32_t>{0}) << "one drained at a time";
  EXPECT_EQ(pool.at(640).remove, std::vector<std::uint32_t>{1});
}

TEST(ClusterAutoscaler, NeverGoesBelowTheMinimumNorTouchesBootingNodes) {
  Pool pool{{}, 2, 10};
  for (int i = 0; i < 4; ++i) pool.add_node();
  pool.nodes()[3].booting = true;
  pool.at(0);
  EXPECT_EQ(pool.at(610).remove, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_TRUE(pool.at(5000).remove.empty());
}

// ---- reference tables --------------------------------------------------------------------------------------------------------

// Applicable: pods without a rule of their own on zones (placement knows no spread constraint).
TEST(ClusterAutoscalerTables, PackAsUpstream) {
  const Json table = reference_table("cluster-autoscaler/binpacking.json");
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    const auto spreads = [](const Json& group) { return group.contains("zone_spread_max_skew"); };
    if (std::ranges::any_of(row.at("pod_groups"), spreads)) continue;
    const Json& node = row.at("node");
    Pool pool{{}, 0, row.at("max_nodes").is_null() ? 1000 : row.at("max_nodes").get<int>()};
    pool.of(node.at("cpu_milli").get<double>() / 1000.0, node.at("memory_mib").get<std::int64_t>() * mib, node.at("max_pods"));
    for (const Json& group : row.at("pod_groups")) {
      pool.add_pending(group.at("cpu_milli").get<double>() / 1000.0, group.at("memory_mib").get<std::int64_t>() * mib,
                       group.at("count"));
    }
    EXPECT_EQ(pool.at(0).add, row.at("expect").at("nodes").get<int>()) << row.at("id");
    ++compared;
  }
  std::cout << compared << " rows of binpacking compared\n";
  EXPECT_GT(compared, 0);
}

// A node is a candidate at a threshold of just its utilization, and not at one just below.
bool is_candidate(const NodeView& node, double cpu, std::int64_t memory, double threshold) {
  Pool pool{{{"utilization_threshold", threshold}, {"unneeded_time", "0 s"}}};
  pool.of(cpu, memory, 110).nodes().push_back(node);
  pool.at(0);
  return !pool.at(10).remove.empty();
}

// Applicable: nothing is left out of the sum (there are no daemon sets or mirror pods here).
TEST(ClusterAutoscalerTables, UtilizeAsUpstream) {
  const Json table = reference_table("cluster-autoscaler/utilization.json");
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    if (row.at("ignore_daemonsets").get<bool>() || row.at("ignore_mirror").get<bool>()) continue;
    NodeView node;
    for (const Json& pod : row.at("pods")) {
      ++node.pods;
      node.cpu_requested += pod.at("cpu_milli").get<double>() / 1000.0;
      node.memory_requested += {pod.at("memory").get<std::int64_t>()};
    }
    const double cpu = row.at("allocatable").at("cpu_milli").get<double>() / 1000.0;
    const std::int64_t memory = row.at("allocatable").at("memory");
    const double expected = row.at("expect_utilization");
    EXPECT_TRUE(is_candidate(node, cpu, memory, expected * (1 + 1e-9))) << row.at("id");
    EXPECT_FALSE(is_candidate(node, cpu, memory, expected * (1 - 1e-9))) << row.at("id");
    ++compared;
  }
  std::cout << compared << " rows of utilization compared\n";
  EXPECT_GT(compared, 0);
}

// Applicable: a node that is still shown (one being deleted is not) and has no annotation; the utilization given or unknown.
TEST(ClusterAutoscalerTables, ChooseCandidatesAsUpstream) {
  const Json table = reference_table("cluster-autoscaler/scale_down_eligibility.json");
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    const Json& reason = row.at("reason");
    if (!reason.is_null() && reason != "NotUnderutilized" && reason != "UnexpectedError") continue;
    NodeView node;
    const bool known = row.at("utilization").is_number();
    node.cpu_requested = known ? row.at("utilization").get<double>() : 0.0;
    const double cpu = known ? 1.0 : 0.0;  // without allocatable cores there is no utilization
    EXPECT_EQ(is_candidate(node, cpu, 1024 * mib, row.at("threshold")), row.at("expect_candidate").get<bool>()) << row.at("id");
    ++compared;
  }
  std::cout << compared << " rows of scale_down_eligibility compared\n";
  EXPECT_GT(compared, 0);
}

// Nodes removed in all, empty and with pods, until nothing more goes.
std::pair<int, int> removed_in_all(Pool& pool) {
  std::pair<int, int> removed{0, 0};
  for (double seconds = 0; seconds < 2000; seconds += 10) {
    const std::vector<NodeView> before = pool.nodes();
    for (const std::uint32_t gone : pool.at(seconds).remove) {
      ++(std::ranges::find(before, gone, &NodeView::node)->pods == 0 ? removed.first : removed.second);
    }
  }
  return removed;
}

void expect_min_size(const Json& row) {
  // Nodes in deletion are not shown. Where the row has more candidates than nodes, the minimum moves up with the size.
  const int left = row.at("target_size").get<int>() - row.at("deletions_in_progress").get<int>();
  const int size = std::max(left, row.at("empty").get<int>() + row.at("need_drain").get<int>());
  Pool pool{{}, row.at("min_size").get<int>() + size - left, 100};
  for (int i = 0; i < size; ++i) {
    const bool empty = i < row.at("empty").get<int>();
    const bool idle = i < row.at("empty").get<int>() + row.at("need_drain").get<int>();
    pool.add_node(empty ? 0.0 : idle ? 1.0 : 4.0, empty ? 0 : 3);
  }
  EXPECT_EQ(removed_in_all(pool),
            (std::pair{row.at("expect").at("empty").get<int>(), row.at("expect").at("need_drain").get<int>()}))
      << row.at("id");
}

void expect_reason(const Json& row) {
  Pool pool{{{"unneeded_time", row.at("unneeded_time_s")}}, row.at("min_size"), 100};
  for (int i = 0; i < row.at("target_size").get<int>(); ++i) pool.add_node();
  pool.at(0);
  const NodeDecision decision = pool.at(row.at("unneeded_for_s"));
  const bool stays = !row.at("expect").is_null() && row.at("expect") != "";
  EXPECT_EQ(decision.remove.empty(), stays) << row.at("id");
}

// An unneeded node from time 0 on; the last addition or removal happens at its time; is it gone at `now`?
void expect_cooldown(const Json& row) {
  Pool pool{{{"unneeded_time", "0 s"}}};
  if (row.at("last_scale_up_s").is_number()) {
    pool.add_pending(4.0, mib);
    EXPECT_EQ(pool.at(row.at("last_scale_up_s")).add, 1);
    pool.pending().clear();
  }
  if (row.at("last_delete_s").is_number()) {
    pool.add_node();
    pool.at(row.at("last_delete_s").get<double>() - 1);
    EXPECT_EQ(pool.at(row.at("last_delete_s")).remove.size(), 1U);
  }
  const double now = row.at("now_s");
  pool.nodes().clear();
  pool.add_node();
  pool.at(now - 1);
  EXPECT_EQ(pool.at(now).remove.empty(), row.at("expect_in_cooldown").get<bool>()) << row.at("id");
}

// Applicable: nodes that are ready (one that is up is ready here) and no failed deletion.
TEST(ClusterAutoscalerTables, TimeRemovalsAsUpstream) {
  const Json table = reference_table("cluster-autoscaler/scale_down_timing.json");
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    const std::string kind = row.at("kind");
    if (kind == "reason" && !row.at("ready").get<bool>()) continue;
    if (kind == "cooldown" && !row.at("last_failure_s").is_null()) continue;
    if (kind == "min_size")
      expect_min_size(row);
    else if (kind == "reason")
      expect_reason(row);
    else if (kind == "cooldown")
      expect_cooldown(row);
    else
      continue;
    ++compared;
  }
  std::cout << compared << " rows of scale_down_timing compared\n";
  EXPECT_GT(compared, 0);
}

// Applicable: no deletion in progress (not shown), and not both kinds at once (the drain waits a scan).
TEST(ClusterAutoscalerTables, RemoveAtOnceAsManyAsUpstream) {
  const Json table = reference_table("cluster-autoscaler/scale_down_budgets.json");
  HEADROOM_SKIP_WITHOUT(table);
  int compared = 0;
  for (const Json& row : rows_of(table)) {
    if (row.at("empty_in_progress") != 0 || row.at("drain_in_progress") != 0) continue;
    const int empty = row.at("empty_candidates"), drain = row.at("drain_candidates");
    if (empty > 0 && drain > 0) continue;
    Pool pool{{{"max_parallelism", row.at("max_parallel")}, {"max_drain_parallelism", row.at("max_drain_parallel")}}};
    for (int i = 0; i < empty; ++i) pool.add_node();
    for (int i = 0; i < drain; ++i) pool.add_node(1.0, 2);
    pool.at(0);
    const int expected = row.at("expect").at(empty > 0 ? "empty" : "drain");
    EXPECT_EQ(pool.at(610).remove.size(), static_cast<std::size_t>(expected)) << row.at("id");
    ++compared;
  }
  std::cout << compared << " rows of scale_down_budgets compared\n";
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace headroom
