// A key in a line of observations: a whole number, or any text, which counts as its hash, as in recorded traces.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"

namespace headroom::decisions {

struct ObservedKey {
  std::optional<std::int64_t> key;
  std::optional<std::string> text;

  void describe(Fields& field) {
    field({.name = "key", .meaning = "a whole number", .range = at_least(0.0), .one_of = "key"}, key);
    field({.name = "text", .meaning = "any text in place of a number; it counts as its hash", .one_of = "key"}, text);
  }
  std::uint64_t number() const { return text ? hash_text(*text) : static_cast<std::uint64_t>(key.value_or(0)); }
  // As it was written.
  nlohmann::ordered_json as_written() const {
    if (text) return *text;
    return key.value_or(0);
  }
};

}  // namespace headroom::decisions
