#include "sim/cluster/warm_up.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "sim/measure/statistics.hpp"

namespace headroom {
namespace {

struct WindowMeans {
  std::vector<double> latency;      // of windows in which a request ended
  std::vector<double> window_ends;  // of those windows
};

WindowMeans mean_latencies(const RunResult& run) {
  std::vector<double> count(run.window_ends.size(), 0.0);
  std::vector<double> sum(run.window_ends.size(), 0.0);
  for (const Series& series : run.series) {
    if (series.metric != "latency" || series.labels.size() != 1 || series.labels.front().name != "workload") continue;
    for (std::size_t window = 0; window < count.size(); ++window) {
      count[window] += series.columns.at(0).at(window);
      sum[window] += series.columns.at(1).at(window);
    }
  }
  WindowMeans means;
  for (std::size_t window = 0; window < count.size(); ++window) {
    if (!(count[window] > 0.0)) continue;
    means.latency.push_back(sum[window] / count[window]);
    means.window_ends.push_back(run.window_ends[window]);
  }
  return means;
}

double round_up_to_slice(double seconds, const RunResult& run) {
  const auto& ends = run.slice_ends;
  const auto within_half = std::upper_bound(ends.begin(), ends.end(), run.duration_seconds / 2.0);
  const auto slice = std::min(std::lower_bound(ends.begin(), ends.end(), seconds), within_half);
  if (slice != within_half) return *slice;
  return slice == ends.begin() ? 0.0 : *std::prev(slice);
}

}  // namespace

WarmUp find_warm_up(const Blueprint& blueprint, bool stationary, const RunResult& run) {
  if (blueprint.warm_up) return {to_seconds(*blueprint.warm_up), "given"};
  if (!blueprint.faults.empty()) return {0.0, "none: there are faults"};
  const auto changes = [](const DatabaseBlueprint& database) { return database.resharding.has_value(); };
  if (std::ranges::any_of(blueprint.databases, changes)) return {0.0, "none: a database gets another number of shards"};
  if (!stationary) return {0.0, "none: the load changes over time"};
  const WindowMeans means = mean_latencies(run);
  const std::size_t deleted = mser5(means.latency);
  if (deleted == 0) return {0.0, "MSER-5"};
  return {round_up_to_slice(means.window_ends.at(deleted - 1), run), "MSER-5"};
}

}  // namespace headroom
