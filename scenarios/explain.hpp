// Arithmetic only: demand against capacity of every station from the traffic equations, and the first bottleneck. No run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/blueprint.hpp"

namespace headroom {

// What limits a station: its slots (held while waiting for others too), its cores, its connections.
struct StationLoad {
  std::string station;        // "services/api"
  std::string resource;       // "slots", "cpu", "connections", "queue workers"
  double demand = 0.0;        // visits per second asked of it, mean over the run
  double peak_demand = 0.0;
  double capacity = 0.0;      // visits per second it can serve at the replicas it starts with
  double capacity_at_limit = 0.0;  // with the most replicas its autoscaler may ask for and its node pool, grown, has room for
  double utilization = 0.0;   // demand / capacity, may exceed 1
  double peak_utilization = 0.0;
  double service_seconds = 0.0;  // mean time one visit holds the resource (without queueing)
  // Approximation by M/M/c, and by slots_and_cores() where those inside share cores; where it is stable at the mean demand.
  std::optional<double> mean_wait_seconds;
};

struct Explanation {
  std::vector<StationLoad> stations;  // most loaded first
  double arrivals_per_second = 0.0;   // journeys, all workloads
  double peak_arrivals_per_second = 0.0;
  std::vector<std::string> remarks;   // "closed population of 50: at most N / (Z + R)"
};

Explanation explain(const Blueprint& blueprint);

}  // namespace headroom
