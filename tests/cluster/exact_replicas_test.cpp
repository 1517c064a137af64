// Replicas come, drain, die; and whatever happens, every task ends exactly once.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

TEST(ExactReplicas, ADrainingReplicaFinishesWhatItHasAndGetsNoMore) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(5)}}}, arriving_at({0, 0, 1, 2}));
  blueprint.services[0].replicas = 2;
  blueprint.services[0].concurrency = 4;
  blueprint.services[0].cpu = 4;
  PlaneUnderTest run{blueprint};
  run.advance(0.5);
  run.plane().drain_replica(run.replicas(0)[0]);
  run.advance(3);
  EXPECT_EQ(run.plane().sample(run.replicas(0)[0]).in_flight, 1U);
  EXPECT_EQ(run.plane().sample(run.replicas(0)[1]).in_flight, 3U);
  run.advance(5);
  EXPECT_TRUE(run.plane().is_idle(run.replicas(0)[0]));
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate errors"), 0.0);
}

TEST(ExactReplicas, WhatIsInARemovedReplicaIsLost) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(5)}}}, arriving_at({0, 0, 0}));
  PlaneUnderTest run{blueprint};
  run.advance(2);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=lost}"), 3);  // one in the slot, two in the backlog
  EXPECT_NEAR(1000 * run.value("avg in_flight{workload=users}"), 3 * 2.0, exact);
  EXPECT_NEAR(run.value("last in_flight{workload=users}"), 0.0, exact);
}

TEST(ExactReplicas, ACallerLearnsThatItsCalleeIsLostAndACalleeThatItsCallerIs) {
  for (const Index victim : {0U, 1U}) {
    Blueprint blueprint = one_service({}, arriving_at({0}));
    const Index callee = add_service(blueprint, "backend", {{ComputeStep{seconds(5)}}});
    blueprint.endpoints[0].steps = {{CallStep{.endpoint = callee}}};
    PlaneUnderTest run{blueprint};
    run.advance(2);
    run.plane().remove_replica(run.replicas(victim)[0]);
    run.finish();
    EXPECT_DOUBLE_EQ(run.value("rate errors"), 1.0);
    EXPECT_NEAR(1000 * run.value("avg in_flight{workload=users}"), 2.0, exact);
    // The callee of a lost caller works on for nobody.
    EXPECT_NEAR(run.value("avg cpu{service=backend}"), victim == 0 ? 5.0 / 1000 : 1.0, exact);
  }
}

TEST(ExactReplicas, TooManyTasksAtOnceKillAReplicaForItsMemory) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(5)}}}, arriving_at({0, 1, 2}));
  blueprint.services[0].concurrency = 10;
  blueprint.services[0].memory = {1000};
  blueprint.services[0].memory_base = {500};
  blueprint.services[0].memory_per_task = {200};  // two fit: 900; three do not: 1,100
  PlaneUnderTest run{blueprint};
  run.advance(1.5);
  EXPECT_EQ(run.plane().sample(run.replicas(0)[0]).memory.count, 900);
  run.advance(2.5);
  const std::vector<ReplicaRef> killed = run.plane().take_killed();
  ASSERT_EQ(killed.size(), 1U);
  EXPECT_EQ(killed[0].replica, run.replicas(0)[0].replica);
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=out_of_memory}"), 3);
}

// Its pod may be on the way out at the very instant at which it dies: whoever removes it has not heard yet.
TEST(ExactReplicas, OneThatDiedBeforeItIsRemovedDiesOnce) {
  Blueprint blueprint = one_service({{ComputeStep{seconds(5)}}}, arriving_at({1}));
  blueprint.services[0].replicas = 2;
  blueprint.services[0].memory = {1000};
  blueprint.services[0].memory_base = {900};
  blueprint.services[0].memory_per_task = {200};  // the first task is one too many
  PlaneUnderTest run{blueprint, 1, 10.0};
  run.advance(1.0);
  const ReplicaRef dead = run.replicas(0)[0];
  EXPECT_EQ(run.plane().answer_to_probe(dead, at_seconds(1.0)), ProbeAnswer::refused);
  run.plane().drain_replica(dead);
  run.plane().remove_replica(dead);
  EXPECT_TRUE(run.plane().take_killed().empty()) << "nobody has it any more";
  EXPECT_NE(run.plane().add_replica(0), run.plane().add_replica(0)) << "its place is taken once";
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=out_of_memory}"), 1);
  // Cores there are: 2 for 1 s; then one is gone and two have come: 3 for 9 s. In use: none.
  for (const Series& series : run.finish_result().series) {
    if (series.metric != "slots") continue;
    EXPECT_NEAR(series.columns[1][0], 2 * 1.0 + 3 * 9.0, 1e-9);
  }
}

// A system with every kind of station under random demand, whose replicas come and go at random.
Blueprint everything(std::uint64_t seed) {
  RandomStream random{seed};
  std::vector<double> times;
  double now = 0.0;
  while (now < 60.0) times.push_back(now += 0.02 * random.uniform());
  Blueprint blueprint = one_service({}, arriving_at(times));
  blueprint.keys.push_back({.name = "item", .items = 500, .zipf = 0.9, .per = KeyPer::task, .size = Distribution::uniform(10, 90)});
  for (const CacheScope scope : {CacheScope::replica, CacheScope::shared}) {
    blueprint.caches.push_back({.name = scope == CacheScope::shared ? "shared" : "local", .scope = scope, .capacity = {3000},
                                .policy = choice_of<CachePolicy>("s3-fifo"), .time_to_live = std::chrono::seconds{5},
                                .latency = Distribution::uniform(0, 0.001)});
  }
  blueprint.queues.push_back({.name = "jobs", .priorities = 2, .limit = 50});
  DatabaseBlueprint database;
  database.name = "store";
  database.sharding = choice_of<ShardPolicy>("consistent-hash");
  database.shards = 3;
  database.replicas = 2;
  database.pool = 3;
  database.backlog = 5;
  database.wait_limit = Distribution::exponential(0.05);
  database.cpu = 1.5;
  database.read_cpu = database.write_cpu = Distribution::exponential(0.01);
  database.read_wait = Distribution::exponential(0.005);
  blueprint.databases.push_back(database);

  const Index leaf = add_service(blueprint, "leaf", {{ComputeStep{Distribution::exponential(0.02)}}}, 4, 2.0);
  blueprint.services[1].replicas = 4;
  blueprint.services[1].backlog = 10;
  const Index worker = add_service(blueprint, "worker", {{QueryStep{0, true, 0}}, {CallStep{.endpoint = leaf}}}, 3, 1.0);
  blueprint.services[2].queue = 0;
  blueprint.services[2].worker_endpoint = worker;
  blueprint.services[2].batch = 5;
  blueprint.services[2].replicas = 3;
  blueprint.services[0].replicas = 5;
  blueprint.services[0].concurrency = 8;
  blueprint.services[0].backlog = 20;
  blueprint.services[0].memory = {8000};
  blueprint.services[0].memory_per_task = {800};
  blueprint.services[0].balancer = choice_of<Balancer>("least-connections");
  const RetryPolicy retry{.attempts = 3};
  blueprint.endpoints[0].steps = {
      {CacheStep{0, 0, {{CacheStep{1, 0, {{QueryStep{0, false, 0}}}}}}}},
      {ParallelStep{{{{CallStep{.endpoint = leaf, .timeout = Duration{std::chrono::milliseconds{30}}, .retry = retry}}},
                     {{ForEachStep{Distribution::uniform(0, 4), 2, {{ComputeStep{Distribution::exponential(0.005)}}, {PublishStep{.queue = 0}}}}}}}}},
      {ChooseStep{{1.0, 2.0}, {{{RespondStep{}}, {WaitStep{Distribution::exponential(0.05)}}}, {{ComputeStep{Distribution::exponential(0.01)}}}}}}};
  blueprint.workloads[0].journeys[0].steps = {
      {CallStep{.endpoint = 0, .timeout = Duration{std::chrono::milliseconds{200}}, .retry = retry, .ignore_failure = true}},
      {WaitStep{Distribution::exponential(0.1)}},
      {ParallelStep{{{{CallStep{.endpoint = 0}}}, {{CallStep{.endpoint = leaf}}}}}}};
  return blueprint;
}

class ExactBooks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ExactBooks, EveryTaskEndsExactlyOnceWhateverDies) {
  PlaneUnderTest run{everything(GetParam()), GetParam(), 200.0};
  RandomStream random{GetParam() + 1000};
  std::vector<std::vector<ReplicaRef>> alive{run.replicas(0), run.replicas(1), run.replicas(2)};
  std::size_t killed = 0;
  for (double now = 0.0; now < 70.0; now += random.uniform()) {
    run.advance(now);
    for (const ReplicaRef& dead : run.plane().take_killed()) {
      ++killed;
      std::erase_if(alive[dead.service], [&](const ReplicaRef& replica) { return replica.replica == dead.replica; });
    }
    auto& service = alive[random.below(3)];
    const auto index = static_cast<Index>(&service - alive.data());
    if (random.uniform() < 0.5 && !service.empty()) {
      const std::size_t victim = random.below(service.size());
      if (random.uniform() < 0.5) run.plane().drain_replica(service[victim]);
      run.plane().remove_replica(service[victim]);
      service.erase(service.begin() + static_cast<std::ptrdiff_t>(victim));
    } else if (service.size() < 8) {
      service.push_back({index, run.plane().add_replica(index)});
    }
  }
  run.finish();
  EXPECT_GT(killed, 0U);
  for (const LedgerEntry& entry : run.finish_result().ledger) {
    EXPECT_TRUE(entry.balanced()) << entry.name;
    EXPECT_GT(entry.entered, 1000U) << entry.name;
    if (entry.name != "messages") {
      EXPECT_EQ(entry.in_flight, 0U) << entry.name;  // the last arrival was 140 s ago
    }
  }
  // Everything that was added has been taken away again.
  EXPECT_NEAR(run.value("last in_flight{workload=users}"), 0.0, exact);
  EXPECT_NEAR(run.value("last in_flight{service=api}"), 0.0, exact);
  EXPECT_NEAR(run.value("last queue_length{service=api}"), 0.0, exact);
  EXPECT_NEAR(run.value("last queue_length{database=store}"), 0.0, exact);
  EXPECT_EQ(run.value("count errors{workload=users}"), run.value("count failures{workload=users}"));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ExactBooks, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace headroom::test
