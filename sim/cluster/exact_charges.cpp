// What the exact plane's meters have counted, once more by quantities: the other side of the books of money.
#include "sim/cluster/exact_request_plane.hpp"

namespace headroom {
namespace {

void add_charges(const ServerlessPlatform& platform, SimTime now, std::vector<Charge>& charges) {
  // Requests let in, the time of instances at work, and all time; windows of the series have to add up to them.
  if (platform.requests_cost != nullptr)
    charges.push_back({platform.requests_part, platform.cold_starts->whole * platform.price_per_request});
  if (platform.time_cost != nullptr)
    charges.push_back({platform.time_part, platform.billed.integral_nanoseconds(now) / 1e9 * platform.price});
  if (platform.floor_cost != nullptr)
    charges.push_back({platform.floor_part, to_seconds(now - start_of_time) * platform.floor_price});
}

void add_charges(const LanguageModel& model, std::vector<Charge>& charges) {
  for (const LanguageModel::Paid* tokens : {&model.input, &model.cached_input, &model.output}) {
    if (tokens->cost != nullptr) charges.push_back({tokens->part, static_cast<double>(tokens->tokens) * tokens->price});
  }
}

}  // namespace

std::vector<Charge> ExactRequestPlane::charges() const {
  std::vector<Charge> charges;
  for (const Server& server : servers_) {
    if (server.platform != nullptr) add_charges(*server.platform, now_, charges);
  }
  for (const Database& database : databases_) {
    if (database.paid_queries) charges.push_back({database.queries_part(), database.paid_queries->dollars()});
  }
  for (const LanguageModel& model : language_models_) add_charges(model, charges);
  for (const Link& link : links_) {
    if (link.cost != nullptr) charges.push_back({link.part, link.price * link.bytes->total});
  }
  for (const LoadBalancer& balancer : load_balancers_) {
    if (balancer.cost != nullptr) charges.push_back({balancer.part, balancer.passed * balancer.price_per_byte});
  }
  if (transfers_ != nullptr) transfers_->add_charges(charges);
  for (const ObjectStore& store : stores_) store.add_charges(now_, charges);
  return charges;
}

}  // namespace headroom
