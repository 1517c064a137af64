// Databases: what is said of nodes that fail goes together.
#include <string>

#include "scenarios/checks.hpp"

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

}  // namespace

void check_databases(const Scenario& scenario, Reading& reading) {
  for (const DatabaseSpec& database : scenario.databases) {
    check_failover(database, reading);
    check_replication(database, reading);
  }
}

}  // namespace headroom
