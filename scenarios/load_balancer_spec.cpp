#include "scenarios/load_balancer_spec.hpp"

namespace headroom {

void HealthCheckSpec::describe(Fields& field) {
  field("interval", interval, "every member is checked so often", more_than(0));
  field("timeout", timeout, "a check that waits so long in the member's line fails; no more than the interval", more_than(0));
  field("failures", failures, "in a row, until the member is struck off", between(1, 1000));
  field("successes", successes, "in a row, until it gets requests again", between(1, 1000));
  field("passive", passive, "a request that finds nobody there counts as a check that failed, one that is taken as one passed");
}

void LoadBalancerSpec::describe(Fields& field) {
  field.required("name", name, "name of the load balancer; services name it with \"load_balancer\"");
  field("region", region, "where it runs, with the services behind it; may be left out when there is only one region");
  field("instances", instances, "each request comes to one of them at random", between(1, 10000));
  field("cpu", cpu, "cores of an instance, shared by the requests that are there", between(0.001, 1024));
  field("cpu_per_request", cpu_per_request, "core time that a request takes there");
  field("connections", connections,
        "requests that an instance carries at a time, from arrival to answer; more are rejected; any number without it",
        between(1, 1e9));
  field("latency", latency, "that it adds to a request besides");
  field.choice(
      "membership", membership,
      "dynamic: requests go to the replicas that are registered, from moment to moment; static: to as many places as the "
      "service has replicas at the start: who is started while one is empty takes it, those beyond get nothing, and an "
      "empty one gets its requests, which fail, until health checks strike it off",
      {"dynamic", "static"});
  field("retries", retries, "other members, in order, that a request is tried at when nobody is there", between(0, 1000));
  field("health_checks", health_checks, "strike off members that do not answer in time; without them none is");
  field("price", price, "per instance", at_least(0));
  field("price_per_gb", price_per_gb,
        "of 10^9 bytes (a gigabyte) of requests and answers that pass, by the sizes of the endpoints", at_least(0));
}

LoadBalancerBlueprint build_load_balancer(const LoadBalancerSpec& spec, Index region) {
  LoadBalancerBlueprint balancer;
  balancer.name = spec.name;
  balancer.region = region;
  balancer.instances = spec.instances;
  balancer.cpu = spec.cpu;
  balancer.cpu_per_request = spec.cpu_per_request.value;
  balancer.latency = spec.latency.value;
  balancer.connections = spec.connections;
  balancer.membership = spec.membership == "static" ? Membership::fixed : Membership::dynamic;
  balancer.retries = spec.retries;
  if (const auto& checks = spec.health_checks)
    balancer.health_checks =
        HealthCheckBlueprint{checks->interval, checks->timeout, checks->failures, checks->successes, checks->passive};
  balancer.price = spec.price;
  balancer.price_per_byte = spec.price_per_gb.value / 1e9;
  return balancer;
}

}  // namespace headroom
