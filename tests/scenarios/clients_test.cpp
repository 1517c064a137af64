// Clients of services from a file to a blueprint, and what explain says of the requests that are sent twice.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;
using namespace std::chrono_literals;

const char* const calling = R"({"name": "calling", "duration": "1 h",
  "clients": {
    "to_backend": {
      "retry_budget": {"share": 0.1, "at_least": "2 /s", "window": "20 s"},
      "circuit_breaker": {"failure_rate": "30 %", "slow": "1 s", "slow_rate": 0.8, "seconds": 10, "minimum_calls": 20, "open": "5 s", "half_open_calls": 3},
      "bulkhead": {"calls": 7, "longest_wait": "50 ms"},
      "hedge": {"percentile": 95, "calls": 500, "minimum_calls": 50, "budget": {"share": 0.02}}},
    "plain": {"retry_budget": {}, "circuit_breaker": {"consecutive_failures": 5}, "bulkhead": {}, "hedge": {"after": "40 ms"}}},
  "services": [
    {"name": "web", "concurrency": 100, "endpoints": [
      {"name": "page", "steps": [
        {"call": "api.get", "client": "to_backend", "timeout": "1 s", "retry": {"attempts": 3}, "fallback": [{"wait": "1 ms"}, {"call": "spare.get"}]}]},
      {"name": "late", "steps": [{"call": "api.get", "client": "plain"}]}]},
    {"name": "api", "concurrency": 100, "endpoints": [{"name": "get", "steps": [{"wait": "50 ms"}]}]},
    {"name": "spare", "concurrency": 100, "endpoints": [{"name": "get", "steps": [{"wait": "50 ms"}]}]}],
  "workloads": [{"model": "users", "name": "users", "rate": "100 /s", "journeys": [
    {"weight": 1, "name": "page", "steps": [{"request": "web.page"}]}, {"weight": 1, "name": "late", "steps": [{"request": "web.late"}]}]}],
  "objectives": ["rate calls_rejected{client=plain,reason=circuit_open} < 0.01", "rate degraded{service=web} < 0.01", "rate hedges < 0.02"]})";

TEST(Clients, BecomeIndicesAndBaseUnits) {
  const Blueprint b = build_blueprint(scenario_of(calling));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  ASSERT_EQ(b.clients.size(), 2U);
  const ClientBlueprint& client = b.clients[0];
  EXPECT_EQ(client.name, "to_backend");
  EXPECT_EQ(client.retry_budget->share, 0.1);
  EXPECT_EQ(client.retry_budget->least, 2.0);
  EXPECT_EQ(client.retry_budget->window, 20s);
  EXPECT_EQ(client.circuit_breaker->failure_rate, 0.3);
  EXPECT_EQ(client.circuit_breaker->slow_rate, 0.8);
  EXPECT_EQ(client.circuit_breaker->slow, 1s);
  EXPECT_EQ(client.circuit_breaker->seconds, 10);
  EXPECT_EQ(client.circuit_breaker->minimum_calls, 20);
  EXPECT_EQ(client.circuit_breaker->open, 5s);
  EXPECT_EQ(client.circuit_breaker->half_open_calls, 3);
  EXPECT_FALSE(client.circuit_breaker->consecutive_failures.has_value());
  EXPECT_EQ(client.bulkhead->calls, 7);
  EXPECT_EQ(client.bulkhead->longest_wait, 50ms);
  EXPECT_EQ(client.hedge->percentile, 95.0);
  EXPECT_EQ(client.hedge->calls, 500);
  EXPECT_EQ(client.hedge->minimum_calls, 50);
  EXPECT_EQ(client.hedge->budget->share, 0.02);
  const auto& call = std::get<CallStep>(b.endpoints[0].steps[0].action);
  EXPECT_EQ(call.client, 0U);
  ASSERT_EQ(call.fallback.size(), 2U);
  EXPECT_EQ(std::get<CallStep>(call.fallback[1].action).endpoint, 3U);
}

// Finagle's, resilience4j's.
TEST(Clients, HaveTheDefaultsOfTheirSources) {
  const Blueprint b = build_blueprint(scenario_of(calling));
  const ClientBlueprint& client = b.clients[1];
  EXPECT_EQ(client.retry_budget->share, 0.2);
  EXPECT_EQ(client.retry_budget->least, 10.0);
  EXPECT_EQ(client.retry_budget->window, 10s);
  const CircuitBreakerBlueprint& breaker = *client.circuit_breaker;
  EXPECT_EQ(breaker.consecutive_failures, 5);
  EXPECT_EQ(breaker.failure_rate, 0.5);
  EXPECT_EQ(breaker.slow_rate, 1.0);
  EXPECT_EQ(breaker.slow, 60s);
  EXPECT_EQ(breaker.calls, 100);
  EXPECT_EQ(breaker.minimum_calls, 100);
  EXPECT_EQ(breaker.open, 60s);
  EXPECT_EQ(breaker.half_open_calls, 10);
  EXPECT_EQ(client.bulkhead->calls, 25);
  EXPECT_EQ(client.bulkhead->longest_wait, Duration{});
  EXPECT_EQ(client.hedge->after, 40ms);
}

// 50 calls a second through each. 5 % are late, but the budget allows 2 %; those of 50 ms are all later than 40. What is fallen
// back on is asked by nobody while nothing fails.
TEST(Clients, ExplainCountsTheRequestsThatAreSentTwice) {
  const Explanation explanation = explain(build_blueprint(scenario_of(calling)));
  const auto slots = [&](const std::string& station) {
    const auto found = std::find_if(explanation.stations.begin(), explanation.stations.end(),
                                    [&](const StationLoad& each) { return each.station == station && each.resource == "slots"; });
    return found == explanation.stations.end() ? StationLoad{} : *found;
  };
  EXPECT_NEAR(slots("services/api").utilization, 50 * (1.02 + 2.0) * 0.05 / 100, 1e-9);
  EXPECT_NEAR(slots("services/spare").utilization, 0.0, 1e-12);
}

}  // namespace
}  // namespace headroom
