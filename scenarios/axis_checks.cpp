// Axes of a search: that each names values, and that no two change the same.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "scenarios/checks.hpp"
#include "sim/core/units.hpp"

namespace headroom {
namespace {

bool has(const Reading& reading, const AxisSpec& axis, std::string_view field) { return reading.is_given(&axis, field); }

// Why no search may set a place: an answer is judged by the one and is for the other. Empty: it may.
std::string_view held_fast(std::string_view pointer) {
  const std::string_view first = pointer.substr(0, pointer.find('/', 1));
  if (first == "/objectives") return "what every configuration is judged by";
  if (first == "/load") return "the demand that every configuration is to bear";
  if (first == "/vary" || first == "/growth") return "what a plan is asked, not what it may change";
  return {};
}

void check_pointers(const AxisSpec& axis, std::map<std::string, std::string>& taken, Reading& reading) {
  if (reading.is_read(&axis, "set") && axis.set.empty())
    reading.issue(&axis, "set", "names nothing", "for example \"/services/api/replicas\"");
  for (const std::string& pointer : axis.set) {
    if (!pointer.starts_with('/')) {
      std::string meant = pointer;
      if (meant.find('/') == std::string::npos) std::replace(meant.begin(), meant.end(), '.', '/');
      reading.issue(&axis, "set", "\"" + pointer + "\" is not a JSON Pointer: it does not begin with a slash",
                    "write \"/" + meant + "\"");
    } else if (const std::string_view what = held_fast(pointer); !what.empty()) {
      reading.issue(&axis, "set", pointer + " is " + std::string{what}, "set a size, a number or a policy; compare the other by variants");
    } else if (const auto [other, is_new] = taken.emplace(pointer, axis.name); !is_new) {
      reading.issue(&axis, "set", pointer + " is set by the axis \"" + other->second + "\" already", "one axis for each place");
    }
  }
}

// Why from, to, step and factor make no values; empty if they do, or where a field tells it itself.
std::pair<std::string, std::string> problem_of(const AxisSpec& axis) {
  std::optional<Dimension> dimension;
  for (const auto& [field, text] : {std::pair{"from", axis.from}, {"to", axis.to}, {"step", axis.step}}) {
    if (text.empty()) continue;
    QuantityError error;
    const auto quantity = parse_quantity(text, error);
    if (!quantity) return {field, "\"" + text + "\" " + error.message};
    if (dimension && quantity->dimension != *dimension)
      return {field, "is " + std::string{name_of(quantity->dimension)} + ", but \"from\" is " + std::string{name_of(*dimension)}};
    dimension = quantity->dimension;
    if (std::string_view{field} == "step" && quantity->value <= 0.0) return {field, "is " + text + "; it must be more than 0"};
  }
  if (axis.step.empty() && !axis.factor && dimension != Dimension::count)
    return {"to", "is to be reached by a \"step\" or a \"factor\"; neither is given"};
  return {"to", "is less than \"from\", so that there is no value"};
}

void check_values(const AxisSpec& axis, Reading& reading) {
  const bool is_listed = has(reading, axis, "values"), is_ranged = has(reading, axis, "from") || has(reading, axis, "to");
  if (is_listed == is_ranged) {
    reading.issue(&axis, is_listed ? "from" : "values",
                  is_listed ? "is given beside \"values\"" : "is missing: the values of the axis",
                  "give either \"values\" or \"from\" and \"to\"");
    return;
  }
  if (is_listed) {
    std::set<std::string> seen;
    for (const std::string& value : axis.values) {
      if (!seen.insert(value).second) reading.issue(&axis, "values", "has " + value + " twice");
    }
    if (axis.values.empty() && reading.is_read(&axis, "values")) reading.issue(&axis, "values", "is empty", "write what it may be, for example [2, 3, 4]");
    return;
  }
  for (const char* end : {"from", "to"}) {
    if (!has(reading, axis, end)) return reading.issue(&axis, end, "is missing: the axis needs both ends");
  }
  if (has(reading, axis, "step") && has(reading, axis, "factor"))
    return reading.issue(&axis, "factor", "is given beside \"step\"", "remove one of them");
  if (has(reading, axis, "factor") && !reading.is_read(&axis, "factor")) return;
  if (axis.all_values().empty() && !axis.from.empty() && !axis.to.empty()) {
    const auto [field, message] = problem_of(axis);
    reading.issue(&axis, field, message);
  }
}

}  // namespace

void check_axes(const Scenario& scenario, Reading& reading) {
  std::map<std::string, std::string> taken;
  std::set<std::string> names;
  for (const AxisSpec& axis : scenario.vary) {
    if (!axis.name.empty() && !names.insert(axis.name).second)
      reading.issue(&axis, "name", "\"" + axis.name + "\" is the name of another axis already", "give it another name");
    check_pointers(axis, taken, reading);
    check_values(axis, reading);
    if (axis.all_values().size() > AxisSpec::most_values)
      reading.issue(&axis, axis.values.empty() ? "step" : "values",
                    "makes more than " + std::to_string(AxisSpec::most_values) + " values", "take a larger step, or a factor");
  }
}

}  // namespace headroom
