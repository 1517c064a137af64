// Kubernetes Cluster Autoscaler: add the nodes that waiting pods need, remove nodes that have been nearly idle for long.
//
//   add    = new nodes in a first-fit-decreasing packing of the pods that no present or booting node has room for
//   remove = nodes with max(cpu, memory) requested / allocatable <= threshold, unneeded for longer than unneeded_time, outside
//   the
//            cool-down after an addition; empty nodes first
//
// Source:  kubernetes/autoscaler, cluster-autoscaler release 1.37: estimator, core/scaledown, core/static_autoscaler.go,
//          clusterstate, utils/backoff; the arithmetic is in cluster_autoscaler_{packing,removal}.hpp, its expanders, of which
//          one pool needs none, in cluster_autoscaler_expanders.hpp; shipped settings that have no effect here in
//          node_autoscaler_settings.hpp.
// Differs: one pool, so no expander, and totals of cores and memory are the pool's. Whether a node's pods fit elsewhere is judged
//          for each node alone, so a node with pods is drained only in a scan that removes no empty node. Nodes missing from the
//          minimum are added (there: --enforce-node-group-min-size).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "policies/autoscaling/cluster_autoscaler_removal.hpp"
#include "policies/autoscaling/waiting_pods.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/node_autoscaler.hpp"

namespace headroom {
namespace {

namespace ca = cluster_autoscaler;

std::optional<double> utilization_of(const NodeView& node, const NodePoolView& pool) {
  const ca::PodShare requested{ca::milli(node.cpu_requested), node.memory_requested.count, node.gpus_requested};
  const ca::NodeCapacity capacity{ca::milli(pool.cpu_allocatable), pool.memory_allocatable.count, pool.gpus > 0, pool.gpus};
  return ca::utilization(capacity, {&requested, 1});
}

class ClusterAutoscaler final : public NodeAutoscaler {
 public:
  struct Options {
    Duration scan{std::chrono::seconds{10}};
    Ratio utilization_threshold{0.5};
    Ratio gpu_utilization_threshold{0.5};
    Duration unneeded_time{ca::Patience{}.unneeded};
    Duration delay_after_add{ca::ScaleDownDelays{}.after_add};
    Duration delay_after_delete{ca::ScaleDownDelays{}.after_delete};
    int max_nodes_per_scale_up = 1000;
    int max_parallelism = ca::RemovalBudget{}.parallel;
    int max_drain_parallelism = ca::RemovalBudget{}.drained;
    Duration max_node_provision_time{std::chrono::minutes{15}};
    Duration initial_back_off{ca::BackOffRules{}.initial};
    Duration max_back_off{ca::BackOffRules{}.maximum};
    Duration back_off_reset{ca::BackOffRules{}.reset};
    double max_cores_total = 320'000.0;
    Bytes max_memory_total{std::int64_t{6'400'000} << 30};
    bool scale_up_from_zero = true;

    void describe(Fields& field) {
      field("scan", scan, "how often it looks", between(std::chrono::seconds{1}, std::chrono::hours{1}))(
          "utilization_threshold", utilization_threshold, "a node requested up to this share may be unneeded", between(0.0, 1.0))(
          "unneeded_time", unneeded_time, "a node goes when unneeded for longer than this", at_least(Duration{0}))(
          "delay_after_add", delay_after_add, "no node goes for this long after one was added", at_least(Duration{0}))(
          "delay_after_delete", delay_after_delete, "no node goes for this long after one went", at_least(Duration{0}))(
          "max_nodes_per_scale_up", max_nodes_per_scale_up, "nodes added in one scan at most", between(1, 100'000))(
          "max_parallelism", max_parallelism, "nodes on their way out at once at most", between(1, 100'000))(
          "max_drain_parallelism", max_drain_parallelism, "of those, nodes with pods at most", between(1, 100'000))(
          "gpu_utilization_threshold", gpu_utilization_threshold, "the same for nodes with GPUs, by their GPUs alone",
          between(0.0, 1.0))("max_node_provision_time", max_node_provision_time,
                             "a node that boots for longer has failed and is given up", more_than(0.0))(
          "initial_back_off", initial_back_off,
          "no node is added for this long after one failed; doubled by each further failure",
          more_than(0.0))("max_back_off", max_back_off, "the longest of these rests", more_than(0.0))(
          "back_off_reset", back_off_reset, "failures are forgotten this long after the last", at_least(Duration{0}))(
          "max_cores_total", max_cores_total, "cores of all nodes of the pool at most", more_than(0.0))(
          "max_memory_total", max_memory_total, "memory of all nodes of the pool at most", more_than(0.0))(
          "scale_up_from_zero", scale_up_from_zero, "whether nodes are added while none is up");
    }
    FieldProblems problems() const {
      if (max_back_off >= initial_back_off) return {};
      return {{"max_back_off", "is shorter than initial_back_off; give at least that"}};
    }
  };

  ClusterAutoscaler(const Options& options, const Context&)
      : options_{options}, back_off_{{options.initial_back_off, options.max_back_off, options.back_off_reset}} {}

  Duration period() const override { return options_.scan; }
  NodeDecision decide(const NodePoolView& pool) override;

 private:
  // Nodes that take too long to come up, as far as the minimum lets them go.
  NodeDecision give_up(const NodePoolView& pool);
  void note_additions(const NodePoolView& pool);
  int nodes_to_add(const NodePoolView& pool) const;
  int most_to_add(const NodePoolView& pool) const;
  void update_unneeded(const NodePoolView& pool);
  // Nodes unneeded for long enough, longest first; of equal ones the lowest identifier.
  std::vector<const NodeView*> ripe(const NodePoolView& pool, bool empty) const;
  NodeDecision removal(const NodePoolView& pool);

  Options options_;
  std::map<std::uint32_t, SimTime> unneeded_since_;
  ca::LastChanges last_;
  ca::BackOff back_off_;
  bool adding_ = false;  // nodes it asked for are booting, and none of them has failed
};

NodeDecision ClusterAutoscaler::decide(const NodePoolView& pool) {
  if (NodeDecision failed = give_up(pool); !failed.remove.empty()) return failed;
  note_additions(pool);
  if (const int add = nodes_to_add(pool); add > 0) {
    last_.add = pool.now;
    adding_ = true;
    return {add, {}, fmt::format("{} pods wait: {} nodes to {}", pool.pending.size(), add, pool.nodes.size())};
  }
  update_unneeded(pool);  // also during the cool-down: the timers run on
  if (ca::in_cooldown(last_, {options_.delay_after_add, options_.delay_after_delete, {}}, pool.now))
    return {0, {}, "cool-down after a change"};
  return removal(pool);
}

NodeDecision ClusterAutoscaler::give_up(const NodePoolView& pool) {
  NodeDecision decision;
  const int above_minimum = static_cast<int>(pool.nodes.size()) - pool.minimum;
  for (const NodeView& node : pool.nodes) {
    const bool is_late = node.booting && pool.now - node.created > options_.max_node_provision_time;
    if (is_late && std::cmp_less(decision.remove.size(), above_minimum)) decision.remove.push_back(node.node);
  }
  if (decision.remove.empty()) return decision;
  back_off_.fail(pool.now);
  adding_ = false;
  decision.reason = fmt::format("{} nodes not up after {}; none is added for {}", decision.remove.size(),
                                to_text(options_.max_node_provision_time), to_text(*back_off_.until() - pool.now));
  return decision;
}

// Additions that all came up end the memory of earlier failures.
void ClusterAutoscaler::note_additions(const NodePoolView& pool) {
  if (!adding_ || std::ranges::any_of(pool.nodes, &NodeView::booting)) return;
  adding_ = false;
  back_off_.succeed();
}

int ClusterAutoscaler::nodes_to_add(const NodePoolView& pool) const {
  if (back_off_.rests(pool.now)) return 0;
  const bool none_is_up = std::ranges::all_of(pool.nodes, &NodeView::booting);
  if (none_is_up && !options_.scale_up_from_zero) return 0;
  const int limit = most_to_add(pool);
  const std::vector<ca::PodGroup> groups = ca::grouped(ca::waiting_needs(pool));
  const int needed = groups.empty() ? 0 : ca::pack(ca::present_nodes(pool), ca::empty_node(pool), groups, limit).new_nodes;
  return std::max(needed, std::min(pool.minimum - static_cast<int>(pool.nodes.size()), limit));
}

// Nodes on their way out still count against the maximum (there: against the group's size until the provider has deleted them).
int ClusterAutoscaler::most_to_add(const NodePoolView& pool) const {
  const int size = static_cast<int>(pool.nodes.size()) + pool.being_removed;
  const ca::GroupSize group{pool.maximum, size};
  const auto memory = static_cast<double>(pool.memory_allocatable.count);
  return std::min({std::max(0, ca::node_limit({&group, 1})), options_.max_nodes_per_scale_up,
                   ca::nodes_within(options_.max_cores_total, size * pool.cpu_allocatable, pool.cpu_allocatable),
                   ca::nodes_within(static_cast<double>(options_.max_memory_total.count), size * memory, memory)});
}

void ClusterAutoscaler::update_unneeded(const NodePoolView& pool) {
  const double threshold = (pool.gpus > 0 ? options_.gpu_utilization_threshold : options_.utilization_threshold).value;
  std::map<std::uint32_t, SimTime> unneeded;
  for (const NodeView& node : pool.nodes) {
    if (node.booting || !node.pods_fit_elsewhere || !ca::ineligible({utilization_of(node, pool)}, threshold).empty()) continue;
    const auto known = unneeded_since_.find(node.node);
    unneeded.emplace(node.node, known == unneeded_since_.end() ? pool.now : known->second);
  }
  unneeded_since_ = std::move(unneeded);
}

std::vector<const NodeView*> ClusterAutoscaler::ripe(const NodePoolView& pool, bool empty) const {
  ca::GroupFloor group{pool.minimum, static_cast<int>(pool.nodes.size()) + pool.being_removed, pool.being_removed};
  std::vector<const NodeView*> nodes;
  for (const NodeView& node : pool.nodes) {
    const auto since = unneeded_since_.find(node.node);
    if (since == unneeded_since_.end() || (node.pods == 0) != empty) continue;
    if (ca::unremovable(pool.now - since->second, true, {options_.unneeded_time, {}}, group).empty()) nodes.push_back(&node);
  }
  std::ranges::stable_sort(nodes, {}, [this](const NodeView* node) { return unneeded_since_.at(node->node); });
  std::size_t may_go = 0;
  for (; may_go < nodes.size() && !group.reached(); ++may_go) --group.size;
  nodes.resize(may_go);
  return nodes;
}

NodeDecision ClusterAutoscaler::removal(const NodePoolView& pool) {
  std::vector<const NodeView*> nodes = ripe(pool, true);
  const bool are_empty = !nodes.empty();
  if (!are_empty) nodes = ripe(pool, false);
  const int count = static_cast<int>(nodes.size());
  const ca::Removals allowed =
      ca::crop_to_budget(are_empty ? ca::Removals{count, 0} : ca::Removals{0, count}, {0, pool.being_removed},
                         {options_.max_parallelism, options_.max_drain_parallelism});
  nodes.resize(static_cast<std::size_t>(allowed.empty + allowed.drained));
  if (nodes.empty()) return {0, {}, fmt::format("{} unneeded, none to go", unneeded_since_.size())};
  NodeDecision decision;
  for (const NodeView* node : nodes) decision.remove.push_back(node->node);
  last_.deletion = pool.now;
  decision.reason = fmt::format("{} {} nodes unneeded for {}", nodes.size(), are_empty ? "empty" : "underused",
                                to_text(pool.now - unneeded_since_.at(nodes.front()->node)));
  return decision;
}

const bool offered = offer<NodeAutoscaler, ClusterAutoscaler>("cluster-autoscaler", "nodes for waiting pods; idle nodes go");

}  // namespace
}  // namespace headroom
