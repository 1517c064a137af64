// What one run (one variant, one replication) measured: everything a report, a verdict or a comparison is made from.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/core/time.hpp"
#include "sim/measure/critical_path.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/measure/metric_catalog.hpp"
#include "sim/measure/scale_out.hpp"

namespace headroom {

// One instrument over the windows of the run. `columns` by kind, one value per window:
//   counter: [amount]   gauge: [mean, largest, last]   share: [part, whole]   durations: [count, sum seconds, p50, p95, p99, then extra percentiles]
struct Series {
  std::string metric;
  std::vector<Label> labels;  // sorted by name
  MetricKind kind = MetricKind::counter;
  std::vector<std::vector<double>> columns;
  std::vector<Histogram> slices;  // durations only: one per slice of the run
};

struct PhaseResult {
  std::string workload;
  std::string name;
  double begin_seconds = 0.0;
  double end_seconds = 0.0;
};

// Who entered, and how each one ended: entered = completed + the failed + in flight, or the run is not to be believed.
struct LedgerEntry {
  std::string name;
  std::uint64_t entered = 0;
  std::uint64_t completed = 0;
  std::map<std::string, std::uint64_t> failed;  // by reason
  std::uint64_t in_flight = 0;                  // at the end of the run, counted one by one, not derived
  bool balanced() const;
};

// Something that happened and that a person wants to see in the chart: scaled from 3 to 5, node up, replica killed.
struct Note {
  double at_seconds = 0.0;
  std::string subject;  // "services/api"
  std::string text;
};

struct RunResult {
  std::string variant;             // empty for the base scenario
  std::uint64_t seed = 0;
  std::uint64_t replication = 0;
  double duration_seconds = 0.0;
  double warm_up_seconds = 0.0;    // deleted from all aggregates
  std::string warm_up_rule;        // "given", "MSER-5", "none: the load changes over time"
  std::vector<double> window_ends;   // seconds; window i covers (window_ends[i-1], window_ends[i]], the first from 0
  std::vector<double> slice_ends;    // seconds; every slice end is a window end
  std::vector<double> extra_percentiles;  // 0-100; recorded per window beyond p50, p95, p99
  std::vector<Series> series;
  std::vector<PhaseResult> phases;
  std::vector<LedgerEntry> ledger;
  std::vector<Note> notes;
  std::vector<ScaleOut> scale_outs;
  std::vector<CriticalPath> critical_paths;  // of what ended after the warm-up
  double users = 0.0;              // behind all workloads, for cost per user
  std::uint64_t events = 0;        // of the request plane
  // Facts of the machine that made it: equal runs differ in them.
  double wall_seconds = 0.0;
  std::uint64_t peak_memory_bytes = 0;  // that the run added to its process at most; 0: not known
};

}  // namespace headroom
