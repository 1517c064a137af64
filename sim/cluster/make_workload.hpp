// The one place where a workload model is made: for a run, for its phases, for the checks, for arithmetic.
#pragma once

#include <memory>

#include "sim/cluster/blueprint.hpp"
#include "sim/core/random.hpp"

namespace headroom {

// The part of a run that every workload is made with.
struct WorkloadSurroundings {
  Duration duration;
  std::string directory;  // of the scenario: trace files are relative to it
  double load = 1.0;
};
inline WorkloadSurroundings surroundings_of(const Blueprint& blueprint) {
  return {blueprint.duration, blueprint.directory, blueprint.load};
}

// Takes the workload's name, model and journeys (their names and weights). Throws what the model throws (a trace that cannot be
// read).
std::unique_ptr<Workload> make_workload(const WorkloadBlueprint& workload, const WorkloadSurroundings& surroundings,
                                        RandomStreams& streams);

}  // namespace headroom
