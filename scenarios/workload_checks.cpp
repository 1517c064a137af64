// Workloads: journeys that can be taken, models that can be made and send something.
#include <algorithm>
#include <exception>
#include <memory>

#include "scenarios/checks.hpp"
#include "scenarios/journeys.hpp"
#include "sim/cluster/make_workload.hpp"

namespace headroom {

namespace {

// True if arrivals can be dealt to the journeys.
bool check_journeys(const WorkloadSpec& workload, Reading& reading) {
  double total = 0.0;
  for (const JourneySpec& journey : workload.journeys) {
    total += journey.weight;
    if (journey.steps.empty()) reading.issue(&journey, "steps", "is missing: what a user does", "add {\"request\": \"service.endpoint\"}");
  }
  if (workload.journeys.empty()) {
    reading.issue(&workload, "journeys", "is missing: what each arrival does", "add {\"steps\": [{\"request\": \"service.endpoint\"}]}");
  } else if (!(total > 0.0)) {
    reading.issue(&workload, "journeys", "has only journeys of weight 0", "give at least one a weight");
  }
  return total > 0.0;
}

// Makes the model, as a run would, to learn its phases, whether the run has room for them, and whether it sends anything.
void check_model(const Scenario& scenario, const WorkloadSpec& spec, Names& names, Reading& reading) {
  RandomStreams streams{static_cast<std::uint64_t>(scenario.seed), 0};
  try {
    const auto workload = make_workload(workload_without_steps(spec), {scenario.duration, scenario.directory, scenario.load}, streams);
    for (const Phase& phase : workload->phases()) names.add("phase", phase.name);
    for (const auto& [field, sentence] : workload->problems()) reading.issue(spec.model, field, sentence);
    if (!(workload->mean_rate() > 0.0) && !(workload->population() > 0.0)) {
      reading.issue(&spec, "model", "sends nothing within the " + to_text(scenario.duration) + " of the run");
    }
  } catch (const std::exception& problem) {
    names.phases_are_known = false;
    reading.issue(&spec, "model", problem.what());
  }
}

}  // namespace

void check_workloads(const Scenario& scenario, Names& names, Reading& reading) {
  if (scenario.workloads.empty() && !reading.is_given(&scenario, "workloads")) {
    reading.issue(&scenario, "workloads", "is missing: nobody asks for anything", "add {\"model\": \"users\", \"name\": …}");
  } else if (scenario.workloads.empty()) {
    reading.issue(&scenario, "workloads", "is empty: nobody asks for anything", "add {\"model\": \"users\", \"name\": …}");
  }
  for (const WorkloadSpec& workload : scenario.workloads) {
    const bool has_journeys = check_journeys(workload, reading);
    if (has_journeys && workload.model.chosen() && reading.is_sound(workload.model))
      check_model(scenario, workload, names, reading);
    else names.phases_are_known = false;
  }
}

}  // namespace headroom
