// Load balancers from a file to a blueprint, and what explain says of them by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;
using namespace std::chrono_literals;

const char* const fronted = R"({"name": "fronted", "duration": "1 h",
  "load_balancers": [
    {"name": "inner"},
    {"name": "edge", "instances": 2, "cpu": 0.5, "cpu_per_request": "2 ms", "latency": "1 ms", "connections": 10, "membership": "static",
     "retries": 1, "health_checks": {"interval": "10 s", "timeout": "2 s", "failures": 4, "successes": 2, "passive": true},
     "price": "0.36 USD/h", "price_per_gb": "0.01 USD"}],
  "services": [
    {"name": "web", "concurrency": 100, "endpoints": [{"name": "page", "steps": [{"call": "api.get"}]}]},
    {"name": "api", "concurrency": 100, "load_balancer": "edge", "endpoints": [
      {"name": "get", "request_size": "1 kB", "response_size": "9 kB", "steps": [{"wait": "45 ms"}]}]},
    {"name": "other", "load_balancer": "inner", "endpoints": [{"name": "get"}]}],
  "workloads": [{"model": "users", "name": "users", "rate": "50 /s", "journeys": [{"steps": [{"request": "web.page"}]}]}],
  "objectives": ["max load_balancer_connections{load_balancer=edge} < 10", "cost{component=\"edge (bytes)\"} < 1 USD", "cost{component=edge} < 1 USD"]})";

TEST(LoadBalancers, BecomeIndicesAndBaseUnits) {
  const Blueprint b = build_blueprint(scenario_of(fronted));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_EQ(b.services[0].load_balancer, no_index);
  EXPECT_EQ(b.services[1].load_balancer, 1U);
  EXPECT_EQ(b.load_balancers[0].membership, Membership::dynamic);
  EXPECT_FALSE(b.load_balancers[0].health_checks.has_value());
  EXPECT_FALSE(b.load_balancers[0].connections.has_value());
  const LoadBalancerBlueprint& edge = b.load_balancers[1];
  EXPECT_EQ(edge.instances, 2);
  EXPECT_EQ(edge.connections, 10);
  EXPECT_EQ(edge.membership, Membership::fixed);
  EXPECT_EQ(edge.retries, 1);
  EXPECT_EQ(edge.health_checks->interval, 10s);
  EXPECT_EQ(edge.health_checks->timeout, 2s);
  EXPECT_EQ(edge.health_checks->failures, 4);
  EXPECT_EQ(edge.health_checks->successes, 2);
  EXPECT_TRUE(edge.health_checks->passive);
  EXPECT_NEAR(edge.cpu_per_request.mean(), 0.002, 1e-12);
  EXPECT_NEAR(edge.price.value, 1e-4, 1e-15);
  EXPECT_NEAR(edge.price_per_byte, 1e-11, 1e-20);
}

// 2 ms on half a core take 4, and 1 ms passes besides: 50 ms with the 45 of the service. 50 × 2 ms of one core are 10 %, 50 × 50
// ms of 20 connections 12.5 %. 50 × 10 kB a second are 1,296 GB in 30 days.
TEST(LoadBalancers, ExplainHoldsTheirCoresAndConnectionsAgainstWhatComesThrough) {
  const Explanation explanation = explain(build_blueprint(scenario_of(fronted)));
  const auto load = [&](const std::string& station, const std::string& resource) {
    const auto found = std::find_if(explanation.stations.begin(), explanation.stations.end(), [&](const StationLoad& each) {
      return each.station == station && each.resource == resource;
    });
    return found == explanation.stations.end() ? StationLoad{} : *found;
  };
  EXPECT_NEAR(load("load_balancers/edge", "cpu").utilization, 0.10, 1e-9);
  EXPECT_NEAR(load("load_balancers/edge", "connections").utilization, 0.125, 1e-9);
  EXPECT_NEAR(load("services/web", "slots").service_seconds, 0.050, 1e-9) << "a caller waits for the load balancer too";
  EXPECT_NEAR(load("services/api", "slots").service_seconds, 0.045, 1e-9);
  const auto& remarks = explanation.remarks;
  EXPECT_NE(std::find(remarks.begin(), remarks.end(), "edge (bytes): 1296 GB a month at the mean load, 12.96 USD"),
            remarks.end());
}

}  // namespace
}  // namespace headroom
