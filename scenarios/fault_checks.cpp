// Faults: within the run, of something that is there, and for primaries that somebody replaces or repairs.
#include <algorithm>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

class FaultChecker {
 public:
  FaultChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check(const FaultSpec& fault) {
    if (fault.at >= scenario_.duration) {
      reading_.issue(&fault, "at", "is " + to_text(fault.at) + ", and the run ends after " + to_text(scenario_.duration),
                     "let it happen earlier, or remove it");
    }
    if (fault.fail_primary)
      check_primary(fault);
    else if (reading_.is_given(&fault, "shard"))
      reading_.issue(&fault, "shard", "belongs to fail_primary", "remove it");
    check_restart(fault);
  }

 private:
  void check_primary(const FaultSpec& fault) {
    const DatabaseSpec* database = find_named(scenario_.databases, fault.fail_primary->name);
    if (database == nullptr) return;
    const int shards = std::max(database->shards.count, database->resharding ? database->resharding->shards : 0);
    if (fault.shard >= shards) {
      reading_.issue(&fault, "shard",
                     "is " + std::to_string(fault.shard) + ", but " + database->name + " has the shards 0 to " +
                         std::to_string(shards - 1));
    }
    if (database->failover || database->repair) return;
    reading_.issue(&fault, "fail_primary", "nothing says how " + database->name + " comes back",
                   database->replicas > 1 ? "add \"failover\": {\"detection\": \"10 s\", \"promotion\": \"20 s\"} to it"
                                          : "add \"repair\": \"5 min\" to it");
  }

  void check_restart(const FaultSpec& fault) {
    if (!fault.restart) {
      if (fault.down) reading_.issue(&fault, "down", "belongs to restart", "remove it");
      return;
    }
    if (!reading_.is_given(&fault, "down")) reading_.issue(&fault, "down", "is missing: how long it does not answer");
    const CacheSpec* cache = find_named(scenario_.caches, fault.restart->name);
    if (cache == nullptr || cache->scope != "replica") return;
    reading_.issue(&fault, "restart", cache->name + " is in the replicas of services, and restarts with them",
                   "\"flush\" empties it in all of them");
  }

  const Scenario& scenario_;
  Reading& reading_;
};

}  // namespace

void check_faults(const Scenario& scenario, Reading& reading) {
  FaultChecker checker{scenario, reading};
  for (const FaultSpec& fault : scenario.faults) checker.check(fault);
}

}  // namespace headroom
