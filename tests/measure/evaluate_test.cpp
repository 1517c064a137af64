// Conditions over runs that were built by hand: four windows of 10 s, two slices of 20 s.
#include "sim/measure/evaluate.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>

namespace headroom {
namespace {

using Labels = std::vector<Label>;
constexpr double nothing = -1.0;

RunResult empty_run() {
  RunResult run;
  run.duration_seconds = 40.0;
  run.window_ends = {10.0, 20.0, 30.0, 40.0};
  run.slice_ends = {20.0, 40.0};
  run.phases = {{"users", "calm", 0.0, 20.0}, {"users", "storm", 20.0, 40.0}};
  return run;
}

void add(RunResult& run, std::string metric, Labels labels, MetricKind kind, std::vector<std::vector<double>> columns) {
  run.series.push_back({std::move(metric), std::move(labels), kind, std::move(columns), {}});
}

// Durations in nanoseconds, a list for each window; small ones, so that percentiles are exact.
void add_durations(RunResult& run, std::string metric, Labels labels, const std::vector<std::vector<int>>& windows) {
  Series series{std::move(metric),
                std::move(labels),
                MetricKind::durations,
                std::vector<std::vector<double>>(5 + run.extra_percentiles.size()),
                {}};
  series.slices.resize(run.slice_ends.size());
  for (std::size_t i = 0; i < windows.size(); ++i) {
    Histogram window;
    for (const int value : windows[i]) window.record(Duration{value});
    series.slices[i / 2].merge(window);
    std::vector<double> row{static_cast<double>(window.count()), window.sum_seconds(), window.quantile_seconds(0.5),
                            window.quantile_seconds(0.95), window.quantile_seconds(0.99)};
    for (const double percentile : run.extra_percentiles) row.push_back(window.quantile_seconds(percentile / 100.0));
    for (std::size_t column = 0; column < row.size(); ++column) series.columns[column].push_back(row[column]);
  }
  run.series.push_back(std::move(series));
}

Condition condition_of(const std::string& text) {
  ConditionError error;
  auto condition = parse_condition(text, error);
  if (!condition) throw std::logic_error{text + ": " + error.message};
  return *condition;
}

// "during PHASE" may follow the selector.
double value(const std::string& selector, const RunResult& run, const std::string& during = {}) {
  const Condition condition = condition_of(selector + " < 1 s" + (during.empty() ? "" : " during " + during));
  return evaluate(condition.selector, run, span_of(condition, run)).value_or(nothing);
}

double breach(const std::string& text, const RunResult& run) {
  const Condition condition = condition_of(text);
  return longest_breach_seconds(condition, run, span_of(condition, run));
}

TEST(SpanOf, IsTheRunAfterWarmUpOrThePhaseAfterWarmUp) {
  RunResult run = empty_run();
  run.warm_up_seconds = 10.0;
  const auto span = [&](const std::string& text) {
    const TimeSpan found = span_of(condition_of(text), run);
    return std::pair{found.begin_seconds, found.end_seconds};
  };
  EXPECT_EQ(span("rate requests > 1 /s"), (std::pair{10.0, 40.0}));
  EXPECT_EQ(span("rate requests > 1 /s during calm"), (std::pair{10.0, 20.0}));
  EXPECT_EQ(span("rate requests > 1 /s during storm"), (std::pair{20.0, 40.0}));
}

TEST(SpanOf, APhaseOfSeveralWorkloadsReachesFromTheFirstBeginningToTheLastEnd) {
  RunResult run = empty_run();
  run.phases.push_back({"app", "calm", 10.0, 30.0});
  const TimeSpan span = span_of(condition_of("rate requests > 1 /s during calm"), run);
  EXPECT_EQ(span.begin_seconds, 0.0);
  EXPECT_EQ(span.end_seconds, 30.0);
}

TEST(SpanOf, NothingIsObservedInAPhaseThatDoesNotExist) {
  RunResult run = empty_run();
  add(run, "requests", {{"workload", "users"}}, MetricKind::counter, {{1, 1, 1, 1}});
  EXPECT_EQ(value("rate requests", run, "lunch"), nothing);
  EXPECT_EQ(breach("rate requests > 9 /s for 1 s during lunch", run), 0.0);
}

TEST(Evaluate, ACounterHasARateAndAnAmount) {
  RunResult run = empty_run();
  add(run, "requests", {{"workload", "users"}}, MetricKind::counter, {{10, 20, 60, 30}});
  EXPECT_DOUBLE_EQ(value("rate requests", run), 120.0 / 40.0);
  EXPECT_DOUBLE_EQ(value("count requests", run), 120.0);
  EXPECT_DOUBLE_EQ(value("rate requests", run, "storm"), 90.0 / 20.0);
  run.warm_up_seconds = 10.0;
  EXPECT_DOUBLE_EQ(value("rate requests", run), 110.0 / 30.0);
}

TEST(Evaluate, AGaugeHasTimeAverageExtremesAndLastLevel) {
  RunResult run = empty_run();
  run.window_ends = {10.0, 20.0, 35.0, 40.0};  // the average is over time, not over windows
  run.phases[1].begin_seconds = 20.0;
  add(run, "replicas", {{"service", "api"}}, MetricKind::gauge, {{2, 3, 4, 6}, {2, 5, 4, 8}, {2, 4, 4, 7}});
  EXPECT_DOUBLE_EQ(value("avg replicas", run), (10 * 2 + 10 * 3 + 15 * 4 + 5 * 6) / 40.0);
  EXPECT_EQ(value("max replicas", run), 8.0);
  EXPECT_EQ(value("min replicas", run), 2.0);
  EXPECT_EQ(value("last replicas", run), 7.0);
  EXPECT_EQ(value("max replicas", run, "calm"), 5.0);
  EXPECT_EQ(value("last replicas", run, "calm"), 4.0);
}

TEST(Evaluate, AShareIsTheRatioOfTheSumsNotTheMeanOfTheRatios) {
  RunResult run = empty_run();
  add(run, "errors", {{"workload", "users"}}, MetricKind::share, {{1, 0, 0, 3}, {10, 0, 80, 10}});
  EXPECT_DOUBLE_EQ(value("rate errors", run), 4.0 / 100.0);
  EXPECT_DOUBLE_EQ(value("avg errors", run), 4.0 / 100.0);
  EXPECT_DOUBLE_EQ(value("errors", run), 4.0 / 100.0);
  EXPECT_DOUBLE_EQ(value("max errors", run), 0.3);
  EXPECT_DOUBLE_EQ(value("min errors", run), 0.0);
  EXPECT_EQ(value("count errors", run), 4.0);
  EXPECT_DOUBLE_EQ(value("rate availability", run), 0.96);
  EXPECT_DOUBLE_EQ(value("min availability", run), 0.7);
  EXPECT_EQ(value("count availability", run), 96.0);
}

TEST(Evaluate, PercentilesOverASpanComeFromTheMergedHistograms) {
  RunResult run = empty_run();
  add_durations(run, "latency", {{"workload", "a"}}, {{1, 2, 3}, {4}, {100}, {101}});
  add_durations(run, "latency", {{"workload", "b"}}, {{5, 6, 7, 8}, {}, {}, {120, 122}});
  // 1 … 8 and 100, 101, 120, 122: twelve.
  EXPECT_DOUBLE_EQ(value("p(50) latency", run), 6e-9);
  EXPECT_DOUBLE_EQ(value("p(75) latency", run), 100e-9);
  EXPECT_DOUBLE_EQ(value("p(100) latency", run), 122e-9);
  EXPECT_DOUBLE_EQ(value("p(50) latency", run, "calm"), 4e-9);
  EXPECT_DOUBLE_EQ(value("p(50) latency", run, "storm"), 101e-9);
  EXPECT_DOUBLE_EQ(value("avg latency", run), (36 + 443) / 12.0 * 1e-9);
  EXPECT_DOUBLE_EQ(value("max latency", run, "calm"), 8e-9);
  EXPECT_DOUBLE_EQ(value("min latency", run, "storm"), 100e-9);
  EXPECT_EQ(value("count latency", run), 12.0);
  EXPECT_DOUBLE_EQ(value("max latency{workload=a}", run), 101e-9);
}

TEST(EvaluateBounds, AreTheBucketsOfPercentilesAndTheValueOfAllElse) {
  RunResult run = empty_run();
  // 1,000 ns lies in a bucket of 4 ns: 1,000 to 1,003. 2,000 ns: 2,000 to 2,007, but nothing is longer than 2,000.
  add_durations(run, "latency", {{"workload", "users"}}, {{1000, 1000}, {1000}, {1000}, {2000}});
  const TimeSpan whole{0.0, 40.0};
  const auto bounds = [&](Aggregation aggregation, double percentile = 0.0) {
    return evaluate_bounds({.aggregation = aggregation, .percentile = percentile, .metric = "latency"}, run, whole).value();
  };
  EXPECT_DOUBLE_EQ(bounds(Aggregation::percentile, 50.0).low, 1000e-9);
  EXPECT_DOUBLE_EQ(bounds(Aggregation::percentile, 50.0).high, 1003e-9);
  EXPECT_DOUBLE_EQ(bounds(Aggregation::min).high, 1003e-9);
  EXPECT_DOUBLE_EQ(bounds(Aggregation::percentile, 99.0).high, 2000e-9);
  EXPECT_DOUBLE_EQ(bounds(Aggregation::max).low, 2000e-9);
  EXPECT_DOUBLE_EQ(bounds(Aggregation::avg).low, 1200e-9);
  EXPECT_DOUBLE_EQ(bounds(Aggregation::avg).high, 1200e-9);
  EXPECT_FALSE(evaluate_bounds({.aggregation = Aggregation::avg, .metric = "cpu"}, run, whole));
}

TEST(Evaluate, WithoutLabelsUsersMetricsAreThoseOfTheWorkloads) {
  RunResult run = empty_run();
  add(run, "requests", {{"workload", "users"}}, MetricKind::counter, {{1, 1, 1, 1}});
  add(run, "requests", {{"endpoint", "api.feed"}, {"service", "api"}}, MetricKind::counter, {{5, 5, 5, 5}});
  add(run, "requests", {{"endpoint", "api.post"}, {"service", "api"}}, MetricKind::counter, {{2, 2, 2, 2}});
  EXPECT_EQ(value("count requests", run), 4.0);
  EXPECT_EQ(value("count requests{service=api}", run), 28.0);
  EXPECT_EQ(value("count requests{endpoint=api.post}", run), 8.0);
}

TEST(Evaluate, WhatWasNotRecordedHasNoValue) {
  RunResult run = empty_run();
  add_durations(run, "latency", {{"workload", "users"}}, {{1}, {}, {}, {}});
  add(run, "errors", {{"workload", "users"}}, MetricKind::share, {{0, 0, 0, 0}, {0, 0, 0, 0}});
  EXPECT_EQ(value("p(95) latency", run, "storm"), nothing);
  EXPECT_EQ(value("rate errors", run), nothing);
  EXPECT_EQ(value("avg cpu{service=api}", run), nothing);
  EXPECT_EQ(value("count cost", run), nothing) << "nobody has given a price";
  EXPECT_EQ(value("cost_per_user", run), nothing);
}

TEST(Evaluate, ACountOfWhatNothingCouldDoIsZero) {
  const RunResult run = empty_run();
  EXPECT_EQ(value("count lost_writes", run), 0.0);
  EXPECT_EQ(value("rate sessions", run), 0.0);
  EXPECT_EQ(value("count throttled{limit=plan}", run), 0.0);
  EXPECT_EQ(value("rate throttled{limit=plan}", run), nothing) << "a share of nothing";
  EXPECT_EQ(value("count requests{service=api}", run), nothing) << "requests are counted wherever there are any";
}

TEST(Evaluate, CostPerUserIsARatePerUser) {
  RunResult run = empty_run();
  run.users = 50.0;
  run.warm_up_seconds = 20.0;
  add(run, "cost", {{"component", "general"}}, MetricKind::counter, {{9, 9, 2, 2}});
  add(run, "cost", {{"component", "profiles"}}, MetricKind::counter, {{9, 9, 3, 3}});
  add(run, "requests", {{"workload", "users"}}, MetricKind::counter, {{9, 9, 400, 600}});
  add(run, "requests", {{"endpoint", "api.feed"}, {"service", "api"}}, MetricKind::counter, {{9, 9, 4000, 6000}});
  // 10 USD in 20 s for 50 users: 0.01 USD/s each, 25,920 USD a month of 30 days.
  EXPECT_DOUBLE_EQ(value("cost_per_user", run), 0.01);
  EXPECT_DOUBLE_EQ(value("cost_per_user", run) * 30 * 86400, 25'920.0);
  EXPECT_DOUBLE_EQ(value("cost_per_request", run), 10.0 / 1000.0);
  EXPECT_DOUBLE_EQ(value("rate cost", run), 0.5);
  EXPECT_DOUBLE_EQ(value("count cost{component=general}", run), 4.0);
}

// 10 accounts for 20 s, then 100, beside 40 that stay; 2 USD in every window of 10 s.
TEST(Evaluate, CostPerUserIsOfTheUsersOfTheTime) {
  RunResult run = empty_run();
  run.users = 95.0;  // their mean over the run
  add(run, "cost", {{"component", "general"}}, MetricKind::counter, {{2, 2, 2, 2}});
  add(run, "accounts", {{"workload", "growing"}}, MetricKind::gauge, {{10, 10, 100, 100}, {10, 10, 100, 100}, {10, 10, 100, 100}});
  add(run, "accounts", {{"workload", "steady"}}, MetricKind::gauge, {{40, 40, 40, 40}, {40, 40, 40, 40}, {40, 40, 40, 40}});
  EXPECT_DOUBLE_EQ(value("cost_per_user", run), 8.0 / 40 / 95);
  const auto of_span = [&](double begin, double end) { return evaluate({.metric = "cost_per_user"}, run, {begin, end}).value(); };
  EXPECT_DOUBLE_EQ(of_span(0, 20), 4.0 / 20 / 50);
  EXPECT_DOUBLE_EQ(of_span(20, 40), 4.0 / 20 / 140);
}

TEST(Evaluate, CostPerUserNeedsUsersAndCostPerRequestRequests) {
  RunResult run = empty_run();
  add(run, "cost", {{"component", "general"}}, MetricKind::counter, {{1, 1, 1, 1}});
  add(run, "requests", {{"workload", "users"}}, MetricKind::counter, {{0, 0, 0, 0}});
  EXPECT_EQ(value("cost_per_user", run), nothing);
  EXPECT_EQ(value("cost_per_request", run), nothing);
}

// replicas follow replicas_wanted; both as [mean, largest, last].
RunResult scaling_run(const std::vector<double>& wanted, const std::vector<double>& there) {
  RunResult run = empty_run();
  run.window_ends.clear();
  for (std::size_t i = 1; i <= wanted.size(); ++i) run.window_ends.push_back(10.0 * static_cast<double>(i));
  run.duration_seconds = run.window_ends.back();
  run.phases = {{"users", "storm", 20.0, run.duration_seconds}};
  add(run, "replicas_wanted", {{"service", "api"}}, MetricKind::gauge, {wanted, wanted, wanted});
  add(run, "replicas", {{"service", "api"}}, MetricKind::gauge, {there, there, there});
  return run;
}

TEST(Evaluate, TimeToCountsFromTheFirstTimeMoreIsWanted) {
  //                            until    10  20  30  40  50  60  70
  const RunResult run = scaling_run({2, 2, 4, 8, 20, 20, 20}, {2, 2, 2, 4, 8, 20, 20});
  // More is wanted in the window from 20 s; 8 are there at 50 s, 20 at 60 s.
  EXPECT_DOUBLE_EQ(value("time_to 4x replicas{service=api}", run), 30.0);
  EXPECT_DOUBLE_EQ(value("time_to 10x replicas{service=api}", run), 40.0);
  EXPECT_EQ(value("time_to 11x replicas{service=api}", run), nothing);
}

TEST(Evaluate, TimeToStartsFromTheLevelBeforeThePhase) {
  const RunResult run = scaling_run({2, 2, 4, 4}, {2, 2, 4, 4});
  // The rise falls into the first window of the phase: the level at its start is the 2 of the window before.
  EXPECT_DOUBLE_EQ(value("time_to 2x replicas{service=api}", run, "storm"), 10.0);
}

TEST(Evaluate, TimeToDoesNotTakeTheStartUpForARise) {
  // Nothing is registered yet in the first window; three come up as asked from the start, and then six are wanted.
  const RunResult run = scaling_run({3, 3, 6, 6}, {0, 3, 3, 6});
  EXPECT_DOUBLE_EQ(value("time_to 2x replicas{service=api}", run), 20.0);
}

TEST(Evaluate, TimeToOfAnotherGaugeCountsFromItsOwnRise) {
  RunResult run = empty_run();
  const std::vector<double> levels{1, 2, 3, 5};
  add(run, "nodes", {{"node_pool", "general"}}, MetricKind::gauge, {levels, levels, levels});
  EXPECT_DOUBLE_EQ(value("time_to 5x nodes", run), 30.0);  // from 10 s to 40 s
}

TEST(WindowValues, AreTheValuesOfEachWindow) {
  RunResult run = empty_run();
  run.users = 5.0;
  add(run, "requests", {{"workload", "users"}}, MetricKind::counter, {{10, 20, 60, 30}});
  add(run, "errors", {{"workload", "users"}}, MetricKind::share, {{1, 0, 0, 3}, {10, 0, 80, 10}});
  add(run, "replicas", {{"service", "api"}}, MetricKind::gauge, {{2, 3, 4, 6}, {2, 5, 4, 8}, {2, 4, 4, 7}});
  add(run, "cost", {{"component", "general"}}, MetricKind::counter, {{50, 0, 50, 0}});
  const auto values = [&](const std::string& selector) {
    std::vector<double> plain;
    for (const auto& each : window_values(condition_of(selector + " < 1 s").selector, run))
      plain.push_back(each.value_or(nothing));
    return plain;
  };
  EXPECT_EQ(values("rate requests"), (std::vector<double>{1, 2, 6, 3}));
  EXPECT_EQ(values("count requests"), (std::vector<double>{10, 20, 60, 30}));
  EXPECT_EQ(values("rate errors"), (std::vector<double>{0.1, nothing, 0, 0.3}));
  EXPECT_EQ(values("avg replicas"), (std::vector<double>{2, 3, 4, 6}));
  EXPECT_EQ(values("max replicas"), (std::vector<double>{2, 5, 4, 8}));
  EXPECT_EQ(values("last replicas"), (std::vector<double>{2, 4, 4, 7}));
  EXPECT_EQ(values("cost_per_user"), (std::vector<double>{1, 0, 1, 0}));
  EXPECT_EQ(values("time_to 2x replicas"), (std::vector<double>(4, nothing)));
}

TEST(WindowValues, RecordedPercentilesAreThoseOfTheWindow) {
  RunResult run = empty_run();
  run.extra_percentiles = {25.0};
  add_durations(run, "latency", {{"workload", "users"}}, {{1, 2, 3, 4}, {}, {9}, {8, 10}});
  const auto median = window_values(condition_of("p(50) latency < 1 s").selector, run);
  EXPECT_DOUBLE_EQ(median[0].value(), 2e-9);
  EXPECT_FALSE(median[1]);
  EXPECT_DOUBLE_EQ(median[3].value(), 8e-9);
  EXPECT_DOUBLE_EQ(window_values(condition_of("p(25) latency < 1 s").selector, run)[0].value(), 1e-9);
  EXPECT_DOUBLE_EQ(window_values(condition_of("avg latency < 1 s").selector, run)[3].value(), 9e-9);
}

TEST(WindowValues, WhatIsNotKeptPerWindowIsThatOfItsSlice) {
  RunResult run = empty_run();
  add_durations(run, "latency", {{"workload", "users"}}, {{1, 2}, {3, 4}, {}, {8}});
  const auto largest = window_values(condition_of("max latency < 1 s").selector, run);
  EXPECT_DOUBLE_EQ(largest[0].value(), 4e-9);
  EXPECT_DOUBLE_EQ(largest[1].value(), 4e-9);
  EXPECT_FALSE(largest[2]);
  EXPECT_DOUBLE_EQ(largest[3].value(), 8e-9);
  EXPECT_DOUBLE_EQ(window_values(condition_of("p(75) latency < 1 s").selector, run)[0].value(), 3e-9);
}

TEST(LongestBreach, IsTheLongestUnbrokenTimeInWhichTheConditionDidNotHold) {
  RunResult run = empty_run();
  add(run, "cpu", {{"service", "api"}}, MetricKind::share, {{9, 5, 9, 9}, {10, 10, 10, 10}});
  EXPECT_DOUBLE_EQ(breach("avg cpu{service=api} < 80 % for 15 s", run), 20.0);
  EXPECT_DOUBLE_EQ(breach("avg cpu{service=api} < 95 % for 15 s", run), 0.0);
  EXPECT_DOUBLE_EQ(breach("avg cpu{service=api} < 10 % for 15 s", run), 40.0);
  EXPECT_DOUBLE_EQ(breach("avg cpu{service=api} < 80 % for 15 s during calm", run), 10.0);
  run.warm_up_seconds = 30.0;
  EXPECT_DOUBLE_EQ(breach("avg cpu{service=api} < 80 % for 15 s", run), 10.0);
}

TEST(LongestBreach, AWindowInWhichNothingWasSeenEndsIt) {
  RunResult run = empty_run();
  add(run, "errors", {{"workload", "users"}}, MetricKind::share, {{5, 0, 5, 5}, {10, 0, 10, 10}});
  EXPECT_DOUBLE_EQ(breach("rate errors < 1 % for 5 s", run), 20.0);
}

}  // namespace
}  // namespace headroom
