#include "scenarios/checks.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "scenarios/routes.hpp"
#include "sim/cluster/admission_gate.hpp"
#include "sim/cluster/task.hpp"
#include "sim/core/units.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/scale_out.hpp"

namespace headroom {

namespace {

// What a request can fail of: the values of the label "reason".
constexpr std::array failures{TaskOutcome::timeout,     TaskOutcome::rejected, TaskOutcome::wait_limit,
                              TaskOutcome::unavailable, TaskOutcome::lost,     TaskOutcome::out_of_memory,
                              TaskOutcome::dead_letter, TaskOutcome::lock_held, TaskOutcome::throttled, TaskOutcome::abandoned};

template <class Spec>
void add_all(Names& names, std::string_view kind, const std::vector<Spec>& specs) {
  for (const Spec& spec : specs) names.add(kind, spec.name);
}

template <class Spec>
void check_unique(std::string_view kind, const std::vector<Spec>& specs, Reading& reading) {
  std::set<std::string_view> seen;
  for (const Spec& spec : specs) {
    if (spec.name.empty() || seen.insert(spec.name).second) continue;
    reading.issue(&spec, "name", "\"" + spec.name + "\" is the name of another " + spoken(kind) + " already", "give it another name");
  }
}

// A dot separates service and endpoint.
template <class Spec>
void check_no_dot(std::string_view kind, const std::vector<Spec>& specs, Reading& reading) {
  for (const Spec& spec : specs) {
    if (spec.name.find('.') == std::string::npos) continue;
    reading.issue(&spec, "name", "has a dot in it; the name of a " + spoken(kind) + " may not, since others call service.endpoint");
  }
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Names::Names(const Scenario& scenario) {
  add_all(*this, "region", scenario.regions);
  add_all(*this, "node_pool", scenario.node_pools);
  add_all(*this, "service", scenario.services);
  add_all(*this, "database", scenario.databases);
  add_all(*this, "queue", scenario.queues);
  add_all(*this, "lock", scenario.locks);
  add_all(*this, "cache", scenario.caches);
  add_all(*this, "key", scenario.keys);
  add_all(*this, "language_model", scenario.language_models);
  add_all(*this, "limit", scenario.limits);
  for (const LimitSpec& limit : scenario.limits) {
    for (const LimitTierSpec& tier : limit.tiers) {
      const std::string priority = std::to_string(tier.priority);
      if (!contains("priority", priority)) add("priority", priority);
    }
  }
  for (const QueueSpec& queue : scenario.queues) {
    for (int level = 0; queue.priorities > 1 && level < queue.priorities; ++level) {
      const std::string priority = std::to_string(level);
      if (!contains("priority", priority)) add("priority", priority);
    }
  }
  add_all(*this, "link", scenario.links);
  add_all(*this, "workload", scenario.workloads);
  for (const ServiceSpec& service : scenario.services) {
    for (const EndpointSpec& endpoint : service.endpoints) add("endpoint", service.name + "." + endpoint.name);
  }
  for (const DatabaseSpec& database : scenario.databases) {
    for (const NamedOperationSpec& operation : database.operations) add("operation", operation.name);
  }
  for (const std::string_view kind : {"node_pool", "service", "database", "cache", "lock", "link"}) {
    for (const std::string& name : of(kind)) add("component", name);
  }
  for (const std::string_view kind : cost_kinds) add("kind", std::string{kind});
  for (const NodePoolSpec& pool : scenario.node_pools) {
    if (pool.purchase && pool.purchase->spot.value > 0.0) add("component", spot_component(pool.name));
    if (pool.purchase && pool.purchase->reserved > 0) add("component", reserved_component(pool.name));
  }
  for (const LanguageModelSpec& model : scenario.language_models) {
    if (model.hosted && model.hosted->price) add("component", model.name);
  }
  add_all(*this, "route", scenario.routes);
  for (const RouteSpec& route : scenario.routes) {
    for (const std::string& endpoint : routed_endpoints(scenario, route)) add("routed_endpoint", route.name + "." + endpoint);
  }
  add_stores(scenario);
  add_all(*this, "load_balancer", scenario.load_balancers);
  for (const LoadBalancerSpec& balancer : scenario.load_balancers) {
    if (balancer.price.value > 0.0) add("component", balancer.name);
    if (balancer.price_per_gb.value > 0.0) add("component", passed_bytes_component(balancer.name));
  }
  for (const char* const kind : transfer_kinds) add("transfer", kind);
  const TransferPriceSpec& price = scenario.network.price_per_gb;
  if (price.cross_zone.value > 0.0) add("component", transfer_component(TransferKind::cross_zone));
  if (price.cross_region.value > 0.0) add("component", transfer_component(TransferKind::cross_region));
  if (price.internet.value > 0.0) add("component", transfer_component(TransferKind::internet_out));
  for (const TaskOutcome outcome : failures) add("reason", to_text(outcome));
  add("reason", "liveness");  // of a restart
  add_all(*this, "client", scenario.clients);
  if (!scenario.clients.empty()) {
    for (const char* const rejected : {"circuit_open", "bulkhead_full"}) add("reason", rejected);
  }
  for (std::size_t i = 0; i < refusal_count; ++i) add("reason", to_text(static_cast<Refusal>(i)));
  for (const std::string_view part : scaling_parts) add("part", std::string{part});
}

void Names::add_stores(const Scenario& scenario) {
  add_all(*this, "store", scenario.stores);
  for (const StoreSpec& store : scenario.stores) {
    bool requests_cost = false, retrieval_costs = false;
    for (const StorageTierSpec& tier : store.tiers) {
      if (!contains("tier", tier.name)) add("tier", tier.name);
      if (tier.price_per_gb_month.value > 0.0) add("component", storage_component(store.name, tier.name));
      requests_cost = requests_cost || tier.price_per_1000_reads.value > 0.0 || tier.price_per_1000_writes.value > 0.0;
      retrieval_costs = retrieval_costs || tier.retrieval_price_per_gb.value > 0.0;
    }
    if (requests_cost) add("component", store_requests_component(store.name));
    if (retrieval_costs) add("component", retrieval_component(store.name));
  }
}

const std::vector<std::string>& Names::of(std::string_view kind) const {
  static const std::vector<std::string> none;
  const auto found = names_.find(kind);
  return found == names_.end() ? none : found->second;
}

void Names::add(std::string_view kind, std::string name) {
  known_.emplace(kind, name);
  names_[std::string{kind}].push_back(std::move(name));
}

bool Names::contains(std::string_view kind, std::string_view name) const {
  return known_.contains({std::string{kind}, std::string{name}});
}

std::string spoken(std::string_view kind) {
  std::string words{kind};
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

void check_names(const Scenario& scenario, Reading& reading) {
  check_unique("assumption", scenario.assumptions, reading);
  check_unique("region", scenario.regions, reading);
  check_unique("node_pool", scenario.node_pools, reading);
  check_unique("service", scenario.services, reading);
  check_unique("database", scenario.databases, reading);
  check_unique("queue", scenario.queues, reading);
  check_unique("lock", scenario.locks, reading);
  check_unique("cache", scenario.caches, reading);
  check_unique("key", scenario.keys, reading);
  check_unique("language_model", scenario.language_models, reading);
  check_unique("limit", scenario.limits, reading);
  check_unique("link", scenario.links, reading);
  check_unique("workload", scenario.workloads, reading);
  check_unique("route", scenario.routes, reading);
  check_unique("store", scenario.stores, reading);
  check_unique("load_balancer", scenario.load_balancers, reading);
  check_unique("client", scenario.clients, reading);
  check_no_dot("route", scenario.routes, reading);
  check_no_dot("service", scenario.services, reading);
  for (const ServiceSpec& service : scenario.services) {
    check_unique("endpoint", service.endpoints, reading);
    check_no_dot("endpoint", service.endpoints, reading);
  }
  for (const DatabaseSpec& database : scenario.databases) check_unique("operation", database.operations, reading);
  for (const WorkloadSpec& workload : scenario.workloads) check_unique("journey", workload.journeys, reading);
}

void check_references(const Names& names, Reading& reading) {
  for (const auto& [reference, place] : reading.references) {
    if (reference->kind == "metric") continue;  // among the conditions
    if (names.contains(reference->kind, reference->name)) continue;
    if (reference->kind == "endpoint" && names.contains("routed_endpoint", reference->name)) continue;
    const std::string kind = spoken(reference->kind);
    const std::vector<std::string>& all = names.of(reference->kind);
    const std::string near = nearest_name(reference->name, all);
    std::string suggestion = "did you mean \"" + near + "\"?";
    if (near.empty()) suggestion = all.empty() ? "the scenario has no " + kind : "there is " + listed(all);
    reading.issues.add(place, "there is no " + kind + " \"" + reference->name + "\"", std::move(suggestion));
  }
}

void check_run(const Scenario& scenario, Reading& reading) {
  if (scenario.warm_up != "auto") {
    QuantityError error;
    const auto span = parse_as(Dimension::time, scenario.warm_up, error);
    const bool fits = span && *span >= 0.0 && *span < to_seconds(scenario.duration);
    if (!span) reading.issue(&scenario, "warm_up", error.message, "write \"auto\" or a time such as \"10 min\"");
    else if (!fits) reading.issue(&scenario, "warm_up", "is " + scenario.warm_up + ", outside of the run of " + to_text(scenario.duration));
  }
  const ReplicationSpec& replications = scenario.replications;
  if (replications.until_relative_error && replications.count > replications.at_most) {
    reading.issue(&replications, "at_most", "is " + std::to_string(replications.at_most) + ", less than the " +
                                                std::to_string(replications.count) + " runs to begin with");
  }
  if (!replications.until_relative_error && reading.is_given(&replications, "at_most")) {
    reading.issue(&replications, "at_most", "has no meaning without \"until_relative_error\"", "write the number as \"count\"");
  }
}

void check_scenario(const Scenario& scenario, Reading& reading) {
  Names names{scenario};
  check_run(scenario, reading);
  check_names(scenario, reading);
  check_references(names, reading);
  check_steps(scenario, reading);
  check_machines(scenario, reading);
  check_queues(scenario, reading);
  check_limits(scenario, reading);
  check_probes(scenario, reading);
  check_cpu(scenario, reading);
  check_language_models(scenario, reading);
  check_places(scenario, reading);
  check_databases(scenario, reading);
  check_faults(scenario, reading);
  check_serverless(scenario, reading);
  check_load_balancers(scenario, reading);
  check_clients(scenario, reading);
  check_admissions(scenario, reading);
  check_growth(scenario, reading);
  check_bills(scenario, reading);
  check_objectives(scenario, reading);
  check_axes(scenario, reading);
  check_workloads(scenario, names, reading);
  check_conditions(names, reading);
}

}  // namespace headroom
