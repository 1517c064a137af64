// Kubernetes Cluster Autoscaler: add the nodes that waiting pods need, remove nodes that have been nearly idle for long.
//
//   add    = new nodes in a first-fit-decreasing packing of the pods that no present or booting node has room for
//   remove = nodes with max(cpu, memory) requested / allocatable <= threshold, unneeded for longer than unneeded_time, outside the
//            cool-down after an addition; empty nodes first
//
// Source:  kubernetes/autoscaler, cluster-autoscaler release 1.37: estimator, core/scaledown, core/static_autoscaler.go,
//          clusterstate, utils/backoff, expander; the arithmetic is in cluster_autoscaler_{packing,removal,expanders}.hpp;
//          shipped settings that have no effect here in node_autoscaler_settings.hpp.
// Differs: the types of one pool stand for node groups that share its range; totals of cores and memory are the pool's.
//          Whether a node's pods fit elsewhere is judged for each node alone, so a node with pods is drained only in a scan
//          that removes no empty node. Nodes missing from the minimum are added (there: --enforce-node-group-min-size).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "policies/autoscaling/cluster_autoscaler_expanders.hpp"
#include "policies/autoscaling/cluster_autoscaler_removal.hpp"
#include "policies/autoscaling/waiting_pods.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/node_autoscaler.hpp"

namespace headroom {
namespace {

namespace ca = cluster_autoscaler;

std::optional<double> utilization_of(const NodeView& node, const NodePoolView& pool) {
  const ca::PodShare requested{ca::milli(node.cpu_requested), node.memory_requested.count, node.gpus_requested};
  const NodeTypeView type = pool.type(node.type);
  const ca::NodeCapacity capacity{ca::milli(type.cpu_allocatable), type.memory_allocatable.count, type.gpus > 0, type.gpus};
  return ca::utilization(capacity, {&requested, 1});
}

// Types whose names contain one of the patterns.
struct PriorityLevel {
  static constexpr std::string_view type_name = "priority_level";
  int priority = 0;
  std::vector<std::string> types;

  void describe(Fields& field) {
    field.required("priority", priority, "the highest is asked first", between(-1, 1'000'000));
    field.required("types", types, "regular expressions that are looked for in the names of types");
  }
};

ca::Priorities priorities_of(std::span<const PriorityLevel> levels) {
  ca::Priorities priorities;
  for (const PriorityLevel& level : levels) {
    std::vector<std::string>& patterns = priorities[level.priority];
    patterns.insert(patterns.end(), level.types.begin(), level.types.end());
  }
  return priorities;
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
    std::vector<std::string> expander{std::string{ca::default_expander(37)}};
    std::vector<PriorityLevel> priorities;

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
          "scale_up_from_zero", scale_up_from_zero, "whether nodes are added while none is up")(
          "expander", expander,
          "which of the pool's types grows, asked one after the other: least-waste, least-nodes, most-pods, price, priority, "
          "random")("priorities", priorities, "for the expander priority: types by pattern, the highest number first");
    }
    FieldProblems problems() const;
  };

  ClusterAutoscaler(const Options& options, const Context& context)
      : options_{options},
        expanders_{ca::expanders_named(options.expander, priorities_of(options.priorities))},
        lot_{hash_text(context.node_pool)},
        back_off_{{options.initial_back_off, options.max_back_off, options.back_off_reset}} {}

  Duration period() const override { return options_.scan; }
  NodeDecision decide(const NodePoolView& pool) override;

 private:
  // Nodes that take too long to come up, as far as the minimum lets them go.
  NodeDecision give_up(const NodePoolView& pool);
  void note_additions(const NodePoolView& pool);
  // How many, and of which type.
  struct Growth {
    int nodes = 0;
    std::uint32_t type = 0;
  };
  Growth growth(const NodePoolView& pool);
  std::vector<ca::ExpansionOption> options_to_grow(const NodePoolView& pool, std::vector<std::uint32_t>& types) const;
  int most_to_add(const NodePoolView& pool, const NodeTypeView& type) const;
  void update_unneeded(const NodePoolView& pool);
  // Nodes unneeded for long enough, longest first; of equal ones the lowest identifier.
  std::vector<const NodeView*> ripe(const NodePoolView& pool, bool empty) const;
  NodeDecision removal(const NodePoolView& pool);

  Options options_;
  std::vector<ca::Expander> expanders_;
  std::uint64_t lot_;  // of options that all expanders leave over
  std::map<std::uint32_t, SimTime> unneeded_since_;
  ca::LastChanges last_;
  ca::BackOff back_off_;
  bool adding_ = false;  // nodes it asked for are booting, and none of them has failed
};

FieldProblems ClusterAutoscaler::Options::problems() const {
  FieldProblems found;
  if (max_back_off < initial_back_off) found.emplace_back("max_back_off", "is shorter than initial_back_off; give at least that");
  if (expander.empty()) found.emplace_back("expander", "names none; write [\"least-waste\"]");
  for (const std::string& name : expander) {
    if (!ca::expander_named(name))
      found.emplace_back("expander", fmt::format("there is no expander \"{}\"; write least-waste, least-nodes, most-pods, price, "
                                                 "priority or random",
                                                 name));
  }
  const bool by_priority = std::ranges::find(expander, "priority") != expander.end();
  if (by_priority == priorities.empty())
    found.emplace_back("priorities", by_priority ? "is missing: the expander priority goes by it"
                                                 : "has no meaning without the expander priority");
  for (const PriorityLevel& level : priorities) {
    for (const std::string& pattern : level.types) {
      try {
        std::regex{pattern};
      } catch (const std::regex_error&) {
        found.emplace_back("priorities", fmt::format("\"{}\" is no regular expression", pattern));
      }
    }
  }
  return found;
}

NodeDecision ClusterAutoscaler::decide(const NodePoolView& pool) {
  if (NodeDecision failed = give_up(pool); !failed.remove.empty()) return failed;
  note_additions(pool);
  if (const auto [add, type] = growth(pool); add > 0) {
    last_.add = pool.now;
    adding_ = true;
    const std::string of_type = pool.type_count() == 1 ? "" : fmt::format(" of {}", pool.type(type).name);
    return {add,
            {},
            fmt::format("{} pods wait: {} nodes{} to {}", pool.pending.size(), add, of_type, pool.nodes.size()),
            std::vector<std::uint32_t>(static_cast<std::size_t>(add), type)};
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

ClusterAutoscaler::Growth ClusterAutoscaler::growth(const NodePoolView& pool) {
  if (back_off_.rests(pool.now)) return {};
  const bool none_is_up = std::ranges::all_of(pool.nodes, &NodeView::booting);
  if (none_is_up && !options_.scale_up_from_zero) return {};
  const int missing = std::min(pool.minimum - static_cast<int>(pool.nodes.size()), most_to_add(pool, pool.type(0)));
  std::vector<std::uint32_t> types;
  const std::vector<ca::ExpansionOption> options = options_to_grow(pool, types);
  if (options.empty()) return {missing, 0};
  const ca::Kept kept = ca::chain(options, expanders_);
  if (kept.empty()) return {missing, 0};
  if (kept.size() > 1) lot_ = mix(lot_);
  const std::size_t chosen = kept[lot_ % kept.size()];
  return options[chosen].nodes >= missing ? Growth{options[chosen].nodes, types[chosen]} : Growth{missing, 0};
}

// What each type would do for the pods that wait; none for a type that helps no pod.
std::vector<ca::ExpansionOption> ClusterAutoscaler::options_to_grow(const NodePoolView& pool,
                                                                    std::vector<std::uint32_t>& types) const {
  std::vector<ca::ExpansionOption> options;
  const std::vector<ca::PodGroup> groups = ca::grouped(ca::waiting_needs(pool));
  if (groups.empty()) return options;
  const std::vector<ca::PackedNode> present = ca::present_nodes(pool);
  for (std::uint32_t number = 0; number < pool.type_count(); ++number) {
    const NodeTypeView type = pool.type(number);
    const ca::Packing packing = ca::pack(present, ca::empty_node(type), groups, most_to_add(pool, type));
    if (packing.new_nodes == 0) continue;
    options.push_back(ca::expansion_of(packing, ca::empty_node(type), std::string{type.name}, type.price.value));
    types.push_back(number);
  }
  return options;
}

// Nodes on their way out still count against the maximum (there: against the group's size until the provider has deleted them).
// Of these only the number is known; they count as of the own type.
int ClusterAutoscaler::most_to_add(const NodePoolView& pool, const NodeTypeView& type) const {
  const ca::GroupSize group{pool.maximum, static_cast<int>(pool.nodes.size()) + pool.being_removed};
  double cores = pool.being_removed * pool.cpu_allocatable;
  double memory = pool.being_removed * static_cast<double>(pool.memory_allocatable.count);
  for (const NodeView& node : pool.nodes) {
    cores += pool.type(node.type).cpu_allocatable;
    memory += static_cast<double>(pool.type(node.type).memory_allocatable.count);
  }
  return std::min({std::max(0, ca::node_limit({&group, 1})), options_.max_nodes_per_scale_up,
                   ca::nodes_within(options_.max_cores_total, cores, type.cpu_allocatable),
                   ca::nodes_within(static_cast<double>(options_.max_memory_total.count), memory,
                                    static_cast<double>(type.memory_allocatable.count))});
}

void ClusterAutoscaler::update_unneeded(const NodePoolView& pool) {
  std::map<std::uint32_t, SimTime> unneeded;
  for (const NodeView& node : pool.nodes) {
    const bool has_gpus = pool.type(node.type).gpus > 0;
    const double threshold = (has_gpus ? options_.gpu_utilization_threshold : options_.utilization_threshold).value;
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
