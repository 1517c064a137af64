// An autoscaler over a recorded history: what it would have asked for, if replicas had shared the load evenly.
//
// The load is what was recorded of all replicas together, or of each replica times the replicas that there were. At every pass
// the newest row counts. A policy is shown the load, or the load over the ready replicas: n replicas in place of the m that were
// recorded see m/n of what each of them saw. New replicas are there at once and ready after their start-up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decisions/recorded_metrics.hpp"
#include "reports/scaling_history.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::decisions {

struct ReplayedMetric {
  std::string selector;  // as the policy reads it; "cpu" and "memory" are the samples of pods
  bool is_resource = false;
  std::string column;
  double scale = 1.0;                 // times what the column says
  bool recorded_per_replica = false;  // else of all replicas together
  bool shown_per_replica = false;     // to the policy
  std::optional<double> target;       // of what is shown; if is_share: of that over the replicas
  bool is_share = false;              // the whole is shown, each replica is to have the target
};

struct DryRun {
  PolicyChoice choice;
  Autoscaler::Context context;
  std::vector<ReplayedMetric> metrics;
  std::string replicas_column;  // empty: not recorded
  std::optional<int> replicas;  // at the beginning; none: as recorded, else what the load takes at its targets
  double cpu_request = 0.0;     // cores of a pod
  Bytes memory_request;
  Duration start_up{};     // of a replica, until it is ready
  Duration stale_after{};  // a row older than this has no value
};

// What the policy reads and nobody has named a column for, and options that this service cannot serve: sentences.
std::vector<std::string> problems_of(const DryRun& run);
// The history has all columns that are named.
ScalingHistory dry_run(const DryRun& run, const RecordedMetrics& history);

}  // namespace headroom::decisions
