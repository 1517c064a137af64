// NodeAutoscaler: how many nodes a pool should have, by the pods that wait for room and the nodes that stand idle.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom {

// A machine type that the pool may have nodes of.
struct NodeTypeView {
  std::string_view name{};
  double cpu_allocatable = 0.0;
  Bytes memory_allocatable{};
  int pods_per_node = 110;
  int gpus = 0;
  DollarsPerSecond price{};  // of a node on demand
};

struct NodeView {
  std::uint32_t node = 0;
  std::uint32_t type = 0;          // among the pool's
  bool booting = false;            // asked for, not up yet
  SimTime created;                 // when it was asked for (or start of the run)
  std::uint32_t pods = 0;
  double cpu_requested = 0.0;      // sum over its pods
  Bytes memory_requested;
  int gpus_requested = 0;
  bool pods_fit_elsewhere = true;  // its pods would find room on other nodes that are up
};

struct NodePoolView {
  SimTime now;
  int minimum = 0, maximum = 0;    // the scenario's range
  double cpu_allocatable = 0.0;    // of one node of the pool's own type, the first
  Bytes memory_allocatable;
  int pods_per_node = 110;
  int gpus = 0;                    // of one node
  int being_removed = 0;  // nodes that are drained: they hold their machines, and count against the maximum, until they are gone
  std::span<const NodeView> nodes;            // in order of identifier, without those being removed
  std::span<const PodRequest> pending;        // pods that found no room, oldest first
  std::span<const NodeTypeView> types{};      // all that may be asked for; empty: the own type only

  std::size_t type_count() const { return types.empty() ? 1 : types.size(); }
  NodeTypeView type(std::size_t number) const {
    return types.empty() ? NodeTypeView{{}, cpu_allocatable, memory_allocatable, pods_per_node, gpus, {}} : types[number];
  }
};

struct NodeDecision {
  int add = 0;
  std::vector<std::uint32_t> remove;  // drained, then switched off
  std::string reason;
  std::vector<std::uint32_t> types{};  // of those added, one after the other; empty: all of the pool's own
};

class NodeAutoscaler {
 public:
  static constexpr std::string_view seam = "node-autoscaling";
  static constexpr std::string_view discriminator = "policy";
  struct Context {
    std::string node_pool;
  };

  virtual ~NodeAutoscaler() = default;
  virtual Duration period() const = 0;
  virtual NodeDecision decide(const NodePoolView& pool) = 0;
};

}  // namespace headroom
