// The name of a metric as an option of a policy: `queue_length{queue=jobs}`, `rate requests{service=api}`. It is the left-hand
// side of a condition; a scenario that names no such metric, or nothing of its own in the labels, is refused when it is read.
#pragma once

#include <optional>
#include <string_view>

#include "sim/core/condition.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

struct MetricName : Reference {
  static constexpr std::string_view reference_kind = "metric";
  MetricName() : Reference{{}, reference_kind} {}
};

// On failure returns nullopt and fills `error`.
std::optional<MetricSelector> parse_selector(std::string_view text, ConditionError& error);

}  // namespace headroom
