// What monitoring recorded of a service: columns of numbers over time, from CSV.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom::decisions {

struct RecordedColumn {
  std::string name;
  std::vector<std::optional<double>> values;  // a row each; none: the cell is empty, or NaN
};

struct RecordedMetrics {
  std::vector<double> times;  // seconds since the beginning of what was asked for, increasing
  double begin = 0.0;         // that beginning on the file's own clock
  bool is_calendar = false;   // the file's clock counts from 1970
  std::vector<RecordedColumn> columns;

  const RecordedColumn& column(const std::string& name) const;
  double usual_distance() const;  // the median of the distances between rows; 0 with fewer than two
};

struct RecordingChoice {
  std::string path;
  std::string time_column;           // empty: the first
  std::vector<std::string> columns;  // that are wanted
  Duration from{};                   // after the first row
  std::optional<Duration> lasting;   // none: to the end
};

// Seconds since 1970 of "2024-05-01T12:00:00Z", "2024-05-01 12:00:00" (taken as UTC), "…+02:00"; none if it is no such text.
std::optional<double> calendar_seconds(std::string_view text);

// Times are seconds, milliseconds (from 1e11 on) or dates. Throws ScenarioError with every issue (at most 20), each at its line.
RecordedMetrics read_recorded_metrics(const RecordingChoice& choice);

}  // namespace headroom::decisions
