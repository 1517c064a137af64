// Which of several node groups grows, as the Cluster Autoscaler's expanders choose: each keeps some of the options, a chain asks
// one after the other until one option is left, and who is left over is drawn by lot.
//
//   least-waste: (capacity - requested) / capacity of cpu + the same of memory, over all new nodes; the lowest
//   least-nodes, most-pods: the fewest new nodes; the most pods placed     price: the lowest price of the new nodes
//   priority: the highest number with a pattern that is found in the group's name; none is found anywhere: all
//
// Source: kubernetes/autoscaler, cluster-autoscaler/expander/{waste,leastnodes,mostpods,priority,factory/chain}.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/autoscaling/cluster_autoscaler_packing.hpp"

namespace headroom::cluster_autoscaler {

// A node group and what its growth would do.
struct ExpansionOption {
  std::string group;
  std::int64_t node_cpu_milli = 0;  // capacity of one node
  std::int64_t node_memory = 0;
  int nodes = 0;                         // new ones
  int pods = 0;                          // placed on them
  std::int64_t requested_cpu_milli = 0;  // by all of these pods
  std::int64_t requested_memory = 0;
  double node_price = 0.0;
};

// Indexes into the options, in order.
using Kept = std::vector<std::size_t>;
using Expander = std::function<Kept(std::span<const ExpansionOption>)>;

// Capacity, not allocatable: more requested than there is counts as negative waste, and wins.
inline double waste_of(const ExpansionOption& option) {
  const auto wasted = [&option](std::int64_t of_node, std::int64_t requested) {
    const double available = static_cast<double>(of_node) * option.nodes;
    return (available - static_cast<double>(requested)) / available;
  };
  return wasted(option.node_cpu_milli, option.requested_cpu_milli) + wasted(option.node_memory, option.requested_memory);
}

template <class Score>
Kept keep_lowest(std::span<const ExpansionOption> options, Score&& score) {
  Kept kept;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (kept.empty() || score(options[i]) < score(options[kept.front()]))
      kept = {i};
    else if (score(options[i]) == score(options[kept.front()]))
      kept.push_back(i);
  }
  return kept;
}

inline Kept least_waste(std::span<const ExpansionOption> options) { return keep_lowest(options, waste_of); }
inline Kept least_nodes(std::span<const ExpansionOption> options) {
  return keep_lowest(options, [](const auto& option) { return option.nodes; });
}
inline Kept most_pods(std::span<const ExpansionOption> options) {
  return keep_lowest(options, [](const auto& option) { return -option.pods; });
}
inline Kept lowest_price(std::span<const ExpansionOption> options) {
  return keep_lowest(options, [](const auto& option) { return option.node_price * option.nodes; });
}

// Patterns by priority, higher first served.
using Priorities = std::map<int, std::vector<std::string>>;

inline Kept by_priority(std::span<const ExpansionOption> options, const Priorities& priorities) {
  for (auto level = priorities.rbegin(); level != priorities.rend() && level->first >= -1; ++level) {
    Kept kept;
    for (std::size_t i = 0; i < options.size(); ++i) {
      const auto found = [&](const std::string& pattern) { return std::regex_search(options[i].group, std::regex{pattern}); };
      if (std::ranges::any_of(level->second, found)) kept.push_back(i);
    }
    if (!kept.empty()) return kept;
  }
  Kept all;
  for (std::size_t i = 0; i < options.size(); ++i) all.push_back(i);
  return all;
}

// The options that the expanders leave over, asked in order until one is left. An expander that keeps none leaves none.
inline Kept chain(std::span<const ExpansionOption> options, std::span<const Expander> expanders) {
  Kept left;
  for (std::size_t i = 0; i < options.size(); ++i) left.push_back(i);
  for (const Expander& expander : expanders) {
    if (left.size() <= 1) break;
    std::vector<ExpansionOption> asked;
    for (const std::size_t i : left) asked.push_back(options[i]);
    Kept kept;
    for (const std::size_t i : expander(asked)) kept.push_back(left[i]);
    left = std::move(kept);
  }
  return left;
}

// By its name; nothing: there is none of that name. `random` keeps all.
inline std::optional<Expander> expander_named(std::string_view name, const Priorities& priorities = {}) {
  if (name == "least-waste") return least_waste;
  if (name == "least-nodes") return least_nodes;
  if (name == "most-pods") return most_pods;
  if (name == "price") return lowest_price;
  if (name == "priority")
    return [priorities](std::span<const ExpansionOption> options) { return by_priority(options, priorities); };
  if (name == "random") return [](std::span<const ExpansionOption> options) { return by_priority(options, {}); };
  return std::nullopt;
}

inline std::vector<Expander> expanders_named(std::span<const std::string> names, const Priorities& priorities) {
  std::vector<Expander> expanders;
  for (const std::string& name : names) {
    if (auto expander = expander_named(name, priorities)) expanders.push_back(std::move(*expander));
  }
  return expanders;
}

// What the new nodes of a packing would do. Allocatable stands for capacity.
inline ExpansionOption expansion_of(const Packing& packing, const Room& empty_node, std::string group, double node_price) {
  ExpansionOption option{.group = std::move(group),
                         .node_cpu_milli = empty_node.cpu_milli,
                         .node_memory = empty_node.memory,
                         .nodes = packing.new_nodes,
                         .node_price = node_price};
  for (const PackedNode& node : packing.nodes) {
    if (!node.is_new) continue;
    option.pods += empty_node.pods - node.room.pods;
    option.requested_cpu_milli += empty_node.cpu_milli - node.room.cpu_milli;
    option.requested_memory += empty_node.memory - node.room.memory;
  }
  return option;
}

// Releases are minor versions of 1: 32 is 1.32.
constexpr std::string_view default_expander(int release) { return release >= 33 ? "least-waste" : "random"; }

}  // namespace headroom::cluster_autoscaler
