// Admission policies and weights: where no request stands in a line, where the line is not the policy's to reorder, and who is
// weighted twice.
#include <set>
#include <string>
#include <string_view>

#include "scenarios/checks.hpp"
#include "sim/seams/admission_policy.hpp"

namespace headroom {

namespace {

// What is wrong with the options is an issue already; a policy is not made from them.
bool reorders(const ServiceSpec& service) {
  if (!service.admission.options->problems(".").empty()) return false;
  return RegistryOf<AdmissionPolicy>::instance().make(service.admission, {service.concurrency})->reorders();
}

void check_order(const Scenario& scenario, const ServiceSpec& service, Reading& reading) {
  const std::string policy = service.admission.name;
  const auto issue = [&](const std::string& what) {
    reading.issue(&service, "admission", policy + " takes who came last while it is overloaded, and " + what);
  };
  if (service.discipline != "fifo")
    reading.issue(&service, "discipline", "is " + service.discipline + ", and " + policy + " itself says who is next",
                  "remove it");
  if (service.readiness || service.liveness)
    issue("probes stand in the line of the replica, first come first served; remove the probes or choose another policy");
  for (const LoadBalancerSpec& balancer : scenario.load_balancers) {
    if (balancer.name == service.load_balancer.name && balancer.health_checks)
      issue("the health checks of " + balancer.name +
            " stand in the line of the replica, first come first served; remove them or choose another policy");
  }
}

void check_weights(const ServiceSpec& service, Reading& reading) {
  if (!service.fair_weights.empty() && service.discipline != "fair")
    reading.issue(&service, "fair_weights", "has no meaning for the discipline " + service.discipline,
                  "write \"discipline\": \"fair\"");
  std::set<std::string_view> seen;
  for (const FairWeightSpec& given : service.fair_weights) {
    if (!given.workload.name.empty() && !seen.insert(given.workload.name).second)
      reading.issue(&given, "workload", "\"" + given.workload.name + "\" has a weight already", "remove one of them");
  }
}

}  // namespace

void check_admissions(const Scenario& scenario, Reading& reading) {
  for (const ServiceSpec& service : scenario.services) {
    check_weights(service, reading);
    if (!service.admission.chosen() || service.serverless) continue;
    if (service.consumes)
      reading.issue(&service, "admission", "has no meaning for a worker: it takes messages when it has a free slot",
                    "remove it; bound the queue with \"limit\"");
    else if (reorders(service))
      check_order(scenario, service, reading);
  }
}

}  // namespace headroom
