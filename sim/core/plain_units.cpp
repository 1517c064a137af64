#include "sim/core/plain_units.hpp"

#include <optional>

namespace headroom {

// Watt-hours an hour are watts.
std::string remedy_for_limit(const MetricSelector& selector, std::string_view limit, const QuantityError& error) {
  const std::size_t letter = limit.find_last_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const PlainUnit* unit = letter == std::string_view::npos ? nullptr : find_plain_unit(limit.substr(letter + 1));
  if (unit == nullptr || unit->subject != "power") return error.suggestion;
  QuantityError ignored;
  const std::optional<Quantity> watts = parse_quantity(limit.substr(0, letter + 1), ignored);
  if (!watts) return error.suggestion;
  MetricSelector power{.aggregation = Aggregation::rate, .metric = "energy", .labels = {}};
  if (selector.metric == "energy") power.labels = selector.labels;
  return "energy by time is a rate, and watt-hours an hour are watts: compare \"" + to_text(power) + "\" with \"" +
         to_text(watts->value * unit->factor, Dimension::count) + " /h\"";
}

}  // namespace headroom
