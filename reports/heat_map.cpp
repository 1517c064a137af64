#include "reports/heat_map.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/chart_tables.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t rows = 36;

// Of every slice, the latencies that workloads met. Replications that cut the run otherwise than the first are left out.
std::vector<Histogram> slices_of(const std::vector<RunResult>& runs) {
  std::vector<Histogram> slices(runs.front().slice_ends.size());
  for (const RunResult& run : runs) {
    if (run.slice_ends != runs.front().slice_ends) continue;
    for (const Series& series : run.series) {
      if (series.metric != "latency" || series.labels.size() != 1 || series.labels.front().name != "workload") continue;
      for (std::size_t i = 0; i < series.slices.size(); ++i) slices[i].merge(series.slices[i]);
    }
  }
  return slices;
}

// Below the smallest of ten thousand lies next to nothing, and a single request in a microsecond would halve the picture.
std::vector<double> levels_of(const std::vector<std::vector<Histogram>>& variants) {
  constexpr double shortest = 1e-6;  // seconds
  double low = 0.0, high = 0.0;
  for (const std::vector<Histogram>& slices : variants) {
    for (const Histogram& slice : slices) {
      if (slice.count() == 0) continue;
      const double first = std::max(slice.quantile_seconds(0.0001), shortest);
      low = low == 0.0 ? first : std::min(low, first);
      high = std::max(high, slice.max_seconds());
    }
  }
  std::vector<double> levels;
  if (!(high > low)) return levels;
  for (std::size_t i = 0; i <= rows; ++i) levels.push_back(low * std::pow(high / low, static_cast<double>(i) / rows));
  return levels;
}

std::vector<double> shares_of(const Histogram& slice, const std::vector<double>& levels) {
  std::vector<double> shares(rows, 0.0);
  if (slice.count() == 0) return shares;
  double below = 0.0;
  for (std::size_t row = 0; row < rows; ++row) {
    const double until = row + 1 == rows ? 1.0 : slice.share_at_most(levels[row + 1]);
    shares[row] = std::max(0.0, until - below);
    below = std::max(below, until);
  }
  return shares;
}

HeatMap::Column column_of(const Histogram& slice) {
  if (slice.count() == 0) return {};
  return {slice.count(), slice.quantile_seconds(0.5), slice.quantile_seconds(0.95), slice.quantile_seconds(0.99),
          slice.max_seconds()};
}

std::string time_text(double seconds) { return seconds > 0.0 ? display(seconds, Dimension::time) : "–"; }

}  // namespace

std::vector<HeatMap> heat_maps_of(const StudyReport& report) {
  std::vector<std::vector<Histogram>> variants;
  for (const std::vector<RunResult>& runs : report.study.runs)
    variants.push_back(runs.empty() ? std::vector<Histogram>{} : slices_of(runs));
  const std::vector<double> levels = levels_of(variants);
  std::vector<HeatMap> maps;
  for (std::size_t v = 0; v < variants.size() && !levels.empty(); ++v) {
    const auto served = [](const Histogram& slice) { return slice.count() > 0; };
    // One slice is no course of time.
    if (variants[v].size() < 2 || std::none_of(variants[v].begin(), variants[v].end(), served)) continue;
    HeatMap map{.variant = report.file.variants[v].name,
                .slice_ends = report.study.runs[v].front().slice_ends,
                .levels = levels,
                .shares = {},
                .columns = {}};
    for (const Histogram& slice : variants[v]) {
      map.shares.push_back(shares_of(slice, levels));
      map.columns.push_back(column_of(slice));
    }
    maps.push_back(std::move(map));
  }
  return maps;
}

json heat_map_page(const std::vector<HeatMap>& maps) {
  json list = json::array();
  for (const HeatMap& map : maps) {
    json table = json::array();
    for (std::size_t i = 0; i < map.columns.size(); ++i) {
      const HeatMap::Column& column = map.columns[i];
      table.push_back({{"until", clock_text(map.slice_ends[i])},
                       {"requests", count_text(column.requests)},
                       {"p50", time_text(column.p50)},
                       {"p95", time_text(column.p95)},
                       {"p99", time_text(column.p99)},
                       {"largest", time_text(column.largest)}});
    }
    list.push_back({{"title", maps.size() > 1 ? "Latency over time: " + map.variant : "Latency over time"},
                    {"index", list.size()},
                    {"rows", std::move(table)}});
  }
  return list;
}

json heat_map_data(const std::vector<HeatMap>& maps) {
  json list = json::array();
  for (const HeatMap& map : maps) {
    json columns = json::array();
    for (const std::vector<double>& shares : map.shares) {
      json column = json::array();
      // In ten thousandths: what a shade of a colour can tell.
      for (const double share : shares) column.push_back(static_cast<int>(std::lround(share * 10'000.0)));
      columns.push_back(std::move(column));
    }
    json levels = json::array();
    for (const double level : map.levels) levels.push_back(std::strtod(fmt::format("{:.5g}", level).c_str(), nullptr));
    list.push_back({{"ends", map.slice_ends}, {"levels", std::move(levels)}, {"columns", std::move(columns)}});
  }
  return list;
}

}  // namespace headroom
