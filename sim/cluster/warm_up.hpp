// What is deleted from the front of a run before anything is concluded from it.
#pragma once

#include <string>

#include "sim/cluster/blueprint.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

struct WarmUp {
  double seconds = 0.0;
  std::string rule;
};

// A given span as given. Else, if the load is `stationary` and nothing fails or reshards: MSER-5 over the mean latency of the workloads' requests per window,
// rounded up to the end of a slice, at most half of the run. Else nothing: there is no steady state to wait for.
// `run`: finished, with its windows, slices and series.
WarmUp find_warm_up(const Blueprint& blueprint, bool stationary, const RunResult& run);

}  // namespace headroom
