#include "sim/measure/error_budget.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/upper_limit.hpp"
#include "sim/measure/selection.hpp"

namespace headroom {
namespace {

using namespace std::chrono_literals;

// What was counted in a recorded window, or in a slice.
struct Counted {
  double begin = 0.0, end = 0.0;  // seconds
  double bad = 0.0, all = 0.0;
};

std::vector<Counted> counted_in(const MetricSelector& selector, const RunResult& run, TimeSpan span) {
  std::vector<const Series*> series;
  for (const Series& one : run.series) {
    if (selects(selector, one.metric, one.labels)) series.push_back(&one);
  }
  std::vector<Counted> windows;
  double begin = 0.0;
  for (std::size_t i = 0; i < run.window_ends.size(); ++i) {
    Counted window{begin, run.window_ends[i], 0.0, 0.0};
    begin = window.end;
    const double middle = (window.begin + window.end) / 2.0;
    if (middle < span.begin_seconds || middle > span.end_seconds) continue;
    for (const Series* one : series) {
      window.bad += one->columns[0][i];
      window.all += one->columns[1][i];
    }
    windows.push_back(window);
  }
  return windows;
}

Counted sum_of(const std::vector<Counted>& windows) {
  Counted sum{windows.front().begin, windows.back().end, 0.0, 0.0};
  for (const Counted& window : windows) {
    sum.bad += window.bad;
    sum.all += window.all;
  }
  return sum;
}

// Each counts once, as bad or not.
std::vector<Counted> slices_of(const std::vector<Counted>& windows, double slice_seconds, double slice_target) {
  std::vector<Counted> slices;
  const double begin = windows.front().begin;
  for (const Counted& window : windows) {
    const auto slice = static_cast<std::size_t>(((window.begin + window.end) / 2.0 - begin) / slice_seconds);
    while (slices.size() <= slice) slices.push_back({window.begin, window.end, 0.0, 0.0});
    slices[slice].end = window.end;
    slices[slice].bad += window.bad;
    slices[slice].all += window.all;
  }
  constexpr double rounding = 1e-12;  // 95 of 100 keep 95 %
  for (Counted& slice : slices) {
    slice.bad = slice.all > 0.0 && slice.bad / slice.all > 1.0 - slice_target + rounding ? 1.0 : 0.0;
    slice.all = 1.0;
  }
  return slices;
}

// Each time the run was recorded or a slice ended, as a rule over counters scraped then would see it.
BurnAlert alert_of(const BurnWindows& pair, const std::vector<Counted>& windows, double budget) {
  BurnAlert alert{.windows = pair, .first_fired_seconds = std::nullopt};
  const double span = windows.back().end - windows.front().begin;
  if (to_seconds(pair.long_window) > span) return alert;
  SampleSeries bad, all;
  double bad_so_far = 0.0, all_so_far = 0.0;
  bad.add(at_seconds(windows.front().begin), 0.0);
  all.add(at_seconds(windows.front().begin), 0.0);
  for (const Counted& window : windows) {
    const SimTime now = at_seconds(window.end);
    bad.add(now, bad_so_far += window.bad);
    all.add(now, all_so_far += window.all);
    if (window.end - windows.front().begin < to_seconds(pair.long_window)) continue;
    const auto over_long = error_share(bad, all, now, pair.long_window, PrometheusRelease::v3);
    const auto over_short = error_share(bad, all, now, pair.short_window, PrometheusRelease::v3);
    if (!over_long || !over_short) continue;
    alert.looked_at = true;
    const double burn = std::min(*over_long, *over_short) / budget;
    alert.fastest = std::max(alert.fastest, burn);
    if (burn > pair.factor && !alert.first_fired_seconds) alert.first_fired_seconds = window.end;
  }
  return alert;
}

}  // namespace

std::vector<BurnWindows> workbook_pairs(Duration window) {
  struct {
    Duration long_window, short_window;
    double share;  // of the budget
  } const rows[]{{1h, 5min, 0.02}, {6h, 30min, 0.05}, {72h, 6h, 0.1}};
  std::vector<BurnWindows> pairs;
  for (const auto& row : rows) {
    const double factor = row.share * to_seconds(window) / to_seconds(row.long_window);
    if (row.long_window <= window) pairs.push_back({row.long_window, row.short_window, std::max(1.0, factor)});
  }
  return pairs;
}

std::optional<double> error_budget_target(const Condition& condition) {
  const std::string& metric = condition.selector.metric;
  const Aggregation aggregation = condition.selector.aggregation;
  const bool is_whole = aggregation == Aggregation::rate || aggregation == Aggregation::avg || aggregation == Aggregation::last;
  if (condition.lasting || !is_whole) return std::nullopt;
  const bool is_upper = is_upper_limit(condition);
  const bool counts_bad = metric == "errors" || metric == "late" || metric == "throttled";
  std::optional<double> target;
  if (counts_bad && is_upper) target = 1.0 - condition.limit.value;
  if (metric == "availability" && !is_upper) target = condition.limit.value;
  return target && *target > 0.0 && *target < 1.0 ? target : std::nullopt;
}

std::optional<ErrorBudget> error_budget(const ErrorBudgetTerms& terms, const RunResult& run, TimeSpan span) {
  const std::optional<double> target = error_budget_target(terms.objective);
  const std::vector<Counted> windows = counted_in(terms.objective.selector, run, span);
  if (!target || windows.empty() || !(sum_of(windows).all > 0.0)) return std::nullopt;
  const double budget = 1.0 - *target;
  ErrorBudget result;
  if (terms.in_slices) {
    result.slice_seconds = to_seconds(terms.slice);
    for (const Counted& window : windows) result.slice_seconds = std::max(result.slice_seconds, window.end - window.begin);
  }
  const std::vector<Counted> counted = terms.in_slices ? slices_of(windows, result.slice_seconds, terms.slice_target) : windows;
  const Counted sum = sum_of(counted);
  result.burn = sum.bad / sum.all / budget;
  result.used_by_run = result.burn * (sum.end - sum.begin) / to_seconds(terms.window);
  for (const BurnWindows& pair : workbook_pairs(terms.window)) result.alerts.push_back(alert_of(pair, counted, budget));
  return result;
}

}  // namespace headroom
