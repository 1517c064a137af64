// Probes: where a line says nothing of its replica, and times that contradict each other.
#include <string>

#include "scenarios/checks.hpp"

namespace headroom {

namespace {

template <class Probe>
void check_probe(const ServiceSpec& service, const char* field, const std::optional<Probe>& probe, Reading& reading) {
  if (!probe) return;
  if (service.consumes)
    reading.issue(&service, field,
                  "has no meaning for a worker: no requests stand in its line, it takes messages when it has a free slot",
                  "remove it");
  else if (service.discipline != "fifo")
    reading.issue(&service, field,
                  "stands in the line of the replica, first come first served, and the discipline is " + service.discipline,
                  "remove it, or the discipline");
  if (probe->timeout > probe->period)
    reading.issue(&*probe, "timeout",
                  "is " + to_text(probe->timeout) + ", and the next probe is sent after " + to_text(probe->period),
                  "give it no more than the period");
}

}  // namespace

void check_probes(const Scenario& scenario, Reading& reading) {
  for (const ServiceSpec& service : scenario.services) {
    check_probe(service, "readiness", service.readiness, reading);
    check_probe(service, "liveness", service.liveness, reading);
    if (service.consumes && reading.is_given(&service, "registration"))
      reading.issue(&service, "registration", "has no meaning for a worker: it takes messages as soon as it is up", "remove it");
  }
}

}  // namespace headroom
