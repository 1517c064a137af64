// Clients and fallbacks for a random system, with random numbers of their own: calls side by side beside those that are there;
// most go through one of two clients, and some fall back on a wait or on a call of their own.
#pragma once

#include <random>
#include <vector>

#include "sim/cluster/steps.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {

class RandomClients {
 public:
  RandomClients(Blueprint& blueprint, std::uint64_t seed) : blueprint_{blueprint}, random_{seed * 0xd134'2543'de82'ef95} {}

  void add() {
    blueprint_.clients = {random_client("first"), random_client("second")};
    for (Index i = 0; i < blueprint_.endpoints.size(); ++i) {
      Steps& steps = blueprint_.endpoints[i].steps;
      if (chance(0.7)) steps.insert(steps.begin(), {ParallelStep{{calls_from(i), calls_from(i)}}});
      change_steps(steps);
    }
  }

 private:
  double uniform() { return (static_cast<double>(random_() >> 11U) + 0.5) * 0x1.0p-53; }
  bool chance(double p) { return uniform() < p; }
  int below(int n) { return static_cast<int>(uniform() * n); }

  ClientBlueprint random_client(const char* name) {
    ClientBlueprint client{.name = name};
    if (chance(0.6)) client.retry_budget = {.share = uniform(), .least = 0.2 * uniform(), .window = std::chrono::seconds{5}};
    if (chance(0.6)) {
      client.circuit_breaker = {.failure_rate = 0.2 + 0.6 * uniform(), .slow_rate = 0.7, .slow = to_duration(uniform())};
      client.circuit_breaker->calls = client.circuit_breaker->minimum_calls = 1 + below(5);
      client.circuit_breaker->open = to_duration(5.0 * uniform());
      client.circuit_breaker->half_open_calls = 1 + below(3);
      if (chance(0.5)) client.circuit_breaker->seconds = 3;
      if (chance(0.3)) client.circuit_breaker->consecutive_failures = 2;
    }
    if (chance(0.7))
      client.bulkhead = {.calls = 1 + below(2), .longest_wait = chance(0.6) ? to_duration(0.5 * uniform()) : Duration{}};
    if (chance(0.6)) client.hedge = random_hedge();
    return client;
  }
  HedgeBlueprint random_hedge() {
    HedgeBlueprint hedge{.percentile = 20.0 + 60.0 * uniform(), .calls = 5, .minimum_calls = 2};
    if (chance(0.6)) hedge.after = to_duration(0.01 + 0.2 * uniform());
    if (chance(0.4)) hedge.budget = {.share = uniform(), .least = 0.1, .window = std::chrono::seconds{2}};
    return hedge;
  }

  // One of the services behind, which take no messages.
  Steps calls_from(Index endpoint) {
    std::vector<Index> callees;
    for (Index i = endpoint + 1; i < blueprint_.endpoints.size(); ++i) {
      if (blueprint_.services[blueprint_.endpoints[i].service].queue == no_index) callees.push_back(i);
    }
    if (callees.empty()) return {};
    CallStep call{.endpoint = callees[static_cast<std::size_t>(below(static_cast<int>(callees.size())))]};
    call.timeout = to_duration(0.05 + 2.0 * uniform());
    call.retry.attempts = 1 + below(3);
    return {{call}};
  }

  void change_steps(Steps& steps) {
    for (Step& step : steps) {
      // What is const in a walk is part of `steps`, which is not.
      for_each_inner(step, [this](const Steps& inner) { change_steps(const_cast<Steps&>(inner)); });
      if (auto* call = std::get_if<CallStep>(&step.action)) change(*call);
    }
  }
  void change(CallStep& call) {
    if (chance(0.7)) call.client = static_cast<Index>(below(2));
    if (call.ignore_failure) return call.fallback.clear();
    if (chance(0.6)) return;
    call.fallback = {{WaitStep{Distribution::exponential(0.1)}}};
    if (!chance(0.5)) return;
    CallStep again = call;
    again.fallback.clear();
    call.fallback.push_back({again});
  }

  Blueprint& blueprint_;
  std::mt19937_64 random_;
};

}  // namespace headroom::test
