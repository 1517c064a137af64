// Databases: what is said of nodes that fail, of replicas and of indexes goes together; operations that queries name.
#include <string>
#include <vector>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/step_walk.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

void check_failover(const DatabaseSpec& database, Reading& reading) {
  if (database.failover && database.replicas < 2) {
    reading.issue(&database, "failover", "needs a replica to promote, and each shard has but one node",
                  "write \"replicas\": 2, or \"repair\": \"5 min\" instead");
  }
  if (database.failover && database.repair) {
    reading.issue(&database, "repair", "does not go with \"failover\", which says when the failed node is back",
                  "write it as \"recovery\" there");
  }
}

void check_replication(const DatabaseSpec& database, Reading& reading) {
  if (!database.replication || database.replicas > 1) return;
  reading.issue(&database, "replication", "has no meaning without a replica, and each shard has but one node",
                "write \"replicas\": 2, or remove it");
}

void check_indexes(const DatabaseSpec& database, Reading& reading) {
  if (database.indexes > 0 || !reading.is_given(&database, "write_amplification")) return;
  reading.issue(&database, "write_amplification", "has no meaning without \"indexes\", which it is counted for",
                "write \"indexes\": 3, or remove it");
}

class OperationChecker {
 public:
  OperationChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check(const std::vector<StepSpec>& steps) {
    for (const StepSpec& step : steps) {
      if (step.query && step.operation) check_operation(step);
      for_each_inner(step, [this](const std::vector<StepSpec>& inner) { check(inner); });
    }
  }

 private:
  void check_operation(const StepSpec& step) {
    const DatabaseSpec* database = find_named(scenario_.databases, step.query->name);
    if (database == nullptr) return;
    const NamedOperationSpec* operation = find_named(database->operations, *step.operation);
    if (operation == nullptr) {
      std::vector<std::string> names;
      for (const NamedOperationSpec& each : database->operations) names.push_back(each.name);
      const std::string near = nearest_name(*step.operation, names);
      return reading_.issue(&step, "operation", database->name + " has no operation \"" + *step.operation + "\"",
                            near.empty() ? "add it to the \"operations\" of the database" : "did you mean \"" + near + "\"?");
    }
    const char* given = step.write ? "write" : "read";
    if (operation->kind == given || (step.read && step.write)) return;
    reading_.issue(&step, given, operation->name + " is a " + operation->kind, "name the key as \"" + operation->kind + "\"");
  }

  const Scenario& scenario_;
  Reading& reading_;
};

}  // namespace

void check_databases(const Scenario& scenario, Reading& reading) {
  for (const DatabaseSpec& database : scenario.databases) {
    check_failover(database, reading);
    check_replication(database, reading);
    check_indexes(database, reading);
  }
  OperationChecker operations{scenario, reading};
  for (const ServiceSpec& service : scenario.services) {
    for (const EndpointSpec& endpoint : service.endpoints) operations.check(endpoint.steps);
  }
}

}  // namespace headroom
