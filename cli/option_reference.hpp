// The options of a policy or model as a reference: one row per option, from the same description by which they are read.
#pragma once

#include <string>
#include <string_view>
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
// As a table, with what each means below it. `heading` of the first column: "option", "field".
std::string option_table(const std::vector<OptionRow>& rows, std::string_view heading, std::size_t width);

}  // namespace headroom::cli
