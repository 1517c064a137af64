#include "decisions/manifest_specs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decisions/manifest_reader.hpp"
#include "sim/core/metric_name.hpp"

namespace headroom::decisions {
namespace {

std::string lower(std::string word) {
  for (char& letter : word) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return word;
}

Value policy(const Value& value, Issues& issues) {
  const ManifestObject given{value, issues, {"type", "value", "periodSeconds"}};
  Value option = options_object(value.place);
  if (const Value* type = given.word("type", {"Pods", "Percent"}, true))
    add_option(option, "type", text_value(lower(type->text), type->place));
  if (const Value* number = given.whole("value", true)) add_option(option, "value", *number);
  if (const Value* period = given.whole("periodSeconds", true)) add_option(option, "period", seconds_at(*period));
  return option;
}

Value rules(const Value& value, Issues& issues) {
  const ManifestObject given{value, issues, {"stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance"}};
  Value option = options_object(value.place);
  if (const Value* window = given.whole("stabilizationWindowSeconds")) add_option(option, "stabilization", seconds_at(*window));
  if (const Value* select = given.word("selectPolicy", {"Max", "Min", "Disabled"}))
    add_option(option, "select", text_value(lower(select->text), select->place));
  if (const auto tolerance = given.quantity("tolerance"))
    add_option(option, "tolerance", number_value(tolerance->value, tolerance->place));
  const Value* policies = given.list("policies");
  if (policies == nullptr) return option;
  Value list = options_list(policies->place);
  for (const Value& item : policies->items) list.items.push_back(policy(item, issues));
  add_option(option, "policies", std::move(list));
  return option;
}

}  // namespace

Value read_behavior(const Value& behavior, Issues& issues) {
  const ManifestObject given{behavior, issues, {"scaleUp", "scaleDown"}};
  Value option = options_object(behavior.place);
  if (const Value* up = given.object("scaleUp")) add_option(option, "scale_up", rules(*up, issues));
  if (const Value* down = given.object("scaleDown")) add_option(option, "scale_down", rules(*down, issues));
  return option;
}

void add_replicas(const Value& fewest, const Value& most, Value& options, AutoscalerManifest& manifest) {
  Value range = options_list(most.place);
  range.items = {fewest, most};
  const auto number = [](const Value& value) { return static_cast<int>(std::clamp<std::int64_t>(value.integer, 0, 1 << 30)); };
  manifest.replicas = {number(fewest), number(most)};
  add_option(options, "replicas", std::move(range));
}

std::string selector_of(const std::string& name) {
  ConditionError ignored;
  const auto selector = parse_selector(name, ignored);
  if (selector && selector->metric == name) return name;
  return fmt::format("external{{metric=\"{}\"}}", name);
}

Value seconds_at(const Value& number) { return text_value(fmt::format("{} s", number.integer), number.place); }

}  // namespace headroom::decisions
