// Databases: what is said of nodes that fail, of replicas, of indexes, of connections, of partitions and of resharding goes
// together; what queries name is there.
#include <string>
#include <vector>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/step_walk.hpp"
#include "sim/cluster/station_blueprint.hpp"
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

// Given, and told to be wrong: what would follow from its not being there is not told as well.
bool is_unread(const DatabaseSpec& database, std::string_view field, const Reading& reading) {
  return reading.is_given(&database, field) && !reading.is_read(&database, field);
}

void check_replication(const DatabaseSpec& database, Reading& reading) {
  if (!database.replication || database.replicas > 1 || is_unread(database, "replicas", reading)) return;
  reading.issue(&database, "replication", "has no meaning without a replica, and each shard has but one node",
                "write \"replicas\": 2, or remove it");
}

void check_indexes(const DatabaseSpec& database, Reading& reading) {
  if (database.indexes > 0 || is_unread(database, "indexes", reading) || !reading.is_given(&database, "write_amplification")) return;
  reading.issue(&database, "write_amplification", "has no meaning without \"indexes\", which it is counted for",
                "write \"indexes\": 3, or remove it");
}

void check_memory(const DatabaseSpec& database, Reading& reading) {
  const bool has_memory = reading.is_given(&database, "memory");
  const bool takes_memory = database.connections && reading.is_given(&*database.connections, "memory");
  if (has_memory && !takes_memory) {
    reading.issue(&database, "memory", "has no meaning without connections that take it",
                  "write \"connections\": {\"limit\": 100, \"memory\": \"10 MB\"}, or remove it");
  }
  if (takes_memory && !has_memory) {
    reading.issue(&*database.connections, "memory", "has no meaning without the \"memory\" of the node that it is taken from",
                  "write \"memory\": \"4 GB\" for " + database.name + ", or remove it");
  }
  if (!has_memory || !takes_memory) return;
  const std::int64_t at_once = database.connections->pooler ? database.pool : 1;
  const Bytes needed{database.connections->memory.count * at_once};
  if (needed <= database.memory) return;
  reading.issue(&database, "memory",
                "is " + to_text(database.memory) + ", and " + std::to_string(at_once) +
                    (at_once == 1 ? " connection takes " : " connections take ") + to_text(needed),
                at_once == 1 ? "give it more" : "give it more, or make the pool smaller");
}

void check_connections(const DatabaseSpec& database, Reading& reading) {
  check_memory(database, reading);
  if (!database.connections) return;
  const ConnectionsSpec& connections = *database.connections;
  if (connections.per_client > connections.limit) {
    reading.issue(&connections, "per_client",
                  "is " + std::to_string(connections.per_client) + ", more than the " + std::to_string(connections.limit) +
                      " that there are",
                  "let one client have fewer than all");
  }
  if (connections.pooler) return;
  for (const char* of_pooler : {"pool", "backlog"}) {
    if (!reading.is_given(&database, of_pooler)) continue;
    reading.issue(&database, of_pooler, "has no meaning without a pooler: each connection is served as it asks",
                  "write \"pooler\": true in its \"connections\", or remove it");
  }
  if (database.wait_limit && connections.wait_limit) {
    reading.issue(&database, "wait_limit",
                  "has no meaning without a pooler, beside the one of its \"connections\": there is one line",
                  "write \"pooler\": true in its \"connections\", or remove it");
  }
}

void check_partitions(const DatabaseSpec& database, Reading& reading) {
  if (!database.partitions || !database.shards.policy.chosen()) return;
  reading.issue(&database.shards, "policy", "has no meaning with \"partitions\", which lie on the shards in turn", "remove it");
}

void check_data(const DatabaseSpec& database, Reading& reading) {
  if (is_unread(database, "data", reading)) return;
  if (database.resharding) {
    if (database.data.count > 0) return;
    return reading.issue(&database, reading.is_given(&database, "data") ? "data" : "resharding", "has nothing to copy",
                         "write \"data\": \"500 GB\" for " + database.name);
  }
  if (!reading.is_given(&database, "data") || reading.is_given(&database, "price_per_gb_month")) return;
  reading.issue(&database, "data", "has no meaning without \"resharding\", which copies it, or a \"price_per_gb_month\"",
                "write \"resharding\": {\"at\": \"10 min\", \"shards\": 8, \"bandwidth\": \"200 MB/s\"}, or remove it");
}

void check_resharding(const DatabaseSpec& database, Duration duration, Reading& reading) {
  check_data(database, reading);
  if (!database.resharding) return;
  const ReshardingSpec& resharding = *database.resharding;
  if (resharding.at >= duration) {
    reading.issue(&resharding, "at", "is " + to_text(resharding.at) + ", and the run ends after " + to_text(duration),
                  "let it begin earlier, or remove it");
  }
  const std::int64_t before = database.shards.count, after = resharding.shards;
  if (before == after) {
    reading.issue(&resharding, "shards", "is " + std::to_string(after) + ", as many as there are from the start",
                  "write another number, or remove it");
  } else if (before * after > most_shard_moves) {
    reading.issue(&resharding, "shards",
                  "is " + std::to_string(after) + ": from " + std::to_string(before) + " shards " + std::to_string(before * after) +
                      " streams would be copied, and at most " + std::to_string(most_shard_moves) + " are",
                  "let fewer shards stand for them");
  }
  if (!database.partitions) return;
  reading.issue(&database, "resharding", "does not go with \"partitions\", which lie on the shards in turn, whatever the keys",
                "remove one of them");
}

class QueryChecker {
 public:
  QueryChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check(const std::vector<StepSpec>& steps) {
    for (const StepSpec& step : steps) {
      if (step.query && step.operation) check_operation(step);
      if (step.query && step.age) check_age(step);
      for_each_inner(step, [this](const std::vector<StepSpec>& inner) { check(inner); });
    }
  }

 private:
  void check_age(const StepSpec& step) {
    const DatabaseSpec* database = find_named(scenario_.databases, step.query->name);
    if (database == nullptr || database->partitions) return;
    reading_.issue(&step, "age", "has no meaning: " + database->name + " is not in partitions",
                   "add \"partitions\": {\"period\": \"1 d\"} to it, or remove it");
  }
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
    check_connections(database, reading);
    check_partitions(database, reading);
    check_resharding(database, scenario.duration, reading);
  }
  QueryChecker queries{scenario, reading};
  for (const ServiceSpec& service : scenario.services) {
    for (const EndpointSpec& endpoint : service.endpoints) queries.check(endpoint.steps);
  }
}

}  // namespace headroom
