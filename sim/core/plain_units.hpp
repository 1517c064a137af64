// Units that people write for what is a plain number here: watts, watt-hours, grams. Only ever explained, never read, and only
// where the number is one of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/core/units.hpp"

namespace headroom {

struct PlainUnit {
  std::string_view text;
  double factor;             // of the unit that the plain number is in
  std::string_view subject;  // "energy"
  std::string_view counted;  // "watt-hours"
  std::string_view meaning;  // how the description of a field that holds it names it
};

constexpr PlainUnit plain_units[] = {
    {"W", 1.0, "power", "watts", "watts"},
    {"kW", 1e3, "power", "watts", "watts"},
    {"MW", 1e6, "power", "watts", "watts"},
    {"Wh", 1.0, "energy", "watt-hours", "watt-hours"},
    {"kWh", 1e3, "energy", "watt-hours", "watt-hours"},
    {"MWh", 1e6, "energy", "watt-hours", "watt-hours"},
    {"g", 1.0, "carbon", "grams of CO2e", "grams of CO2"},
    {"kg", 1e3, "carbon", "grams of CO2e", "grams of CO2"},
    {"t", 1e6, "carbon", "grams of CO2e", "grams of CO2"},
};

struct PlainAmount {
  const PlainUnit* unit = nullptr;
  double value = 0.0;  // the plain number
};

// "1.5 kWh": 1500 watt-hours. None if `text` is not a number with such a unit.
std::optional<PlainAmount> plain_amount(std::string_view text);
// That the unit of `amount` is not written, and what is instead.
QuantityError plain_unit_error(const PlainAmount& amount);

}  // namespace headroom
