// One variant of a scenario file alone: for who has read the whole file and now tries settings that other variants may not take.
#pragma once

#include <string>

#include "scenarios/reader.hpp"

namespace headroom {

// The base if `variant` is empty or its name. What only other variants use is not called unused, and no axis is tried. Throws
// ScenarioError with every issue, std::invalid_argument for a variant that is not there.
NamedScenario read_variant(const std::string& path, const ReadOptions& options, const std::string& variant);

}  // namespace headroom
