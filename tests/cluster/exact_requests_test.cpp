// Requests on the exact plane, as arithmetic: slots, backlog, shared cores, time-outs, retries, the network.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;             // time is whole nanoseconds
constexpr double histogram_error = 0.005;  // relative, of percentiles

TEST(ExactRequests, OneSlotServesFirstComeFirstServed) {
  PlaneUnderTest run{one_service({{ComputeStep{seconds(2)}}}, arriving_at({0, 1, 2}))};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{endpoint=api.work}"), (2.0 + 3.0 + 4.0) / 3, exact);
  EXPECT_NEAR(run.value("avg queue_wait{service=api}"), (0.0 + 1.0 + 2.0) / 3, exact);
  EXPECT_NEAR(run.value("avg cpu{service=api}"), 6.0 / 1000, exact);
  EXPECT_NEAR(run.value("avg queue_length{service=api}"), (1.0 + 2.0) / 1000, exact);
  EXPECT_EQ(run.value("count requests{workload=users}"), 3);
}

TEST(ExactRequests, ComputationsShareTheCoresEqually) {
  // Alone for 0.5 s, then both at half speed: the first has 0.5 left and ends at 1.5; then the second has 0.5 left and ends at 2.
  Blueprint blueprint = one_service({{ComputeStep{seconds(1)}}}, arriving_at({0, 0.5}));
  blueprint.services[0].concurrency = 2;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("min latency"), 1.5, 1.5 * histogram_error);
  EXPECT_NEAR(run.value("avg latency"), (1.5 + 1.5) / 2, exact);
  EXPECT_NEAR(run.value("avg cpu{service=api}"), 2.0 / 1000, exact);
}

TEST(ExactRequests, MoreCoresThanComputationsRunEachAtFullSpeed) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(1)}}}, arriving_at({0, 0, 0}));
  blueprint.services[0].concurrency = 20;
  blueprint.services[0].cpu = 2.0;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), 1.5, exact);  // three on two cores: each at 2/3, 1 / (2/3)
}

TEST(ExactRequests, AFractionOfACoreIsSlower) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(1)}}}, arriving_at({0}));
  blueprint.services[0].cpu = 0.5;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), 2.0, exact);
}

TEST(ExactRequests, AFullBacklogRejectsAtOnce) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(2)}}}, arriving_at({0, 0, 0, 0}));
  blueprint.services[0].backlog = 1;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate errors"), 2.0 / 4);
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 2);
  EXPECT_NEAR(run.value("avg latency"), (2.0 + 4.0) / 2, exact);  // the rejected have no latency
}

TEST(ExactRequests, WaitingLongerThanAllowedFails) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(5)}}}, arriving_at({0, 0, 4.5}));
  blueprint.services[0].wait_limit = seconds(1);
  PlaneUnderTest run{blueprint};
  run.finish();
  // The second leaves after 1 s; the third waits 0.5 s and is served.
  EXPECT_EQ(run.value("count failures{reason=wait_limit}"), 1);
  EXPECT_NEAR(run.value("avg latency"), (5.0 + 5.5) / 2, exact) << "of what was served";
}

TEST(ExactRequests, WithoutReplicasNothingIsAvailable) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(1)}}}, arriving_at({0}));
  blueprint.services[0].replicas = 0;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 1);
}

TEST(ExactRequests, ATimedOutTryIsRepeatedAfterItsBackOffAndTheCalleeGoesOn) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(10)}}}, arriving_at({0}));
  blueprint.services[0].concurrency = 5;
  blueprint.services[0].cpu = 5;
  CallStep& call = std::get<CallStep>(blueprint.workloads[0].journeys[0].steps[0].action);
  call.timeout = std::chrono::seconds{1};
  call.retry = {.attempts = 3, .base = std::chrono::seconds{1}, .factor = 2.0, .cap = std::chrono::seconds{10}, .full_jitter = false};
  PlaneUnderTest run{blueprint};
  run.finish();
  // try 1 s, back-off 1 s, try 1 s, back-off 2 s, try 1 s
  EXPECT_NEAR(run.value("avg in_flight{workload=users}"), (1.0 + 1 + 1 + 2 + 1) / 1000, exact);
  EXPECT_EQ(run.value("count latency{workload=users}"), 0) << "what failed has none";
  EXPECT_EQ(run.value("count failures{reason=timeout}"), 1);
  EXPECT_EQ(run.value("count requests{endpoint=api.work}"), 3);
  EXPECT_DOUBLE_EQ(run.value("rate errors{endpoint=api.work}"), 1.0);
  EXPECT_NEAR(run.value("avg cpu{service=api}"), 3 * 10.0 / (5 * 1000), exact);  // all three were worked off for nobody
  EXPECT_EQ(run.ledger("requests").completed, 3U);
}

TEST(ExactRequests, ARetryThatSucceedsIsASuccessOfTheUser) {
  // The first try waits behind a long request and times out; the second finds the slot free.
  Blueprint blueprint = one_service({{ChooseStep{{1.0}, {{{ComputeStep{seconds(2)}}}}}}}, arriving_at({0, 0.5}));
  CallStep& call = std::get<CallStep>(blueprint.workloads[0].journeys[0].steps[0].action);
  call.timeout = Duration{std::chrono::milliseconds{2500}};
  call.retry = {.attempts = 2, .base = std::chrono::seconds{2}, .factor = 1.0, .cap = std::chrono::seconds{2}, .full_jitter = false};
  PlaneUnderTest run{blueprint};
  run.finish();
  // Second user: sent at 0.5, in service 2 … 4, times out at 3.0, sent again at 5.0, served 5 … 7.
  EXPECT_DOUBLE_EQ(run.value("rate errors"), 0.0);
  EXPECT_NEAR(run.value("avg latency"), (2.0 + 6.5) / 2, exact);
  EXPECT_DOUBLE_EQ(run.value("rate errors{endpoint=api.work}"), 1.0 / 3);
}

TEST(ExactRequests, AFailedCallFailsItsCallerUnlessToldToGoOn) {
  for (const bool ignore : {false, true}) {
    Blueprint blueprint = one_service({}, arriving_at({0}));
    const Index callee = add_service(blueprint, "backend", {{ComputeStep{seconds(1)}}});
    blueprint.services[1].replicas = 0;
    blueprint.endpoints[0].steps = {{CallStep{.endpoint = callee, .ignore_failure = ignore}}, {ComputeStep{seconds(1)}}};
    PlaneUnderTest run{blueprint};
    run.finish();
    EXPECT_DOUBLE_EQ(run.value("rate errors"), ignore ? 0.0 : 1.0);
    EXPECT_NEAR(run.value("avg cpu{service=api}"), ignore ? 1.0 / 1000 : 0.0, exact);
  }
}

// A callee that is not there fails 9 of 10 at once; the tenth, which does not call it, takes 1 s. Quick failures would make a
// median of 0 of that.
TEST(ExactRequests, WhoFailsForItsCalleeAddsNothingToTheLatency) {
  Blueprint blueprint = one_service({}, arriving_at({0, 10, 20, 30, 40, 50, 60, 70, 80}));
  const Index callee = add_service(blueprint, "backend", {{ComputeStep{seconds(1)}}});
  blueprint.services[1].replicas = 0;
  blueprint.endpoints[0].steps = {{CallStep{.endpoint = callee}}};
  blueprint.endpoints.push_back({"api.own", 0, {{ComputeStep{seconds(1)}}}});
  blueprint.workloads.push_back({"others", 0, arriving_at({90}), {{"visit", 1.0, {{CallStep{.endpoint = 2}}}}}});
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate errors"), 0.9);
  EXPECT_EQ(run.value("count latency"), 1);
  EXPECT_NEAR(run.value("avg latency"), 1.0, exact);
  EXPECT_EQ(run.value("count latency{service=api}"), 1);
}

TEST(ExactRequests, ACallHoldsTheCallersSlot) {
  Blueprint blueprint = one_service({}, arriving_at({0, 0}));
  const Index callee = add_service(blueprint, "backend", {{ComputeStep{seconds(3)}}}, 10, 10);
  blueprint.endpoints[0].steps = {{CallStep{.endpoint = callee}}};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), (3.0 + 6.0) / 2, exact);
  EXPECT_NEAR(run.value("avg slots{service=api}"), 6.0 / 1000, exact);
}

TEST(ExactRequests, AServiceThatCallsItselfHandsItsSlotsOn) {
  // Two slots. The first user's outer and inner request fill them until 1 s; then the outer ones of the two others, whose inner ones
  // wait. At 3 s the second user's has waited too long, its outer one fails and leaves its slot to the third user's inner one, which
  // is served until 4 s. Slot-seconds: 1 + 1 + 2 + 3 + 1.
  Blueprint blueprint = one_service({}, arriving_at({0, 0.1, 0.2}));
  blueprint.services[0].concurrency = 2;
  blueprint.services[0].wait_limit = seconds(2);
  blueprint.endpoints.push_back({"api.inner", 0, {{ComputeStep{seconds(0.5)}}, {WaitStep{seconds(0.5)}}}});
  blueprint.endpoints[0].steps = {{CallStep{.endpoint = 1}}};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.ledger("requests").entered, 6U);
  EXPECT_EQ(run.ledger("requests").completed, 4U);
  EXPECT_EQ(run.ledger("requests").failed.at("wait_limit"), 2U);
  EXPECT_NEAR(run.value("avg slots{service=api}"), 8.0 / (2 * 1000), exact);
  EXPECT_NEAR(run.value("avg queue_length{service=api}"), (0.9 + 0.8 + 2 + 2) / 1000, exact);
}

TEST(ExactRequests, DistanceAddsARoundTrip) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(1)}}}, arriving_at({0}));
  blueprint.network.regions = {"us", "eu"};
  blueprint.network.round_trip = {{Duration{}, std::chrono::milliseconds{64}}, {std::chrono::milliseconds{64}, Duration{}}};
  blueprint.workloads[0].region = 1;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), 1.064, exact);
  EXPECT_NEAR(run.value("avg cpu{service=api}"), 1.0 / 1000, exact);
}

TEST(ExactRequests, AnAnswerThatComesAfterTheTimeoutIsTooLate) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(1)}}}, arriving_at({0}));
  blueprint.network.regions = {"us", "eu"};
  blueprint.network.round_trip = {{Duration{}, std::chrono::milliseconds{400}}, {std::chrono::milliseconds{400}, Duration{}}};
  blueprint.workloads[0].region = 1;
  std::get<CallStep>(blueprint.workloads[0].journeys[0].steps[0].action).timeout = Duration{std::chrono::milliseconds{1300}};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=timeout}"), 1);
  EXPECT_NEAR(run.value("avg in_flight{workload=users}"), 1.3 / 1000, exact);
}

TEST(ExactRequests, AClosedPopulationAsksThinksAndAsksAgain) {
  // Two members, think 3 s, service 1 s on one slot: the second waits once for 1 s, after that they never meet. Period 4 s each.
  Blueprint blueprint = one_service({{ComputeStep{seconds(1)}}}, arriving_at({0, 0}, true));
  blueprint.workloads[0].journeys[0].steps.push_back({WaitStep{seconds(3)}});
  PlaneUnderTest run{blueprint, 1, 400.0};
  run.finish();
  EXPECT_EQ(run.value("count requests{workload=users}"), 2 * 100);
  EXPECT_NEAR(run.value("avg latency"), (2.0 + 199 * 1.0) / 200, exact);
  EXPECT_EQ(run.ledger("sessions").in_flight, 2U);
}

TEST(ExactRequests, AClosedPopulationThatTakesNoTimeIsRefusedAtRunTime) {
  Blueprint blueprint = one_service({}, arriving_at({0}, true));
  PlaneUnderTest run{blueprint};
  EXPECT_THROW(run.finish(), std::runtime_error);
}

}  // namespace
}  // namespace headroom::test
