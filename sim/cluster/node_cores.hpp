// NodeCores: how the cores of one node are divided among its replicas, of which some may use more than they requested.
//
// Nobody gets more than it wants: its limit, or a core for each of its computations. When the node has too few for all, those
// that want more than their part get cores in proportion to their requests, and what the others leave is divided in the same way.
// Source: Kubernetes, "Resource Management for Pods and Containers": requests become weights of the scheduler, limits its quota.
// Differs: a limit holds at every instant, not as a budget of each 100 ms.
#pragma once

#include <span>
#include <vector>

#include "sim/cluster/step_blueprint.hpp"

namespace headroom {

struct CoreShare {
  Index replica = no_index;
  double weight = 1.0;  // the request
  double wanted = 0.0;
  double granted = 0.0;  // filled in by divide_cores
};

void divide_cores(double cores, std::span<CoreShare> shares);

struct NodeCores {
  double cores = 0.0;
  std::vector<CoreShare> shares;
};

}  // namespace headroom
