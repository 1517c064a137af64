#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "reports/exports.hpp"
#include "sim/measure/metric_catalog.hpp"

namespace headroom {
namespace {

// One labelled instrument of one run.
struct Instrument {
  const RunResult* run = nullptr;
  const Series* series = nullptr;
  std::string labels;  // without braces
};

std::string label_text(const std::string& value) {
  std::string safe;
  for (const char c : value) {
    if (c == '\\' || c == '"')
      safe += '\\', safe += c;
    else if (c == '\n')
      safe += "\\n";
    else
      safe += c;
  }
  return safe;
}

std::string without_suffix(std::string_view name, std::string_view suffix) {
  return std::string{name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name};
}

class Writer {
 public:
  explicit Writer(const OpenMetricsOptions& options)
      : epoch_{std::llround(options.epoch_seconds * 1e3)}, last_only_{options.last_only} {}

  void head(const std::string& family, std::string_view type, const std::string& help) {
    fmt::format_to(std::back_inserter(text_), "# TYPE {} {}\n", family, type);
    for (const std::string_view unit : {"seconds", "bytes", "ratio"}) {
      if (family.ends_with("_" + std::string{unit})) fmt::format_to(std::back_inserter(text_), "# UNIT {} {}\n", family, unit);
    }
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n", family, label_text(help));
  }

  // A sample for each window that has a value.
  template <class ValueOf>
  void samples(const std::string& name, const Instrument& instrument, const std::string& more_labels, ValueOf value_of) {
    const std::vector<double>& ends = instrument.run->window_ends;
    const std::string series = fmt::format("{}{{{}{}}}", name, instrument.labels, more_labels);
    for (std::size_t window = 0; window < ends.size(); ++window) {
      const double value = value_of(window);
      if (std::isnan(value) || (last_only_ && window + 1 < ends.size())) continue;
      // As whole milliseconds: decimals of a large number take fmt thousands of instructions.
      const std::int64_t time = epoch_ + std::llround(ends[window] * 1e3);
      fmt::format_to(std::back_inserter(text_), FMT_COMPILE("{} {} {}.{:03}\n"), series, value, time / 1000, time % 1000);
    }
  }
  void added_up(const std::string& name, const Instrument& instrument, const std::vector<double>& amounts) {
    double sum = 0.0;
    samples(name, instrument, "", [&](std::size_t window) { return sum += amounts[window]; });
  }

  std::string finish() { return std::move(text_) + "# EOF\n"; }

 private:
  std::int64_t epoch_;  // milliseconds
  bool last_only_;
  std::string text_;
};

using Instruments = std::vector<Instrument>;

void write_counter(const MetricInfo& metric, const Instruments& instruments, Writer& writer) {
  const std::string family = without_suffix(metric.output_name, "_total");
  writer.head(family, "counter", std::string{metric.meaning});
  for (const Instrument& one : instruments) writer.added_up(family + "_total", one, one.series->columns[0]);
}

void write_gauge(const MetricInfo& metric, const Instruments& instruments, Writer& writer) {
  const std::string family{metric.output_name};
  writer.head(family, "gauge", fmt::format("{}; mean of the window", metric.meaning));
  for (const Instrument& one : instruments)
    writer.samples(family, one, "", [&](std::size_t window) { return one.series->columns[0][window]; });
  writer.head(family + "_max", "gauge", fmt::format("{}; largest in the window", metric.meaning));
  for (const Instrument& one : instruments)
    writer.samples(family + "_max", one, "", [&](std::size_t window) { return one.series->columns[1][window]; });
}

void write_share(const MetricInfo& metric, const Instruments& instruments, Writer& writer) {
  const std::string family{metric.output_name}, stem = without_suffix(family, "_ratio");
  writer.head(family, "gauge", fmt::format("{}; of the window", metric.meaning));
  for (const Instrument& one : instruments)  // 0 / 0: nothing to take a share of, and no sample
    writer.samples(family, one, "",
                   [&](std::size_t window) { return one.series->columns[0][window] / one.series->columns[1][window]; });
  const std::array parts{std::pair{"_part", "what counts"}, std::pair{"_whole", "what it is a share of"}};
  for (std::size_t column = 0; column < parts.size(); ++column) {
    writer.head(stem + parts[column].first, "counter", fmt::format("{}: {}", metric.meaning, parts[column].second));
    for (const Instrument& one : instruments)
      writer.added_up(stem + parts[column].first + "_total", one, one.series->columns[column]);
  }
}

void write_durations(const MetricInfo& metric, const Instruments& instruments, Writer& writer) {
  const std::string family{metric.output_name};
  writer.head(family, "summary", std::string{metric.meaning});
  for (const Instrument& one : instruments) {
    const std::vector<std::vector<double>>& columns = one.series->columns;
    std::vector<double> percentiles{50.0, 95.0, 99.0};
    percentiles.insert(percentiles.end(), one.run->extra_percentiles.begin(), one.run->extra_percentiles.end());
    for (std::size_t i = 0; i < percentiles.size() && i + 2 < columns.size(); ++i) {
      const std::string quantile = fmt::format(",quantile=\"{}\"", percentiles[i] / 100.0);
      const auto value_of = [&](std::size_t window) { return columns[0][window] > 0.0 ? columns[i + 2][window] : std::nan(""); };
      writer.samples(family, one, quantile, value_of);
    }
    writer.added_up(family + "_count", one, columns[0]);
    writer.added_up(family + "_sum", one, columns[1]);
  }
}

void write_metric(const MetricInfo& metric, const Instruments& instruments, Writer& writer) {
  switch (metric.kind) {
    case MetricKind::counter: return write_counter(metric, instruments, writer);
    case MetricKind::gauge: return write_gauge(metric, instruments, writer);
    case MetricKind::share: return write_share(metric, instruments, writer);
    case MetricKind::durations: return write_durations(metric, instruments, writer);
  }
}

std::string labels_of(const StudyReport& report, std::size_t variant, const RunResult& run, const Series& series) {
  std::string text =
      fmt::format("scenario=\"{}\",variant=\"{}\",replication=\"{}\"", label_text(report.file.variants[variant].scenario.name),
                  label_text(report.file.variants[variant].name), run.replication);
  for (const Label& label : series.labels) text += fmt::format(",{}=\"{}\"", label.name, label_text(label.value));
  return text;
}

}  // namespace

std::string to_open_metrics(const StudyReport& report, const OpenMetricsOptions& options) {
  // By the name that is written: some metrics of the catalogue are derived and have no series.
  std::map<std::string_view, std::pair<const MetricInfo*, Instruments>> by_name;
  for (std::size_t v = 0; v < report.study.runs.size(); ++v) {
    for (const RunResult& run : report.study.runs[v]) {
      if (options.replication && run.replication != *options.replication) continue;
      for (const Series& series : run.series) {
        const MetricInfo* const metric = find_metric(series.metric);
        if (metric == nullptr) continue;
        auto& [info, instruments] = by_name[metric->output_name];
        info = metric;
        instruments.push_back({&run, &series, labels_of(report, v, run, series)});
      }
    }
  }
  Writer writer{options};
  for (const auto& [name, metric] : by_name) write_metric(*metric.first, metric.second, writer);
  return writer.finish();
}

}  // namespace headroom
