// Kubernetes Cluster Autoscaler: add the nodes that waiting pods need, remove nodes that have been nearly idle for long.
//
//   add    = new nodes in a first-fit-decreasing packing of the pods that no present or booting node has room for
//   remove = nodes with max(cpu, memory) requested / allocatable <= threshold, unneeded for longer than unneeded_time, outside
//   the
//            cool-down after an addition; empty nodes first
//
// Source:  kubernetes/autoscaler, cluster-autoscaler release 1.37: estimator/binpacking_estimator.go,
// core/scaledown/{eligibility,
//          unneeded,budgets}, core/static_autoscaler.go; shipped numbers (scan 10 s, threshold 50 %, unneeded 10 min, delay after
//          add 10 min, after delete 0, at most 1000 new nodes, 10 removals, of those 1 drained at a time).
// Differs: one pool, so no expander. Whether a node's pods fit elsewhere is judged for each node alone, so a node with pods is
//          drained only in a scan that removes no empty node. A removal is over at once: nodes still draining do not count
//          against the limit of parallel drains. Nodes missing from the minimum are added (there: --enforce-node-group-min-size).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "sim/core/registry.hpp"
#include "sim/seams/node_autoscaler.hpp"

namespace headroom {
namespace {

// Room left on a node. Whole milli cores, so that ten pods of 0.1 fill a core.
struct Room {
  std::int64_t cpu_milli = 0;
  std::int64_t memory = 0;
  int pods = 0;
  int gpus = 0;

  bool fits(const Room& need) const {
    return need.cpu_milli <= cpu_milli && need.memory <= memory && need.pods <= pods && need.gpus <= gpus;
  }
  void take(const Room& need) {
    cpu_milli -= need.cpu_milli;
    memory -= need.memory;
    pods -= need.pods;
    gpus -= need.gpus;
  }
  bool operator==(const Room&) const = default;
};

std::int64_t milli(double cores) { return std::llround(cores * 1000.0); }

Room need_of(const PodRequest& pod) { return {milli(pod.cpu), pod.memory.count, 1, pod.gpus}; }

Room empty_node(const NodePoolView& pool) {
  return {milli(pool.cpu_allocatable), pool.memory_allocatable.count, pool.pods_per_node, pool.gpus};
}

std::vector<Room> room_on_nodes(const NodePoolView& pool) {
  std::vector<Room> rooms;
  for (const NodeView& node : pool.nodes) {
    Room room = empty_node(pool);
    room.take({milli(node.cpu_requested), node.memory_requested.count, static_cast<int>(node.pods), node.gpus_requested});
    rooms.push_back(room);
  }
  return rooms;
}

// Largest first by cpu / cpu of a node + memory / memory of a node; equal ones in order of waiting.
std::vector<Room> largest_first(const NodePoolView& pool) {
  const Room node = empty_node(pool);
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  const auto score = [&](const Room& need) { return share(need.cpu_milli, node.cpu_milli) + share(need.memory, node.memory); };
  std::vector<Room> needs;
  for (const PodRequest& pod : pool.pending) needs.push_back(need_of(pod));
  std::ranges::stable_sort(needs, std::greater<>{}, score);
  return needs;
}

// How many nodes, at most `limit`, the pending pods need beyond the present and booting ones.
int new_nodes_needed(const NodePoolView& pool, int limit) {
  std::vector<Room> rooms = room_on_nodes(pool);
  const std::size_t present = rooms.size();
  Room previous;
  std::size_t first = 0;  // no room before this for a pod like the previous one
  for (const Room& need : largest_first(pool)) {
    if (need != previous) first = 0;
    previous = need;
    while (first < rooms.size() && !rooms[first].fits(need)) ++first;
    if (first == rooms.size()) {
      if (std::cmp_greater_equal(rooms.size() - present, std::max(limit, 0)) || !empty_node(pool).fits(need)) continue;
      rooms.push_back(empty_node(pool));
    }
    rooms[first].take(need);
  }
  return static_cast<int>(rooms.size() - present);
}

// Negative: cannot be computed.
double utilization(const NodeView& node, const NodePoolView& pool) {
  if (pool.cpu_allocatable <= 0.0 || pool.memory_allocatable.count <= 0) return -1.0;
  return std::max(node.cpu_requested / pool.cpu_allocatable,
                  static_cast<double>(node.memory_requested.count) / static_cast<double>(pool.memory_allocatable.count));
}

class ClusterAutoscaler final : public NodeAutoscaler {
 public:
  struct Options {
    Duration scan{std::chrono::seconds{10}};
    Ratio utilization_threshold{0.5};
    Duration unneeded_time{std::chrono::minutes{10}};
    Duration delay_after_add{std::chrono::minutes{10}};
    Duration delay_after_delete{};
    int max_nodes_per_scale_up = 1000;
    int max_parallelism = 10;
    int max_drain_parallelism = 1;

    void describe(Fields& field) {
      field("scan", scan, "how often it looks", between(std::chrono::seconds{1}, std::chrono::hours{1}))(
          "utilization_threshold", utilization_threshold, "a node requested up to this share may be unneeded", between(0.0, 1.0))(
          "unneeded_time", unneeded_time, "a node goes when unneeded for longer than this", at_least(Duration{0}))(
          "delay_after_add", delay_after_add, "no node goes for this long after one was added", at_least(Duration{0}))(
          "delay_after_delete", delay_after_delete, "no node goes for this long after one went", at_least(Duration{0}))(
          "max_nodes_per_scale_up", max_nodes_per_scale_up, "nodes added in one scan at most", between(1, 100'000))(
          "max_parallelism", max_parallelism, "nodes removed in one scan at most", between(1, 100'000))(
          "max_drain_parallelism", max_drain_parallelism, "of those, nodes with pods at most", between(1, 100'000));
    }
  };

  ClusterAutoscaler(const Options& options, const Context&) : options_{options} {}

  Duration period() const override { return options_.scan; }
  NodeDecision decide(const NodePoolView& pool) override;

 private:
  int nodes_to_add(const NodePoolView& pool) const;
  void update_unneeded(const NodePoolView& pool);
  bool in_cooldown(SimTime now) const;
  // Nodes unneeded for long enough, longest first; of equal ones the lowest identifier.
  std::vector<const NodeView*> ripe(const NodePoolView& pool, bool empty) const;
  NodeDecision removal(const NodePoolView& pool);

  Options options_;
  std::map<std::uint32_t, SimTime> unneeded_since_;
  std::optional<SimTime> last_add_, last_delete_;
};

NodeDecision ClusterAutoscaler::decide(const NodePoolView& pool) {
  if (const int add = nodes_to_add(pool); add > 0) {
    last_add_ = pool.now;
    return {add, {}, fmt::format("{} pods wait: {} nodes to {}", pool.pending.size(), add, pool.nodes.size())};
  }
  update_unneeded(pool);  // also during the cool-down: the timers run on
  if (in_cooldown(pool.now)) return {0, {}, "cool-down after a change"};
  return removal(pool);
}

// Nodes on their way out still count against the maximum (there: against the group's size until the provider has deleted them).
int ClusterAutoscaler::nodes_to_add(const NodePoolView& pool) const {
  const int present = static_cast<int>(pool.nodes.size());
  const int limit = std::min(pool.maximum - present - pool.being_removed, options_.max_nodes_per_scale_up);
  const int needed = pool.pending.empty() ? 0 : new_nodes_needed(pool, limit);
  return std::max(needed, std::min(pool.minimum - present, limit));
}

void ClusterAutoscaler::update_unneeded(const NodePoolView& pool) {
  std::map<std::uint32_t, SimTime> unneeded;
  for (const NodeView& node : pool.nodes) {
    const double used = utilization(node, pool);
    if (node.booting || used < 0.0 || used > options_.utilization_threshold.value || !node.pods_fit_elsewhere) continue;
    const auto known = unneeded_since_.find(node.node);
    unneeded.emplace(node.node, known == unneeded_since_.end() ? pool.now : known->second);
  }
  unneeded_since_ = std::move(unneeded);
}

bool ClusterAutoscaler::in_cooldown(SimTime now) const {
  return (last_add_ && now < *last_add_ + options_.delay_after_add) ||
         (last_delete_ && now < *last_delete_ + options_.delay_after_delete);
}

std::vector<const NodeView*> ClusterAutoscaler::ripe(const NodePoolView& pool, bool empty) const {
  std::vector<const NodeView*> nodes;
  for (const NodeView& node : pool.nodes) {
    const auto since = unneeded_since_.find(node.node);
    if (since == unneeded_since_.end() || (node.pods == 0) != empty) continue;
    if (pool.now - since->second > options_.unneeded_time) nodes.push_back(&node);
  }
  std::ranges::stable_sort(nodes, {}, [this](const NodeView* node) { return unneeded_since_.at(node->node); });
  return nodes;
}

NodeDecision ClusterAutoscaler::removal(const NodePoolView& pool) {
  const int above_minimum = static_cast<int>(pool.nodes.size()) - pool.minimum;
  std::vector<const NodeView*> nodes = ripe(pool, true);
  int limit = options_.max_parallelism;
  if (nodes.empty()) {
    nodes = ripe(pool, false);
    limit = std::min(limit, options_.max_drain_parallelism);
  }
  nodes.resize(std::min(nodes.size(), static_cast<std::size_t>(std::max(0, std::min(limit, above_minimum)))));
  if (nodes.empty()) return {0, {}, fmt::format("{} unneeded, none to go", unneeded_since_.size())};
  NodeDecision decision;
  for (const NodeView* node : nodes) decision.remove.push_back(node->node);
  last_delete_ = pool.now;
  decision.reason = fmt::format("{} {} nodes unneeded for {}", nodes.size(), nodes.front()->pods == 0 ? "empty" : "underused",
                                to_text(pool.now - unneeded_since_.at(nodes.front()->node)));
  return decision;
}

const bool offered = offer<NodeAutoscaler, ClusterAutoscaler>("cluster-autoscaler", "nodes for waiting pods; idle nodes go");

}  // namespace
}  // namespace headroom
