// Names become indices, and what was not chosen is filled in.
#include "scenarios/builder.hpp"

#include <gtest/gtest.h>

#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;
using namespace std::chrono_literals;

const char* const system_of_all = R"({"name": "all", "duration": "1 h", "warm_up": "5 min",
  "regions": [{"name": "us", "round_trip": {"eu": "80 ms"}}, {"name": "eu"}],
  "node_pools": [{"name": "edge", "region": "eu", "cpu": 4, "memory": "16 GiB", "nodes": 2}],
  "services": [
    {"name": "api", "node_pool": "edge", "balancer": "random", "endpoints": [
      {"name": "get", "steps": [{"cache": "near", "key": "k", "on_miss": [{"query": "db", "read": "k"}]}, {"call": "store.put", "on_failure": "continue"}]},
      {"name": "all", "steps": [{"for_each": 4, "at_most": 2, "steps": [{"wait": "1 s"}]}, {"parallel": [[{"compute": "1 ms"}], [{"compute": "2 ms"}]]}, {"respond": true}]}]},
    {"name": "store", "region": "us", "endpoints": [{"name": "put", "steps": [{"query": "db", "write": "k"}, {"publish": "jobs", "priority": 1}]}]},
    {"name": "worker", "region": "us", "consumes": {"queue": "jobs", "endpoint": "run", "batch": 4}, "endpoints": [{"name": "skip", "steps": [{"query": "other", "read": "k"}]}, {"name": "run", "steps": []}]}],
  "databases": [{"name": "other", "region": "us"}, {"name": "db", "region": "us"}],
  "queues": [{"name": "jobs", "priorities": 2}],
  "caches": [{"name": "near", "scope": "region", "capacity": "1 GiB"}],
  "keys": [{"name": "k", "per": "subject"}],
  "workloads": [{"model": "users", "name": "web", "region": "eu", "rate": "1 /s", "journeys": [
    {"steps": [{"request": "api.get", "timeout": "2 s", "retry": {"attempts": 2, "jitter": "none"}}, {"think": "3 s"}]},
    {"name": "browse", "weight": 2, "steps": [{"choose": [{"weight": 1, "steps": [{"request": "api.all"}]}, {"weight": 3, "steps": []}]}]}]}],
  "objectives": ["p(97) latency < 1 s", "p(95) latency < 1 s", "p(97) queue_wait{service=api} < 1 s"]})";

TEST(Builder, WhatItBuildsCanRun) { EXPECT_EQ(check_blueprint(build_blueprint(scenario_of(system_of_all))), std::vector<std::string>{}); }

TEST(Builder, ResolvesNamesToIndices) {
  const Blueprint b = build_blueprint(scenario_of(system_of_all));
  EXPECT_EQ(b.network.regions, (std::vector<std::string>{"us", "eu"}));
  EXPECT_EQ(b.network.round_trip[0][1], 80ms);
  EXPECT_EQ(b.network.round_trip[1][0], 80ms);
  EXPECT_EQ(b.services[0].region, 1U) << "where its nodes are";
  EXPECT_EQ(b.services[0].node_pool, 0U);
  EXPECT_EQ(b.services[1].node_pool, no_index);
  ASSERT_EQ(b.endpoints.size(), 5U);
  EXPECT_EQ(b.endpoints[2].name, "store.put");
  EXPECT_EQ(b.endpoints[2].service, 1U);
  EXPECT_EQ(b.services[2].queue, 0U);
  EXPECT_EQ(b.services[2].worker_endpoint, 4U);
  EXPECT_EQ(b.services[2].batch, 4);
  EXPECT_EQ(b.workloads[0].region, 1U);
}

TEST(Builder, BuildsWhatIsSaidOfQueues) {
  const Blueprint b = build_blueprint(scenario_of(R"({"name": "small", "duration": "1 min",
    "services": [{"name": "worker", "consumes": {"queue": "jobs", "endpoint": "run"}, "endpoints": [{"name": "run", "steps": []}]}],
    "queues": [{"name": "graves"}, {"name": "jobs", "visibility": "30 s", "deliveries": 3, "dead_letters": "graves", "delay": "2 s",
                "limit": 10, "on_full": "wait"}],
    "workloads": [{"model": "users", "name": "web", "rate": "1 /s", "journeys": [{"steps": [{"publish": "jobs"}]}]}]})"));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_FALSE(b.queues[0].visibility || b.queues[0].publishers_wait || b.queues[0].deliveries);
  const QueueBlueprint& jobs = b.queues[1];
  EXPECT_EQ(jobs.visibility, 30s);
  EXPECT_EQ(jobs.deliveries, 3);
  EXPECT_EQ(jobs.dead_letters, 0U);
  EXPECT_EQ(jobs.delay.mean(), 2.0);
  EXPECT_EQ(jobs.limit, 10);
  EXPECT_TRUE(jobs.publishers_wait);
}

TEST(Builder, BuildsWhatIsSaidOfLocksAndDisciplines) {
  const Blueprint b = build_blueprint(scenario_of(R"({"name": "small", "duration": "1 min",
    "services": [{"name": "api", "discipline": "fair", "endpoints": [{"name": "get", "steps": [
      {"lock": "rows", "key": "id", "lease": "30 s", "renew": "10 s", "poll": "50 ms", "steps": [{"wait": "1 s"}]},
      {"lock": "rows", "key": "id", "lease": "30 s", "on_held": "skip", "steps": []}]}]}],
    "locks": [{"name": "rows", "latency": "2 ms", "price": "1 USD/h"}], "keys": [{"name": "id"}],
    "workloads": [{"model": "users", "name": "web", "rate": "1 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})"));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_EQ(b.services[0].discipline, Discipline::fair);
  EXPECT_EQ(b.locks[0].latency.mean(), 0.002);
  EXPECT_NEAR(b.locks[0].price.value * 3600.0, 1.0, 1e-12);
  const auto& first = std::get<LockStep>(b.endpoints[0].steps[0].action);
  EXPECT_EQ(first.lease, 30s);
  EXPECT_EQ(first.renew, 10s);
  EXPECT_EQ(first.poll, 50ms);
  EXPECT_EQ(first.on_held, OnHeld::wait);
  EXPECT_EQ(first.steps.size(), 1U);
  const auto& second = std::get<LockStep>(b.endpoints[0].steps[1].action);
  EXPECT_EQ(second.on_held, OnHeld::skip);
  EXPECT_FALSE(second.renew);
}

TEST(Builder, BuildsWhatIsSaidOfLimitsChangesAndPatience) {
  const Blueprint b = build_blueprint(scenario_of(R"({"name": "small", "duration": "1 min",
    "services": [{"name": "api", "endpoints": [{"name": "get", "steps": [
      {"limit": "plan"},
      {"limit": "plan", "cost": 2, "on_limit": "wait", "longest_wait": "2 s", "steps": [{"wait": "1 s"}]},
      {"for_each": {"uniform": {"low": 1, "high": 9}}, "per": "subject", "steps": [
        {"when_changed": "2 /d", "steps": [{"wait": "1 s"}]}, {"when_changed": "1 /h", "since": "5 min", "steps": [{"wait": "1 s"}]}]}]}]}],
    "limits": [{"name": "plan", "tiers": [{"rate": "10 /s", "quota": 1000}, {"priority": 2, "rate": "0.5 /s", "quota": 5, "period": "1 h"}]},
               {"name": "all", "per": "all", "tiers": [{"rate": "10 /s", "burst": 50}]}],
    "workloads": [{"model": "users", "name": "web", "rate": "1 /s", "journeys": [{"steps": [{"request": "api.get", "patience": "3 s"}]}]}]})"));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_TRUE(b.limits[0].per_subject);
  EXPECT_FALSE(b.limits[1].per_subject);
  const LimitTier &first_tier = b.limits[0].tiers[0], &second_tier = b.limits[0].tiers[1];
  EXPECT_EQ(first_tier.burst, 10) << "those of a second";
  EXPECT_EQ(first_tier.quota, 1000);
  EXPECT_EQ(first_tier.period, 24h);
  EXPECT_EQ(second_tier.burst, 1) << "at least one";
  EXPECT_EQ(second_tier.period, 1h);
  EXPECT_EQ(b.limits[1].tiers[0].burst, 50);
  const Steps& steps = b.endpoints[0].steps;
  EXPECT_EQ(std::get<LimitStep>(steps[0].action).cost.mean(), 1);
  EXPECT_EQ(std::get<LimitStep>(steps[0].action).on_limit, OnLimit::fail);
  const auto& waits = std::get<LimitStep>(steps[1].action);
  EXPECT_EQ(waits.cost.mean(), 2);
  EXPECT_EQ(waits.on_limit, OnLimit::wait);
  EXPECT_EQ(waits.longest_wait, 2s);
  EXPECT_EQ(waits.steps.size(), 1U);
  const auto& each = std::get<ForEachStep>(steps[2].action);
  EXPECT_EQ(each.per, KeyPer::subject);
  EXPECT_NEAR(std::get<WhenChangedStep>(each.body[0].action).rate.value, 2.0 / 86'400, 1e-12);
  EXPECT_EQ(std::get<WhenChangedStep>(each.body[1].action).since, 5min);
  EXPECT_NEAR(std::get<CallStep>(b.workloads[0].journeys[0].steps[0].action).patience->mean(), 3.0, 1e-12);
}

TEST(Builder, BuildsWhatIsSaidOfInstances) {
  const Blueprint b = build_blueprint(scenario_of(R"({"name": "small", "duration": "1 min",
    "services": [{"name": "api", "memory": "1 GB", "concurrency": 4,
      "serverless": {"floor": 2, "most": 50, "burst": 20, "ramp": "60 /min", "keep_alive": "5 min", "cold_start": "200 ms",
        "price_per_request": "0.2 USD", "price_per_gb_second": "3 USD", "floor_price_per_gb_second": "1 USD"},
      "endpoints": [{"name": "get", "steps": [{"wait": "1 s"}]}]}],
    "workloads": [{"model": "users", "name": "web", "rate": "1 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})"));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_EQ(b.services[0].replicas, 0);
  const ServerlessBlueprint& serverless = *b.services[0].serverless;
  EXPECT_EQ(serverless.floor, 2);
  EXPECT_EQ(serverless.most, 50);
  EXPECT_EQ(serverless.burst, 20);
  EXPECT_NEAR(serverless.ramp.value, 1.0, 1e-12);
  EXPECT_EQ(serverless.keep_alive, 5min);
  EXPECT_NEAR(serverless.cold_start.mean(), 0.2, 1e-12);
  EXPECT_NEAR(serverless.price_per_request, 0.2, 1e-12);
  EXPECT_NEAR(serverless.price, 3e-9, 1e-18);
  EXPECT_NEAR(serverless.floor_price, 1e-9, 1e-18);
}

TEST(Builder, BuildsWhatIsSaidOfProbesAndCores) {
  const Blueprint b = build_blueprint(scenario_of(R"({"name": "small", "duration": "1 min",
    "node_pools": [{"name": "general", "cpu": 4, "memory": "16 GiB"}],
    "services": [
      {"name": "api", "node_pool": "general", "cpu_request": 0.5, "cpu_limit": 2,
       "readiness": {"period": "5 s", "timeout": "2 s", "failures": 4, "successes": 2},
       "liveness": {"timeout": "3 s", "initial_delay": "20 s"}, "endpoints": [{"name": "get", "steps": [{"wait": "1 s"}]}]},
      {"name": "feed", "node_pool": "general", "cpu": 1.5, "cpu_request": 1, "endpoints": [{"name": "get", "steps": [{"wait": "1 s"}]}]}],
    "workloads": [{"model": "users", "name": "web", "rate": "1 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})"));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  const ProbeBlueprint &readiness = *b.services[0].readiness, &liveness = *b.services[0].liveness;
  EXPECT_EQ(readiness.period, 5s);
  EXPECT_EQ(readiness.timeout, 2s);
  EXPECT_EQ(readiness.failures, 4);
  EXPECT_EQ(readiness.successes, 2);
  EXPECT_EQ(liveness.period, 10s);
  EXPECT_EQ(liveness.timeout, 3s);
  EXPECT_EQ(liveness.failures, 3);
  EXPECT_EQ(liveness.initial_delay, 20s);
  EXPECT_EQ(b.services[0].cpu, 2.0);
  EXPECT_EQ(b.services[0].requested_cpu(), 0.5);
  EXPECT_EQ(b.services[1].cpu, 1.5);
  EXPECT_EQ(b.services[1].requested_cpu(), 1.0);
  EXPECT_FALSE(b.services[1].liveness || b.services[1].readiness);
}

TEST(Builder, BuildsEveryKindOfStep) {
  const Blueprint b = build_blueprint(scenario_of(system_of_all));
  const auto& cache = std::get<CacheStep>(b.endpoints[0].steps[0].action);
  EXPECT_EQ(std::get<QueryStep>(cache.on_miss[0].action).database, 1U);
  EXPECT_FALSE(std::get<QueryStep>(cache.on_miss[0].action).write);
  const auto& call = std::get<CallStep>(b.endpoints[0].steps[1].action);
  EXPECT_EQ(call.endpoint, 2U);
  EXPECT_TRUE(call.ignore_failure);
  EXPECT_EQ(call.retry.attempts, 1) << "without retry there is one try";
  const auto& each = std::get<ForEachStep>(b.endpoints[1].steps[0].action);
  EXPECT_DOUBLE_EQ(each.count.mean(), 4.0);
  EXPECT_EQ(each.at_most, 2);
  EXPECT_EQ(std::get<ParallelStep>(b.endpoints[1].steps[1].action).branches.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<RespondStep>(b.endpoints[1].steps[2].action));
  EXPECT_TRUE(std::get<QueryStep>(b.endpoints[2].steps[0].action).write);
  EXPECT_EQ(std::get<PublishStep>(b.endpoints[2].steps[1].action).priority, 1);
  const auto& request = std::get<CallStep>(b.workloads[0].journeys[0].steps[0].action);
  EXPECT_EQ(request.timeout, 2s);
  EXPECT_EQ(request.retry.attempts, 2);
  EXPECT_FALSE(request.retry.full_jitter);
  EXPECT_DOUBLE_EQ(std::get<WaitStep>(b.workloads[0].journeys[0].steps[1].action).span.mean(), 3.0);
  EXPECT_EQ(std::get<ChooseStep>(b.workloads[0].journeys[1].steps[0].action).weights, (std::vector<double>{1.0, 3.0}));
}

TEST(Builder, FillsInThePoliciesThatWereNotChosen) {
  const Blueprint b = build_blueprint(scenario_of(system_of_all));
  EXPECT_EQ(b.services[0].balancer.name, "random");
  EXPECT_EQ(b.services[1].balancer.name, "round-robin");
  EXPECT_FALSE(b.services[1].autoscaler.chosen());
  EXPECT_EQ(b.node_pools[0].placement.name, "best-fit");
  EXPECT_EQ(b.databases[0].sharding.name, "modulo");
  EXPECT_EQ(b.caches[0].policy.name, "lru");
  EXPECT_EQ(b.caches[0].scope, CacheScope::region);
  EXPECT_EQ(b.keys[0].per, KeyPer::subject);
  EXPECT_EQ(b.workloads[0].journeys[0].name, "journey 1");
  EXPECT_EQ(b.warm_up, std::optional<Duration>{5min});
}

TEST(Builder, KeepsThePercentilesThatObjectivesAskFor) {
  EXPECT_EQ(build_blueprint(scenario_of(system_of_all)).percentiles, (std::vector<double>{97.0}));
}

TEST(Builder, ReplicaLimitsComeFromTheServiceThenFromTheAutoscaler) {
  const auto limits = [](const std::string& fields) {
    const IntegerRange range = build_blueprint(scenario_of(small_scenario(fields))).services[0].replica_limits;
    return std::pair{range.low, range.high};
  };
  EXPECT_EQ(limits(R"("replicas": 4, "autoscaler": {"policy": "hpa", "replicas": [3, 30]},)"), (std::pair{3, 30}));
  EXPECT_EQ(limits(R"("replicas": 4, "autoscaler": {"policy": "hpa", "replicas": [3, 30]}, "replica_limits": [2, 5],)"), (std::pair{2, 5}));
  EXPECT_EQ(limits(R"("replicas": 4, "autoscaler": "hpa",)"), (std::pair{1, 10'000}));
  EXPECT_EQ(limits(R"("replicas": 4,)"), (std::pair{4, 4}));
}

}  // namespace
}  // namespace headroom
