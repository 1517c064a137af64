// Which instruments a selector means, and what its value is over a window: one meaning for policies (scraped values) and for
// finished runs (series).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/measure/metric_catalog.hpp"

namespace headroom {

// The metric that holds the numbers: availability is read from errors.
std::string_view recorded_metric(const MetricSelector& selector);
// Whether an instrument (its labels sorted by name) is meant. Without labels, of the metrics that users meet (latency, requests, errors,
// availability, in_flight) those of the workloads; of any other metric all.
bool selects(const MetricSelector& selector, std::string_view metric, const std::vector<Label>& labels);

// What all selected instruments together saw in a window. Which members mean something depends on the kind:
//   counter: part = amount.  gauge: part = level × seconds, largest, last.  share: part, whole.  durations: histogram.
// The smallest level is not kept: the `min` of a gauge over one window is its mean.
struct WindowSum {
  bool any = false;      // an instrument was selected
  double part = 0.0;
  double whole = 0.0;
  double largest = 0.0;  // of the sum of levels: the sum of the largest, an upper bound when several are selected
  double last = 0.0;
  Histogram histogram;
};
// None where nothing was seen: no instrument, a share of nothing, a percentile of no durations. None for time_to: it takes more than one
// window.
std::optional<double> value_of(const MetricSelector& selector, MetricKind kind, const WindowSum& sum, double window_seconds);

}  // namespace headroom
