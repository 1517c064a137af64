// headroom metrics: what conditions can speak of, by which labels, and how.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/text_table.hpp"
#include "cli/verb.hpp"
#include "reports/metric_reference.hpp"
#include "reports/text_layout.hpp"

namespace headroom::cli {
namespace {

using nlohmann::json;

std::string labels_of(const MetricReference& metric) {
  return metric.labels.empty() ? "-" : fmt::format("{}", fmt::join(metric.labels, ", "));
}

std::string overview(const std::vector<MetricReference>& metrics, std::size_t width) {
  std::vector<std::vector<std::string>> rows{{"metric", "kind", "labels"}};
  for (const MetricReference& metric : metrics) rows.push_back({metric.name, metric.kind, labels_of(metric)});
  return "A condition: AGGREGATION METRIC{label=value,...} OP VALUE [for DURATION] [during PHASE]\n\n" +
         text_table_with_notes(
             rows, [&](std::size_t row) { return metrics[row].meaning; }, width) +
         "\nheadroom metrics NAME shows the aggregations of one, with an example of each\n";
}

std::string details(const MetricReference& metric, std::size_t width) {
  std::string text = wrapped(metric.name + "  " + metric.meaning, width, 2) + "\n\n";
  text += text_table(
      {{"kind", metric.kind + ": " + metric.kind_meaning}, {"labels", labels_of(metric)}, {"exported as", metric.output_name}});
  text += metric.examples.size() == 1 ? "\nIt stands alone, without an aggregation:\n" : "\nAs it is written in conditions:\n";
  for (const std::string& example : metric.examples) text += "  " + example + "\n";
  return metric.labelled_example.empty() ? text : text + "of one of them:\n  " + metric.labelled_example + "\n";
}

json json_of(const MetricReference& metric) {
  return {{"name", metric.name},
          {"kind", metric.kind},
          {"meaning", metric.meaning},
          {"labels", metric.labels},
          {"aggregations", metric.aggregations},
          {"examples", metric.examples},
          {"output_name", metric.output_name}};
}

std::vector<MetricReference> only(const std::string& name, const std::vector<MetricReference>& metrics) {
  std::vector<std::string> known;
  for (const MetricReference& metric : metrics) {
    if (metric.name == name) return {metric};
    known.push_back(metric.name);
  }
  throw UsageError{unknown_name("metric", name, known)};
}

int list_or_show(const CommandLine& line) {
  const bool by_name = !line.positional().empty();
  const std::vector<MetricReference> all = metric_reference();
  const std::vector<MetricReference> chosen = by_name ? only(line.only_argument("metric"), all) : all;
  if (line.has("json")) {
    json list = json::array();
    for (const MetricReference& metric : chosen) list.push_back(json_of(metric));
    write_results(list.dump(2) + "\n");
  } else {
    write_results(by_name ? details(chosen.front(), results_width()) : overview(chosen, results_width()));
  }
  return exit_success;
}

}  // namespace

int metrics_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "metrics",
      .arguments = "[NAME] [options]",
      .purpose =
          "Lists the metrics that objectives and scaling rules can speak of, with their labels; with a NAME, its\n"
          "aggregations and a condition for each.",
      .examples = "  headroom metrics latency\n  headroom metrics --json\n"};
  boost::program_options::options_description options;
  add_json_option(options);
  return act_on_command_line(usage, options, arguments, list_or_show);
}

}  // namespace headroom::cli
