// Routes, regions of workloads and stores: what must be said, what contradicts, what has no meaning.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/rounded_text.hpp"
#include "scenarios/routes.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

class RouteChecker {
 public:
  RouteChecker(const Scenario& scenario, const RouteSpec& route, Reading& reading)
      : scenario_{scenario}, route_{route}, reading_{reading} {}

  void check() {
    if (find_named(scenario_.services, route_.name) != nullptr) {
      issue("name", "\"" + route_.name + "\" is the name of a service already", "calls could mean either; give it another name");
    }
    check_services();
    check_weights();
    if (!route_.failover && reading_.is_given(&route_, "propagation")) {
      issue("propagation", "has no meaning without \"failover\": nobody is sent elsewhere",
            "write \"failover\": true, or remove it");
    }
  }

 private:
  void issue(std::string_view field, std::string message, std::string suggestion = {}) {
    reading_.issue(&route_, field, std::move(message), std::move(suggestion));
  }

  void check_services() {
    std::set<std::string> seen;
    bool all_known = true;
    for (const ToService& service : route_.services) {
      if (!seen.insert(service.name).second) issue("services", "names " + service.name + " twice", "name it once");
      all_known = all_known && find_named(scenario_.services, service.name) != nullptr;
    }
    if (route_.services.empty() && reading_.is_given(&route_, "services")) {
      issue("services", "is empty: the route leads nowhere", "name the services that answer");
    } else if (all_known && !route_.services.empty() && routed_endpoints(scenario_, route_).empty()) {
      issue("services", "have no endpoint in common", "give each an endpoint of the same name");
    }
  }

  void check_weights() {
    if (!reading_.is_given(&route_, "weights")) return;
    if (reading_.is_given(&route_, "policy") && !reading_.is_read(&route_, "policy")) return;
    if (route_.policy == "nearest")
      return issue("weights", "has no meaning for the policy nearest", "remove it, or write \"policy\": \"weighted\"");
    if (route_.weights.size() != route_.services.size()) {
      return issue(
          "weights",
          "has " + std::to_string(route_.weights.size()) + " numbers for " + std::to_string(route_.services.size()) + " services",
          "give one of each service");
    }
    if (!(std::accumulate(route_.weights.begin(), route_.weights.end(), 0.0) > 0.0))
      issue("weights", "are all 0", "give at least one service a weight");
  }

  const Scenario& scenario_;
  const RouteSpec& route_;
  Reading& reading_;
};

void check_regions_of(const WorkloadSpec& workload, Reading& reading) {
  if (!reading.is_given(&workload, "regions")) return;
  if (reading.is_given(&workload, "region")) {
    reading.issue(&workload, "region", "is given beside \"regions\"", "remove one of them");
  }
  double total = 0.0;
  std::set<std::string> seen;
  for (const RegionShareSpec& region : workload.regions) {
    total += region.share;
    if (!seen.insert(region.name.name).second) reading.issue(&region, "name", "is there twice", "give it once");
  }
  constexpr double rounding = 1e-6;
  if (!(total > 0.0)) {
    reading.issue(&workload, "regions", "has no share above 0", "write {\"eu\": 0.3, \"us\": 0.7}");
  } else if (std::abs(total - 1.0) > rounding && reading.is_read(&workload, "regions")) {
    reading.issue(&workload, "regions", "has shares that sum to " + rounded_text(total) + ", not to 1",
                  "say where all users are at home: {\"eu\": 0.3, \"us\": 0.7}");
  }
}

// Objects without a size take no time and no room.
void check_size(const StoreSpec& store, const Scenario& scenario, Reading& reading) {
  const KeySpec* key = find_named(scenario.keys, store.key.name);
  if (key == nullptr || reading.is_given(key, "size")) return;
  reading.issue(&store, "key", "is " + key->name + ", whose objects have no size", "give the key one: \"size\": \"100 kB\"");
}

// A tier by how often its objects are used.
void check_frequency(const StoreSpec& store, std::size_t index, Reading& reading) {
  const StorageTierSpec& tier = store.tiers[index];
  if (!store.half_life) {
    reading.issue(&tier, "below", "counts uses, but nothing says how fast they are forgotten", "give the store \"half_life\": \"7 d\"");
    return;
  }
  if (reading.is_given(&tier, "after")) {
    reading.issue(&tier, "after", "is an age, but the tiers of " + store.name + " are by frequency", "write \"below\", or remove \"half_life\"");
  }
  if (index == 0 && tier.below) {
    reading.issue(&tier, "below", "does not go with the first tier, where objects in use lie", "remove it");
  } else if (index > 0 && !reading.is_given(&tier, "below")) {
    reading.issue(&tier, "below", "is missing: when objects come here", "write \"below\": 2");
  } else if (index > 1 && tier.below && store.tiers[index - 1].below && *tier.below >= *store.tiers[index - 1].below) {
    reading.issue(&tier, "below", "is not less than that of " + store.tiers[index - 1].name, "put the tiers in order of use");
  }
}

void check_tiers(const StoreSpec& store, Reading& reading) {
  if (store.half_life && store.promote_on_read) {
    reading.issue(&store, "promote_on_read", "does not go with \"half_life\": a read promotes as often as objects are used", "remove it");
  }

  if (store.tiers.empty() && reading.is_given(&store, "tiers")) {
    reading.issue(&store, "tiers", "is empty: its objects lie nowhere", "add {\"name\": \"hot\"}");
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < store.tiers.size(); ++i) {
    const StorageTierSpec& tier = store.tiers[i];
    if (!tier.name.empty() && !seen.insert(tier.name).second) {
      reading.issue(&tier, "name", "\"" + tier.name + "\" is the name of another tier already", "give it another name");
    }
    if (store.half_life || tier.below) {
      check_frequency(store, i, reading);
    } else if (i == 0 && tier.after > Duration{}) {
      reading.issue(&tier, "after", "does not go with the first tier, where objects in use lie", "remove it");
    } else if (i > 0 && !reading.is_given(&tier, "after")) {
      reading.issue(&tier, "after", "is missing: when objects come here", "write \"after\": \"30 d\"");
    } else if (i > 0 && tier.after <= store.tiers[i - 1].after && reading.is_read(&tier, "after")) {
      reading.issue(&tier, "after",
                    "is " + to_text(tier.after) + ", not later than the " + to_text(store.tiers[i - 1].after) + " of " +
                        store.tiers[i - 1].name,
                    "put the tiers in order of age");
    }
  }
}

}  // namespace

void check_places(const Scenario& scenario, Reading& reading) {
  for (const RouteSpec& route : scenario.routes) RouteChecker{scenario, route, reading}.check();
  for (const WorkloadSpec& workload : scenario.workloads) check_regions_of(workload, reading);
  for (const StoreSpec& store : scenario.stores) {
    check_tiers(store, reading);
    check_size(store, scenario, reading);
  }
}

}  // namespace headroom
