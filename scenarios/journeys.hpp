// A workload without the steps of its journeys: all that its model must know, before the steps can be built and after.
#pragma once

#include "scenarios/scenario.hpp"

namespace headroom {

// A journey's name; journeys without one are numbered.
inline std::string journey_name(const WorkloadSpec& workload, std::size_t index) {
  const std::string& name = workload.journeys[index].name;
  return name.empty() ? "journey " + std::to_string(index + 1) : name;
}

inline WorkloadBlueprint workload_without_steps(const WorkloadSpec& spec) {
  WorkloadBlueprint workload;
  workload.name = spec.name;
  workload.model = spec.model;
  for (std::size_t i = 0; i < spec.journeys.size(); ++i)
    workload.journeys.push_back({journey_name(spec, i), spec.journeys[i].weight, {}});
  return workload;
}

}  // namespace headroom
