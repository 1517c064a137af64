// Workers that a Horizontal Pod Autoscaler takes from none to some and back by the length of their queue, on the whole machine.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/cluster/simulation.hpp"
#include "sim/core/metric_name.hpp"
#include "sim/measure/evaluate.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

// Ten messages at 20 s, each of which keeps a worker for 4 s; no worker at the start, and one is ready 2 s after it is asked for.
Blueprint idle_workers(const Json& metric) {
  Blueprint blueprint;
  blueprint.duration = to_duration(60.0);
  blueprint.queues.push_back({.name = "jobs"});
  add_service(blueprint, "worker", {{WaitStep{seconds(4)}}}, 1);
  ServiceBlueprint& worker = blueprint.services[0];
  worker.replicas = 0;
  worker.queue = 0;
  worker.worker_endpoint = 0;
  worker.start_up = Distribution::constant(2.0);
  worker.autoscaler =
      chosen_policy<Autoscaler>({{"policy", "hpa"}, {"metrics", {metric}}, {"replicas", {0, 10}}, {"stabilization", 0}});
  const std::vector<double> at_once(10, 20.0);
  blueprint.workloads.push_back({"users", 0, arriving_at(at_once), {{"job", 1.0, {{PublishStep{.queue = 0}}}}}});
  return blueprint;
}

double value(const RunResult& run, const char* metric) {
  ConditionError error;
  return evaluate(parse_selector(metric, error).value(), run, {0.0, 60.0}).value();
}

// It looks every 15 s at what was scraped at that instant. At 15 s there is nothing to do. At 30 s ten wait: ceil(10 / 4) = 3
// workers, there from 32 s on. They take three each at 32, 36 and 40 s and the last at 44 s. At 45 s none waits: down to none;
// the worker with the last message finishes it at 48 s.
TEST(HpaQueue, WorkersComeFromNoneWhenMessagesWaitAndGoWhenNoneIsLeft) {
  const RunResult run = simulate(idle_workers({{"external", "queue_length{queue=jobs}"}, {"average", 4}}),
                                 RunIdentity{.variant = "", .seed = 1, .replication = 0});
  std::vector<std::string> scaled;
  for (const Note& note : run.notes) {
    if (note.text.starts_with("scaled")) scaled.push_back(fmt::format("{:g}: {}", note.at_seconds, note.text));
  }
  EXPECT_EQ(scaled, (std::vector<std::string>{
                        "30: scaled from 0 to 3: queue_length{queue=jobs} 10 against 4 per pod, ratio 2.50: 3 wanted of 0",
                        "45: scaled from 3 to 0: queue_length{queue=jobs} 0 against 4 per pod, ratio 0.00: 0 wanted of 3"}));
  // (3 × 12 + 3 × 16 + 3 × 20 + 24) / 10 waited, and three workers for 13 s of 60.
  EXPECT_NEAR(value(run, "avg queue_wait{queue=jobs}"), 16.8, 1e-6);
  EXPECT_NEAR(value(run, "avg replicas{service=worker}"), 3.0 * 13.0 / 60.0, 1e-6);
  EXPECT_EQ(value(run, "count requests{endpoint=worker.work}"), 10.0);
}

}  // namespace
}  // namespace headroom::test
