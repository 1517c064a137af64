// Load balancers and the services behind them: what contradicts, what has no meaning.
#include <algorithm>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"

namespace headroom {

namespace {

class LoadBalancerChecker {
 public:
  LoadBalancerChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check() {
    for (const LoadBalancerSpec& balancer : scenario_.load_balancers) check_balancer(balancer);
    for (const ServiceSpec& service : scenario_.services) {
      if (!service.load_balancer.name.empty()) check_service(service);
    }
  }

 private:
  void check_balancer(const LoadBalancerSpec& balancer) {
    if (balancer.region.name.empty() && scenario_.regions.size() > 1) {
      reading_.issue(&balancer, "region", "is missing: there are " + std::to_string(scenario_.regions.size()) + " regions",
                     "say which it is");
    }
    if (balancer.membership == "dynamic" && reading_.is_given(&balancer, "retries")) {
      reading_.issue(&balancer, "retries", "has no meaning where membership is dynamic: the members are those that are there",
                     "remove it, or write \"membership\": \"static\"");
    }
    if (reading_.is_given(&balancer, "price_per_gb") && !sizes_are_known(balancer)) {
      reading_.issue(&balancer, "price_per_gb", "has no bytes to count: no endpoint behind it says how large its requests are",
                     "give endpoints a \"request_size\" and a \"response_size\"");
    }
    if (balancer.health_checks) check_health_checks(balancer, *balancer.health_checks);
  }

  void check_health_checks(const LoadBalancerSpec& balancer, const HealthCheckSpec& checks) {
    if (checks.timeout > checks.interval) {
      reading_.issue(&checks, "timeout",
                     "is " + to_text(checks.timeout) + ", and the next check is sent after " + to_text(checks.interval),
                     "give it no more than the interval");
    }
    if (checks.passive && balancer.membership == "dynamic") {
      reading_.issue(&checks, "passive", "has no meaning where membership is dynamic: no request finds nobody there",
                     "remove it, or write \"membership\": \"static\"");
    }
  }

  bool sizes_are_known(const LoadBalancerSpec& balancer) const {
    return std::any_of(scenario_.services.begin(), scenario_.services.end(), [&](const ServiceSpec& service) {
      return service.load_balancer.name == balancer.name &&
             std::any_of(service.endpoints.begin(), service.endpoints.end(), [](const EndpointSpec& endpoint) {
               return !endpoint.request_size.value.is_zero() || !endpoint.response_size.value.is_zero();
             });
    });
  }

  void check_service(const ServiceSpec& service) {
    const std::string& name = service.load_balancer.name;
    if (service.consumes)
      return reading_.issue(&service, "load_balancer",
                            "has no meaning for a worker, which takes messages from its queue by itself", "remove it");
    if (service.serverless)
      return reading_.issue(&service, "load_balancer", "has no meaning for a serverless service, whose platform finds the instances",
                            "remove it");
    const LoadBalancerSpec* balancer = find_named(scenario_.load_balancers, name);
    if (balancer == nullptr) return;
    const std::string& region = region_of(service);
    if (!region.empty() && !balancer->region.name.empty() && region != balancer->region.name) {
      reading_.issue(&service, "load_balancer", "is in " + balancer->region.name + ", and the service in " + region,
                     "give the service a load balancer of its own region");
    }
    if (balancer->health_checks && service.discipline != "fifo") {
      reading_.issue(&service, "discipline",
                     "is " + service.discipline + ", and the health checks of " + name +
                         " stand in the line of the replica, first come first served",
                     "remove it, or the health checks");
    }
    if (balancer->membership == "static" && service.readiness) {
      reading_.issue(&service, "readiness",
                     "has no meaning behind " + name + ", whose members are static: nobody tells it which are ready",
                     "remove it, and give the load balancer \"health_checks\"");
    }
  }

  // A service on nodes is where its nodes are.
  const std::string& region_of(const ServiceSpec& service) const {
    const NodePoolSpec* pool = find_named(scenario_.node_pools, service.node_pool.name);
    return pool == nullptr ? service.region.name : pool->region.name;
  }

  const Scenario& scenario_;
  Reading& reading_;
};

}  // namespace

void check_load_balancers(const Scenario& scenario, Reading& reading) { LoadBalancerChecker{scenario, reading}.check(); }

}  // namespace headroom
