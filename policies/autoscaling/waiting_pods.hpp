// What a node autoscaler sees of its pool, as rooms to pack the waiting pods into.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "policies/autoscaling/cluster_autoscaler_packing.hpp"
#include "sim/seams/node_autoscaler.hpp"

namespace headroom::cluster_autoscaler {

inline std::int64_t milli(double cores) { return std::llround(cores * 1000.0); }

inline Room empty_node(const NodeTypeView& type) {
  return {milli(type.cpu_allocatable), type.memory_allocatable.count, type.pods_per_node, type.gpus};
}

// Present and booting ones.
inline std::vector<PackedNode> present_nodes(const NodePoolView& pool) {
  std::vector<PackedNode> present;
  for (const NodeView& node : pool.nodes) {
    Room room = empty_node(pool.type(node.type));
    room.take({milli(node.cpu_requested), node.memory_requested.count, static_cast<int>(node.pods), node.gpus_requested});
    present.push_back({.room = room, .is_new = false});
  }
  return present;
}

// Oldest first.
inline std::vector<Room> waiting_needs(const NodePoolView& pool) {
  std::vector<Room> needs;
  for (const PodRequest& pod : pool.pending) needs.push_back({milli(pod.cpu), pod.memory.count, 1, pod.gpus});
  return needs;
}

// Neighbours that are alike are one group.
inline std::vector<PodGroup> grouped(const std::vector<Room>& needs) {
  std::vector<PodGroup> groups;
  for (const Room& need : needs) {
    if (!groups.empty() && groups.back().need == need)
      ++groups.back().count;
    else
      groups.push_back({.need = need});
  }
  return groups;
}

}  // namespace headroom::cluster_autoscaler
