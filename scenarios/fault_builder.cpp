#include "scenarios/fault_builder.hpp"

namespace headroom {

FaultBlueprint build_fault(const FaultSpec& fault, const StepIndices& indices) {
  return {fault.at, FailPrimary{indices.databases.at(fault.fail_primary->name), static_cast<Index>(fault.shard)}};
}

}  // namespace headroom
