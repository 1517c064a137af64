#include "reports/chart_builder.hpp"

#include <algorithm>
#include <cmath>

#include "reports/display.hpp"
#include "sim/measure/evaluate.hpp"

namespace headroom {
namespace {

using Values = std::vector<std::optional<double>>;

// More lines than this cannot be told apart: the rest goes to further charts.
constexpr std::size_t most_lines = 8;

// Mean, smallest and largest over replications, window by window.
struct Summed {
  double sum = 0.0, low = 0.0, high = 0.0;
  std::size_t count = 0;
  void add(double value) {
    low = count == 0 ? value : std::min(low, value);
    high = count == 0 ? value : std::max(high, value);
    sum += value;
    ++count;
  }
};

void for_each_value(const std::vector<ChartLine>& lines, auto use) {
  for (const ChartLine& line : lines) {
    for (const std::optional<double>& value : line.values) {
      if (value) use(*value);
    }
  }
}

// Over all values of all lines; none if there are none.
struct Extent {
  std::optional<double> smallest, largest, smallest_positive;
};

Extent extent_of(const std::vector<ChartLine>& lines) {
  Extent extent;
  for_each_value(lines, [&](double value) {
    extent.smallest = std::min(extent.smallest.value_or(value), value);
    extent.largest = std::max(extent.largest.value_or(value), value);
    if (value > 0.0) extent.smallest_positive = std::min(extent.smallest_positive.value_or(value), value);
  });
  return extent;
}

void scale(Values& values, double size) {
  for (std::optional<double>& value : values) {
    if (value) *value /= size;
  }
}

void scale(ChartLine& line, const DisplayUnit& unit) {
  scale(line.values, unit.size);
  scale(line.low, unit.size);
  scale(line.high, unit.size);
}

void append(std::vector<ChartLine>& lines, std::vector<ChartLine> more) {
  for (ChartLine& line : more) lines.push_back(std::move(line));
}

// Latencies of workloads after warm-up, all replications together.
Histogram latencies_of(const std::vector<RunResult>& runs) {
  Histogram all;
  for (const RunResult& run : runs) {
    for (const Series& series : run.series) {
      if (series.metric != "latency" || series.labels.size() != 1 || series.labels.front().name != "workload") continue;
      for (std::size_t i = 0; i < series.slices.size(); ++i) {
        const double middle = ((i == 0 ? 0.0 : run.slice_ends[i - 1]) + run.slice_ends[i]) / 2.0;
        if (middle > run.warm_up_seconds) all.merge(series.slices[i]);
      }
    }
  }
  return all;
}

// Evenly spaced on a logarithmic axis, from the smallest to the largest latency of any variant.
std::vector<double> latency_grid(const std::vector<Histogram>& histograms) {
  constexpr int points = 160;
  double low = 0.0, high = 0.0;
  for (const Histogram& histogram : histograms) {
    if (histogram.count() == 0) continue;
    const double first = std::max(histogram.quantile_seconds(0.0005), 1e-6);
    low = low == 0.0 ? first : std::min(low, first);
    high = std::max(high, histogram.max_seconds());
  }
  std::vector<double> grid;
  if (!(high > low)) return grid;
  for (int i = 0; i <= points; ++i) grid.push_back(low * std::pow(high / low, static_cast<double>(i) / points));
  return grid;
}

}  // namespace

ChartBuilder::ChartBuilder(const StudyReport& report) : report_{report} {
  for (const std::vector<RunResult>& runs : report.study.runs) {
    if (!runs.empty()) time_.insert(time_.end(), runs.front().window_ends.begin(), runs.front().window_ends.end());
  }
  std::sort(time_.begin(), time_.end());
  time_.erase(std::unique(time_.begin(), time_.end()), time_.end());
}

std::vector<std::vector<Label>> ChartBuilder::labels_of(const std::string& metric, const std::string& label) const {
  std::vector<std::vector<Label>> found;
  for (const std::vector<RunResult>& runs : report_.study.runs) {
    if (runs.empty()) continue;
    for (const Series& series : runs.front().series) {
      const bool names_it = label.empty() || (series.labels.size() == 1 && series.labels.front().name == label);
      if (series.metric != metric || !names_it) continue;
      if (std::find(found.begin(), found.end(), series.labels) == found.end()) found.push_back(series.labels);
    }
  }
  return found;
}

std::vector<std::string> ChartBuilder::label_values(const std::string& metric, const std::string& label) const {
  std::vector<std::string> found;
  for (const std::vector<RunResult>& runs : report_.study.runs) {
    for (const RunResult& run : runs) {
      for (const Series& series : run.series) {
        if (series.metric != metric) continue;
        for (const Label& candidate : series.labels) {
          if (candidate.name == label && std::find(found.begin(), found.end(), candidate.value) == found.end())
            found.push_back(candidate.value);
        }
      }
    }
  }
  return found;
}

ChartLine ChartBuilder::line_of(std::size_t variant, const MetricSelector& selector) const {
  return line_of(variant, [&](const RunResult& run) { return window_values(selector, run); });
}

ChartLine ChartBuilder::line_of(std::size_t variant, const std::function<Values(const RunResult&)>& values_of) const {
  ChartLine line{.label = report_.file.variants[variant].name, .colour = variant};
  std::vector<Summed> windows(time_.size());
  for (const RunResult& run : report_.study.runs[variant]) {
    const Values values = values_of(run);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto place = std::lower_bound(time_.begin(), time_.end(), run.window_ends[i]);
      if (values[i] && place != time_.end() && *place == run.window_ends[i])
        windows[static_cast<std::size_t>(place - time_.begin())].add(*values[i]);
    }
  }
  const bool banded = report_.study.runs[variant].size() > 1;
  for (const Summed& window : windows) {
    const bool seen = window.count > 0;
    line.values.push_back(seen ? std::optional{window.sum / static_cast<double>(window.count)} : std::nullopt);
    if (!banded) continue;
    line.low.push_back(seen ? std::optional{window.low} : std::nullopt);
    line.high.push_back(seen ? std::optional{window.high} : std::nullopt);
  }
  return line;
}

std::vector<ChartLine> ChartBuilder::lines_of(const ChartSubject& subject) const {
  std::vector<ChartLine> lines;
  for (std::size_t v = 0; v < variants(); ++v) {
    lines.push_back(line_of(v, subject.selector));
    if (!subject.wanted) continue;
    ChartLine wanted = line_of(v, *subject.wanted);
    wanted.label += " (wanted)";
    wanted.dashed = true;
    wanted.low.clear();
    wanted.high.clear();
    lines.push_back(std::move(wanted));
  }
  return lines;
}

std::vector<ChartLimit> ChartBuilder::limits_for(const std::vector<ChartSubject>& subjects) const {
  std::vector<ChartLimit> limits;
  for (const std::vector<Verdict>& verdicts : report_.verdicts) {
    for (const Verdict& verdict : verdicts) {
      const Condition& condition = verdict.objective.that;
      const auto concerns = [&](const ChartSubject& subject) { return subject.selector == condition.selector; };
      const auto known = [&](const ChartLimit& limit) { return limit.label == condition.text; };
      if (std::none_of(subjects.begin(), subjects.end(), concerns) || std::any_of(limits.begin(), limits.end(), known)) continue;
      limits.push_back({condition.limit.value, condition.text});
    }
  }
  return limits;
}

void ChartBuilder::add_chart(ChartGroup& group, const std::string& title, std::vector<ChartLine> lines,
                             const std::vector<ChartSubject>& subjects) const {
  const Extent extent = extent_of(lines);
  const DisplayUnit unit = unit_for(dimension_of(subjects.front().selector), {&*extent.largest, 1});
  Chart chart{.title = title,
              .unit = unit.name,
              .x_title = {},
              .x_unit = {},
              .y_title = {},
              .x = time_,
              .lines = std::move(lines),
              .limits = {}};
  // Latencies that span decades would leave all but the worst on the floor.
  const bool is_latency = subjects.front().selector.aggregation == Aggregation::percentile;
  chart.logarithmic = is_latency && extent.smallest_positive && *extent.largest / *extent.smallest_positive > 50.0;
  const std::string& metric = subjects.front().selector.metric;
  chart.stepped = metric == "replicas" || metric == "instances" || metric == "nodes" || metric == "pending_pods";
  for (ChartLine& line : chart.lines) scale(line, unit);
  for (ChartLimit& limit : limits_for(subjects)) {
    // A limit far above what was measured would flatten the lines.
    if (limit.value > *extent.largest * (chart.logarithmic ? 20.0 : 3.0)) continue;
    chart.limits.push_back({limit.value / unit.size, std::move(limit.label)});
  }
  group.charts.push_back(std::move(chart));
}

void ChartBuilder::add(ChartGroup& group, const std::string& title, const std::vector<ChartSubject>& subjects, Flat flat) const {
  std::vector<ChartLine> together;
  std::vector<ChartSubject> shown;
  const auto flush = [&] {
    if (!together.empty()) add_chart(group, shown.size() == 1 ? shown.front().title : title, std::move(together), shown);
    together.clear();
    shown.clear();
  };
  for (const ChartSubject& subject : subjects) {
    std::vector<ChartLine> lines = lines_of(subject);
    const Extent extent = extent_of(lines);
    if (!extent.largest) continue;
    const bool is_constant = *extent.largest == *extent.smallest;
    if (is_constant && (flat == Flat::omit || *extent.largest == 0.0)) {
      group.omitted.push_back(subject.title + ": always " + display(*extent.largest, dimension_of(subject.selector)));
    } else if (variants() > 1) {
      add_chart(group, subject.title, std::move(lines), {subject});
    } else {
      for (ChartLine& line : lines) {
        line.label = subject.name + (line.dashed ? " (wanted)" : "");
        line.colour = shown.size();
      }
      append(together, std::move(lines));
      shown.push_back(subject);
      if (shown.size() == most_lines) flush();
    }
  }
  flush();
}

void ChartBuilder::add_against_demand(ChartGroup& group, const std::vector<Label>& service) const {
  const MetricSelector replicas{.aggregation = Aggregation::avg, .metric = "replicas", .labels = service};
  const MetricSelector cpu{.aggregation = Aggregation::avg, .metric = "cpu", .labels = service};
  const auto busy_of = [&](const RunResult& run) {
    Values busy = window_values(replicas, run);
    const Values share = window_values(cpu, run);
    for (std::size_t i = 0; i < busy.size(); ++i) busy[i] = busy[i] && share[i] ? std::optional{*busy[i] * *share[i]} : std::nullopt;
    return busy;
  };
  const Extent levels = extent_of(lines_of({"", "", replicas, std::nullopt}));
  // Of several variants, a chart each is worth its place only where replicas come and go.
  if (variants() > 1 && levels.smallest == levels.largest) return;
  for (std::size_t v = 0; v < variants(); ++v) {
    std::vector<ChartLine> lines{line_of(v, busy_of)};
    if (extent_of(lines).largest.value_or(0.0) <= 0.0) continue;
    lines.front().label = "busy with CPU work";
    lines.front().colour = 1;
    const ChartSubject there{"there", "", replicas, MetricSelector{.aggregation = Aggregation::avg, .metric = "replicas_wanted", .labels = service}};
    ChartLine of_replicas = line_of(v, replicas), wanted = line_of(v, *there.wanted);
    of_replicas.label = "there";
    wanted.label = "asked for";
    of_replicas.colour = wanted.colour = 0;
    wanted.dashed = true;
    wanted.low.clear();
    wanted.high.clear();
    lines.push_back(std::move(of_replicas));
    lines.push_back(std::move(wanted));
    const std::string title = "Replicas of " + service.front().value + " against demand";
    add_chart(group, variants() > 1 ? title + ": " + report_.file.variants[v].name : title, std::move(lines), {there});
  }
}

void ChartBuilder::add_cumulated(ChartGroup& group, const ChartSubject& subject) const {
  std::vector<ChartLine> lines = lines_of(subject);
  if (extent_of(lines).largest.value_or(0.0) == 0.0) return;
  for (ChartLine& line : lines) {
    double before = 0.0, sum = 0.0;
    for (std::size_t i = 0; i < time_.size(); ++i) {
      // Windows of other variants may end in between: the sum goes on with the next end of this variant's own.
      if (!line.values[i]) continue;
      sum += *line.values[i] * (time_[i] - before);
      before = time_[i];
      line.values[i] = sum;
    }
    line.low.clear();
    line.high.clear();
    if (variants() == 1) line.label = subject.name;
  }
  const double largest = *extent_of(lines).largest;
  const DisplayUnit unit = unit_for(Dimension::money, {&largest, 1});
  for (ChartLine& line : lines) scale(line, unit);
  group.charts.push_back({.title = subject.title,
                          .unit = unit.name,
                          .x_title = {},
                          .x_unit = {},
                          .y_title = {},
                          .x = time_,
                          .lines = std::move(lines),
                          .limits = {}});
}

void ChartBuilder::add_distribution(ChartGroup& group) const {
  std::vector<Histogram> histograms;
  for (const std::vector<RunResult>& runs : report_.study.runs) histograms.push_back(latencies_of(runs));
  const std::vector<double> grid = latency_grid(histograms);
  if (grid.empty()) return;
  const DisplayUnit unit = grid.back() < 10.0 ? DisplayUnit{1e-3, "ms"} : DisplayUnit{1.0, "s"};
  Chart chart{.title = "Latency distribution",
              .unit = "%",
              .over_time = false,
              .x_title = "latency",
              .x_unit = unit.name,
              .y_title = "answered within",
              .x = {},
              .lines = {},
              .limits = {}};
  for (const double seconds : grid) chart.x.push_back(seconds / unit.size);
  for (std::size_t v = 0; v < variants(); ++v) {
    if (histograms[v].count() == 0) continue;
    ChartLine line{.label = variants() == 1 ? "requests answered within" : report_.file.variants[v].name, .colour = v};
    for (const double level : distribution_levels) line.quantiles.push_back(histograms[v].quantile_seconds(level) / unit.size);
    for (const double seconds : grid) line.values.emplace_back(100.0 * histograms[v].share_at_most(seconds));
    chart.lines.push_back(std::move(line));
  }
  group.charts.push_back(std::move(chart));
}

}  // namespace headroom
