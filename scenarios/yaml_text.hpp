// YAML as a Value with the place of everything in it: YAML 1.2 core scalars (no is text, 010 is ten, what is quoted stays text),
// merge keys (<<) and aliases expanded, one document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/places.hpp"

namespace headroom {

// As parse_json: nothing if it is not such YAML.
std::optional<Value> parse_yaml(const std::string& text, std::uint32_t file, Issues& issues);

}  // namespace headroom
