#include "planning/arithmetic_cut.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/display.hpp"
#include "scenarios/demand.hpp"
#include "scenarios/explain.hpp"
#include "sim/core/upper_limit.hpp"
#include "sim/measure/derived_metrics.hpp"

namespace headroom {
namespace {

constexpr double doubt = 1.1;  // what mean demand and estimated capacities may be wrong by
constexpr double room_for_failures = 0.95;

// Reserved nodes are paid for whether they are used or not; the others, as few as there can be, at the lowest price of any type.
double least_of(const NodePoolBlueprint& pool) {
  double lowest = pool.price.value;
  for (const NodeType& type : pool.types()) {
    lowest = std::min(lowest, type.price.value);
    if (pool.purchase.spot > 0.0) lowest = std::min(lowest, type.spot_price.value);
  }
  const int fewest = pool.autoscaler.chosen() ? std::min(pool.nodes, pool.minimum) : pool.nodes;
  return pool.purchase.reserved * pool.purchase.reserved_price.value + std::max(0, fewest - pool.purchase.reserved) * lowest;
}

// What is asked of a service, against the most it can serve.
struct Overload {
  const ServiceBlueprint* service = nullptr;
  Index index = 0;
  double factor = 1.0;        // above 1, the doubt taken off
  double share = 1.0;         // of all requests of workloads that go to it
  double longest_wait = 0.0;  // seconds, of those served last
};

bool is_about(const Condition& condition, const char* metric, bool upper) {
  return condition.selector.metric == metric && is_upper_limit(condition) == upper && !condition.lasting && condition.phase.empty();
}

// Share of the condition's requests that go to the service; 0: none that is known of.
double share_of(const Condition& condition, const Overload& overload) {
  if (condition.selector.labels.empty()) return overload.share;
  const bool names_it =
      condition.selector.labels.size() == 1 && condition.selector.labels[0] == Label{"service", overload.service->name};
  return names_it ? 1.0 : 0.0;
}

// Of those served, a share waits for a time between 0 and the longest, evenly.
bool waits_too_long(const Condition& condition, double share_of_served, double longest) {
  const double limit = condition.limit.value;
  switch (condition.selector.aggregation) {
    case Aggregation::avg: return share_of_served * longest / 2.0 > limit;
    case Aggregation::percentile:
      return share_of_served * std::max(0.0, 1.0 - limit / longest) > 1.0 - condition.selector.percentile / 100.0;
    default: return false;
  }
}

bool breaks_by_failures(const Condition& condition, const Overload& overload) {
  const double failed = share_of(condition, overload) * (1.0 - 1.0 / overload.factor);
  const bool is_whole = condition.selector.aggregation == Aggregation::rate || condition.selector.aggregation == Aggregation::avg;
  if (is_about(condition, "errors", true)) return is_whole && failed > condition.limit.value;
  return is_about(condition, "availability", false) && is_whole && 1.0 - failed < condition.limit.value;
}

bool breaks_by_waiting(const Condition& condition, const Overload& overload) {
  if (!is_about(condition, "latency", true)) return false;
  const double share = share_of(condition, overload), served = share / overload.factor;
  return waits_too_long(condition, served / (1.0 - share + served), overload.longest_wait);
}

bool breaks_in_queue(const Condition& condition, const Overload& overload, const Blueprint& blueprint) {
  const QueueBlueprint& queue = blueprint.queues[overload.service->queue];
  const bool names_it = condition.selector.labels.size() == 1 && condition.selector.labels[0] == Label{"queue", queue.name};
  return is_about(condition, "queue_wait", true) && names_it && !queue.limit && !queue.visibility &&
         waits_too_long(condition, 1.0, overload.longest_wait);
}

// Requests per second that workloads send, by the service they go to.
std::vector<double> direct_requests(const Blueprint& blueprint, const SystemDemand& demand) {
  std::vector<double> rates(blueprint.services.size(), 0.0);
  const Rates closed = demand.closed();
  for (Index w = 0; w < blueprint.workloads.size(); ++w) {
    const double journeys = demand.sources()[w].mean_rate + demand.closed_share() * closed[w];
    for (std::size_t j = 0; j < blueprint.workloads[w].journeys.size(); ++j) {
      const MeanVisit visit = demand.visits().journey(w, blueprint.workloads[w].journeys[j]);
      for (Index e = 0; e < visit.calls.size(); ++e)
        rates[blueprint.endpoints[e].service] += journeys * demand.sources()[w].shares[j] * visit.calls[e];
    }
  }
  return rates;
}

std::vector<Overload> overloads_of(const Blueprint& blueprint) {
  const SystemDemand demand{blueprint};
  const std::vector<double> requests = direct_requests(blueprint, demand);
  double all = 0.0;
  for (const double rate : requests) all += rate;
  std::vector<Overload> found;
  for (const StationLoad& load : explain(blueprint).stations) {
    const double factor = load.capacity_at_limit > 0.0 ? load.demand / load.capacity_at_limit / doubt : 1.0;
    if (factor <= 1.0) continue;
    for (Index s = 0; s < blueprint.services.size(); ++s) {
      if (load.station != "services/" + blueprint.services[s].name) continue;
      found.push_back({&blueprint.services[s], s, factor, all > 0.0 ? requests[s] / all : 0.0,
                       (1.0 - 1.0 / factor) * to_seconds(blueprint.duration)});
    }
  }
  return found;
}

std::string reason(const Overload& overload) {
  return fmt::format("services/{} is asked for {} of the most it can serve", overload.service->name,
                     display(overload.factor * doubt, Dimension::ratio));
}

}  // namespace

double least_monthly_cost(const Blueprint& blueprint) {
  double per_second = 0.0;
  for (const ServiceBlueprint& service : blueprint.services) {
    const int fewest = service.autoscaler.chosen() ? std::min(service.replicas, service.replica_limits.low) : service.replicas;
    if (service.node_pool == no_index && !service.serverless) per_second += std::max(0, fewest) * service.price.value;
  }
  for (const NodePoolBlueprint& pool : blueprint.node_pools) per_second += least_of(pool);
  for (const DatabaseBlueprint& database : blueprint.databases)
    per_second += database.shards * database.replicas * database.price.value;
  return room_for_failures * per_second * month_seconds;
}

std::optional<std::string> cannot_hold(const Blueprint& blueprint, const Scenario& scenario) {
  for (const Overload& overload : overloads_of(blueprint)) {
    const bool is_worker = overload.service->queue != no_index;
    bool fails = false, waits = false;
    for (const ObjectiveSpec& objective : scenario.objectives) {
      if (objective.severity != "required") continue;
      if (is_worker && breaks_in_queue(objective.that, overload, blueprint)) return reason(overload);
      fails = fails || (!is_worker && breaks_by_failures(objective.that, overload));
      waits = waits || (!is_worker && breaks_by_waiting(objective.that, overload));
    }
    if (fails && waits) return reason(overload);
  }
  return std::nullopt;
}

}  // namespace headroom
