#include "sim/measure/evaluate.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>

#include "sim/measure/derived_metrics.hpp"
#include "sim/measure/selection.hpp"

namespace headroom {
namespace {

constexpr double same_time = 1e-6;  // seconds; borders are computed in more than one way

double window_begin(const RunResult& run, std::size_t window) { return window == 0 ? 0.0 : run.window_ends[window - 1]; }

// A window belongs to a span when its middle does: borders of phases and of the warm-up are borders of windows.
bool inside(double begin, double end, TimeSpan span) {
  const double middle = (begin + end) / 2.0;
  return middle > span.begin_seconds && middle < span.end_seconds;
}

// Where nothing can be lost, nobody counts what is: a number of things that happened is 0 then. Not of what is counted in every
// system, where labels that select nothing contradict each other; and what nobody has given a price has none, not 0.
bool is_zero_unless_counted(const MetricSelector& selector) {
  constexpr std::string_view counted_everywhere[]{"latency", "requests", "errors", "availability"};
  if (std::ranges::find(counted_everywhere, selector.metric) != std::end(counted_everywhere)) return false;
  const MetricInfo* metric = find_metric(selector.metric);
  if (metric == nullptr || metric->dimension == Dimension::money) return false;
  return metric->kind == MetricKind::counter || (metric->kind != MetricKind::gauge && selector.aggregation == Aggregation::count);
}

// What a selector means in a run, looked up once for all windows.
struct Selected {
  Selected(const MetricSelector& meant, const RunResult& of) : selector{meant}, run{of}, is_known{is_zero_unless_counted(meant)} {
    for (const Series& one : run.series) {
      if (selects(selector, one.metric, one.labels)) series.push_back(&one);
    }
  }
  const MetricSelector& selector;
  const RunResult& run;
  std::vector<const Series*> series;
  bool is_known;  // even if there are none
};

WindowSum sum_of_window(const Selected& selected, std::size_t window) {
  WindowSum sum;
  sum.any = selected.is_known;
  const double seconds = selected.run.window_ends[window] - window_begin(selected.run, window);
  for (const Series* series : selected.series) {
    const std::vector<std::vector<double>>& columns = series->columns;
    sum.any = true;
    switch (series->kind) {
      case MetricKind::counter: sum.part += columns[0][window]; break;
      case MetricKind::gauge:
        sum.part += columns[0][window] * seconds;
        sum.largest += columns[1][window];
        sum.last += columns[2][window];
        break;
      case MetricKind::share:
        sum.part += columns[0][window];
        sum.whole += columns[1][window];
        break;
      case MetricKind::durations: break;
    }
  }
  return sum;
}

// Which column of a durations series has this percentile, if one has.
std::optional<std::size_t> column_of_percentile(double percentile, const RunResult& run) {
  constexpr double always[]{50.0, 95.0, 99.0};
  const auto fixed = std::find(std::begin(always), std::end(always), percentile);
  if (fixed != std::end(always)) return 2 + static_cast<std::size_t>(fixed - std::begin(always));
  const auto extra = std::find(run.extra_percentiles.begin(), run.extra_percentiles.end(), percentile);
  if (extra != run.extra_percentiles.end()) return 5 + static_cast<std::size_t>(extra - run.extra_percentiles.begin());
  return std::nullopt;
}

std::optional<double> evaluate_durations(const Selected& selected, TimeSpan span);

// What is not kept per window (largest, smallest, other percentiles) is that of the slice in which the window lies: right, at a
// coarser time.
std::optional<double> durations_of_slice_around(const Selected& selected, std::size_t window) {
  const RunResult& run = selected.run;
  const double middle = (window_begin(run, window) + run.window_ends[window]) / 2.0;
  const auto slice = std::upper_bound(run.slice_ends.begin(), run.slice_ends.end(), middle);
  if (slice == run.slice_ends.end()) return std::nullopt;
  return evaluate_durations(selected, {slice == run.slice_ends.begin() ? 0.0 : *std::prev(slice), *slice});
}

// Percentiles of one window: of the only series selected exactly; of several, weighted by their counts (an approximation that is
// used for charts and for `for`, never for values over a span, which come from histograms).
std::optional<double> durations_of_window(const Selected& selected, std::size_t window) {
  const MetricSelector& selector = selected.selector;
  const RunResult& run = selected.run;
  const bool is_percentile = selector.aggregation == Aggregation::percentile;
  const bool is_extreme = selector.aggregation == Aggregation::max || selector.aggregation == Aggregation::min;
  const std::optional<std::size_t> column = is_percentile ? column_of_percentile(selector.percentile, run) : std::nullopt;
  double count = 0.0, sum = 0.0, weighted = 0.0;
  for (const Series* series : selected.series) {
    const double records = series->columns[0][window];
    count += records;
    sum += series->columns[1][window];
    if (column) weighted += records * series->columns[*column][window];
  }
  if (selector.aggregation == Aggregation::count) return count;
  if (selector.aggregation == Aggregation::rate) return count / (run.window_ends[window] - window_begin(run, window));
  if (count <= 0.0) return std::nullopt;
  if (is_extreme || (is_percentile && !column)) return durations_of_slice_around(selected, window);
  return column ? weighted / count : sum / count;
}

std::optional<double> window_value(const Selected& selected, MetricKind kind, std::size_t window) {
  if (selected.selector.aggregation == Aggregation::time_to) return std::nullopt;
  if (kind == MetricKind::durations) return durations_of_window(selected, window);
  const double seconds = selected.run.window_ends[window] - window_begin(selected.run, window);
  return value_of(selected.selector, kind, sum_of_window(selected, window), seconds);
}

// What was recorded in the slices of the span, in all series together.
WindowSum durations_in(const Selected& selected, TimeSpan span) {
  const std::vector<double>& ends = selected.run.slice_ends;
  WindowSum sum;
  sum.any = selected.is_known;
  for (const Series* series : selected.series) {
    sum.any = true;
    for (std::size_t i = 0; i < series->slices.size(); ++i) {
      if (inside(i == 0 ? 0.0 : ends[i - 1], ends[i], span)) sum.histogram.merge(series->slices[i]);
    }
  }
  return sum;
}

std::optional<double> evaluate_durations(const Selected& selected, TimeSpan span) {
  return value_of(selected.selector, MetricKind::durations, durations_in(selected, span), span.end_seconds - span.begin_seconds);
}

// Whether the value is read off a histogram's buckets: the mean and the largest of durations are exact.
bool is_from_buckets(const MetricSelector& selector) {
  const MetricInfo* metric = find_metric(selector.metric);
  if (metric == nullptr || metric->kind != MetricKind::durations) return false;
  return selector.aggregation == Aggregation::percentile || selector.aggregation == Aggregation::min;
}

// The number of those whose latency is meant, served or not.
MetricSelector requests_of(const MetricSelector& latency) {
  return {.aggregation = Aggregation::count, .metric = "requests", .labels = latency.labels};
}

// The longest time over which windows of the span in a row are broken; `broken` judges a value.
double longest_breach(const MetricSelector& selector, const RunResult& run, TimeSpan span, auto broken) {
  std::vector<std::optional<double>> values = window_values(selector, run);
  if (selector.metric == "latency" && !Selected{selector, run}.series.empty()) {
    // Where requests ended and none was served, somebody waits for ever.
    const auto ended = window_values(requests_of(selector), run);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!values[i] && ended[i].value_or(0.0) > 0.0) values[i] = std::numeric_limits<double>::infinity();
  }
  double longest = 0.0, present = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double begin = window_begin(run, i), end = run.window_ends[i];
    if (!inside(begin, end, span)) continue;
    // Where nothing was seen nothing was broken.
    present = values[i] && broken(*values[i]) ? present + (end - begin) : 0.0;
    longest = std::max(longest, present);
  }
  return longest;
}

std::optional<double> extreme_window(const Selected& selected, MetricKind kind, TimeSpan span) {
  const RunResult& run = selected.run;
  const bool largest = selected.selector.aggregation == Aggregation::max;
  std::optional<double> extreme;
  for (std::size_t i = 0; i < run.window_ends.size(); ++i) {
    if (!inside(window_begin(run, i), run.window_ends[i], span)) continue;
    const auto value = window_value(selected, kind, i);
    if (value && (!extreme || (largest ? *value > *extreme : *value < *extreme))) extreme = value;
  }
  return extreme;
}

std::optional<double> evaluate_over_windows(const MetricSelector& selector, MetricKind kind, const RunResult& run,
                                            TimeSpan span) {
  const bool extreme = selector.aggregation == Aggregation::max || selector.aggregation == Aggregation::min;
  const Selected selected{selector, run};
  if (extreme) return extreme_window(selected, kind, span);
  WindowSum total;
  double seconds = 0.0;
  for (std::size_t i = 0; i < run.window_ends.size(); ++i) {
    if (!inside(window_begin(run, i), run.window_ends[i], span)) continue;
    const WindowSum window = sum_of_window(selected, i);
    total.any = total.any || window.any;
    total.part += window.part;
    total.whole += window.whole;
    total.last = window.last;
    seconds += run.window_ends[i] - window_begin(run, i);
  }
  return value_of(selector, kind, total, seconds);
}

// Seconds from the moment more was asked for until there was N times as much, to the resolution of the windows and never too
// short: from the beginning of the window in which it was asked for to the end of the one that ended with as much.
std::optional<double> time_to_factor(const MetricSelector& selector, MetricKind kind, const RunResult& run, TimeSpan span) {
  MetricSelector level = selector;
  level.aggregation = Aggregation::last;
  MetricSelector wanted = level;
  if (selector.metric == "replicas") wanted.metric = "replicas_wanted";
  const Selected levels{level, run}, wishes{wanted, run};
  std::optional<double> level_before, wanted_before, rises_at;
  for (std::size_t i = 0; i < run.window_ends.size(); ++i) {
    const double begin = window_begin(run, i), end = run.window_ends[i];
    const bool within = inside(begin, end, span);
    if (!within && end > span.begin_seconds + same_time) continue;
    const auto value = window_value(levels, kind, i);
    const auto asked = window_value(wishes, kind, i);
    if (!value || !asked) continue;
    // The level before the span is the one at its start. There is no multiple of 0: a start-up is not a rise.
    if (!within || !level_before || *level_before <= 0.0) {
      level_before = value;
      wanted_before = asked;
      continue;
    }
    if (!rises_at && *asked > *wanted_before) rises_at = begin;
    if (rises_at && *value >= selector.factor * *level_before - 1e-9) return end - *rises_at;
  }
  return std::nullopt;
}

}  // namespace

TimeSpan span_of(const Condition& condition, const RunResult& run) {
  TimeSpan span{run.warm_up_seconds, run.duration_seconds};
  if (condition.phase.empty()) return span;
  // A phase of that name in several workloads: from the first that begins to the last that ends.
  TimeSpan phase{run.duration_seconds, 0.0};
  for (const PhaseResult& candidate : run.phases) {
    if (candidate.name != condition.phase) continue;
    phase.begin_seconds = std::min(phase.begin_seconds, candidate.begin_seconds);
    phase.end_seconds = std::max(phase.end_seconds, candidate.end_seconds);
  }
  return {std::max(span.begin_seconds, phase.begin_seconds), std::min(span.end_seconds, phase.end_seconds)};
}

std::optional<double> evaluate(const MetricSelector& selector, const RunResult& run, TimeSpan span) {
  const double seconds = span.end_seconds - span.begin_seconds;
  if (seconds <= same_time) return std::nullopt;
  if (is_derived(selector.metric)) return evaluate_derived(selector, run, span);
  const MetricInfo* metric = find_metric(selector.metric);
  if (metric == nullptr) return std::nullopt;
  if (selector.aggregation == Aggregation::time_to) return time_to_factor(selector, metric->kind, run, span);
  if (metric->kind == MetricKind::durations) return evaluate_durations({selector, run}, span);
  return evaluate_over_windows(selector, metric->kind, run, span);
}

std::optional<ValueBounds> evaluate_bounds(const MetricSelector& selector, const RunResult& run, TimeSpan span) {
  const std::optional<double> value = evaluate(selector, run, span);
  if (!value) return std::nullopt;
  if (!is_from_buckets(selector)) return ValueBounds{*value, *value};
  const double probability = selector.aggregation == Aggregation::percentile ? selector.percentile / 100.0 : 0.0;
  const Histogram::QuantileBounds bounds = durations_in({selector, run}, span).histogram.quantile_bounds_seconds(probability);
  return ValueBounds{bounds.low, bounds.high};
}

bool serves_none(const MetricSelector& selector, const RunResult& run, TimeSpan span) {
  if (selector.metric != "latency") return false;
  MetricSelector served = requests_of(selector);
  const double ended = evaluate(served, run, span).value_or(0.0);
  served.metric = "latency";
  return ended > 0.0 && evaluate(served, run, span) == 0.0;
}

double longest_breach_seconds(const Condition& condition, const RunResult& run, TimeSpan span) {
  const auto broken = [&](double value) { return !holds(condition.comparison, value, condition.limit.value); };
  return longest_breach(condition.selector, run, span, broken);
}

ValueBounds longest_breach_bounds(const Condition& condition, const RunResult& run, TimeSpan span) {
  const double error = is_from_buckets(condition.selector) ? Histogram::relative_error : 0.0;
  const auto kept = [&](double value) { return holds(condition.comparison, value, condition.limit.value); };
  const auto surely = [&](double value) { return !kept(value * (1.0 - error)) && !kept(value * (1.0 + error)); };
  const auto possibly = [&](double value) { return !kept(value * (1.0 - error)) || !kept(value * (1.0 + error)); };
  return {longest_breach(condition.selector, run, span, surely), longest_breach(condition.selector, run, span, possibly)};
}

std::vector<std::optional<double>> window_values(const MetricSelector& selector, const RunResult& run) {
  std::vector<std::optional<double>> values(run.window_ends.size());
  const bool is_quotient = is_derived(selector.metric);
  const MetricInfo* metric = find_metric(selector.metric);
  const Selected selected{selector, run};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_quotient) {
      values[i] = evaluate(selector, run, {window_begin(run, i), run.window_ends[i]});
    } else if (metric != nullptr) {
      values[i] = window_value(selected, metric->kind, i);
    }
  }
  return values;
}

}  // namespace headroom
