// PlacementPolicy: on which node a pod goes, by what it requests and what is still free there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/core/units.hpp"

namespace headroom {

struct PodRequest {
  double cpu = 0.0;  // cores
  Bytes memory{};
  std::uint32_t service = 0;
  int gpus = 0;
};

// A node that is up and has room for the pod.
struct PlacementView {
  std::uint32_t node = 0;      // stable identifier
  double cpu_allocatable = 0.0, cpu_free = 0.0;
  Bytes memory_allocatable{}, memory_free{};
  std::uint32_t zone = 0;
  std::uint32_t pods_of_service = 0;  // of the same service on this node
  std::uint32_t pods_of_service_in_zone = 0;  // on all nodes of its zone that are up, with room or without
  DollarsPerSecond price{};  // of the node; 0 where it is reserved, and paid for anyway
};

class PlacementPolicy {
 public:
  static constexpr std::string_view seam = "placement";
  static constexpr std::string_view discriminator = "policy";
  struct Context {};

  virtual ~PlacementPolicy() = default;
  // Index into `fitting` (sorted by node identifier, all of them fit), never empty.
  virtual std::size_t place(const PodRequest& pod, std::span<const PlacementView> fitting) = 0;
};

}  // namespace headroom
