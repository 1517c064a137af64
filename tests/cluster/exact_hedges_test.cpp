// Hedges as timelines by hand: the second request, whose answer counts, and what becomes of the other.
#include <gtest/gtest.h>

#include "sim/cluster/recent_latencies.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Requests of "api", which has many slots, call "backend" and are hedged after a second.
struct Hedged {
  Hedged(const std::vector<double>& arrivals, Steps work, int slots) {
    blueprint = one_service({}, arriving_at(arrivals));
    blueprint.services[0].concurrency = 1000;
    const Index callee = add_service(blueprint, "backend", std::move(work), slots, slots);
    blueprint.clients.push_back({.name = "c", .hedge = HedgeBlueprint{.after = std::chrono::seconds{1}}});
    blueprint.endpoints[0].steps = {{CallStep{.endpoint = callee, .client = 0}}};
  }
  // Two replicas of the backend take turns: the first has ten seconds of work, and the second is next but one.
  void occupy_one_of_two() {
    blueprint.services[1].replicas = 2;
    blueprint.endpoints.push_back({"backend.long", 1, {{WaitStep{seconds(10)}}}});
    blueprint.endpoints.push_back({"backend.nothing", 1, {}});
    blueprint.workloads.push_back({"long", 0, arriving_at({0}), {{"visit", 1.0, {{CallStep{.endpoint = 2}}}}}});
    blueprint.workloads.push_back({"nothing", 0, arriving_at({0.1}), {{"visit", 1.0, {{CallStep{.endpoint = 3}}}}}});
  }
  CallStep& call() { return std::get<CallStep>(blueprint.endpoints[0].steps[0].action); }
  HedgeBlueprint& hedge() { return *blueprint.clients[0].hedge; }

  Blueprint blueprint;
};

TEST(ExactHedges, TheFirstAnswerCountsAndTheOtherIsForNobody) {
  Hedged system{{0}, {{WaitStep{seconds(3)}}}, 100};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 3.0, exact);
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 2);
  EXPECT_EQ(run.value("count hedges{client=c}"), 1);
  EXPECT_EQ(run.value("count hedges_won{client=c}"), 0);
  EXPECT_NEAR(run.value("avg slots{service=backend}"), (3.0 + 3.0) / (100 * 1000), exact) << "0 to 3 s, 1 to 4 s";
}

TEST(ExactHedges, WhatIsAnsweredInTimeIsNotAskedTwice) {
  Hedged system{{0, 10}, {{WaitStep{seconds(0.9)}}}, 100};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 2);
  EXPECT_EQ(run.value("rate hedges{client=c}"), 0);
}

// Sent at 1 s, behind ten seconds of work; the second request at 2 s finds the other replica free: answered at 4 s, and the first
// leaves the line it has waited in since 1 s.
TEST(ExactHedges, TheSecondRequestWinsWhereTheFirstWaits) {
  Hedged system{{1}, {{WaitStep{seconds(2)}}}, 1};
  system.occupy_one_of_two();
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 3.0, exact);
  EXPECT_EQ(run.value("count hedges_won{client=c}"), 1);
  EXPECT_NEAR(run.value("avg queue_length{service=backend}"), 3.0 / 1000, exact);
  EXPECT_NEAR(run.value("avg slots{service=backend}"), (10.0 + 2.0) / (2 * 1000), exact) << "its work is never done";
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 1) << "what was cancelled is no request that ended";
  EXPECT_EQ(run.ledger("requests").failed.at("abandoned"), 1U);
}

// As before, but who has waited for 2 s fails: at 3 s, when the second request is at work.
TEST(ExactHedges, AFailureCountsOnlyIfNothingElseIsUnderWay) {
  Hedged system{{1}, {{WaitStep{seconds(2)}}}, 1};
  system.occupy_one_of_two();
  system.blueprint.services[1].wait_limit = seconds(2);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 3.0, exact);
  EXPECT_EQ(run.ledger("requests").failed.at("wait_limit"), 1U);
  Hedged alone{{1}, {{WaitStep{seconds(2)}}}, 1};
  alone.blueprint.services[1].replicas = 0;
  PlaneUnderTest failing{alone.blueprint};
  failing.finish();
  EXPECT_EQ(failing.value("count failures{reason=unavailable}"), 1) << "at once";
  EXPECT_EQ(failing.value("count hedges{client=c}"), 0);
}

TEST(ExactHedges, ATimeOutIsForBoth) {
  Hedged system{{0}, {{WaitStep{seconds(5)}}}, 100};
  system.call().timeout = std::chrono::seconds{2};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=timeout}"), 1);
  EXPECT_NEAR(run.value("avg in_flight{workload=users}"), 2.0 / 1000, exact);
  EXPECT_NEAR(run.value("avg slots{service=backend}"), (5.0 + 5.0) / (100 * 1000), exact);
}

// A reserve of 0.1 per second of 10 s.
TEST(ExactHedges, ABudgetBoundsThem) {
  Hedged system{{0, 0, 0}, {{WaitStep{seconds(3)}}}, 100};
  system.hedge().budget = {.share = 0.0, .least = 0.1, .window = std::chrono::seconds{10}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count hedges{client=c}"), 1);
  EXPECT_NEAR(run.value("rate hedges_denied{client=c}"), 2.0 / 3, exact);
}

TEST(ExactHedges, ASecondRequestTakesAPlaceInTheBulkheadAndDoesNotWaitForOne) {
  for (const int places : {2, 3}) {
    Hedged system{{0, 0.1}, {{WaitStep{seconds(3)}}}, 100};
    system.blueprint.clients[0].bulkhead = {.calls = places, .longest_wait = std::chrono::seconds{10}};
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_EQ(run.value("count hedges{client=c}"), places - 2);
    // Both calls take 3 s; the place of the second request is given back with that of the first, at 3 s.
    EXPECT_NEAR(run.value("avg bulkhead{client=c}"), (3.0 + 3.0 + (places == 3 ? 2.0 : 0.0)) / (places * 1000), exact);
  }
}

// Four calls of 1 s in one slot take 1, 2, 3 and 4 s: 75 % of them took no more than 3 s. The next four take 1, 2, 2.9 and 3.8 s.
TEST(ExactHedges, APercentileIsOfWhatTheLastCallsTook) {
  Hedged system{{0, 0, 0, 0, 100, 100, 100.1, 100.2}, {{WaitStep{seconds(1)}}}, 1};
  system.hedge() = {.after = {}, .percentile = 75, .calls = 10, .minimum_calls = 4};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count hedges{client=c}"), 1) << "at 103.2 s, and cancelled in the line at 104 s";
  EXPECT_EQ(run.ledger("requests").failed.at("abandoned"), 1U);
  EXPECT_NEAR(run.value("rate hedges{client=c}"), 1.0 / 8, exact);
}

// 0.2 s each way: the answer is sent at 1.2 s, the second request at 1.3 s, the answer arrives at 1.4 s.
TEST(ExactHedges, AnAnswerOnItsWayIsNotKnownYet) {
  Hedged system{{0}, {{WaitStep{seconds(1)}}}, 100};
  system.blueprint.network.regions = {"us", "eu"};
  const Duration far = std::chrono::milliseconds{400};
  system.blueprint.network.round_trip = {{Duration{}, far}, {far, Duration{}}};
  system.blueprint.services[1].region = 1;
  system.hedge().after = Duration{std::chrono::milliseconds{1300}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 1.4, exact);
  EXPECT_EQ(run.value("count hedges{client=c}"), 1);
  EXPECT_EQ(run.value("count hedges_won{client=c}"), 0);
  EXPECT_EQ(run.value("count requests{endpoint=backend.work}"), 2);
}

TEST(ExactHedges, WhoDiesLeavesBoth) {
  Hedged system{{0, 5}, {{WaitStep{seconds(3)}}}, 100};
  PlaneUnderTest run{system.blueprint};
  run.advance(2.0);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=lost}"), 1);
  EXPECT_EQ(run.ledger("requests").completed, 2U + 1U + 2U) << "two for nobody; the second user's, and its two";
}

TEST(RecentLatencies, GiveThePercentileOfTheLastCallsByNearestRank) {
  RecentLatencies latencies{90.0, 10};
  for (int second = 1; second <= 15; ++second) latencies.record(std::chrono::seconds{second});
  EXPECT_EQ(latencies.seen(), 10U);
  EXPECT_EQ(latencies.percentile(), std::chrono::seconds{14}) << "the ninth of 6 to 15";
}

}  // namespace
}  // namespace headroom::test
