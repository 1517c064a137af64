// The scenario format as JSON Schema (draft-07), made from the same descriptions that read it, so that an editor can complete and
// check a file. What only the reader knows (names that exist, values that contradict) is not in it.
#pragma once

#include <nlohmann/json.hpp>

namespace headroom {

nlohmann::ordered_json scenario_schema();

}  // namespace headroom
