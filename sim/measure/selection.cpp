#include "sim/measure/selection.hpp"

#include <algorithm>

namespace headroom {
namespace {

bool met_by_users(std::string_view metric) {
  constexpr std::string_view metrics[]{"latency", "requests", "errors", "in_flight"};
  return std::find(std::begin(metrics), std::end(metrics), metric) != std::end(metrics);
}

std::optional<double> value_of_durations(const MetricSelector& selector, const Histogram& histogram, double window_seconds) {
  if (selector.aggregation == Aggregation::count) return static_cast<double>(histogram.count());
  if (selector.aggregation == Aggregation::rate && window_seconds > 0.0) return static_cast<double>(histogram.count()) / window_seconds;
  if (histogram.count() == 0) return std::nullopt;
  switch (selector.aggregation) {
    case Aggregation::percentile: return histogram.quantile_seconds(selector.percentile / 100.0);
    case Aggregation::max: return histogram.max_seconds();
    case Aggregation::min: return histogram.quantile_seconds(0.0);
    default: return histogram.mean_seconds();
  }
}

std::optional<double> value_of_share(const MetricSelector& selector, const WindowSum& sum) {
  const bool complement = selector.metric == "availability";
  if (selector.aggregation == Aggregation::count) return complement ? sum.whole - sum.part : sum.part;
  if (sum.whole <= 0.0) return std::nullopt;
  const double ratio = sum.part / sum.whole;
  return complement ? 1.0 - ratio : ratio;
}

}  // namespace

std::string_view recorded_metric(const MetricSelector& selector) {
  return selector.metric == "availability" ? std::string_view{"errors"} : std::string_view{selector.metric};
}

bool selects(const MetricSelector& selector, std::string_view metric, const std::vector<Label>& labels) {
  if (metric != recorded_metric(selector)) return false;
  if (selector.labels.empty()) {
    return !met_by_users(metric) || std::any_of(labels.begin(), labels.end(), [](const Label& label) { return label.name == "workload"; });
  }
  return std::all_of(selector.labels.begin(), selector.labels.end(),
                     [&](const Label& wanted) { return std::find(labels.begin(), labels.end(), wanted) != labels.end(); });
}

std::optional<double> value_of(const MetricSelector& selector, MetricKind kind, const WindowSum& sum, double window_seconds) {
  if (!sum.any || selector.aggregation == Aggregation::time_to) return std::nullopt;
  switch (kind) {
    case MetricKind::durations: return value_of_durations(selector, sum.histogram, window_seconds);
    case MetricKind::share: return value_of_share(selector, sum);
    case MetricKind::counter:
      if (selector.aggregation == Aggregation::count || selector.aggregation == Aggregation::last) return sum.part;
      if (window_seconds <= 0.0) return std::nullopt;
      return sum.part / window_seconds;
    case MetricKind::gauge:
      if (selector.aggregation == Aggregation::max) return sum.largest;
      if (selector.aggregation == Aggregation::last || window_seconds <= 0.0) return sum.last;
      return sum.part / window_seconds;
  }
  return std::nullopt;
}

}  // namespace headroom
