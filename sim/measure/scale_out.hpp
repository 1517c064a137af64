// ScaleOut: a decision for more replicas, and where the time went from the change of load until the last of them got requests.
#pragma once

#include <array>
#include <numeric>
#include <string>
#include <string_view>

namespace headroom {

// In order of time; the values of the label "part" of the metric scaling_delay.
//   metric_lag    from the change of load until the scrape whose value crossed
//   decision      until the autoscaler asked for the replica: its period, its rules' "for", the steps it takes one after the
//   other node_boot     until it had a node: pending, whatever for image_pull    until its image was there, and the weights of
//   its language model start_up      until its container was up; restarts by a liveness probe among it readiness     until its
//   readiness probe had passed registration  until the balancer sent it requests
inline constexpr std::array<std::string_view, 7> scaling_parts{"metric_lag", "decision",  "node_boot",   "image_pull",
                                                               "start_up",   "readiness", "registration"};

struct ScaleOut {
  std::string service;
  double decided_seconds = 0.0;  // since the start of the run
  int from = 0, to = 0;          // replicas asked for
  bool complete = false;         // else the parts are those of the replica that is furthest behind at the end of the run
  std::array<double, scaling_parts.size()> seconds{};  // of the replica that was last; by part

  double total_seconds() const { return std::accumulate(seconds.begin(), seconds.end(), 0.0); }
  double load_changed_seconds() const { return decided_seconds - seconds[0] - seconds[1]; }
};

}  // namespace headroom
