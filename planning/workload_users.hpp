// Users behind the workloads of a scenario, by their models; no run.
#pragma once

#include "sim/cluster/blueprint.hpp"

namespace headroom {

// Mean over the run; 0: no model knows.
double users_of(const Blueprint& blueprint);

}  // namespace headroom
