// Queues that deliver again, delay, or make publishers wait, as arithmetic.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Duration time_of(double seconds) { return to_duration(seconds); }

// Users publish straight to the queue "jobs"; "worker", with these steps, takes from it.
Blueprint jobs(std::vector<double> at, Steps work, int replicas, int concurrency = 1, int batch = 1) {
  Blueprint blueprint;
  blueprint.queues.push_back({.name = "jobs"});
  add_service(blueprint, "worker", std::move(work), concurrency);
  ServiceBlueprint& worker = blueprint.services[0];
  worker.replicas = replicas;
  worker.queue = 0;
  worker.worker_endpoint = 0;
  worker.batch = batch;
  blueprint.workloads.push_back({"users", 0, arriving_at(at), {{"job", 1.0, {{PublishStep{.queue = 0}}}}}});
  return blueprint;
}

Steps lasting(double span) { return {{WaitStep{seconds(span)}}}; }

TEST(ExactDeliveries, WorkSlowerThanTheVisibilityIsDoneTwice) {
  Blueprint blueprint = jobs({0}, lasting(3), 2);
  blueprint.queues[0].visibility = time_of(2);
  PlaneUnderTest run{blueprint};
  run.advance(2.5);
  EXPECT_FALSE(run.plane().is_idle(run.replicas(0)[0]));
  EXPECT_FALSE(run.plane().is_idle(run.replicas(0)[1]));
  run.advance(4);  // the first delivery has ended the message; the second goes on until 5
  EXPECT_FALSE(run.plane().is_idle(run.replicas(0)[1]));
  run.finish();
  EXPECT_EQ(run.value("count redeliveries{queue=jobs}"), 1);
  EXPECT_EQ(run.value("count duplicates{queue=jobs}"), 1);
  EXPECT_EQ(run.value("count requests{workload=users}"), 1);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 3.0, exact);
  EXPECT_EQ(run.ledger("messages").completed, 1U);
  EXPECT_EQ(run.ledger("deliveries").completed, 2U);
  EXPECT_EQ(run.value("last messages_in_flight{queue=jobs}"), 0);
}

TEST(ExactDeliveries, ATraceTellsOfEachDelivery) {
  Blueprint blueprint = jobs({0}, lasting(3), 2);
  blueprint.queues[0].visibility = time_of(2);
  std::vector<std::string> told;
  RequestTrace trace{blueprint, {}, [&](const TraceSpan& span) {
                       if (span.kind == TraceSpan::Kind::request)
                         told.push_back(span.name + " " + std::to_string(span.begin.time_since_epoch().count() / 1'000'000'000) +
                                        "-" + std::to_string(span.end.time_since_epoch().count() / 1'000'000'000) + " " +
                                        span.outcome);
                     }};
  PlaneUnderTest run{blueprint};
  dynamic_cast<ExactRequestPlane&>(run.plane()).attach(trace);
  run.finish();
  EXPECT_EQ(told, (std::vector<std::string>{"message in jobs 0-0 completed", "message in jobs 2-2 completed",
                                            "worker.work 0-3 completed", "worker.work 2-5 completed"}));
}

// A hundred taken at once by fifty slots: the second fifty begin at 20 s and would be done at 40 s, but their time began at 0.
TEST(ExactDeliveries, WhatWaitsInAWorkersOwnBacklogHasItsClockRunning) {
  for (const double visibility : {30.0, 41.0}) {
    Blueprint blueprint = jobs(std::vector<double>(100, 0.0), lasting(20), 0, 50, 100);
    blueprint.queues[0].visibility = time_of(visibility);
    PlaneUnderTest run{blueprint};
    run.advance(1e-9);
    run.plane().add_replica(0);
    run.advance(25);
    EXPECT_EQ(run.plane().now(), at_seconds(25));
    run.plane().add_replica(0);
    run.finish();
    const int twice = visibility < 40 ? 50 : 0;
    EXPECT_EQ(run.value("count redeliveries{queue=jobs}"), twice);
    EXPECT_EQ(run.value("count duplicates{queue=jobs}"), twice);
    EXPECT_EQ(run.ledger("messages").completed, 100U);
    EXPECT_NEAR(run.value("avg latency{workload=users}"), 30.0, 1e-6) << "20 and 40: the duplicates end at 50";
  }
}

// "api" is down: every delivery fails at once. Taken at 0, 10, 20; given up at 30.
TEST(ExactDeliveries, WhatAlwaysFailsBecomesADeadLetter) {
  Blueprint blueprint = jobs({0}, {}, 1);
  const Index api = add_service(blueprint, "api", lasting(1));
  blueprint.services[1].replicas = 0;
  blueprint.endpoints[0].steps = {{CallStep{.endpoint = api}}};
  const Index undertaker = add_service(blueprint, "undertaker", lasting(2));
  blueprint.services[2].queue = 1;
  blueprint.services[2].worker_endpoint = undertaker;
  blueprint.queues.push_back({.name = "graves"});
  blueprint.queues[0].visibility = time_of(10);
  blueprint.queues[0].deliveries = 3;
  blueprint.queues[0].dead_letters = 1;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count dead_letters{queue=jobs}"), 1);
  EXPECT_EQ(run.value("count redeliveries{queue=jobs}"), 2);
  EXPECT_EQ(run.value("count failures{reason=dead_letter}"), 1);
  EXPECT_NEAR(1000 * run.value("avg in_flight{workload=users}"), 30.0, exact);
  EXPECT_NEAR(run.value("avg latency{endpoint=undertaker.work}"), 2.0, exact);
  EXPECT_EQ(run.ledger("messages").entered, 2U);
  EXPECT_EQ(run.ledger("messages").completed, 1U);
  EXPECT_EQ(run.ledger("messages").failed.at("dead_letter"), 1U);
  EXPECT_EQ(run.ledger("deliveries").failed.at("unavailable"), 3U);
  EXPECT_NEAR(run.value("last in_flight{workload=users}"), 0.0, exact);
}

TEST(ExactDeliveries, WhatIsLostWithItsWorkerComesBackWhenItsVisibilityEnds) {
  Blueprint blueprint = jobs({0}, lasting(5), 1);
  blueprint.queues[0].visibility = time_of(10);
  PlaneUnderTest run{blueprint};
  run.advance(1);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 15.0, exact);
  EXPECT_EQ(run.ledger("deliveries").failed.at("lost"), 1U);
  EXPECT_EQ(run.ledger("messages").completed, 1U);
  EXPECT_TRUE(run.ledger("messages").failed.empty());
}

// One worker: the message waits for it again from 2 to 3, when the worker itself finishes it.
TEST(ExactDeliveries, AFinishedMessageLeavesTheLine) {
  Blueprint blueprint = jobs({0, 2.5}, lasting(3), 1);
  blueprint.queues[0].visibility = time_of(2);
  PlaneUnderTest run{blueprint, 1, 5.5};
  run.finish();
  EXPECT_EQ(run.value("count redeliveries{queue=jobs}"), 0);
  EXPECT_EQ(run.ledger("messages").completed, 1U);
  EXPECT_EQ(run.ledger("messages").in_flight, 1U) << "the second, taken at 3, is visible again";
  EXPECT_NEAR(run.value("avg queue_length{queue=jobs}"), (1.0 + 0.5 + 0.5) / 5.5, 1e-6);
}

// The first is lost with its worker at 0.5 and back at 4; the second works from 1 to 6; the third has waited since 2. At 6 the
// first is taken, and ends at 11. Had the third been taken, it would have ended then, after 9 s instead of 11.
TEST(ExactDeliveries, WhatComesBackGoesBeforeTheNew) {
  Blueprint blueprint = jobs({0, 1, 2}, lasting(5), 1);
  blueprint.queues[0].visibility = time_of(4);
  PlaneUnderTest run{blueprint, 1, 12.0};
  run.advance(0.5);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (5.0 + 11.0) / 2, exact);
  EXPECT_EQ(run.ledger("messages").in_flight, 1U);
}

TEST(ExactDeliveries, ADelayedMessageIsNotToBeHadYet) {
  Blueprint blueprint = jobs({0, 0, 0}, lasting(1), 3);
  blueprint.queues[0].delay = seconds(5);
  blueprint.queues[0].limit = 2;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 1) << "what is delayed takes room";
  EXPECT_NEAR(run.value("avg latency{endpoint=worker.work}"), 6.0, exact);
  EXPECT_NEAR(run.value("avg queue_wait{queue=jobs}"), 5.0, exact);
  EXPECT_NEAR(run.value("avg queue_length{queue=jobs}"), 0.0, exact);
}

// Room for one: the first is taken at once, the second waits in the queue, the others outside of it, first come first served.
Blueprint publishing_api(const std::vector<double>& at) {
  Blueprint blueprint = jobs({}, lasting(1), 1);
  blueprint.queues[0].limit = 1;
  blueprint.queues[0].publishers_wait = true;
  const Index api = add_service(blueprint, "api", {{PublishStep{.queue = 0}}}, 10);
  blueprint.workloads.push_back({"callers", 0, arriving_at(at), {{"call", 1.0, {{CallStep{.endpoint = api}}}}}});
  return blueprint;
}

TEST(ExactDeliveries, AFullQueueHoldsItsPublishersBack) {
  PlaneUnderTest run{publishing_api({0, 0, 0, 0})};
  run.advance(0.5);
  EXPECT_EQ(run.plane().sample(run.replicas(1)[0]).in_flight, 2U);
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=callers}"), (0.0 + 0 + 1 + 2) / 4, exact);
  EXPECT_NEAR(run.value("avg latency{endpoint=worker.work}"), (1.0 + 2 + 3 + 4) / 4, exact);
  EXPECT_NEAR(run.value("avg publishers_waiting{queue=jobs}"), (2.0 + 1) / 1000, exact);
  EXPECT_EQ(run.ledger("messages").completed, 4U);
  EXPECT_EQ(run.value("max queue_length{queue=jobs}"), 1);
}

TEST(ExactDeliveries, APublisherThatIsGoneNoLongerWaitsForRoom) {
  PlaneUnderTest run{publishing_api({0, 0, 0, 0})};
  run.advance(0.5);
  run.plane().remove_replica(run.replicas(1)[0]);
  run.finish();
  EXPECT_EQ(run.ledger("messages").completed, 2U);
  EXPECT_EQ(run.ledger("messages").failed.at("lost"), 2U);
  EXPECT_EQ(run.ledger("requests").failed.at("lost"), 2U);
  EXPECT_EQ(run.value("last publishers_waiting{queue=jobs}"), 0);
}

TEST(ExactDeliveries, UsersWaitForRoomToo) {
  Blueprint blueprint = jobs({0, 0, 0}, lasting(1), 1);
  blueprint.queues[0].limit = 1;
  blueprint.queues[0].publishers_wait = true;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.0 + 2 + 3) / 3, exact);
  EXPECT_EQ(run.value("count failures{workload=users}"), 0);
  EXPECT_EQ(run.ledger("sessions").completed, 3U);
}

TEST(ExactDeliveries, AHundredThousandPublishersAreLetInWithoutRecursion) {
  Blueprint blueprint = jobs(std::vector<double>(100'000, 0.0), lasting(1), 0, 200'000);
  blueprint.queues[0].limit = 1;
  blueprint.queues[0].publishers_wait = true;
  PlaneUnderTest run{blueprint, 1, 100.0};
  run.advance(10);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_EQ(run.ledger("messages").completed, 100'000U);
}

// A call of exponential length (mean 1 s) with a time-out of 1 s fails with probability 1/e. A message would fail for ever if its
// deliveries drew the same again; as they do not, a delivery more is needed with that probability each time: on average
// p / (1 - p) = 0.582 per message, 1164 of 2000, variance p / (1 - p)^2 each: standard deviation 43.
TEST(ExactDeliveries, WhatADeliveryAsksOfOthersIsAnotherTry) {
  Blueprint blueprint = jobs(std::vector<double>(2000, 0.0), {}, 1, 3000);
  const Index api = add_service(blueprint, "api", {{WaitStep{Distribution::exponential(1.0)}}}, 10'000);
  blueprint.endpoints[0].steps = {{CallStep{.endpoint = api, .timeout = time_of(1)}}};
  blueprint.queues[0].visibility = time_of(5);
  blueprint.queues[0].deliveries = 50;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.ledger("messages").completed, 2000U);
  EXPECT_NEAR(run.value("count redeliveries{queue=jobs}"), 1164.0, 3.3 * 43);
  EXPECT_EQ(run.value("count duplicates{queue=jobs}"), 0);
}

// The work itself is the same each time: what is too slow once is too slow always, and half is (median ln 2).
TEST(ExactDeliveries, ADeliveryDoesTheSameWorkAgain) {
  Blueprint blueprint = jobs(std::vector<double>(2000, 0.0), {{WaitStep{Distribution::exponential(1.0)}}}, 1, 100'000);
  blueprint.queues[0].visibility = time_of(0.6931471805599453);
  blueprint.queues[0].deliveries = 2;
  PlaneUnderTest run{blueprint};
  run.finish();
  const double slow = run.value("count redeliveries{queue=jobs}");
  EXPECT_NEAR(slow, 1000.0, 3.3 * 22.4);
  // Slower than two visibilities (a quarter): given up although both deliveries complete later. Else the second is for nothing.
  const double given_up = run.value("count dead_letters{queue=jobs}");
  EXPECT_NEAR(given_up, 500.0, 3.3 * 19.4);
  EXPECT_EQ(run.value("count duplicates{queue=jobs}"), 2 * given_up + (slow - given_up));
}

}  // namespace
}  // namespace headroom::test
