// Queues and workers on the exact plane, as arithmetic: batches, concurrency, priorities, bounds.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Users publish straight to the queue "jobs"; "worker" takes from it.
Blueprint jobs(std::vector<Arrival> arrivals, int replicas, int concurrency, int batch) {
  Blueprint blueprint;
  blueprint.queues.push_back({.name = "jobs", .priorities = 2});
  add_service(blueprint, "worker", {{WaitStep{seconds(1)}}}, concurrency);
  ServiceBlueprint& worker = blueprint.services[0];
  worker.replicas = replicas;
  worker.queue = 0;
  worker.worker_endpoint = 0;
  worker.batch = batch;
  blueprint.workloads.push_back({"users", 0, scripted(std::move(arrivals)), {{"job", 1.0, {{PublishStep{.queue = 0}}}}}});
  return blueprint;
}

std::vector<Arrival> at_once(int count, std::uint8_t priority = 0) {
  return std::vector<Arrival>(static_cast<std::size_t>(count), Arrival{.at = start_of_time, .priority = priority});
}

TEST(ExactMessages, WorkersTakeWhatTheirSlotsCanServe) {
  PlaneUnderTest run{jobs(at_once(5), 2, 1, 1)};
  run.finish();
  // Two at a time, one second each: 1 1 2 2 3.
  EXPECT_NEAR(run.value("avg latency{endpoint=worker.work}"), (1.0 + 1 + 2 + 2 + 3) / 5, exact);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 9.0 / 5, exact);
  EXPECT_NEAR(run.value("avg queue_wait{queue=jobs}"), (0.0 + 0 + 1 + 1 + 2) / 5, exact);
  EXPECT_EQ(run.ledger("messages").completed, 5U);
}

TEST(ExactMessages, ABatchBeyondTheSlotsWaitsWhereNobodyElseCanTakeIt) {
  // The first worker takes all four and serves them one after another while the second stands idle.
  PlaneUnderTest run{jobs(at_once(4), 2, 1, 4)};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=worker.work}"), 4);
  // All arrive at one instant, one by one: the first finds worker 1 vacant, the second worker 2, the others wait in the queue and are
  // taken as a batch of two by the worker that is free first: 1 1 2 3.
  EXPECT_NEAR(run.value("avg latency{endpoint=worker.work}"), (1.0 + 1 + 2 + 3) / 4, exact);
}

TEST(ExactMessages, TheUrgentGoFirst) {
  std::vector<Arrival> arrivals = at_once(1);
  for (const Arrival& late : at_once(2, 1)) arrivals.push_back(late);
  for (const Arrival& urgent : at_once(2, 0)) arrivals.push_back(urgent);
  Blueprint blueprint = jobs(arrivals, 1, 1, 1);
  PlaneUnderTest run{blueprint};
  run.advance(2.5);  // the first, then one of the two urgent ones, and the second urgent one is being served
  EXPECT_FALSE(run.plane().is_idle(run.replicas(0)[0]));
  run.finish();
  EXPECT_NEAR(run.value("avg queue_wait{queue=jobs}"), (0.0 + 1 + 2 + 3 + 4) / 5, exact);
  EXPECT_NEAR(run.value("avg queue_wait{queue=jobs,priority=0}"), (0.0 + 1 + 2) / 3, exact);
  EXPECT_NEAR(run.value("avg queue_wait{queue=jobs,priority=1}"), (3.0 + 4) / 2, exact);
  EXPECT_NEAR(run.value("max queue_wait{queue=jobs,priority=1}"), 4.0, exact);
}

TEST(ExactMessages, AFullQueueTurnsAway) {
  Blueprint blueprint = jobs(at_once(5), 1, 1, 1);
  blueprint.queues[0].limit = 2;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 2);
  EXPECT_EQ(run.ledger("messages").failed.at("rejected"), 2U);
  EXPECT_EQ(run.ledger("messages").completed, 3U);
}

TEST(ExactMessages, AgeIsThatOfTheOldest) {
  Blueprint blueprint = jobs({{.at = at_seconds(1)}, {.at = at_seconds(5)}}, 1, 1, 1);
  blueprint.services[0].replicas = 0;
  PlaneUnderTest run{blueprint, 1, 10.0};
  run.finish();
  EXPECT_NEAR(run.value("last queue_age{queue=jobs}"), 9.0, exact);
  EXPECT_NEAR(run.value("last queue_length{queue=jobs}"), 2.0, exact);
  EXPECT_EQ(run.ledger("messages").in_flight, 2U);
}

TEST(ExactMessages, ANewWorkerTakesWhatWaits) {
  Blueprint blueprint = jobs(at_once(2), 1, 1, 1);
  blueprint.services[0].replicas = 0;
  PlaneUnderTest run{blueprint};
  run.advance(10);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_NEAR(run.value("avg latency{endpoint=worker.work}"), (11.0 + 12.0) / 2, exact);
}

TEST(ExactMessages, AnEndpointThatPublishesDoesNotWaitForTheWorker) {
  Blueprint blueprint = jobs({}, 1, 1, 1);
  const Index api = add_service(blueprint, "api", {{PublishStep{.queue = 0}}, {WaitStep{seconds(0.5)}}});
  blueprint.workloads.push_back({"callers", 0, arriving_at({0, 10}), {{"call", 1.0, {{CallStep{.endpoint = api}}}}}});
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=callers}"), 0.5, exact);
  EXPECT_NEAR(run.value("avg latency{endpoint=worker.work}"), 1.0, exact);
}

TEST(ExactMessages, WhatASessionPublishesIsItsUsersRequest) {
  // think 1 s, then publish: as if the journey were the publication alone, only later.
  Blueprint blueprint = jobs(at_once(2), 1, 1, 1);
  blueprint.workloads[0].journeys[0].steps = {{WaitStep{seconds(1)}}, {PublishStep{.queue = 0}}};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{workload=users}"), 2);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.0 + 2.0) / 2, exact);
  EXPECT_NEAR(run.value("last in_flight{workload=users}"), 0.0, exact);
}

TEST(ExactMessages, AMemberOfAClosedPopulationStaysWhenTheQueueIsFull) {
  Blueprint blueprint = jobs({}, 1, 1, 1);
  blueprint.services[0].replicas = 0;
  blueprint.queues[0].limit = 1;
  blueprint.workloads[0].model = arriving_at({0, 0}, true);
  blueprint.workloads[0].journeys[0].steps = {{PublishStep{.queue = 0}}, {WaitStep{seconds(10)}}};
  PlaneUnderTest run{blueprint, 1, 100.0};
  run.finish();
  EXPECT_EQ(run.ledger("sessions").in_flight, 2U);
  // Two members publish at 0, 10 … 100: one message fits, the other 21 are turned away.
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 21);
}

TEST(ExactMessages, AWorkerWithManySlotsTakesALongQueueWithoutRecursion) {
  Blueprint blueprint = jobs(at_once(200'000), 1, 500'000, 1);
  blueprint.services[0].replicas = 0;
  PlaneUnderTest run{blueprint, 1, 100.0};
  run.advance(10);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_EQ(run.ledger("messages").completed, 200'000U);
}

}  // namespace
}  // namespace headroom::test
