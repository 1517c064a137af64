// What serverless services need and cost at the mean load.
#include <fmt/format.h>

#include <cmath>

#include "scenarios/explain_bills.hpp"
#include "scenarios/rounded_text.hpp"
#include "sim/measure/derived_metrics.hpp"

namespace headroom {
namespace {

double rate_of(const Blueprint& blueprint, const Rates& rates, Index service) {
  double rate = 0.0;
  for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
    if (blueprint.endpoints[e].service == service) rate += rates[e];
  }
  return rate;
}

std::string bill(const ServiceBlueprint& service, double rate, double at_work) {
  const ServerlessBlueprint& serverless = *service.serverless;
  const auto bytes = static_cast<double>(service.memory.count);
  const double requests = rate * month_seconds * serverless.price_per_request;
  const double memory = at_work * bytes * month_seconds * serverless.price;
  const double floor = serverless.floor * bytes * month_seconds * serverless.floor_price;
  return fmt::format("{} USD a month (requests {}, memory {}, floor {}), cold starts not counted",
                     rounded_text(requests + memory + floor), rounded_text(requests), rounded_text(memory), rounded_text(floor));
}

}  // namespace

void add_serverless(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks) {
  for (Index s = 0; s < blueprint.services.size(); ++s) {
    const ServiceBlueprint& service = blueprint.services[s];
    if (!service.serverless) continue;
    const double rate = rate_of(blueprint, demand.mean(), s);
    if (!(rate > 0.0)) continue;
    const double at_work = instances_at_work(blueprint, demand.visits(), demand.mean(), s);
    const double at_peak = instances_at_work(blueprint, demand.visits(), demand.peak(), s);
    remarks.push_back(fmt::format("services/{}: {} instances at work at the mean load, {} at the peak{}; {}", service.name,
                                  rounded_text(at_work), rounded_text(at_peak),
                                  service.concurrency > 1 ? ", with their slots full" : "", bill(service, rate, at_work)));
    // Above it requests overlap, and who comes to a busy instance is cold or not by the history of all of them.
    constexpr double seldom_overlap = 0.1;
    if (service.serverless->floor > 0 || at_work * service.concurrency > seldom_overlap) continue;
    const double cold = std::exp(-rate * to_seconds(service.serverless->keep_alive));
    remarks.push_back(
        fmt::format("services/{}: at so low a load about {:.1f} % of its requests find no instance: nobody came for the "
                    "keep-alive before",
                    service.name, 100.0 * cold));
  }
}

}  // namespace headroom
