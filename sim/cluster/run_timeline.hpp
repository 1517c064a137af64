// RunTimeline: where the record windows and the slices of a run end.
//
// Slices are what latency distributions are kept for; warm-up and `during PHASE` cut there, so phase borders and a given warm-up are
// slice ends. Every slice end is a window end.
#pragma once

#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/simulation.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {

inline constexpr int even_slices = 32;

// Both strictly increasing; the last of each is the end of the run.
struct RunTimeline {
  std::vector<SimTime> window_ends;
  std::vector<SimTime> slice_ends;
};

// `borders`: phase borders, in any order; those outside the run are left out.
RunTimeline make_timeline(const Blueprint& blueprint, std::vector<SimTime> borders);

// The phases that the blueprint's workloads will have. They do not depend on chance: these workloads draw from streams of their
// own that nothing else sees.
std::vector<Phase> phases_of_workloads(const Blueprint& blueprint, const RunIdentity& identity);
std::vector<SimTime> borders_of(const std::vector<Phase>& phases);
// Begins of those that raise the load after the start of the run.
std::vector<SimTime> load_rises(const std::vector<Phase>& phases);

}  // namespace headroom
