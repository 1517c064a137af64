// What binds an objective that is not kept: the largest parts of what it speaks of, with where they lie.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/measure/run_result.hpp"
#include "sim/measure/statistics.hpp"

namespace headroom {

struct BindingPart {
  std::string what;  // a cause of the critical path, a reason of failures, a part of a scale-out; empty: the component as such
  std::string component;  // "services/api"; of a cost as the metric names it
  double share = 0.0;     // of all
};

struct Binding {
  std::string of;  // "the 1.9 s of the slow requests", "the failed requests", "the cost"; empty: of a component itself
  std::vector<BindingPart> parts;  // largest first, at least one
  Interval share;                  // of the first, over replications
  std::string sentence;  // "71 % of the 1.9 s of the slow requests is queueing at services/api, …"; empty: goes without saying
};

// By what the condition is about, over all runs of a variant:
//   latencies       the parts of the critical path of the requests that are meant: of the slow ones for percentiles and the
//                   largest, of all for the mean; where none was served, of those that failed
//   failures        reasons and places of the requests that failed
//   cost            the parts of the bill
//   scale-out time  the parts of the scale-outs
//   anything that one component has: that component
// None where nothing of this was seen.
std::optional<Binding> binding_of(const Condition& condition, std::span<const RunResult> runs);

// "queueing at services/api", "retries of databases/store", "cache misses, at databases/store".
std::string cause_text(PathCause cause, const std::string& component);

}  // namespace headroom
