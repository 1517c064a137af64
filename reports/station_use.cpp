#include "reports/station_use.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"
#include "sim/measure/evaluate.hpp"

namespace headroom {
namespace {

using nlohmann::json;

// Shares of something that can run out.
constexpr std::string_view used_up[]{"cpu",
                                     "slots",
                                     "memory",
                                     "pool",
                                     "connections",
                                     "database_cpu",
                                     "kv_cache",
                                     "bulkhead",
                                     "link_utilization",
                                     "node_utilization",
                                     "node_cpu_requested"};

bool can_run_out(const Series& series) {
  return std::find(std::begin(used_up), std::end(used_up), series.metric) != std::end(used_up);
}

std::vector<MetricSelector> stations_in(const Study& study) {
  std::vector<MetricSelector> stations;
  for (const std::vector<RunResult>& runs : study.runs) {
    if (runs.empty()) continue;
    for (const Series& series : runs.front().series) {
      // What is kept by operation as well is part of the whole.
      if (!can_run_out(series) || series.labels.size() != 1) continue;
      MetricSelector station{.aggregation = Aggregation::avg, .metric = series.metric, .labels = series.labels};
      if (std::find(stations.begin(), stations.end(), station) == stations.end()) stations.push_back(std::move(station));
    }
  }
  return stations;
}

StationUse::Cell cell_of(MetricSelector station, const std::vector<RunResult>& runs) {
  std::vector<double> means;
  double peaks = 0.0;
  for (const RunResult& run : runs) {
    const TimeSpan judged{run.warm_up_seconds, run.duration_seconds};
    station.aggregation = Aggregation::avg;
    const auto mean = evaluate(station, run, judged);
    station.aggregation = Aggregation::max;
    const auto peak = evaluate(station, run, judged);
    if (!mean || !peak) continue;
    means.push_back(*mean);
    peaks += *peak;
  }
  return {t_interval(means), means.empty() ? 0.0 : peaks / static_cast<double>(means.size())};
}

json cell_json(const StationUse::Cell& cell) {
  if (cell.mean.count == 0) return {{"known", false}};
  const auto width = [](double share) { return fmt::format("{:.2f}", std::clamp(100.0 * share, 0.0, 100.0)); };
  const DisplayUnit percent{0.01, "%"};
  return {{"known", true},
          {"mean", display(cell.mean, percent, "±")},
          {"peak", display(cell.peak, percent)},
          {"mean_width", width(cell.mean.mean)},
          {"peak_width", width(cell.peak - std::min(cell.peak, cell.mean.mean))}};
}

}  // namespace

double StationUse::largest_peak() const {
  double largest = 0.0;
  for (const Cell& cell : cells) largest = std::max(largest, cell.peak);
  return largest;
}

std::vector<StationUse> station_use_of(const StudyReport& report) {
  std::vector<StationUse> stations;
  for (const MetricSelector& station : stations_in(report.study)) {
    StationUse use{.title = title_of(station), .cells = {}};
    for (const std::vector<RunResult>& runs : report.study.runs) use.cells.push_back(cell_of(station, runs));
    // "mean CPU of api": the columns say of what it is a mean.
    if (use.title.starts_with("mean ")) use.title.erase(0, 5);
    stations.push_back(std::move(use));
  }
  std::stable_sort(stations.begin(), stations.end(),
                   [](const StationUse& a, const StationUse& b) { return a.largest_peak() > b.largest_peak(); });
  return stations;
}

json station_use_page(const StudyReport& report) {
  json rows = json::array();
  for (const StationUse& station : station_use_of(report)) {
    json cells = json::array();
    for (std::size_t v = 0; v < station.cells.size(); ++v) {
      json cell = cell_json(station.cells[v]);
      cell["colour"] = v % 8;
      cells.push_back(std::move(cell));
    }
    rows.push_back({{"title", station.title}, {"cells", std::move(cells)}});
  }
  return {{"has_stations", !rows.empty()}, {"stations", std::move(rows)}};
}

}  // namespace headroom
