// The one condition grammar, for objectives, alerts, scaling rules and claims:
//
//   AGGREGATION METRIC{label=value,…} OP VALUE [for DURATION] [during PHASE]
//
//   p(95) latency{endpoint=api.feed} < 300 ms          rate errors{service=api} > 5 % for 5 min
//   avg cpu{service=api} > 80 % for 5 min              time_to 10x replicas{service=api} < 5 min
//   cost_per_user < 0.05 USD/month                     (a metric with one value needs no aggregation: `last`)
//
// Parsing knows the grammar and the units; whether a metric and its labels exist is checked against the metric catalogue.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/alert.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom {

enum class Aggregation { percentile, avg, max, min, rate, count, last, time_to };
enum class Comparison { less, less_equal, greater, greater_equal };

struct Label {
  std::string name;
  std::string value;
  bool operator==(const Label&) const = default;
  auto operator<=>(const Label&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 mistakes the implied 0
};

// What is looked at: the left-hand side of a condition.
struct MetricSelector {
  Aggregation aggregation = Aggregation::last;
  double percentile = 0.0;  // 0-100, for Aggregation::percentile
  double factor = 0.0;      // "10x", for Aggregation::time_to
  std::string metric;
  std::vector<Label> labels;  // sorted by name
  bool operator==(const MetricSelector&) const = default;
};

struct Condition {
  MetricSelector selector;
  Comparison comparison = Comparison::less;
  Quantity limit;                    // in base units
  std::optional<Duration> lasting;   // "for"
  std::string phase;                 // "during"; empty: the whole run
  std::string text;                  // as written
};

struct ConditionError {
  std::size_t column = 0;  // 0-based place in the text
  std::string message;
  std::string suggestion;
};

// Reads one condition; on failure returns nullopt and fills `error`.
std::optional<Condition> parse_condition(std::string_view text, ConditionError& error);
// Canonical text of a selector or a condition: `p(95) latency{endpoint=api.feed}`.
std::string to_text(const MetricSelector& selector);
std::string to_text(const Condition& condition);
std::string_view to_text(Comparison comparison);

bool holds(Comparison comparison, double value, double limit);

// Tracks "for": true once the condition has held without a break for its duration, as an alert without "keep firing" fires.
// A missing value breaks the run of truth.
class LastingCondition {
 public:
  LastingCondition() = default;
  explicit LastingCondition(Condition condition)
      : condition_{std::move(condition)}, alert_{{.hold = condition_.lasting.value_or(Duration{}), .keep_firing = {}}} {}
  bool update(SimTime now, std::optional<double> value);
  const Condition& condition() const { return condition_; }
  // Since when it has held without a break; none while it does not.
  std::optional<SimTime> since() const { return alert_.active_since(); }

 private:
  Condition condition_;
  Alert alert_;
};

}  // namespace headroom
