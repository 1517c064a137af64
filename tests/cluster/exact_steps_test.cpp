// Steps on the exact plane, as arithmetic: branches, bounded fan-out, choices, caches, queries, responding early.
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Step wait(double span) { return {WaitStep{seconds(span)}}; }

TEST(ExactSteps, ParallelTakesAsLongAsItsLongestBranch) {
  PlaneUnderTest run{one_service({{ParallelStep{{{wait(1)}, {wait(3), wait(1)}, {wait(2)}}}}, wait(1)}, arriving_at({0}))};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), 4.0 + 1.0, exact);
}

TEST(ExactSteps, ParallelFailsWhenTheLastBranchHasEnded) {
  Blueprint blueprint = one_service({}, arriving_at({0}));
  const Index dead = add_service(blueprint, "dead", {wait(1)});
  blueprint.services[1].replicas = 0;
  blueprint.endpoints[0].steps = {{ParallelStep{{{{CallStep{.endpoint = dead}}}, {wait(2)}}}}, wait(5)};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate errors"), 1.0);
  EXPECT_NEAR(1000 * run.value("avg in_flight{service=api}"), 2.0, exact);  // not at once: the other branch goes on
}

TEST(ExactSteps, ForEachRunsSoManyBodiesAtATime) {
  PlaneUnderTest run{one_service({{ForEachStep{Distribution::constant(10), 3, {wait(1)}}}}, arriving_at({0}))};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), 4.0, exact);  // ceil(10 / 3) × 1 s
}

TEST(ExactSteps, ForEachOverNothingTakesNoTime) {
  PlaneUnderTest run{one_service({{ForEachStep{Distribution::constant(0), 3, {wait(1)}}}, wait(2)}, arriving_at({0}))};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), 2.0, exact);
}

TEST(ExactSteps, BranchesShareTheCoresOfTheirReplica) {
  Blueprint blueprint = one_service({{ForEachStep{Distribution::constant(4), 4, {{ComputeStep{seconds(1)}}}}}}, arriving_at({0}));
  blueprint.services[0].cpu = 2.0;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), 4.0 / 2, exact);
}

TEST(ExactSteps, ChooseFollowsItsWeights) {
  std::vector<double> times;
  for (int i = 0; i < 4000; ++i) times.push_back(i * 0.2);
  Blueprint blueprint = one_service({{ChooseStep{{3.0, 1.0}, {{wait(0.1)}, {wait(0.05)}}}}}, arriving_at(times));
  PlaneUnderTest run{blueprint};
  run.finish();
  // Mean 0.75 × 0.1 + 0.25 × 0.05; standard deviation of the mean of 4,000: 0.05 × sqrt(0.75 × 0.25 / 4000)
  EXPECT_NEAR(run.value("avg latency"), 0.0875, 4 * 0.05 * std::sqrt(0.75 * 0.25 / 4000));
}

TEST(ExactSteps, RespondAnswersAndWorksOn) {
  PlaneUnderTest run{one_service({wait(1), {RespondStep{}}, wait(4)}, arriving_at({0, 0}))};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), (1.0 + 6.0) / 2, exact);  // the second waits until the slot is free at 5
  EXPECT_NEAR(run.value("avg slots{service=api}"), 10.0 / 1000, exact);
}

Blueprint cached(std::optional<Duration> time_to_live, const std::vector<double>& times, CacheScope scope = CacheScope::shared) {
  Blueprint blueprint = one_service({}, arriving_at(times));
  blueprint.services[0].concurrency = 10;
  blueprint.keys.push_back({.name = "item", .items = 1, .size = Distribution::constant(100)});
  blueprint.caches.push_back({.name = "memory", .scope = scope, .capacity = {1000}, .policy = choice_of<CachePolicy>("lru"),
                              .time_to_live = time_to_live, .latency = seconds(0.001)});
  blueprint.endpoints[0].steps = {{CacheStep{0, 0, {wait(1)}}}};
  return blueprint;
}

TEST(ExactSteps, ACacheAnswersTheSecondTime) {
  PlaneUnderTest run{cached(std::nullopt, {0, 10, 20})};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate hit_ratio{cache=memory}"), 2.0 / 3);
  EXPECT_NEAR(run.value("avg latency"), (1.001 + 0.001 + 0.001) / 3, exact);
  EXPECT_NEAR(run.value("last cache_bytes{cache=memory}"), 100, exact);
}

TEST(ExactSteps, AnEntryLivesFromItsFillForItsTimeToLive) {
  // Filled at 1.001; lives 10 s: a hit at 10.9, a miss at 11.1.
  PlaneUnderTest run{cached(std::chrono::seconds{10}, {0, 10.9, 11.1})};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate hit_ratio{cache=memory}"), 1.0 / 3);
}

TEST(ExactSteps, EveryReplicaHasToLearnForItself) {
  Blueprint blueprint = cached(std::nullopt, {0, 10, 20, 30}, CacheScope::replica);
  blueprint.services[0].replicas = 2;
  PlaneUnderTest run{blueprint};  // round-robin: two misses, then two hits
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate hit_ratio{cache=memory}"), 2.0 / 4);
  EXPECT_NEAR(run.value("last cache_bytes{cache=memory}"), 200, exact);
}

TEST(ExactSteps, TheBytesOfACacheFallWhenAnEntryHasExpired) {
  std::vector<double> times;
  for (int i = 0; i < 20; ++i) times.push_back(20.0 * i);  // every look-up finds its entry expired
  PlaneUnderTest run{cached(std::chrono::seconds{10}, times)};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate hit_ratio{cache=memory}"), 0.0);
  EXPECT_NEAR(run.value("max cache_bytes{cache=memory}"), 100, exact);
}

TEST(ExactSteps, SpansBeyondAllTimeNeverEnd) {
  // Half of these draws are longer than time can be written down.
  Blueprint blueprint = one_service({{WaitStep{Distribution::pareto(1.0, 0.02)}}, {ComputeStep{Distribution::pareto(1.0, 0.02)}}},
                                    arriving_at(std::vector<double>(200, 0.0)));
  blueprint.services[0].concurrency = 1000;
  blueprint.services[0].cpu = 10.0;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_GT(run.ledger("requests").in_flight, 100U);
}

Blueprint with_database(int shards, int pool, const std::vector<double>& times) {
  Blueprint blueprint = one_service({}, arriving_at(times));
  blueprint.services[0].concurrency = 100;
  blueprint.keys.push_back({.name = "row", .items = 1000});
  DatabaseBlueprint database;
  database.name = "store";
  database.sharding = choice_of<ShardPolicy>("modulo");
  database.shards = shards;
  database.pool = pool;
  database.cpu = 4;
  database.read_wait = seconds(1);
  database.write_cpu = seconds(2);
  blueprint.databases.push_back(database);
  blueprint.endpoints[0].steps = {{QueryStep{0, false, 0}}};
  return blueprint;
}

TEST(ExactSteps, AQueryHoldsAConnection) {
  PlaneUnderTest run{with_database(1, 2, {0, 0, 0})};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), (1.0 + 1 + 2) / 3, exact);
  EXPECT_NEAR(run.value("avg queue_wait{database=store}"), 1.0 / 3, exact);
  EXPECT_NEAR(run.value("avg pool{database=store}"), 3.0 / (2 * 1000), exact);
}

TEST(ExactSteps, AWriteUsesTheDatabasesCores) {
  Blueprint blueprint = with_database(1, 8, {0, 0, 0, 0, 0, 0, 0, 0});
  blueprint.endpoints[0].steps = {{QueryStep{0, true, 0}}};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency"), 8 * 2.0 / 4, exact);  // eight at once on four cores
  EXPECT_NEAR(run.value("avg database_cpu{database=store}"), 16.0 / (4 * 1000), exact);
}

TEST(ExactSteps, AConnectionIsWaitedForOnlySoLong) {
  Blueprint blueprint = with_database(1, 1, {0, 0});
  blueprint.databases[0].wait_limit = seconds(0.25);
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=wait_limit}"), 1);
}

TEST(ExactSteps, TheSameRequestMeetsTheSameNumbersWhateverTheBalancer) {
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) times.push_back(i);
  std::vector<double> means;
  for (const char* policy : {"round-robin", "random", "least-connections"}) {
    Blueprint blueprint = one_service({{ComputeStep{Distribution::exponential(0.5)}}}, arriving_at(times));
    blueprint.services[0].replicas = 200;  // nobody ever waits, so the mean is the mean demand
    blueprint.services[0].balancer = choice_of<Balancer>(policy);
    PlaneUnderTest run{blueprint, 7};
    run.finish();
    means.push_back(run.value("avg cpu{service=api}"));
  }
  EXPECT_NEAR(means[0], means[1], exact);
  EXPECT_NEAR(means[0], means[2], exact);
}

}  // namespace
}  // namespace headroom::test
