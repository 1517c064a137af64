#include "reports/metric_reference.hpp"

#include <fmt/format.h>

#include "sim/measure/metric_catalog.hpp"

namespace headroom {
namespace {

// As it is written before a metric. The numbers of a percentile and of a factor are examples.
std::string written(Aggregation aggregation) {
  if (aggregation == Aggregation::last) return "last";
  const std::string text = to_text(MetricSelector{.aggregation = aggregation, .percentile = 95.0, .factor = 10.0, .metric = "m"});
  return text.substr(0, text.rfind(' '));
}

std::string generally(Aggregation aggregation) {
  if (aggregation == Aggregation::percentile) return "p(N)";
  return aggregation == Aggregation::time_to ? "time_to Nx" : written(aggregation);
}

std::pair<std::string, std::string> words_for(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return {"counter",
              "an amount that only grows; count and last are what it grew by in all the time looked at (the run after its "
              "warm-up, or a phase; for a policy the newest scrape), avg, max and min those of its rate"};
    case MetricKind::gauge: return {"gauge", "a level over time"};
    case MetricKind::share: return {"share", "a part of a whole"};
    case MetricKind::durations: break;
  }
  return {"durations", "a histogram of spans of time"};
}

// A limit in the unit that belongs to it.
std::string_view limit_in(Dimension dimension) {
  switch (dimension) {
    case Dimension::time: return "300 ms";
    case Dimension::bytes: return "1 GiB";
    case Dimension::rate: return "50 /s";
    case Dimension::ratio: return "5 %";
    case Dimension::money: return "0.01 USD";
    case Dimension::money_rate: return "0.05 USD/month";
    case Dimension::bandwidth: return "10 MB/s";
    case Dimension::count: break;
  }
  return "100";
}

std::string condition_on(const MetricInfo& metric, Aggregation aggregation, const std::string& labels) {
  const bool stands_alone = aggregations_for(metric).size() == 1;
  const std::string_view limit = aggregation == Aggregation::time_to ? "5 min" : limit_in(*value_dimension(metric, aggregation));
  return fmt::format("{}{}{} < {}", stands_alone ? "" : written(aggregation) + " ", metric.name, labels, limit);
}

}  // namespace

std::vector<MetricReference> metric_reference() {
  std::vector<MetricReference> list;
  for (const MetricInfo& metric : metric_catalog()) {
    const auto [kind, kind_meaning] = words_for(metric.kind);
    MetricReference reference{.name = std::string{metric.name},
                              .kind = kind,
                              .kind_meaning = kind_meaning,
                              .meaning = std::string{metric.meaning},
                              .output_name = std::string{metric.output_name},
                              .labels = {metric.labels.begin(), metric.labels.end()},
                              .aggregations = {},
                              .examples = {},
                              .labelled_example = {}};
    for (const Aggregation aggregation : aggregations_for(metric)) {
      reference.aggregations.push_back(generally(aggregation));
      reference.examples.push_back(condition_on(metric, aggregation, ""));
    }
    if (!metric.labels.empty()) {
      reference.labelled_example =
          condition_on(metric, aggregations_for(metric).front(), fmt::format("{{{}=NAME}}", metric.labels.front()));
    }
    list.push_back(std::move(reference));
  }
  return list;
}

}  // namespace headroom
