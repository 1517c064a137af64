#include "policies/autoscaling/cluster_autoscaler_expanders.hpp"
#include "policies/autoscaling/cluster_autoscaler_packing.hpp"
#include "policies/autoscaling/cluster_autoscaler_removal.hpp"
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
  Pool& with_gpus(int gpus) {
    gpus_ = gpus;
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
                                                       .gpus = gpus_,
                                                       .being_removed = being_removed_,
                                                       .nodes = nodes_,
                                                       .pending = pending_,
                                                       .types = types_});
    std::erase_if(nodes_,
                  [&](const NodeView& node) { return std::ranges::find(decision.remove, node.node) != decision.remove.end(); });
    for (int i = 0; i < decision.add; ++i) {
      NodeView& added = add_node();
      added.booting = true;
      added.created = at_seconds(seconds);
    }
    return decision;
  }
  std::vector<NodeView>& nodes() { return nodes_; }
  void drain(int nodes) { being_removed_ = nodes; }
  void offer(std::vector<NodeTypeView> types) { types_ = std::move(types); }
  std::vector<PodRequest>& pending() { return pending_; }

 private:
  std::unique_ptr<NodeAutoscaler> autoscaler_;
  int minimum_, maximum_;
  double cpu_ = 4.0;
  Bytes memory_{16 * 1024 * mib};
  int pods_ = 110;
  int gpus_ = 0;
  int being_removed_ = 0;
  std::uint32_t next_ = 0;
  std::vector<NodeView> nodes_;
  std::vector<PodRequest> pending_;
  std::vector<NodeTypeView> types_;
};

// Three pods of 3 cores and 4 GiB. small (4 cores, 16 GiB, 4): three nodes, of 12 cores and 48 GiB 3 and 36 are wasted. large
// (10, 40 GiB, 15): one, of 10 cores and 40 GiB 1 and 28. long (10, 16 GiB, 11): one, 1 and 4. tiny holds none.
NodeDecision growth_by(const Json& options) {
  Pool pool{options};
  pool.offer({{"tiny", 1.0, {4 * 1024 * mib}, 110, 0, {1.0}},
              {"small", 4.0, {16 * 1024 * mib}, 110, 0, {4.0}},
              {"large", 10.0, {40 * 1024 * mib}, 110, 0, {15.0}},
              {"long", 10.0, {16 * 1024 * mib}, 110, 0, {12.5}}});
  pool.add_pending(3.0, 4 * 1024 * mib, 3);
  return pool.at(0);
}
using Types = std::vector<std::uint32_t>;

TEST(ClusterAutoscaler, GrowsTheTypeThatItsExpanderChooses) {
  EXPECT_EQ(growth_by(Json::object()).types, (Types{3})) << "least-waste";
  EXPECT_EQ(growth_by({{"expander", {"price"}}}).types, (Types{1, 1, 1})) << "12 against 12.5 and 15";
  EXPECT_EQ(growth_by({{"expander", {"least-nodes", "price"}}}).types, (Types{3}));
  EXPECT_EQ(growth_by({{"expander", {"most-pods", "least-nodes", "least-waste"}}}).types, (Types{3}));
  const Json levels = Json::array({{{"priority", 10}, {"types", {"^la"}}}, {{"priority", 5}, {"types", {".*"}}}});
  EXPECT_EQ(growth_by({{"expander", {"priority"}}, {"priorities", levels}}).types, (Types{2}));
  EXPECT_EQ(growth_by({{"expander", {"price"}}}).reason, "3 pods wait: 3 nodes of small to 0");
}

TEST(ClusterAutoscaler, RefusesExpandersThatThereAreNot) {
  const auto problems = [](Json options) {
    options["policy"] = "cluster-autoscaler";
    return problems_of<NodeAutoscaler>(options).size();
  };
  EXPECT_EQ(problems({{"expander", {"cheapest"}}}), 1U);
  EXPECT_EQ(problems({{"expander", {"priority"}}}), 1U) << "no priorities";
  EXPECT_EQ(problems({{"priorities", Json::array({{{"priority", 1}, {"types", {"["}}}})}}), 2U) << "no use for them; no pattern";
}

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

TEST(ClusterAutoscaler, CountsDrainsInProgressAgainstTheLimit) {
  Pool pool{{{"max_drain_parallelism", 2}}};
  for (int i = 0; i < 3; ++i) pool.add_node(1.0, 2);
  pool.drain(1);
  pool.at(0);
  EXPECT_EQ(pool.at(610).remove, std::vector<std::uint32_t>{0}) << "two at a time, one is on its way";
  pool.drain(2);
  EXPECT_TRUE(pool.at(620).remove.empty());
}

TEST(ClusterAutoscaler, JudgesNodesWithGpusByTheirGpusAlone) {
  Pool pool{{{"unneeded_time", "60 s"}}};
  pool.of(4.0, 16 * 1024 * mib, 110).with_gpus(4);
  pool.add_node(3.9, 2).gpus_requested = 2;  // half of its GPUs
  pool.add_node(0.1, 2).gpus_requested = 3;
  pool.at(0);
  EXPECT_EQ(pool.at(70).remove, std::vector<std::uint32_t>{0});
}

// Two nodes are asked for at 0 and never come up: given up after 900 s, then rests of 300, 600, 1200, 1800 and again 1800 s.
TEST(ClusterAutoscaler, RestsTwiceAsLongAfterEachFailureUpToTheLongest) {
  Pool pool;
  pool.add_pending(4.0, mib, 2);
  double asked = 0.0;
  for (const double rest : {300.0, 600.0, 1200.0, 1800.0, 1800.0}) {
    EXPECT_EQ(pool.at(asked).add, 2) << asked;
    EXPECT_TRUE(pool.at(asked + 900).remove.empty()) << "exactly the limit is no failure";
    EXPECT_EQ(pool.at(asked + 910).remove.size(), 2U);
    EXPECT_EQ(pool.at(asked + 910 + rest - 10).add, 0) << "rests " << rest;
    asked += 910 + rest;
  }
}

TEST(ClusterAutoscaler, ForgetsFailuresOnceAnAdditionCameUp) {
  Pool pool;
  pool.add_pending(4.0, mib, 1);
  pool.at(0);
  EXPECT_EQ(pool.at(910).remove.size(), 1U);
  EXPECT_EQ(pool.at(1210).add, 1);
  pool.nodes().back().booting = false;  // this one came up
  pool.nodes().back().cpu_requested = 4.0;
  pool.pending().clear();
  pool.at(1220);
  pool.add_pending(4.0, mib, 1);
  EXPECT_EQ(pool.at(1230).add, 1);
  EXPECT_EQ(pool.at(2140).remove.size(), 1U);
  EXPECT_EQ(pool.at(2430).add, 0);
  EXPECT_EQ(pool.at(2440).add, 1) << "300 s again, not 600";
}

TEST(ClusterAutoscaler, KeepsTotalsOfCoresAndMemory) {
  Pool cores{{{"max_cores_total", 15}}};
  cores.add_node(4.0, 1);
  cores.add_pending(4.0, mib, 9);
  EXPECT_EQ(cores.at(0).add, 2) << "1 + 2 nodes of 4 cores are 12, one more is 16";
  Pool memory{{{"max_memory_total", "48 GiB"}}};
  memory.add_pending(4.0, mib, 9);
  EXPECT_EQ(memory.at(0).add, 3) << "of 16 GiB each";
}

TEST(ClusterAutoscaler, MayBeToldNotToGrowFromNothing) {
  Pool pool{{{"scale_up_from_zero", false}}};
  pool.add_pending(4.0, mib);
  EXPECT_EQ(pool.at(0).add, 0);
  pool.add_node(4.0, 1);
  EXPECT_EQ(pool.at(10).add, 1);
}

TEST(ClusterAutoscaler, RefusesALongestRestBelowTheFirst) {
  const FieldProblems problems =
      problems_of<NodeAutoscaler>({{"policy", "cluster-autoscaler"}, {"initial_back_off", "10 min"}, {"max_back_off", "5 min"}});
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].first, "max_back_off");
}

// Johnson's lower bound for first-fit decreasing, 11/9 of the best: sizes 51, 27, 26 and 23 of 100, six of the first three each
// and twelve of the last. Best: six of 51 + 26 + 23 and three of 27 + 27 + 23 + 23: 9 nodes. First-fit decreasing: six of 51 +
// 27, two of 3 × 26, three of 4 × 23: 11 nodes.
TEST(ClusterAutoscaler, PacksAsBadlyAsFirstFitDecreasingDoes) {
  Pool pool;
  pool.of(1.0, 1024 * mib, 110);
  for (int i = 0; i < 6; ++i) {
    for (const double size : {0.51, 0.27, 0.26, 0.23, 0.23}) pool.add_pending(size, 0);
  }
  EXPECT_EQ(pool.at(0).add, 11);
}

// ---- arithmetic --------------------------------------------------------------------------------------------------------------

namespace ca = cluster_autoscaler;

// Nodes of one core and ten pods beside a present one of a tenth of a core in another zone, as in the upstream test; used nodes.
std::pair<int, int> spread_over(ca::PodGroup group) {
  const std::vector<ca::PackedNode> present{{.room = {100, 100 * mib, 10, 0}, .zone = 1, .is_new = false}};
  const ca::Packing packing = ca::pack(present, {1000, 5000 * mib, 10, 0}, {&group, 1}, 100);
  return {static_cast<int>(std::ranges::count_if(packing.nodes, &ca::PackedNode::used)), packing.pods_placed()};
}

TEST(ClusterAutoscalerArithmetic, SpreadsPodsOverHostsAndZones) {
  using ca::SpreadRule;
  EXPECT_EQ(spread_over({.need = {200, 200, 1, 0}, .count = 8, .one_per_node = true}), (std::pair{8, 8}));
  EXPECT_EQ(spread_over({.need = {200, 200, 1, 0}, .count = 8, .spread = SpreadRule{.max_skew = 2}}), (std::pair{4, 8}));
  EXPECT_EQ(spread_over({.need = {20, 100, 1, 0}, .count = 8, .spread = SpreadRule{.max_skew = 2, .by_zone = true}}),
            (std::pair{1, 2}));
  EXPECT_EQ(spread_over({.need = {20, 100, 1, 0}, .count = 12, .spread = SpreadRule{.max_skew = 1, .min_domains = 3}}),
            (std::pair{3, 12}));
}

TEST(ClusterAutoscalerArithmetic, TakesIgnoredPodsOutOfSumAndAllocatable) {
  const ca::NodeCapacity node{2000, 2'000'000};
  const ca::PodShare pod{100, 200'000};
  const ca::PodShare daemon{.cpu_milli = 100, .memory = 200'000, .daemon_set = true};
  const ca::PodShare mirror{.cpu_milli = 100, .memory = 200'000, .mirror = true};
  const std::vector<ca::PodShare> pods{pod, pod, daemon, daemon};
  EXPECT_DOUBLE_EQ(*ca::utilization(node, pods, {.ignore_daemon_sets = true}), 2.0 / 8.0);
  EXPECT_DOUBLE_EQ(*ca::utilization(node, pods), 4.0 / 10.0);
  const std::vector<ca::PodShare> both{pod, mirror, daemon};
  EXPECT_DOUBLE_EQ(*ca::utilization(node, both, {true, true}), 1.0 / 8.0);
  const std::vector<ca::PodShare> leaving{pod, pod, {.cpu_milli = 100, .memory = 200'000, .long_terminating = true}};
  EXPECT_DOUBLE_EQ(*ca::utilization(node, leaving), 2.0 / 10.0);
  EXPECT_FALSE(ca::utilization({2000, std::nullopt}, pods).has_value());
  EXPECT_EQ(ca::utilization({2000, 2'000'000, true, std::nullopt}, pods), 0.0) << "its GPUs are not ready";
}

TEST(ClusterAutoscalerArithmetic, PausesUntilTheEndOfEachDelay) {
  const ca::ScaleDownDelays delays;
  EXPECT_TRUE(ca::in_cooldown({.add = at_seconds(500)}, delays, at_seconds(1099)));
  EXPECT_FALSE(ca::in_cooldown({.add = at_seconds(500)}, delays, at_seconds(1100)));
  EXPECT_TRUE(ca::in_cooldown({.failure = at_seconds(500)}, delays, at_seconds(679)));
  EXPECT_FALSE(ca::in_cooldown({.failure = at_seconds(500)}, delays, at_seconds(680)));
  EXPECT_FALSE(ca::in_cooldown({.deletion = at_seconds(500)}, delays, at_seconds(500)));
}

TEST(ClusterAutoscalerArithmetic, ChainsExpandersUntilOneOptionIsLeft) {
  const std::vector<ca::ExpansionOption> options{{.group = "small", .nodes = 3, .pods = 6, .node_price = 1.0},
                                                 {.group = "large", .nodes = 1, .pods = 6, .node_price = 4.0},
                                                 {.group = "other", .nodes = 1, .pods = 5, .node_price = 2.0}};
  EXPECT_EQ(ca::most_pods(options), (ca::Kept{0, 1}));
  EXPECT_EQ(ca::lowest_price(options), ca::Kept{2}) << "2 against 3 and 4";
  const std::vector<ca::Expander> expanders{ca::most_pods, ca::least_nodes, ca::lowest_price};
  EXPECT_EQ(ca::chain(options, expanders), ca::Kept{1});
  EXPECT_EQ(ca::by_priority(options, {{10, {"small", "other"}}, {50, {"^larger"}}}), (ca::Kept{0, 2}));
  EXPECT_EQ(ca::by_priority(options, {{10, {"none"}}}).size(), 3U) << "no pattern is found: all are left";
}

}  // namespace
}  // namespace headroom
