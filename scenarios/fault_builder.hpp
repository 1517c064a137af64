// From faults as a file spells them to those of a Blueprint.
#pragma once

#include "scenarios/fault_spec.hpp"
#include "scenarios/step_builder.hpp"
#include "sim/cluster/fault_blueprint.hpp"

namespace headroom {

FaultBlueprint build_fault(const FaultSpec& fault, const StepIndices& indices);

}  // namespace headroom
