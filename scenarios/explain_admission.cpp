#include "scenarios/explain_admission.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace headroom {
namespace {

std::optional<double> most_in_flight(const ServiceBlueprint& service) {
  if (!service.admission.chosen()) return std::nullopt;
  return RegistryOf<AdmissionPolicy>::instance().make(service.admission, {service.concurrency})->most();
}

}  // namespace

double usable_slots(const ServiceBlueprint& service) {
  return std::min<double>(service.concurrency, most_in_flight(service).value_or(service.concurrency));
}

void add_admissions(const Blueprint& blueprint, std::vector<std::string>& remarks) {
  for (const ServiceBlueprint& service : blueprint.services) {
    if (!service.admission.chosen()) continue;
    const std::string who = fmt::format("services/{}: admission {}: ", service.name, service.admission.name);
    const auto most = most_in_flight(service);
    if (!most)
      remarks.push_back(who + "drops requests that wait; the wait for a slot is estimated as if it did not");
    else if (*most < service.concurrency)
      remarks.push_back(who + fmt::format("lets {:.0f} requests into a replica at most: {:.0f} of its {} slots are never used",
                                          *most, service.concurrency - *most, service.concurrency));
    else
      remarks.push_back(
          who +
          fmt::format("lets {:.0f} requests into a replica at most: {:.0f} wait, and more are refused; the wait for a slot is "
                      "estimated as if they were not",
                      *most, *most - service.concurrency));
  }
}

}  // namespace headroom
