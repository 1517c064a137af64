// Load balancers in front of services, every name resolved to an index: part of a Blueprint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/cluster/step_blueprint.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom {

// A request of the balancer's own that every member is sent every so often. It stands in the member's line as a probe does.
struct HealthCheckBlueprint {
  Duration interval{std::chrono::seconds{30}};
  Duration timeout{std::chrono::seconds{5}};  // no more than the interval
  int failures = 3;                           // in a row, until the member is struck off
  int successes = 1;                          // in a row, until it gets requests again
  bool passive = false;  // a connection that fails counts as a check that failed, one that does not as one passed
};

// dynamic: the members are the replicas that are registered, from moment to moment. fixed: as many places as the service has
// replicas at the start; whoever is started while a place is empty takes it, and those beyond get nothing. An empty place gets
// its requests all the same, until it is struck off.
enum class Membership : std::uint8_t { dynamic, fixed };

struct LoadBalancerBlueprint {
  std::string name;
  Index region = 0;
  int instances = 1;                        // each request comes to one of them at random
  double cpu = 1.0;                         // cores of an instance
  Distribution cpu_per_request;             // core-seconds
  Distribution latency;                     // that it adds to a request besides
  std::optional<std::int64_t> connections;  // requests that an instance carries at a time, to their answer; none: any number
  Membership membership = Membership::dynamic;
  int retries = 0;  // other members that a request is tried at when the one it was meant for is not there
  std::optional<HealthCheckBlueprint> health_checks;
  DollarsPerSecond price;       // per instance
  double price_per_byte = 0.0;  // US dollars, of requests and answers that pass
};

// What the bytes that pass a load balancer are called on the bill, beside its own name for its instances.
inline std::string passed_bytes_component(const std::string& load_balancer) { return load_balancer + " (bytes)"; }

}  // namespace headroom
