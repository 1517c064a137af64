// An axis of a search as a file spells it: what may be changed, and the values it may take. Part of a Scenario; no run reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"

namespace headroom {

// {"name": "replicas of api", "set": "/services/api/replicas", "values": [2, 3, 4]}, or "from", "to" and "step" or "factor".
struct AxisSpec {
  static constexpr std::string_view type_name = "axis";
  static constexpr std::size_t most_values = 1000;
  std::string name;
  std::vector<std::string> set;     // JSON Pointers as of --set; all get the same value
  std::vector<std::string> values;  // as --set takes them: JSON, or text
  std::string from, to, step;       // as written: numbers, or quantities with their units
  std::optional<double> factor;
  bool more_is_better = false;
  void describe(Fields& field);
  // In the order in which they are tried: those listed, or from the first on. Empty: what is given makes no values.
  std::vector<std::string> all_values() const;
};

}  // namespace headroom
