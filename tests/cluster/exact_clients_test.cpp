// Clients of services as timelines by hand: retry budgets, circuit breakers, bulkheads and fallbacks.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Requests of "api", which has many slots, call "backend" through the client "c" and do nothing else.
struct Calling {
  Calling(const std::vector<double>& arrivals, Steps work, int backends) {
    blueprint = one_service({}, arriving_at(arrivals));
    blueprint.services[0].concurrency = 1000;
    const Index callee = add_service(blueprint, "backend", std::move(work), 100, 100);
    blueprint.services[1].replicas = backends;
    blueprint.clients.push_back({.name = "c"});
    blueprint.endpoints[0].steps = {{CallStep{.endpoint = callee, .client = 0}}};
  }
  CallStep& call() { return std::get<CallStep>(blueprint.endpoints[0].steps[0].action); }
  ClientBlueprint& client() { return blueprint.clients[0]; }
  void try_again(int attempts) {
    call().retry = {.attempts = attempts,
                    .base = std::chrono::seconds{1},
                    .factor = 1.0,
                    .cap = std::chrono::seconds{1},
                    .full_jitter = false};
  }

  Blueprint blueprint;
};

// Half a retry for each call. The first has none, the second makes one whole: one of its two retries; so do the third and fourth.
TEST(ExactClients, ABudgetDeniesRetriesBeyondItsShareOfTheCalls) {
  Calling system{{0, 10, 20, 30}, {}, 0};
  system.try_again(3);
  system.client().retry_budget = {.share = 0.5, .least = 0.0, .window = std::chrono::seconds{100}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 4 + 2);
  EXPECT_EQ(run.value("count retries_denied{client=c}"), 4);
  EXPECT_NEAR(run.value("rate retries_denied{client=c}"), 4.0 / (1 + 2 + 1 + 2), exact);
  EXPECT_NEAR(run.value("avg in_flight{workload=users}"), 2 * 1.0 / 1000, exact) << "two back-offs of 1 s";
}

// Two replicas: each has a reserve of its own for 0.1 retries per second of 10 s.
TEST(ExactClients, EachReplicaHasABudgetOfItsOwn) {
  Calling system{{0, 0, 0, 0}, {}, 0};
  system.try_again(2);
  system.blueprint.services[0].replicas = 2;
  system.client().retry_budget = {.share = 0.0, .least = 0.1, .window = std::chrono::seconds{10}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 4 + 2);
}

CircuitBreakerBlueprint of_four_calls() {
  return {.calls = 4, .minimum_calls = 4, .open = std::chrono::seconds{10}, .half_open_calls = 2};
}

// Nobody is there until 20 s. Opens at 3 s; at 13 s its time is not over yet. Half open at 13.5 s, and open again when the second
// of two has failed at 14 s. At 25 s half open, at 26.1 s closed.
TEST(ExactClients, ACircuitBreakerKeepsCallsFromACalleeThatIsAway) {
  Calling system{{0, 1, 2, 3, 4, 5, 13, 13.5, 14, 15, 25, 26, 27}, {{WaitStep{seconds(0.1)}}}, 0};
  system.client().circuit_breaker = of_four_calls();
  PlaneUnderTest run{system.blueprint};
  run.advance(20.0);
  run.plane().add_replica(1);
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 4 + 2 + 3);
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 4 + 2);
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 4) << "at 4, 5, 13 and 15 s";
  EXPECT_EQ(run.value("count calls_rejected{client=c,reason=circuit_open}"), 4);
  EXPECT_NEAR(run.value("rate calls_rejected{client=c}"), 4.0 / 13, exact);
  EXPECT_EQ(run.value("count circuits_opened{client=c}"), 2);
  EXPECT_NEAR(run.value("avg circuits_open{client=c}"), (10.5 + 11.0) / 1000, exact);
  EXPECT_NEAR(run.value("avg circuits_half_open{client=c}"), (0.5 + 1.1) / 1000, exact);
}

// Each call takes 2 s; the second ends at 3 s.
TEST(ExactClients, ACircuitBreakerOpensForCalleesThatAreSlow) {
  Calling system{{0, 1, 2.5, 3.5}, {{WaitStep{seconds(2)}}}, 1};
  system.client().circuit_breaker = {.slow = std::chrono::seconds{1}, .calls = 2, .minimum_calls = 2};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count calls_rejected{client=c}"), 1) << "at 3.5 s";
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 3);
}

TEST(ExactClients, ATimeOutIsAFailureToTheCircuitBreaker) {
  Calling system{{0, 1, 2, 3}, {{WaitStep{seconds(2)}}}, 1};
  system.call().timeout = Duration{std::chrono::milliseconds{500}};
  system.client().circuit_breaker = {.consecutive_failures = 2};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=timeout}"), 2);
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 2) << "it opened at 1.5 s";
}

TEST(ExactClients, WhatIsThrottledSaysNothingOfTheCallee) {
  Calling system{{0, 0, 0, 0, 0, 0}, {}, 1};
  system.blueprint.limits.push_back(
      {.name = "plan", .per_subject = false, .tiers = {{.rate = PerSecond{0.001}, .burst = 1.0, .quota = {}}}});
  system.blueprint.endpoints[1].steps = {{LimitStep{.limit = 0}}};
  system.client().circuit_breaker = {.consecutive_failures = 2};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=throttled}"), 5);
  EXPECT_EQ(run.value("count calls_rejected{client=c}"), 0);
}

// Opens at 1 s. The retry of the second call finds it open at 2 s and at 3 s.
TEST(ExactClients, ARetryAsksTheCircuitBreakerToo) {
  Calling system{{0.5, 1}, {}, 0};
  system.client().circuit_breaker = {.consecutive_failures = 2};
  system.try_again(3);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 2);
  EXPECT_EQ(run.value("count calls_rejected{client=c}"), 4);
}

TEST(ExactClients, ANewReplicaBeginsWithAClosedCircuit) {
  Calling system{{0, 1, 2, 4}, {}, 0};
  system.client().circuit_breaker = {.consecutive_failures = 2};
  PlaneUnderTest run{system.blueprint};
  run.advance(3.0);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_EQ(run.value("count calls_rejected{client=c}"), 1) << "at 2 s, not at 4 s";
  EXPECT_NEAR(run.value("avg circuits_open{client=c}"), 2.0 / 1000, exact) << "from 1 s to 3 s";
}

TEST(ExactClients, ABulkheadRejectsWhatIsTooMuchAtATime) {
  Calling system{{0, 1, 2, 3.5}, {{WaitStep{seconds(3)}}}, 1};
  system.client().bulkhead = {.calls = 2};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count calls_rejected{client=c,reason=bulkhead_full}"), 1) << "at 2 s";
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 1);
  EXPECT_NEAR(run.value("avg bulkhead{client=c}"), 3 * 3.0 / (2 * 1000), exact);
}

// Two are served until 3 s, the next two until 6 s; the fifth has waited for 4 s by then.
TEST(ExactClients, WhoWaitsAtABulkheadIsServedInTurnAndNotLongerThanAllowed) {
  Calling system{{0, 0, 0, 0, 0}, {{WaitStep{seconds(3)}}}, 1};
  system.client().bulkhead = {.calls = 2, .longest_wait = std::chrono::seconds{4}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg bulkhead_wait{client=c}"), (0 + 0 + 3 + 3 + 4.0) / 5, exact);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (3 + 3 + 6 + 6) / 4.0, exact);
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 1);
}

// The second gets its place at 1.5 s and has half a second left; the third never gets one.
TEST(ExactClients, TheTimeOutOfACallBeginsBeforeItsBulkhead) {
  Calling system{{0, 0, 0}, {{WaitStep{seconds(1.5)}}}, 1};
  system.call().timeout = std::chrono::seconds{2};
  system.client().bulkhead = {.calls = 1, .longest_wait = std::chrono::seconds{5}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=timeout}"), 2);
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 2);
  EXPECT_NEAR(run.value("avg in_flight{workload=users}"), (1.5 + 2 + 2) / 1000, exact);
}

TEST(ExactClients, WhoWaitsAtABulkheadGoesWithItsReplica) {
  Calling system{{0, 0, 0, 5}, {{WaitStep{seconds(3)}}}, 1};
  system.client().bulkhead = {.calls = 1, .longest_wait = std::chrono::seconds{100}};
  PlaneUnderTest run{system.blueprint};
  run.advance(4.0);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=lost}"), 2) << "one is served, one waits";
  EXPECT_NEAR(run.value("max latency{workload=users}"), 3.0, 0.02) << "the last one finds the bulkhead empty";
  EXPECT_NEAR(run.value("avg bulkhead{client=c}"), (4.0 + 3.0) / 1000, exact);
}

TEST(ExactClients, AFallbackIsDoneInsteadAndCountedAsDegraded) {
  for (const int backends : {0, 1}) {
    Calling system{{0, 1}, {{WaitStep{seconds(2)}}}, backends};
    system.try_again(2);
    system.call().fallback = {{WaitStep{seconds(0.25)}}};
    system.blueprint.endpoints[0].steps.push_back({WaitStep{seconds(0.5)}});
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_NEAR(run.value("avg latency{workload=users}"), backends == 0 ? 1 + 0.25 + 0.5 : 2 + 0.5, exact);
    EXPECT_EQ(run.value("rate errors{workload=users}"), 0);
    EXPECT_EQ(run.value("rate degraded{service=api}"), backends == 0 ? 1 : 0);
  }
}

// A time-out of the first call, then another callee that is not there either.
TEST(ExactClients, WhatFailsInItsFallbackFails) {
  Calling system{{0}, {{WaitStep{seconds(2)}}}, 1};
  system.call().timeout = std::chrono::seconds{1};
  const Index spare = add_service(system.blueprint, "spare", {});
  system.blueprint.services[2].replicas = 0;
  CallStep other{.endpoint = spare};
  system.call().fallback = {{other}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 1);
  EXPECT_EQ(run.value("count degraded{service=api}"), 1);
}

}  // namespace
}  // namespace headroom::test
