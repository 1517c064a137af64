// A node that a placement policy is shown: 32 GiB, and 8 cores unless it is said otherwise.
#pragma once

#include <cstdint>

#include "sim/seams/placement_policy.hpp"

namespace headroom {

inline constexpr std::int64_t gib = std::int64_t{1} << 30;

inline PlacementView node(std::uint32_t identifier, double cpu_free, std::int64_t memory_free_gib, double cpu_allocatable = 8.0) {
  return {.node = identifier,
          .cpu_allocatable = cpu_allocatable,
          .cpu_free = cpu_free,
          .memory_allocatable = {32 * gib},
          .memory_free = {memory_free_gib * gib}};
}

}  // namespace headroom
