// JSON with // and /* */ comments, as a Value with the place of everything in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scenarios/places.hpp"

namespace headroom {

inline constexpr std::size_t deepest_nesting = 100;
inline constexpr std::size_t most_values = 1'000'000;  // in one text, what aliases repeat included

// Nothing if the text is not JSON: the first fault is an issue, at its place. A name given twice is an issue too, and the first
// counts. `text` is valid UTF-8; `file` an index into places' files.
std::optional<Value> parse_json(std::string_view text, std::uint32_t file, Issues& issues);

}  // namespace headroom
