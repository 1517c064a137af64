// What an autoscaler would have done over a recorded history, as a person or a program receives it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

struct ScalingHistory {
  struct Change {
    double time = 0.0;
    int from = 0, to = 0;
    std::string reason;
  };
  // One metric as the policy was shown it.
  struct Load {
    std::string name;
    std::string from;                           // "requests × 0.0167, of all replicas together"
    bool per_replica = false;                   // what is shown
    std::optional<double> target;               // of what is shown
    std::vector<std::optional<double>> values;  // a pass each
  };
  std::string policy, service, source;
  double begin = 0.0;                           // of the history, on the clock of its file
  bool is_calendar = false;                     // which counts from 1970
  double period = 0.0;                          // seconds from pass to pass
  std::vector<double> times;                    // of passes, seconds since the beginning
  std::vector<int> replicas, ready;             // a pass each: asked for after it, ready before it
  std::vector<std::optional<double>> recorded;  // replicas at the time; empty: the file does not say
  std::vector<std::optional<double>> needed;    // the load in replicas at the target; empty: no target is known
  std::vector<Load> loads;
  std::vector<Change> changes;
  std::string first_reason;  // of the first pass
};

struct ScalingSummary {
  std::size_t up = 0, down = 0;  // changes
  int least = 0, most = 0;       // replicas asked for
  double mean = 0.0;
  double span = 0.0;           // seconds
  double replica_hours = 0.0;  // asked for
  std::optional<double> recorded_hours, needed_hours;
  // More than this above what the ready replicas carry at the target is short.
  static constexpr double margin = 0.1;
  double short_share = 0.0;     // of time
  std::optional<double> worst;  // the largest load over what the ready replicas carry at the target …
  double worst_at = 0.0;        // … and when
};
ScalingSummary summary_of(const ScalingHistory& history);

// "2024-05-01 12:00:15" (UTC) or "3 d 4 h", of seconds since the beginning.
std::string time_text(const ScalingHistory& history, double time);

// The summary, bars over time, and the first of the changes with their reasons.
std::string scaling_history_text(const ScalingHistory& history, std::size_t width);
// The summary and every change.
nlohmann::json scaling_history_json(const ScalingHistory& history);
// A line per pass.
std::string scaling_history_csv(const ScalingHistory& history);
// One file that opens from disk, with charts.
std::string scaling_history_page(const ScalingHistory& history);

}  // namespace headroom
