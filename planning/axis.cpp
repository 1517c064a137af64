#include "planning/axis.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "planning/plan_error.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

using nlohmann::json;

// Named things go by their names, as in --set; an assumption is its value.
const json* child_of(const json& parent, const std::string& token) {
  if (parent.is_object()) {
    const auto member = parent.find(token);
    return member == parent.end() ? nullptr : &*member;
  }
  if (!parent.is_array()) return nullptr;
  for (const json& item : parent) {
    if (item.is_object() && item.contains("name") && item["name"] == token) return &item;
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool is_index = error == std::errc{} && end == token.data() + token.size() && index < parent.size();
  return is_index ? &parent[index] : nullptr;
}

std::string unescaped(std::string token) {
  for (const auto& [code, letter] : {std::pair{"~1", '/'}, std::pair{"~0", '~'}}) {
    for (std::size_t at = token.find(code); at != std::string::npos; at = token.find(code, at + 1))
      token.replace(at, 2, 1, letter);
  }
  return token;
}

const json* value_at(const json& scenario, const std::string& pointer) {
  const json* value = &scenario;
  for (std::size_t begin = 1; value != nullptr && begin <= pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', begin), pointer.size());
    value = child_of(*value, unescaped(pointer.substr(begin, end - begin)));
    begin = end + 1;
  }
  if (value != nullptr && pointer.starts_with("/assumptions/") && value->is_object()) value = child_of(*value, "value");
  return value;
}

// "50 /s" is 50 and " /s".
std::optional<std::pair<double, std::string>> number_in(const std::string& text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return std::pair{number, std::string{end, text.data() + text.size()}};
}

}  // namespace

double Axis::taken(double value) const { return whole ? std::max(1.0, std::round(value)) : value; }

SettingChange Axis::at(double value) const {
  const std::string number = whole ? fmt::format("{:.0f}", taken(value)) : fmt::format("{}", value);
  return {pointer, number + unit};
}

std::string Axis::text(double value) const { return number_text(shown(taken(value))) + (is_load() ? "x" : unit); }

Axis axis_of(const NamedScenario& scenario, const std::string& pointer) {
  Axis axis{.pointer = pointer, .present = scenario.scenario.load, .unit = {}, .whole = false};
  if (axis.is_load()) return axis;
  const json all = json::parse(scenario.text);
  const json* const value = pointer.starts_with('/') ? value_at(all, pointer) : nullptr;
  if (value == nullptr)
    throw PlanError{fmt::format(
        "{} names nothing in the scenario; write a JSON Pointer, for example /assumptions/users or /workloads/web/rate",
        pointer)};
  if (value->is_number()) {
    axis.present = value->get<double>();
    axis.whole = value->is_number_integer();
  } else if (const auto number = value->is_string() ? number_in(value->get<std::string>()) : std::nullopt) {
    axis.present = number->first;
    axis.unit = number->second;
  } else {
    throw PlanError{fmt::format("{} is {}, which is no number that could be larger", pointer, value->dump())};
  }
  if (!(axis.present > 0.0)) throw PlanError{fmt::format("{} is {}; a search begins at a number above 0", pointer, axis.present)};
  return axis;
}

}  // namespace headroom
