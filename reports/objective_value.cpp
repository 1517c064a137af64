#include "reports/objective_value.hpp"

#include "sim/measure/evaluate.hpp"

namespace headroom {

std::optional<double> objective_value(const ObjectiveSpec& objective, const RunResult& run) {
  const Condition& condition = objective.that;
  const TimeSpan span = span_of(condition, run);
  const std::optional<double> value = evaluate(condition.selector, run, span);
  if (!condition.lasting) return value;
  if (!value && !serves_none(condition.selector, run, span)) return std::nullopt;
  return longest_breach_seconds(condition, run, span);
}

}  // namespace headroom
