// headroom metrics: what conditions can speak of, by which labels, and how.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/text_table.hpp"
#include "cli/verb.hpp"
#include "reports/text_layout.hpp"
#include "sim/measure/metric_catalog.hpp"

namespace headroom::cli {
namespace {

using nlohmann::json;

// As it is written in a condition. The number of a percentile is an example.
std::string written(Aggregation aggregation) {
  const std::string text = to_text(MetricSelector{.aggregation = aggregation, .percentile = 95.0, .factor = 10.0, .metric = "x"});
  const std::size_t end = text.rfind('x');
  return end == 0 ? "last" : text.substr(0, end - 1);
}

std::string_view spoken(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter: return "counter: an amount that only grows";
    case MetricKind::gauge: return "gauge: a level over time";
    case MetricKind::share: return "share: a part of a whole";
    case MetricKind::durations: break;
  }
  return "durations: a histogram of spans of time";
}

std::string_view name_of(MetricKind kind) { return spoken(kind).substr(0, spoken(kind).find(':')); }

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

bool stands_alone(const MetricInfo& metric) { return aggregations_for(metric).size() == 1; }

std::string selector_text(const MetricInfo& metric, Aggregation aggregation, const std::string& labels) {
  return (stands_alone(metric) ? "" : written(aggregation) + " ") + std::string{metric.name} + labels;
}

std::string condition_text(const MetricInfo& metric, Aggregation aggregation, const std::string& labels = {}) {
  const std::string_view limit = aggregation == Aggregation::time_to ? "5 min" : limit_in(*value_dimension(metric, aggregation));
  return fmt::format("{} < {}", selector_text(metric, aggregation, labels), limit);
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string{word};
  return text;
}

std::string labels_text(const MetricInfo& metric) { return metric.labels.empty() ? "-" : listed(metric.labels); }

std::string overview(std::size_t width) {
  std::size_t name_width = 0;
  for (const MetricInfo& metric : metric_catalog()) name_width = std::max(name_width, metric.name.size());
  std::string text = "A condition: AGGREGATION METRIC{label=value,...} OP VALUE [for DURATION] [during PHASE]\n\n";
  text += padded("metric", name_width) + "   kind        labels\n";
  for (const MetricInfo& metric : metric_catalog()) {
    text += fmt::format("{}   {}  {}\n", padded(std::string{metric.name}, name_width),
                        padded(std::string{name_of(metric.kind)}, 10), labels_text(metric));
    text += "    " + wrapped(std::string{metric.meaning}, width, 4, 4) + "\n";
  }
  return text + "\nheadroom metrics NAME shows the aggregations of one, with an example of each\n";
}

std::string reference(const MetricInfo& metric, std::size_t width) {
  std::string text = wrapped(fmt::format("{}  {}", metric.name, metric.meaning), width, 2) + "\n\n";
  std::vector<std::vector<std::string>> rows{{"kind", std::string{spoken(metric.kind)}},
                                             {"labels", labels_text(metric)},
                                             {"exported as", std::string{metric.output_name}}};
  text += text_table(rows) + "\n";
  const std::string label = metric.labels.empty() ? "" : fmt::format("{{{}=NAME}}", metric.labels.front());
  rows = {{stands_alone(metric) ? "It stands alone, without an aggregation:" : "Conditions on it:"}};
  for (const Aggregation aggregation : aggregations_for(metric))
    rows.push_back({"  " + condition_text(metric, aggregation, label)});
  return text + text_table(rows);
}

json json_of(const MetricInfo& metric) {
  json examples = json::array(), aggregations = json::array();
  for (const Aggregation aggregation : aggregations_for(metric)) {
    aggregations.push_back(aggregation == Aggregation::percentile ? "p(N)"
                           : aggregation == Aggregation::time_to  ? "time_to Nx"
                                                                  : written(aggregation));
    examples.push_back(condition_text(metric, aggregation));
  }
  return {{"name", metric.name},
          {"kind", name_of(metric.kind)},
          {"meaning", metric.meaning},
          {"labels", metric.labels},
          {"aggregations", std::move(aggregations)},
          {"examples", std::move(examples)},
          {"output_name", metric.output_name}};
}

const MetricInfo& metric_named(const std::string& name) {
  if (const MetricInfo* metric = find_metric(name)) return *metric;
  const std::vector<std::string_view> known = metric_names();
  throw UsageError{unknown_name("metric", name, {known.begin(), known.end()})};
}

int act(const CommandLine& line) {
  const bool by_name = !line.positional().empty();
  const MetricInfo* one = by_name ? &metric_named(line.only_argument("metric")) : nullptr;
  if (line.has("json")) {
    json list = json::array();
    for (const MetricInfo& metric : metric_catalog()) {
      if (one == nullptr || one == &metric) list.push_back(json_of(metric));
    }
    write_results(list.dump(2) + "\n");
  } else {
    write_results(one == nullptr ? overview(results_width()) : reference(*one, results_width()));
  }
  return exit_success;
}

}  // namespace

int metrics_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "metrics",
      .arguments = "[NAME] [options]",
      .purpose =
          "Lists the metrics that objectives and scaling rules can speak of, with their labels; with a NAME, its aggregations\n"
          "and a condition for each.",
      .examples = "  headroom metrics latency\n  headroom metrics --json\n"};
  boost::program_options::options_description options;
  add_json_option(options);
  return act_on_command_line(usage, options, arguments, act);
}

}  // namespace headroom::cli
