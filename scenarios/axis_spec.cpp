#include "scenarios/axis_spec.hpp"

#include <cmath>

#include "sim/core/units.hpp"

namespace headroom {
namespace {

std::optional<Quantity> quantity_of(const std::string& text) {
  QuantityError ignored;
  return parse_quantity(text, ignored);
}

// Steps of decimal fractions add up to a little more than the end: 0.1 + 0.2 is beyond 0.3.
constexpr double rounding = 1e-9;

// 12 digits: what steps and units add to them is noise, and so is what is left of a step where 0 is reached. Whole numbers are
// exact as they are.
double without_noise(double value, double step) {
  if (std::fabs(value) < rounding * step) return 0.0;
  if (std::fabs(value) < 0x1p53 && value == std::floor(value)) return value;
  const double size = std::pow(10.0, 11.0 - std::floor(std::log10(std::fabs(value))));
  return std::round(value * size) / size;
}

}  // namespace

void AxisSpec::describe(Fields& field) {
  field.required("name", name, "what it is called in the answer: \"replicas of api\"");
  field.required("set", set, "JSON Pointer of what gets the value (names work as list indices), or several that get the same");
  field("values", values, "the values: anything that --set can set");
  field("from", from, "instead of \"values\": the first number or quantity");
  field("to", to, "the last that may be reached");
  field("step", step, "what is added from one to the next; 1 if neither it nor \"factor\" is given and they are plain numbers");
  field("factor", factor, "instead of \"step\": what each is multiplied by", more_than(1.0));
  field("more_is_better", more_is_better,
        "no value makes an objective worse than those before it: what fails with one is not tried with earlier ones");
}

std::vector<std::string> AxisSpec::all_values() const {
  if (!values.empty()) return values;
  const auto first = quantity_of(from), last = quantity_of(to);
  if (!first || !last || first->dimension != last->dimension) return {};
  const auto added = step.empty() ? std::optional{Quantity{1.0, Dimension::count}} : quantity_of(step);
  if (!factor && (!added || added->dimension != first->dimension || added->value <= 0.0)) return {};
  if (factor && (first->value <= 0.0 || !(*factor > 1.0))) return {};
  std::vector<std::string> all;
  for (std::size_t i = 0; i <= most_values; ++i) {
    const double value =
        factor ? first->value * std::pow(*factor, static_cast<double>(i)) : first->value + static_cast<double>(i) * added->value;
    const double gap = factor ? value : added->value;
    if (value > last->value + rounding * gap) break;
    all.push_back(to_text(without_noise(value, gap), first->dimension));
  }
  return all;
}

}  // namespace headroom
