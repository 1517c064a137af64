// EnergyMeter: what the nodes of pools that say their power draw, and the carbon dioxide that this stands for.
//
// Exact: power is linear in the cores in use, so energy is idle × core-seconds there + (full - idle) × core-seconds in use, and
// the same of GPUs. A node draws from asking for it until it is given back. Energy is that of the machines; carbon is of the
// whole data centre: energy × PUE × carbon intensity of the grid. Source: linear model of Fan, Weber, Barroso, "Power
// Provisioning for a Warehouse-sized Computer", ISCA 2007; operational emissions
//         as in Cloud Carbon Footprint (cloudcarbonfootprint.org/docs/methodology).
#pragma once

#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/node.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

class EnergyMeter {
 public:
  EnergyMeter(const Blueprint& blueprint, Recorder& recorder);

  void add_node(Index pool, const Node& node, SimTime now, int change);
  // Whether the pool says its power; nothing else of it needs to be brought up to date.
  bool meters(Index pool) const { return pools_[pool].energy != nullptr; }
  // Up to now: cores used and GPUs requested, × seconds.
  void accrue(Index pool, SimTime now, double used_core_seconds, double requested_gpu_seconds);

 private:
  struct Pool {
    PowerBlueprint power;
    std::vector<NodeType> types;
    Gauge cores, gpus;
    Counter* energy = nullptr;  // watt-hours
    Counter* carbon = nullptr;  // grams, where the grid says its own
  };
  std::vector<Pool> pools_;
};

}  // namespace headroom
