// The value of a condition's left-hand side over a finished run, from its series: one meaning for objectives, claims and reports.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

struct TimeSpan {
  double begin_seconds = 0.0;
  double end_seconds = 0.0;
};

// The span a condition speaks of: its phase (intersected with what is left after warm-up), or the run after warm-up.
TimeSpan span_of(const Condition& condition, const RunResult& run);

// None if nothing was recorded there (no request ended, no such series).
//   p(N), avg, max, min of durations: over the merged histograms of the slices in the span.  rate: counter per second; share:
//   part / whole. avg of a gauge: time average; max, min: of its largest levels / window means; last: at the end of the span.
//   avg, max, min of a share: whole-span ratio, largest, smallest window ratio.
//   count: amount of a counter, part of a share, number of durations; 0 of what no part of the system could do, so that nobody
//   counted it (writes lost where nothing can be lost).
//   time_to Nx: seconds from the first time `replicas_wanted` (or the metric itself) rises above its level at the start of the
//   span until the metric reaches N × that level; none if it never does. To the resolution of the windows, never too short.
//   Derived metrics: see derived_metrics.hpp.
std::optional<double> evaluate(const MetricSelector& selector, const RunResult& run, TimeSpan span);

// What is known of that value. A percentile, and the smallest, of durations come from a histogram: the true value lies somewhere
// in a bucket, at most Histogram::relative_error from its middle. Everything else is kept exactly: both ends are the value.
struct ValueBounds {
  double low = 0.0;
  double high = 0.0;
};
std::optional<ValueBounds> evaluate_bounds(const MetricSelector& selector, const RunResult& run, TimeSpan span);

// Of a latency: requests ended in the span, and none was served. Its value is none then, and nearer to infinity than to anything.
bool serves_none(const MetricSelector& selector, const RunResult& run, TimeSpan span);

// With "for": the longest time in the span during which the condition did NOT hold window by window (0: it always held).
// No latency holds in a window in which requests ended and none was served.
// The objective is missed when that is at least `lasting`.
double longest_breach_seconds(const Condition& condition, const RunResult& run, TimeSpan span);
// What is known of that time: windows whose value comes from a histogram and lies within its error of the limit count as kept for
// `low` and as broken for `high`.
ValueBounds longest_breach_bounds(const Condition& condition, const RunResult& run, TimeSpan span);

// Value per window (nullopt where nothing was seen, and for time_to), for charts and for `for`. The largest and smallest
// duration, and percentiles that were not recorded per window, are those of the slice in which the window lies.
std::vector<std::optional<double>> window_values(const MetricSelector& selector, const RunResult& run);

}  // namespace headroom
