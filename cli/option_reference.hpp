// The options of a policy or model as a reference: one row per option, from the same description by which they are read.
#pragma once

#include <string>
#include <vector>

#include "sim/core/fields.hpp"

namespace headroom::cli {

struct OptionRow {
  std::string name;           // "rules[].when": of a list's elements; "behavior.scale_up": of an object
  std::string default_value;  // "required", or as it is written; "-": none
  std::string allowed;        // "1 % to 100 %", "poisson or even"; empty: any
  std::string meaning;
};

std::vector<OptionRow> option_rows(AnyOptions& options);

}  // namespace headroom::cli
