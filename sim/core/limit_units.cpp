#include "sim/core/limit_units.hpp"

#include <optional>

#include "sim/core/plain_units.hpp"

namespace headroom {

// Watt-hours an hour are watts.
QuantityError error_of_limit(const MetricSelector& selector, std::string_view limit, const QuantityError& error) {
  const std::optional<PlainAmount> amount = plain_amount(limit);
  if (!amount) return error;
  QuantityError explained = plain_unit_error(*amount);
  if (amount->unit->subject != "power") return selector.metric.starts_with(amount->unit->subject) ? explained : error;
  MetricSelector power{.aggregation = Aggregation::rate, .metric = "energy", .labels = {}};
  if (selector.metric == "energy") power.labels = selector.labels;
  explained.suggestion = "energy by time is a rate, and watt-hours an hour are watts: compare \"" + to_text(power) +
                         "\" with \"" + to_text(amount->value, Dimension::count) + " /h\"";
  return explained;
}

}  // namespace headroom
