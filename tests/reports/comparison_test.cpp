#include "reports/comparison.hpp"

#include <gtest/gtest.h>

#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"
#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

using synthetic::add_requests;
using synthetic::empty_run;
using synthetic::objective;

NamedScenario named(const std::string& name, const std::vector<std::string>& objectives) {
  NamedScenario variant{.name = name, .scenario = {}, .settings = {}};
  for (const std::string& text : objectives) variant.scenario.objectives.push_back(objective(text));
  return variant;
}

RunResult run_with(std::uint64_t replication, double requests, double failed) {
  RunResult run = empty_run(1, replication);
  add_requests(run, requests, {failed});
  return run;
}

const ComparisonRow* find(const std::vector<ComparisonRow>& rows, const std::string& title) {
  for (const ComparisonRow& row : rows) {
    if (row.title == title) return &row;
  }
  return nullptr;
}

TEST(Comparison, PutsObjectivesFirstAndNothingTwice) {
  ScenarioFile file{.path = {}, .variants = {named("base", {"rate requests > 1 /s", "rate errors < 1 %"})}, .inputs = {}};
  Study study;
  study.runs = {{run_with(0, 6000, 6)}};
  const std::vector<ComparisonRow> rows = compare_variants(file, study);
  ASSERT_EQ(rows.size(), 2U);  // no latency, no replicas, no cost: nothing of them was recorded
  EXPECT_EQ(rows[0].title, "requests ended");
  EXPECT_EQ(rows[1].title, "errors");
  EXPECT_DOUBLE_EQ(rows[0].cells[0].value.mean, 100.0);
  EXPECT_DOUBLE_EQ(rows[1].cells[0].value.mean, 0.001);
}

// An autoscaled service against the same one as serverless: 3 replicas, 5 instances.
TEST(Comparison, TakesTheInstancesOfAServerlessServiceForItsReplicas) {
  ScenarioFile file{.path = {}, .variants = {named("base", {}), named("serverless", {})}, .inputs = {}};
  ServiceSpec api;
  api.name = "api";
  api.serverless.emplace();
  file.variants[1].scenario.services = {api};
  api.serverless.reset();
  api.autoscaler = choice_of<Autoscaler>("fixed");
  file.variants[0].scenario.services = {api};
  RunResult replicas = run_with(0, 600, 0), instances = run_with(0, 600, 0);
  synthetic::add_gauge(replicas, "replicas", {{"service", "api"}}, {3.0});
  synthetic::add_gauge(instances, "replicas", {{"service", "api"}}, {0.0});
  synthetic::add_gauge(instances, "instances", {{"service", "api"}}, {5.0});
  Study study;
  study.runs = {{replicas}, {instances}};
  const std::vector<ComparisonRow> rows = compare_variants(file, study);
  const ComparisonRow* mean = find(rows, "mean replicas of api");
  ASSERT_NE(mean, nullptr);
  EXPECT_DOUBLE_EQ(mean->cells[0].value.mean, 3.0);
  EXPECT_DOUBLE_EQ(mean->cells[1].value.mean, 5.0);
}

TEST(Comparison, ShowsWhatWasThrottledIfAnyWas) {
  ScenarioFile file{.path = {}, .variants = {named("base", {})}, .inputs = {}};
  for (const double throttled : {0.0, 30.0}) {
    RunResult run = run_with(0, 600, 0);
    run.series.push_back({.metric = "throttled",
                          .labels = {{"limit", "plan"}},
                          .kind = MetricKind::share,
                          .columns = {{throttled}, {600.0}},
                          .slices = {}});
    Study study;
    study.runs = {{run}};
    const std::vector<ComparisonRow> rows = compare_variants(file, study);
    const ComparisonRow* row = find(rows, "throttled");
    ASSERT_EQ(row != nullptr, throttled > 0.0);
    if (row != nullptr) {
      EXPECT_DOUBLE_EQ(row->cells[0].value.mean, 0.05);
    }
  }
}

TEST(Comparison, PairsOnlyReplicationsThatBothVariantsHave) {
  ScenarioFile file{.path = {}, .variants = {named("base", {}), named("other", {})}, .inputs = {}};
  Study study;
  // Replication 1 of the other variant is missing: pairs are (0, 0) and (2, 2), differences 60/60 and 120/60 per second.
  study.runs = {{run_with(0, 600, 0), run_with(1, 9000, 0), run_with(2, 1200, 0)}, {run_with(0, 660, 0), run_with(2, 1320, 0)}};
  const std::vector<ComparisonRow> rows = compare_variants(file, study);
  const ComparisonRow* throughput = find(rows, "requests ended");
  ASSERT_NE(throughput, nullptr);
  ASSERT_TRUE(throughput->cells[1].difference);
  EXPECT_EQ(throughput->cells[1].difference->difference.count, 2U);
  EXPECT_DOUBLE_EQ(throughput->cells[1].difference->difference.mean, 1.5);
  EXPECT_FALSE(throughput->cells[0].difference);
}

TEST(Comparison, SeesASteadyDifferenceThroughNoiseThatBothShare) {
  ScenarioFile file{.path = {}, .variants = {named("base", {}), named("other", {})}, .inputs = {}};
  Study study;
  study.runs.resize(2);
  const double shared[]{6000, 9000, 3000, 7500, 4500};
  const double own[]{3, -2, 1, 0, -3};
  for (std::uint64_t r = 0; r < 5; ++r) {
    study.runs[0].push_back(run_with(r, shared[r], 30));
    study.runs[1].push_back(run_with(r, shared[r] + 60 + own[r], 30));
  }
  const std::vector<ComparisonRow> rows = compare_variants(file, study);
  const ComparisonRow* throughput = find(rows, "requests ended");
  ASSERT_NE(throughput, nullptr);
  // The intervals of the two overlap widely; their difference is 1 /s give or take 0.05.
  EXPECT_GT(throughput->cells[0].value.high, throughput->cells[1].value.low);
  EXPECT_EQ(throughput->cells[1].standing, Standing::differs);
}

TEST(Comparison, CorrectsForTheNumberOfRows) {
  // One difference with p just below 5 % among twelve that are nothing: alone it would count, in the table it does not.
  std::vector<std::string> objectives;
  for (const int p : {10, 20, 30, 40, 60, 70, 75, 80, 85, 90}) objectives.push_back("p(" + std::to_string(p) + ") latency < 1 s");
  ScenarioFile file{.path = {}, .variants = {named("base", objectives), named("other", objectives)}, .inputs = {}};
  Study study;
  study.runs.resize(2);
  const double gains[]{40, 90, 20, 70, -6};
  for (std::uint64_t r = 0; r < 5; ++r) {
    for (std::size_t v = 0; v < 2; ++v) {
      RunResult run = run_with(r, 6000 + (v == 1 ? gains[r] : 0.0), 30);
      synthetic::add_latencies(run, std::vector<double>(100, v == 1 && r % 2 == 0 ? 0.11 : 0.1));
      study.runs[v].push_back(std::move(run));
    }
  }
  const std::vector<ComparisonRow> rows = compare_variants(file, study);
  const ComparisonRow* throughput = find(rows, "requests ended");
  ASSERT_NE(throughput, nullptr);
  EXPECT_LT(throughput->cells[1].difference->p_value, 0.07);
  EXPECT_GT(throughput->cells[1].difference->p_value, 0.05 / 15);
  EXPECT_EQ(throughput->cells[1].standing, Standing::equal) << "five runs are not too few";
}

TEST(Comparison, OfIdenticalVariantsIsNotDistinguishable) {
  const StudyReport report = synthetic::flash_crowd(2, 4);
  const ComparisonRow* throughput = find(report.comparison, "requests ended");
  ASSERT_NE(throughput, nullptr);
  EXPECT_DOUBLE_EQ(throughput->cells[1].difference->difference.mean, 0.0);
  EXPECT_EQ(throughput->cells[1].standing, Standing::equal);
  EXPECT_EQ(throughput->cells[0].standing, Standing::open) << "the reference";
  const ComparisonRow* replicas = find(report.comparison, "mean replicas of api");
  ASSERT_NE(replicas, nullptr);
  EXPECT_EQ(replicas->cells[1].standing, Standing::differs);
}

// Two variants whose throughput differs by these many requests in a minute, replication by replication.
Standing standing_of(const std::vector<double>& differences) {
  ScenarioFile file{.path = {}, .variants = {named("base", {}), named("other", {})}, .inputs = {}};
  Study study;
  study.runs.resize(2);
  for (std::uint64_t r = 0; r < differences.size(); ++r) {
    study.runs[0].push_back(run_with(r, 6000, 30));
    study.runs[1].push_back(run_with(r, 6000 + differences[r], 30));
  }
  return find(compare_variants(file, study), "requests ended")->cells[1].standing;
}

TEST(Comparison, OfFewRunsSaysThatTheyAreTooFewWhereMoreLikeThemWouldTell) {
  // Mean 60, standard deviation 36.1: t = 60 / (36.1 / sqrt 3) = 2.88, below the 4.30 that three runs ask for; ten runs that go
  // on like that give 60 / (36.1 / sqrt 10) = 5.26, above their 2.26.
  EXPECT_EQ(standing_of({20, 70, 90}), Standing::too_few_runs);
  // Mean 10, standard deviation 80: ten runs would give 0.4.
  EXPECT_EQ(standing_of({-70, 10, 90}), Standing::equal);
  // A row without any spread or difference needs no more runs.
  EXPECT_EQ(standing_of({0, 0}), Standing::equal);
}

TEST(Comparison, OfFiveRunsOrMoreIsAnAnswer) {
  // Mean 32, standard deviation 36.3: t = 1.97 of the 2.78 asked for; ten runs like them would give 2.79 of 2.26.
  const std::vector<double> five{20, 70, 70, -10, 10};
  EXPECT_EQ(standing_of(five), Standing::equal);
  EXPECT_EQ(standing_of({five.begin(), five.begin() + 3}), Standing::too_few_runs);
}

TEST(Comparison, OfOneRunLeavesOpen) { EXPECT_EQ(standing_of({600}), Standing::open); }

TEST(Comparison, DoesNotTellApartWhatAHistogramDoesNot) {
  // Neighbouring buckets in every run: the means differ by the same amount each time, but the true values may be a nanosecond
  // apart.
  const auto standing_at = [](double other_seconds) {
    ScenarioFile file{.path = {}, .variants = {named("base", {}), named("other", {})}, .inputs = {}};
    Study study;
    study.runs.resize(2);
    for (std::uint64_t r = 0; r < 3; ++r) {
      for (std::size_t v = 0; v < 2; ++v) {
        RunResult run = run_with(r, 6000, 30);
        std::vector<double> latencies(100, v == 0 ? 1.0 : other_seconds);
        latencies.push_back(9.0);
        synthetic::add_latencies(run, latencies);
        study.runs[v].push_back(std::move(run));
      }
    }
    const std::vector<ComparisonRow> rows = compare_variants(file, study);
    const ComparisonCell& cell = find(rows, "p50 latency")->cells[1];
    EXPECT_GT(cell.difference->difference.mean, 0.0);
    return cell.standing;
  };
  // Buckets near 1 s are 2^22 ns = 4.2 ms wide.
  EXPECT_EQ(standing_at(1.004), Standing::equal);
  EXPECT_EQ(standing_at(1.02), Standing::differs);
}

}  // namespace
}  // namespace headroom
