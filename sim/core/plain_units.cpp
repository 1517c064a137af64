#include "sim/core/plain_units.hpp"

namespace headroom {

std::optional<PlainAmount> plain_amount(std::string_view text) {
  const std::size_t before = text.find_last_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  if (before == std::string_view::npos) return std::nullopt;
  QuantityError ignored;
  for (const PlainUnit& unit : plain_units) {
    if (unit.text != text.substr(before + 1)) continue;
    if (const auto number = parse_as(Dimension::count, text.substr(0, before + 1), ignored))
      return PlainAmount{&unit, *number * unit.factor};
  }
  return std::nullopt;
}

QuantityError plain_unit_error(const PlainAmount& amount) {
  const PlainUnit& unit = *amount.unit;
  return {"has the unit \"" + std::string{unit.text} + "\", but " + std::string{unit.subject} + " is a plain number of " +
              std::string{unit.counted},
          "write \"" + to_text(amount.value, Dimension::count) + "\""};
}

}  // namespace headroom
