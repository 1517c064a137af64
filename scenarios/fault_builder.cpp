#include "scenarios/fault_builder.hpp"

namespace headroom {

FaultBlueprint build_fault(const FaultSpec& fault, const StepIndices& indices) {
  if (fault.flush) return {fault.at, FlushCache{indices.caches.at(fault.flush->name)}};
  if (fault.restart) return {fault.at, RestartCache{indices.caches.at(fault.restart->name), *fault.down}};
  return {fault.at, FailPrimary{indices.databases.at(fault.fail_primary->name), static_cast<Index>(fault.shard)}};
}

}  // namespace headroom
