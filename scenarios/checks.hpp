// What a scenario that could be read may still get wrong: names that nothing has, steps where they cannot be, values that contradict
// each other. Every problem becomes an issue at its place.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/field_reader.hpp"
#include "scenarios/scenario.hpp"

namespace headroom {

// Names of everything that can be referred to, by kind: "service", "endpoint" (service.endpoint), "cache", …; and "phase".
class Names {
 public:
  explicit Names(const Scenario& scenario);
  void add(std::string_view kind, std::string name);
  const std::vector<std::string>& of(std::string_view kind) const;
  bool contains(std::string_view kind, std::string_view name) const;
  bool phases_are_known = true;  // false when a workload could not be read, so that its phases are not among the names

 private:
  void add_stores(const Scenario& scenario);

  std::map<std::string, std::vector<std::string>, std::less<>> names_;
  std::set<std::pair<std::string, std::string>> known_;  // (kind, name)
};

// "service", "node pool", …: the kind in a sentence.
std::string spoken(std::string_view kind);

// All of the checks below but the last.
void check_scenario(const Scenario& scenario, Reading& reading);

void check_run(const Scenario& scenario, Reading& reading);                              // warm-up, replications
void check_names(const Scenario& scenario, Reading& reading);                            // twice the same name
void check_references(const Names& names, Reading& reading);                             // names that nothing has
void check_steps(const Scenario& scenario, Reading& reading);                            // steps, their fields, cycles of calls
void check_machines(const Scenario& scenario, Reading& reading);                         // regions, node pools, services
void check_probes(const Scenario& scenario, Reading& reading);                           // liveness, readiness
void check_cpu(const Scenario& scenario, Reading& reading);                              // requests and limits
void check_serverless(const Scenario& scenario, Reading& reading);                       // instances in place of replicas
void check_queues(const Scenario& scenario, Reading& reading);                           // consumers, deliveries, dead letters
void check_limits(const Scenario& scenario, Reading& reading);                           // tiers
void check_language_models(const Scenario& scenario, Reading& reading);                  // limits, prices
void check_places(const Scenario& scenario, Reading& reading);                           // routes, home regions, stores
void check_databases(const Scenario& scenario, Reading& reading);                        // nodes that fail
void check_faults(const Scenario& scenario, Reading& reading);                           // times, what fails
void check_load_balancers(const Scenario& scenario, Reading& reading);                   // members, health checks
void check_clients(const Scenario& scenario, Reading& reading);                          // budgets, circuit breakers, hedges
void check_admissions(const Scenario& scenario, Reading& reading);                       // policies that refuse requests
void check_growth(const Scenario& scenario, Reading& reading);                             // the forecast of users
void check_axes(const Scenario& scenario, Reading& reading);                             // what a search may change
void check_workloads(const Scenario& scenario, Names& names, Reading& reading);          // adds the names of phases
void check_conditions(const Names& names, Reading& reading);                             // metrics, labels, units, phases
void check_bills(const Scenario& scenario, Reading& reading);                            // power, carbon, prices of data
void check_objectives(const Scenario& scenario, Reading& reading);                       // error budgets

// Circles of messages that never end. Builds the scenario, so only once nothing else is wrong with it.
void check_messages(const Scenario& scenario, Reading& reading);

}  // namespace headroom
