// "assumptions": values that the documents do not give. ${name} stands for the value of one, as the whole of a text (any value) or
// inside a longer text (its text).
#pragma once

#include <set>
#include <string>

#include "scenarios/places.hpp"

namespace headroom {

// Replaces every ${name} outside of "assumptions", and turns the values and ranges in there into text as written (which is what
// AssumptionSpec holds). Checks that low <= value <= high where they are quantities. Names that were used are added to `used`.
void apply_assumptions(Value& scenario, std::set<std::string>& used, Issues& issues);

// A text with every ${name} replaced that `scenario` (not applied yet) assumes a value for: for people to read.
std::string with_assumed_values(std::string text, const Value& scenario);

}  // namespace headroom
