#include "cli/decided_table.hpp"

#include <fmt/format.h>

#include "cli/text_table.hpp"

namespace headroom::cli {
namespace {

using decisions::Json;

std::string cell(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  if (!value.is_structured()) return value.dump();
  std::string text;
  for (const auto& [name, item] : value.items())
    text += (text.empty() ? "" : ", ") + (value.is_object() ? name + " " : "") + cell(item);
  return text.empty() ? "-" : text;
}

}  // namespace

std::string decided_table(const std::vector<Json>& decisions, const Json& summary) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> numbers;
  for (const Json& decision : decisions) {
    if (rows.empty()) {
      std::vector<std::string>& heading = rows.emplace_back();
      for (const auto& [name, value] : decision.items()) {
        if (value.is_number()) numbers.push_back(heading.size());
        heading.push_back(name);
      }
    }
    std::vector<std::string>& row = rows.emplace_back();
    for (const auto& [name, value] : decision.items()) row.push_back(cell(value));
  }
  std::string text = rows.empty() ? "" : text_table(rows, numbers);
  if (!summary.is_null()) text += "\n" + cell(summary) + "\n";
  return text;
}

}  // namespace headroom::cli
