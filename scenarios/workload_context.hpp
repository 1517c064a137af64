// What a workload model is given when it is made from a scenario rather than for a run: by the checks.
#pragma once

#include "scenarios/scenario.hpp"

namespace headroom {

// A journey's name; journeys without one are numbered.
inline std::string journey_name(const WorkloadSpec& workload, std::size_t index) {
  const std::string& name = workload.journeys[index].name;
  return name.empty() ? "journey " + std::to_string(index + 1) : name;
}

inline Workload::Context workload_context(const Scenario& scenario, const WorkloadSpec& workload, RandomStreams& streams) {
  Workload::Context context;
  context.name = workload.name;
  context.end = SimTime{scenario.duration};
  context.streams = &streams;
  context.directory = scenario.directory;
  for (std::size_t i = 0; i < workload.journeys.size(); ++i) {
    context.journeys.push_back({journey_name(workload, i), workload.journeys[i].weight, false});
  }
  return context;
}

}  // namespace headroom
