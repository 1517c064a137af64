// The value of an objective in one run, as verdicts judge it: for what sets runs beside each other one by one.
#pragma once

#include <optional>

#include "scenarios/scenario.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

// With "for", the longest time in seconds during which the condition did not hold. None where nothing was observed, no request
// was served or a time_to was not reached.
std::optional<double> objective_value(const ObjectiveSpec& objective, const RunResult& run);

}  // namespace headroom
