// Bills and power: what is said of prices and watts goes together with what they are of.
#include <algorithm>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"

namespace headroom {
namespace {

// Given, and told to be wrong: what would follow from its not being there is not told as well.
bool is_unread(const void* object, std::string_view field, const Reading& reading) {
  return reading.is_given(object, field) && !reading.is_read(object, field);
}

void check_order(const PowerSpec& power, const char* idle_field, const char* field, double idle, double full, Reading& reading) {
  if (full >= idle || is_unread(&power, idle_field, reading) || is_unread(&power, field, reading)) return;
  reading.issue(&power, field, "is less than what is drawn when nothing is done", "swap the two");
}

void check_power(const NodePoolSpec& pool, Reading& reading) {
  const PowerSpec& power = *pool.power;
  check_order(power, "idle", "full", power.idle, power.full, reading);
  check_order(power, "gpu_idle", "gpu_full", power.gpu_idle, power.gpu_full, reading);
  const bool says_gpus = reading.is_given(&power, "gpu_idle") || reading.is_given(&power, "gpu_full");
  if (is_unread(&pool, "gpus", reading)) return;
  const bool has_gpus = largest_node(pool).gpus > 0;
  if (has_gpus && !says_gpus) {
    reading.issue(&power, "gpu_full", "is missing: the nodes have GPUs, which draw more than the rest",
                  "write \"gpu_idle\": 46, \"gpu_full\": 407 (an A100)");
  }
  if (!has_gpus && says_gpus)
    reading.issue(&power, reading.is_given(&power, "gpu_full") ? "gpu_full" : "gpu_idle",
                  "has no meaning: the nodes have no GPU");
}

void check_carbon(const Scenario& scenario, const RegionSpec& region, Reading& reading) {
  const bool is_metered = std::any_of(scenario.node_pools.begin(), scenario.node_pools.end(), [&](const NodePoolSpec& pool) {
    return pool.power && (pool.region.name == region.name || scenario.regions.size() == 1);
  });
  if (is_unread(&region, "carbon", reading)) return;
  const bool says_pue = reading.is_given(&region, "pue");
  if (!(region.carbon > 0.0) && !says_pue) return;
  if (!is_metered) {
    reading.issue(&region, region.carbon > 0.0 ? "carbon" : "pue",
                  "has no meaning: no node pool of the region says its \"power\"",
                  "add \"power\": {\"idle\": 0.77, \"full\": 3.76} to one");
  } else if (!(region.carbon > 0.0)) {
    reading.issue(&region, "pue", "has no meaning without \"carbon\": energy is that of the machines", "write \"carbon\": 316");
  }
}

void check_storage(const DatabaseSpec& database, Reading& reading) {
  if (!(database.price_per_gb_month.value > 0.0) || database.data.count > 0 || is_unread(&database, "data", reading)) return;
  reading.issue(&database, "price_per_gb_month", "has no meaning without \"data\", which it is the price of",
                "write \"data\": \"200 GB\"");
}

}  // namespace

void check_bills(const Scenario& scenario, Reading& reading) {
  for (const NodePoolSpec& pool : scenario.node_pools) {
    if (pool.power) check_power(pool, reading);
  }
  for (const RegionSpec& region : scenario.regions) check_carbon(scenario, region, reading);
  for (const DatabaseSpec& database : scenario.databases) check_storage(database, reading);
}

}  // namespace headroom
