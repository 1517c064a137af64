// Tables of a study as CSV (RFC 4180, lines end with a line feed).
#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/exports.hpp"
#include "reports/verdict_json.hpp"

namespace headroom {
namespace {

using nlohmann::json;

std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string field(const json& value) {
  return value.is_null() ? "" : value.is_string() ? field(value.get<std::string>()) : value.dump();
}

// As the columns of the store's view `series` are called, and further percentiles as p90, p99.9.
std::vector<std::string> statistics_of(const Series& series, const RunResult& run) {
  switch (series.kind) {
    case MetricKind::counter: return {"amount"};
    case MetricKind::gauge: return {"mean", "largest", "last"};
    case MetricKind::share: return {"part", "whole"};
    case MetricKind::durations: break;
  }
  std::vector<std::string> names{"count", "sum_seconds", "p50", "p95", "p99"};
  for (const double percentile : run.extra_percentiles) names.push_back(fmt::format("p{}", percentile));
  return names;
}

void add_series(std::string& text, const std::string& variant, const RunResult& run, const Series& series) {
  json labels = json::object();
  for (const Label& label : series.labels) labels[label.name] = label.value;
  const std::string begin = fmt::format("{},{},", field(variant), run.replication);
  const std::string middle = fmt::format(",{},{},", series.metric, field(labels.dump()));
  const std::vector<std::string> statistics = statistics_of(series, run);
  for (std::size_t window = 0; window < run.window_ends.size(); ++window) {
    for (std::size_t i = 0; i < std::min(statistics.size(), series.columns.size()); ++i) {
      fmt::format_to(std::back_inserter(text), "{}{}{}{},{}\n", begin, run.window_ends[window], middle, statistics[i],
                     series.columns[i][window]);
    }
  }
}

}  // namespace

std::string series_csv(const StudyReport& report) {
  std::string text = "variant,replication,end_seconds,metric,labels,statistic,value\n";
  for (std::size_t v = 0; v < report.study.runs.size(); ++v) {
    for (const RunResult& run : report.study.runs[v]) {
      for (const Series& series : run.series) add_series(text, report.file.variants[v].name, run, series);
    }
  }
  return text;
}

std::string verdicts_csv(const StudyReport& report) {
  std::string text = "variant,objective,severity,outcome,value,low,high,observations,unit,margin,explanation\n";
  for (std::size_t v = 0; v < report.verdicts.size(); ++v) {
    for (const Verdict& verdict : report.verdicts[v]) {
      const json object = to_json(verdict), value = object.at("value").is_object() ? object.at("value") : json::object();
      std::string line = field(report.file.variants[v].name);
      for (const char* name : {"objective", "severity", "outcome"}) line += "," + field(object.at(name));
      for (const char* name : {"mean", "low", "high", "observations"}) line += "," + field(value.value(name, json{}));
      for (const char* name : {"unit", "margin", "explanation"}) line += "," + field(object.at(name));
      text += line + "\n";
    }
  }
  return text;
}

}  // namespace headroom
