// What a policy's options are when a scenario says nothing: for tables of shipped numbers, read from the options themselves.
#pragma once

#include <string_view>

#include "conformance/table.hpp"
#include "sim/core/fields.hpp"

namespace headroom::conformance {

// By name: numbers in base units (seconds, bytes, 1), ranges of whole numbers as [low, high], objects and lists as such; what is
// optional and an object with its own defaults, else null. Distributions, conditions and choices are left out.
Json defaults_of(AnyOptions& options);

// Where the values of a field end, by its path ("behavior/scale_up/stabilization"; the element of a list has none of its own:
// "…/policies/period"). Throws std::invalid_argument if there is no such field.
Range range_of(AnyOptions& options, std::string_view path);

}  // namespace headroom::conformance
