// How many new nodes of one kind the waiting pods need, as the Cluster Autoscaler estimates it: first-fit decreasing.
//
//   score of a pod = cpu / cpu of a node + memory / memory of a node, largest first; a pod takes the first node with room for it
//
// Source: kubernetes/autoscaler, cluster-autoscaler/estimator/{binpacking_estimator,decreasing_pod_orderer,
//         sng_capacity_threshold}.go.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace headroom::cluster_autoscaler {

// Room left on a node, or what a pod takes. Whole milli cores, so that ten pods of 0.1 fill a core.
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

// The most that the numbers of like pods may differ between hosts or zones. With fewer than min_domains of them the least counts
// as 0.
struct SpreadRule {
  int max_skew = 1;
  int min_domains = 1;
  bool by_zone = false;
};

// Pods that are alike.
struct PodGroup {
  Room need;
  int count = 1;
  std::optional<SpreadRule> spread{};
  bool one_per_node = false;  // they ask for the same port of their host
};

// A node that is there or was added. Added ones are all in one zone.
struct PackedNode {
  Room room;
  int zone = 0;
  bool is_new = true;
  bool used = false;  // took a pod in this packing
};

struct Packing {
  std::vector<PackedNode> nodes;  // present ones first
  std::vector<int> placed;        // per group, in the order given
  int new_nodes = 0;              // added ones that took a pod

  int pods_placed() const {
    int pods = 0;
    for (const int group : placed) pods += group;
    return pods;
  }
};

inline double packing_score(const Room& need, const Room& node) {
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  return share(need.cpu_milli, node.cpu_milli) + share(need.memory, node.memory);
}

// Places one group after the other. No pod goes to a node on which one like it found no room before.
class Packer {
 public:
  Packer(std::vector<PackedNode> present, const Room& empty_node, int limit)
      : empty_{empty_node}, limit_{std::max(limit, 0)}, present_{present.size()}, nodes_{std::move(present)} {}

  // How many of the group found a place.
  int place(const PodGroup& group) {
    on_node_.assign(nodes_.size(), 0);
    first_ = 0;
    int placed = 0;
    while (placed < group.count && place_one(group)) ++placed;
    return placed;
  }
  std::vector<PackedNode> nodes() && { return std::move(nodes_); }

 private:
  bool place_one(const PodGroup& group) {
    if (const auto found = group.spread ? find_spread(group) : find_first(group)) return take(*found, group);
    if (nodes_.size() - present_ >= static_cast<std::size_t>(limit_) || !empty_.fits(group.need)) return false;
    nodes_.push_back({.room = empty_});
    on_node_.push_back(0);
    if (allows(group, nodes_.size() - 1)) return take(nodes_.size() - 1, group);
    nodes_.pop_back();
    on_node_.pop_back();
    return false;
  }
  bool take(std::size_t node, const PodGroup& group) {
    nodes_[node].room.take(group.need);
    nodes_[node].used = true;
    ++on_node_[node];
    return true;
  }
  std::optional<std::size_t> find_first(const PodGroup& group) {
    while (first_ < nodes_.size() && !allows(group, first_)) ++first_;
    return first_ < nodes_.size() ? std::optional{first_} : std::nullopt;
  }
  // The newest node first; what is spread over hosts may also go to any other.
  std::optional<std::size_t> find_spread(const PodGroup& group) const {
    if (nodes_.size() == present_) return std::nullopt;
    if (allows(group, nodes_.size() - 1)) return nodes_.size() - 1;
    for (std::size_t node = 0; node + 1 < nodes_.size(); ++node) {
      if ((nodes_[node].is_new || !group.spread->by_zone) && allows(group, node)) return node;
    }
    return std::nullopt;
  }
  bool allows(const PodGroup& group, std::size_t node) const {
    return nodes_[node].room.fits(group.need) && !(group.one_per_node && on_node_[node] > 0) &&
           (!group.spread || keeps_skew(*group.spread, node));
  }
  bool keeps_skew(const SpreadRule& rule, std::size_t node) const {
    std::vector<std::pair<int, int>> pods;  // domain, pods of the group there
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const int domain = rule.by_zone ? nodes_[i].zone : static_cast<int>(i);
      const auto known = std::ranges::find(pods, domain, &std::pair<int, int>::first);
      if (known == pods.end())
        pods.emplace_back(domain, on_node_[i]);
      else
        known->second += on_node_[i];
    }
    const bool too_few = std::cmp_less(pods.size(), rule.min_domains);
    const int least = too_few ? 0 : std::ranges::min_element(pods, {}, &std::pair<int, int>::second)->second;
    const int own = rule.by_zone ? nodes_[node].zone : static_cast<int>(node);
    return std::ranges::find(pods, own, &std::pair<int, int>::first)->second + 1 - least <= rule.max_skew;
  }

  Room empty_;
  int limit_;
  std::size_t present_;
  std::vector<PackedNode> nodes_;
  std::vector<int> on_node_;  // pods of the present group
  std::size_t first_ = 0;     // no room before this for a pod of the present group
};

// Onto the nodes present and at most `limit` new ones that are `empty_node` at first. Equal groups keep their order.
inline Packing pack(std::vector<PackedNode> present, const Room& empty_node, std::span<const PodGroup> groups, int limit) {
  std::vector<std::size_t> order(groups.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return packing_score(groups[i].need, empty_node); });
  Packing packing;
  packing.placed.assign(groups.size(), 0);
  Packer packer{std::move(present), empty_node, limit};
  for (const std::size_t i : order) packing.placed[i] = packer.place(groups[i]);
  packing.nodes = std::move(packer).nodes();
  packing.new_nodes =
      static_cast<int>(std::ranges::count_if(packing.nodes, [](const PackedNode& node) { return node.is_new && node.used; }));
  return packing;
}

// ---- limits ------------------------------------------------------------------------------------------------------------------

struct GroupSize {
  int maximum = 0;
  int now = 0;
};

// New nodes that a group and those like it have room for together; -1: none. One over its maximum takes nothing from the others.
inline int node_limit(std::span<const GroupSize> groups) {
  std::int64_t room = 0;
  for (const GroupSize& group : groups) room += std::max<std::int64_t>(0, std::int64_t{group.maximum} - group.now);
  return room > 0 ? static_cast<int>(std::min<std::int64_t>(room, std::numeric_limits<int>::max())) : -1;
}

// Nodes that still fit under a total of a resource over the cluster.
inline int nodes_within(double total, double present, double of_one_node) {
  if (of_one_node <= 0.0) return std::numeric_limits<int>::max();
  const double nodes = (total - present) / of_one_node;
  return nodes <= 0.0 ? 0 : static_cast<int>(std::min(nodes + 1e-9, static_cast<double>(std::numeric_limits<int>::max())));
}

}  // namespace headroom::cluster_autoscaler
