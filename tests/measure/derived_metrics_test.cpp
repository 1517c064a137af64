// Metrics made of others, over a run of two windows of 50 s that was built by hand.
#include "sim/measure/derived_metrics.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "sim/measure/bill.hpp"

namespace headroom {
namespace {

constexpr double nothing = -1.0;
using Columns = std::vector<std::vector<double>>;

void add(RunResult& run, std::string metric, std::vector<Label> labels, MetricKind kind, Columns columns) {
  run.series.push_back({std::move(metric), std::move(labels), kind, std::move(columns), {}});
}

void add_cost(RunResult& run, const BillPart& part, const std::vector<double>& dollars) {
  add(run, "cost", labels_of(part), MetricKind::counter, {dollars});
}

// 8 USD for nodes, 2 for a database, 1 for tokens. 1000 requests, 40 of the first window's 400 failed.
RunResult small_run() {
  RunResult run;
  run.duration_seconds = 100.0;
  run.users = 20.0;
  run.window_ends = {50.0, 100.0};
  run.slice_ends = {100.0};
  add_cost(run, {"general", CostKind::nodes, {"node_pool", "general"}}, {4.0, 4.0});
  add_cost(run, {"store", CostKind::databases, {"database", "store"}}, {1.0, 1.0});
  add_cost(run, {"gpt", CostKind::tokens_in, {"language_model", "gpt"}}, {0.0, 1.0});
  add(run, "requests", {{"workload", "users"}}, MetricKind::counter, {{400.0, 600.0}});
  add(run, "errors", {{"workload", "users"}}, MetricKind::share, {{40.0, 0.0}, {400.0, 600.0}});
  return run;
}

double value(const std::string& selector, const RunResult& run) {
  ConditionError error;
  const auto condition = parse_condition(selector + " < 1", error);
  if (!condition) throw std::logic_error{selector + ": " + error.message};
  return evaluate(condition->selector, run, span_of(*condition, run)).value_or(nothing);
}

TEST(DerivedMetrics, AMonthCostsWhatTheSpanDoesThatManyTimes) {
  const RunResult run = small_run();
  EXPECT_DOUBLE_EQ(value("cost_per_month", run), 11.0 / 100.0 * 30 * 86'400);
  EXPECT_DOUBLE_EQ(value("cost_per_month{kind=databases}", run), 2.0 / 100.0 * 30 * 86'400);
  EXPECT_DOUBLE_EQ(value("cost_per_month{node_pool=general}", run), 8.0 / 100.0 * 30 * 86'400);
  EXPECT_DOUBLE_EQ(value("cost_per_month{component=gpt}", run), 1.0 / 100.0 * 30 * 86'400);
}

TEST(DerivedMetrics, PerUserPerTenantAndPerRequestDivideTheSameCost) {
  RunResult run = small_run();
  EXPECT_DOUBLE_EQ(value("cost_per_user", run), 11.0 / 100.0 / 20.0);
  EXPECT_DOUBLE_EQ(value("cost_per_request", run), 11.0 / 1000.0);
  EXPECT_EQ(value("cost_per_tenant", run), nothing) << "nobody is a tenant";
  add(run, "tenants", {{"workload", "artists"}}, MetricKind::gauge, {{5.0, 5.0}, {5.0, 5.0}, {5.0, 5.0}});
  EXPECT_DOUBLE_EQ(value("cost_per_tenant", run), 11.0 / 100.0 / 5.0);
}

TEST(DerivedMetrics, ADollarBuysTheRequestsThatDidNotFail) {
  EXPECT_DOUBLE_EQ(value("requests_per_dollar", small_run()), (1000.0 - 40.0) / 11.0);
}

TEST(DerivedMetrics, WhatHasNoPriceHasNoCost) {
  RunResult run = small_run();
  run.series.erase(run.series.begin(), run.series.begin() + 3);
  for (const char* const metric : {"cost_per_month", "cost_per_user", "cost_per_request", "requests_per_dollar", "idle_cost"})
    EXPECT_EQ(value(metric, run), nothing) << metric;
}

// Of 200 core-seconds 120 are requested and 50 used; of the memory a half is requested: cores are the scarcest.
TEST(DerivedMetrics, NodesAreIdleByTheirScarcestResource) {
  RunResult run = small_run();
  add(run, "node_cpu_requested", {{"node_pool", "general"}}, MetricKind::share, {{60.0, 60.0}, {100.0, 100.0}});
  add(run, "node_cpu_used", {{"node_pool", "general"}}, MetricKind::share, {{20.0, 30.0}, {100.0, 100.0}});
  add(run, "node_memory_requested", {{"node_pool", "general"}}, MetricKind::share, {{50.0, 50.0}, {100.0, 100.0}});
  EXPECT_DOUBLE_EQ(value("idle_cost{node_pool=general}", run), 0.08 * (1.0 - 0.25));
  EXPECT_DOUBLE_EQ(value("unrequested_cost", run), 0.08 * (1.0 - 0.6));
  run.series.back().columns[0] = {90.0, 90.0};
  EXPECT_DOUBLE_EQ(value("idle_cost{node_pool=general}", run), 0.08 * (1.0 - 0.9)) << "memory that is requested is held";
  EXPECT_DOUBLE_EQ(value("unrequested_cost", run), 0.08 * (1.0 - 0.9));
}

// All GPUs are requested, and 69 of 100 at work.
TEST(DerivedMetrics, AGpuThatIsHeldAndNotAtWorkIsIdle) {
  RunResult run = small_run();
  add(run, "node_cpu_requested", {{"node_pool", "general"}}, MetricKind::share, {{60.0, 60.0}, {100.0, 100.0}});
  add(run, "node_cpu_used", {{"node_pool", "general"}}, MetricKind::share, {{20.0, 30.0}, {100.0, 100.0}});
  add(run, "node_gpus_requested", {{"node_pool", "general"}}, MetricKind::share, {{100.0, 100.0}, {100.0, 100.0}});
  add(run, "node_gpus_used", {{"node_pool", "general"}}, MetricKind::share, {{60.0, 78.0}, {100.0, 100.0}});
  EXPECT_DOUBLE_EQ(value("idle_cost{node_pool=general}", run), 0.08 * (1.0 - 0.69));
  EXPECT_DOUBLE_EQ(value("unrequested_cost", run), 0.0);
}

TEST(DerivedMetrics, DatabasesAreIdleByTheBusierOfCoresAndConnections) {
  RunResult run = small_run();
  add(run, "database_cpu", {{"database", "store"}}, MetricKind::share, {{10.0, 10.0}, {100.0, 100.0}});
  add(run, "pool", {{"database", "store"}}, MetricKind::share, {{40.0, 20.0}, {100.0, 100.0}});
  EXPECT_DOUBLE_EQ(value("idle_cost", run), 0.02 * (1.0 - 0.3)) << "tokens are used up, of the nodes nothing is known";
}

// 10 % of the first window's requests failed, none of the second's: half of the time is up.
TEST(DerivedMetrics, UptimeIsTheTimeInWhichFewFail) {
  RunResult run = small_run();
  EXPECT_DOUBLE_EQ(value("uptime", run), 0.5);
  EXPECT_DOUBLE_EQ(value("rate availability", run), 0.96) << "by request most of it was good";
  run.series.back().columns[0] = {20.0, 0.0};
  EXPECT_DOUBLE_EQ(value("uptime", run), 1.0) << "5 % may fail";
  run.series.back().columns = {{0.0, 0.0}, {0.0, 600.0}};
  EXPECT_DOUBLE_EQ(value("uptime", run), 1.0) << "where nobody asks nothing is down";
}

TEST(DerivedMetrics, CarbonPerUserIsThatOfAMonth) {
  RunResult run = small_run();
  EXPECT_EQ(value("carbon_per_user", run), nothing);
  add(run, "carbon", {{"node_pool", "general"}}, MetricKind::counter, {{3.0, 1.0}});
  EXPECT_DOUBLE_EQ(value("carbon_per_user", run), 4.0 / 20.0 / 100.0 * 30 * 86'400);
}

}  // namespace
}  // namespace headroom
