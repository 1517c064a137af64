// Jobs on GPUs, as arithmetic: replicas that have a GPU each and work on what lies in a queue.
#include <gtest/gtest.h>

#include "sim/cluster/simulation.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

// Six images of 4 s each are asked for at once, after a second; three painters are wanted, on two nodes of four cores and one
// GPU.
Blueprint six_images(int gpus) {
  Blueprint blueprint;
  blueprint.name = "images";
  blueprint.duration = to_duration(20.0);
  blueprint.windows = 20;
  blueprint.queues.push_back({.name = "images"});
  NodePoolBlueprint& pool = blueprint.node_pools.emplace_back();
  pool.name = "gpu";
  pool.nodes = pool.minimum = pool.maximum = 2;
  pool.cpu = 4.0;
  pool.gpus = 1;
  pool.bandwidth = BytesPerSecond{1e9};
  add_service(blueprint, "painter", {{WaitStep{seconds(4)}}});
  ServiceBlueprint& painter = blueprint.services[0];
  painter.node_pool = 0;
  painter.gpus = gpus;
  painter.replicas = 3;
  painter.queue = 0;
  painter.worker_endpoint = 0;
  blueprint.workloads.push_back({"users", 0, arriving_at({1, 1, 1, 1, 1, 1}), {{"ask", 1.0, {{PublishStep{.queue = 0}}}}}});
  return blueprint;
}

double value(const RunResult& result, const std::string& selector) {
  ConditionError error;
  const auto condition = parse_condition(selector + " < 1", error);
  return evaluate(condition.value().selector, result, {0.0, result.duration_seconds}).value();
}

// The third finds no GPU, though there are cores for it: two at a time, and waits of 0 0 4 4 8 8 s. Of two slots for 20 s, each
// with its GPU, 6 × 4 s are taken.
TEST(GpuJobs, WaitForOneOfTheGpusThatThereAre) {
  const RunResult result = simulate(six_images(1), RunIdentity{.variant = "", .seed = 1, .replication = 0});
  EXPECT_NEAR(value(result, "avg queue_wait{queue=images}"), (0.0 + 0 + 4 + 4 + 8 + 8) / 6, 1e-6);
  EXPECT_NEAR(value(result, "max queue_wait{queue=images}"), 8.0, 1e-6);
  EXPECT_NEAR(value(result, "avg slots{service=painter}"), 6 * 4.0 / (2 * 20.0), 1e-6);
  EXPECT_NEAR(value(result, "last pending_pods{node_pool=gpu}"), 1.0, 1e-9);
}

// Three at a time: 0 0 0 4 4 4 s.
TEST(GpuJobs, ThatNeedNoGpuWaitForCoresAlone) {
  const RunResult result = simulate(six_images(0), RunIdentity{.variant = "", .seed = 1, .replication = 0});
  EXPECT_NEAR(value(result, "avg queue_wait{queue=images}"), 2.0, 1e-6);
  EXPECT_NEAR(value(result, "avg slots{service=painter}"), 6 * 4.0 / (3 * 20.0), 1e-6);
}

// Two GPUs of which the painters have both; six jobs of 4 s are 24 of 40 GPU-seconds. At 0.5 USD a second for each of two nodes
// 20 USD are spent, 12 of them on GPUs at work, and the other 8 stand idle.
TEST(GpuJobs, AGpuIsInUseWhileItsReplicaIsAtWork) {
  Blueprint blueprint = six_images(1);
  blueprint.node_pools[0].price = {0.5};
  const RunResult result = simulate(blueprint, RunIdentity{.variant = "", .seed = 1, .replication = 0});
  EXPECT_NEAR(value(result, "avg node_gpus_requested{node_pool=gpu}"), 1.0, 1e-9);
  EXPECT_NEAR(value(result, "avg node_gpus_used{node_pool=gpu}"), 24.0 / 40.0, 1e-9);
  EXPECT_NEAR(value(result, "last cost{node_pool=gpu}"), 20.0, 1e-9);
  EXPECT_NEAR(value(result, "idle_cost") * 20.0, 8.0, 1e-9);
  EXPECT_NEAR(value(result, "unrequested_cost"), 0.0, 1e-9);
}

// Two replicas with two slots and two GPUs each, on two nodes with four: one of the slots is taken for a second every two seconds
// of the 20, which is 1/2 of a slot, 1/4 of a replica and 1/2 of a GPU, of eight; four are requested.
TEST(GpuJobs, AReplicaWithOneSlotOfTwoTakenUsesHalfOfItsGpus) {
  Blueprint blueprint = six_images(2);
  NodePoolBlueprint& pool = blueprint.node_pools[0];
  pool.gpus = 4;
  pool.price = {0.5};
  ServiceBlueprint& painter = blueprint.services[0];
  painter.replicas = 2;
  painter.concurrency = 2;
  blueprint.endpoints[0].steps = {{WaitStep{seconds(1)}}};
  blueprint.workloads[0].model = arriving_at({0, 2, 4, 6, 8, 10, 12, 14, 16, 18});
  const RunResult result = simulate(blueprint, RunIdentity{.variant = "", .seed = 1, .replication = 0});
  EXPECT_NEAR(value(result, "avg slots{service=painter}"), 0.5 / 4.0, 1e-9);
  EXPECT_NEAR(value(result, "avg node_gpus_used{node_pool=gpu}"), 0.5 / 8.0, 1e-9);
  EXPECT_NEAR(value(result, "idle_cost"), (1.0 - 0.5 / 8.0) * 1.0, 1e-9);
  EXPECT_NEAR(value(result, "unrequested_cost"), (1.0 - 4.0 / 8.0) * 1.0, 1e-9);
}

}  // namespace
}  // namespace headroom::test
