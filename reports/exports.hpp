// A study for other tools: its series as OpenMetrics and as CSV, its verdicts as CSV.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reports/study_report.hpp"

namespace headroom {

// 2025-01-01T00:00:00Z: where the clock of a simulation begins if nothing else is said.
inline constexpr double usual_epoch_seconds = 1735689600.0;

struct OpenMetricsOptions {
  double epoch_seconds = usual_epoch_seconds;  // Unix time of the start of every run
  std::optional<std::uint64_t> replication;    // this one only; none: all of them
  bool last_only = false;                      // the last sample of every series: where each run ended
};

// Named as in `headroom metrics`, labelled with scenario, variant, replication and the instrument's own labels; a sample at the
// end of each window, the warm-up's too. What a query expects of each kind:
//   counter    NAME_total, added up since the start
//   gauge      NAME, the mean of the window, and NAME_max, its largest
//   share      NAME_ratio of the window, and what it is made of added up: NAME_part_total of NAME_whole_total
//   durations  a summary: NAME{quantile=…} of the window, NAME_count and NAME_sum added up
// Sorted by name, then series, then time: `promtool tsdb create-blocks-from openmetrics` drops silently what is not.
std::string to_open_metrics(const StudyReport& report, const OpenMetricsOptions& options = {});

// Long form: variant, replication, end_seconds, metric, labels (JSON), statistic, value. One row per number of a window, in the
// names of the columns of the store's view `series`.
std::string series_csv(const StudyReport& report);
// variant, objective, severity, outcome, value, low, high, observations, unit (as in summary.json), margin, explanation.
std::string verdicts_csv(const StudyReport& report);
// A case per objective: JUnit XML of the study by itself.
std::string to_junit(const StudyReport& report);

}  // namespace headroom
