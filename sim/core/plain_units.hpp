// Units that people write for what is a plain number here: watts, watt-hours, grams. Only ever explained, never read.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/condition.hpp"

namespace headroom {

struct PlainUnit {
  std::string_view text;
  double factor;             // of the unit that the plain number is in
  std::string_view subject;  // "energy"
  std::string_view counted;  // "watt-hours"
};

constexpr PlainUnit plain_units[] = {
    {"W", 1.0, "power", "watts"},          {"kW", 1e3, "power", "watts"},          {"MW", 1e6, "power", "watts"},
    {"Wh", 1.0, "energy", "watt-hours"},   {"kWh", 1e3, "energy", "watt-hours"},   {"MWh", 1e6, "energy", "watt-hours"},
    {"g", 1.0, "carbon", "grams of CO2e"}, {"kg", 1e3, "carbon", "grams of CO2e"}, {"t", 1e6, "carbon", "grams of CO2e"},
};

constexpr const PlainUnit* find_plain_unit(std::string_view text) {
  for (const PlainUnit& unit : plain_units) {
    if (unit.text == text) return &unit;
  }
  return nullptr;
}

// What to write instead of a limit that could not be read: `error`'s suggestion, but of a power, which is the rate of energy.
std::string remedy_for_limit(const MetricSelector& selector, std::string_view limit, const QuantityError& error);

}  // namespace headroom
