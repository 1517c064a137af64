// Error budgets of runs that were built by hand: 100 requests a second, some of which fail.
#include "sim/measure/error_budget.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

namespace headroom {
namespace {

using namespace std::chrono_literals;

Condition condition_of(const std::string& text) {
  ConditionError error;
  auto condition = parse_condition(text, error);
  if (!condition) throw std::logic_error{text + ": " + error.message};
  return *condition;
}

// `failed`: the share of the requests of a window that ends then.
RunResult run_of(double duration, double window, const std::function<double(double)>& failed) {
  RunResult run;
  run.duration_seconds = duration;
  Series errors{"errors", {{"workload", "users"}}, MetricKind::share, {{}, {}}, {}};
  for (double end = window; end <= duration + 1e-9; end += window) {
    run.window_ends.push_back(end);
    errors.columns[0].push_back(failed(end) * 100.0 * window);
    errors.columns[1].push_back(100.0 * window);
  }
  run.slice_ends = {duration};
  run.series.push_back(errors);
  return run;
}

ErrorBudget budget_of(const ErrorBudgetTerms& terms, const RunResult& run) {
  const auto budget = error_budget(terms, run, {0.0, run.duration_seconds});
  if (!budget) throw std::logic_error{"no budget"};
  return *budget;
}

ErrorBudgetTerms by_requests() {
  return {.objective = condition_of("rate availability > 99.9 %"), .window = 720h, .in_slices = false, .slice = {}};
}

TEST(ErrorBudget, IsWhatAShareOfGoodRequestsLeaves) {
  EXPECT_DOUBLE_EQ(*error_budget_target(condition_of("rate availability > 99.9 %")), 0.999);
  EXPECT_DOUBLE_EQ(*error_budget_target(condition_of("rate errors < 1 %")), 0.99);
  EXPECT_DOUBLE_EQ(*error_budget_target(condition_of("rate late <= 5 %")), 0.95);
  EXPECT_FALSE(error_budget_target(condition_of("rate errors > 1 %"))) << "an alert, no promise";
  EXPECT_FALSE(error_budget_target(condition_of("rate errors < 1 % for 5 min")));
  EXPECT_FALSE(error_budget_target(condition_of("p(95) latency < 300 ms")));
  EXPECT_FALSE(error_budget_target(condition_of("rate availability >= 100 %"))) << "nothing may fail: there is no budget";
}

// 0.05 % of 0.1 %: half of the budget by the end of the window, and of two hours of 30 days a 360th of that.
TEST(ErrorBudget, IsUsedInProportionToTheShareThatFails) {
  const ErrorBudget budget = budget_of(by_requests(), run_of(7200.0, 60.0, [](double) { return 0.0005; }));
  EXPECT_NEAR(budget.burn, 0.5, 1e-12);
  EXPECT_NEAR(budget.used_by_run, 0.5 / 360.0, 1e-12);
  EXPECT_EQ(budget.slice_seconds, 0.0);
}

// 6 of 60 minutes have 10 % of their requests fail. Requests: 1 % failed. Slices: 10 % are bad; with a laxer target none is.
TEST(ErrorBudget, InSlicesOnlyTheNumberOfBadOnesCounts) {
  const RunResult run = run_of(3600.0, 20.0, [](double end) { return end <= 360.0 ? 0.1 : 0.0; });
  ErrorBudgetTerms terms = by_requests();
  terms.objective = condition_of("rate availability > 80 %");
  EXPECT_NEAR(budget_of(terms, run).burn, 0.01 / 0.2, 1e-12);
  terms.in_slices = true;
  terms.slice = 1min;
  const ErrorBudget in_slices = budget_of(terms, run);
  EXPECT_NEAR(in_slices.burn, 0.1 / 0.2, 1e-12);
  EXPECT_EQ(in_slices.slice_seconds, 60.0);
  terms.slice_target = 0.9;
  EXPECT_EQ(budget_of(terms, run).burn, 0.0) << "just as many are good as have to be";
}

TEST(ErrorBudget, SlicesAreNoShorterThanWhatWasRecorded) {
  ErrorBudgetTerms terms = by_requests();
  terms.in_slices = true;
  terms.slice = 1s;
  EXPECT_EQ(budget_of(terms, run_of(3600.0, 20.0, [](double) { return 0.0; })).slice_seconds, 20.0);
}

// Everything fails from 2 h on. Over 1 h the share exceeds 14.4 × 0.1 % when 1.44 % of 60 min, 51.84 s, have failed: that is seen
// at the next record, after 60 s. Over 5 min it does so sooner.
TEST(BurnAlerts, FireWhenBothWindowsBurnTooFast) {
  const RunResult run = run_of(3.0 * 3600.0, 15.0, [](double end) { return end > 7200.0 ? 1.0 : 0.0; });
  const ErrorBudget budget = budget_of(by_requests(), run);
  ASSERT_EQ(budget.alerts.size(), 3U);
  EXPECT_TRUE(budget.alerts[0].looked_at);
  EXPECT_EQ(budget.alerts[0].first_fired_seconds, 7260.0);
  EXPECT_NEAR(budget.alerts[0].fastest, 1.0 / 0.001, 1e-6) << "in the end all of an hour has failed";
  EXPECT_FALSE(budget.alerts[1].looked_at) << "6 h do not fit into 3 h";
  EXPECT_FALSE(budget.alerts[1].first_fired_seconds);
}

TEST(BurnAlerts, StaySilentWhereTheBudgetLasts) {
  const ErrorBudget budget = budget_of(by_requests(), run_of(4.0 * 3600.0, 15.0, [](double) { return 0.001; }));
  EXPECT_NEAR(budget.alerts[0].fastest, 1.0, 1e-9);
  EXPECT_FALSE(budget.alerts[0].first_fired_seconds);
}

// 2 % of what 7 d allow, in one of their 168 hours, is 3.36 times as fast as it would last. 10 % in 3 of 7 d would last.
TEST(BurnAlerts, FireAtAShareOfTheBudgetWhateverTheWindow) {
  const auto factors = [](Duration window) {
    std::vector<double> found;
    for (const BurnWindows& pair : workbook_pairs(window)) found.push_back(pair.factor);
    return found;
  };
  const auto expect_near = [](const std::vector<double>& found, const std::vector<double>& expected) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-9);
  };
  expect_near(factors(30 * 24h), {14.4, 6.0, 1.0});
  expect_near(factors(7 * 24h), {3.36, 1.4, 1.0});
  expect_near(factors(90 * 24h), {43.2, 18.0, 3.0});
  expect_near(factors(24h), {1.0, 1.0});
  EXPECT_TRUE(workbook_pairs(30min).empty());
  ErrorBudgetTerms terms = by_requests();
  terms.window = 7 * 24h;
  const RunResult run = run_of(2.0 * 3600.0, 15.0, [](double) { return 0.005; });  // 5 times
  EXPECT_FALSE(budget_of(by_requests(), run).alerts[0].first_fired_seconds);
  EXPECT_TRUE(budget_of(terms, run).alerts[0].first_fired_seconds);
}

// From 2 h on 6 % of the requests fail, and slices are good with 95 %. Of 30 d with a budget of 1 %, 14.4 % of the slices of an hour
// may be bad: nine of 60 are more. In requests 6 % are 6 times, which never fires.
TEST(BurnAlerts, CountSlicesWhereTheBudgetIsCountedInThem) {
  const RunResult run = run_of(3.0 * 3600.0, 15.0, [](double end) { return end > 7200.0 ? 0.06 : 0.0; });
  ErrorBudgetTerms terms = by_requests();
  terms.objective = condition_of("rate availability > 99 %");
  EXPECT_FALSE(budget_of(terms, run).alerts[0].first_fired_seconds);
  terms.in_slices = true;
  terms.slice = 1min;
  const BurnAlert in_slices = budget_of(terms, run).alerts[0];
  EXPECT_EQ(in_slices.first_fired_seconds, 7200.0 + 9 * 60.0);
  EXPECT_NEAR(in_slices.fastest, 100.0, 1e-6) << "in the end all of an hour";
  terms.slice = 5min;
  EXPECT_FALSE(budget_of(terms, run).alerts[0].looked_at) << "5 min hold one slice";
}

TEST(BurnAlerts, AreLeftOutWhereTheRecordIsTooCoarseForTheirShortWindow) {
  const ErrorBudget budget = budget_of(by_requests(), run_of(8.0 * 3600.0, 600.0, [](double) { return 0.5; }));
  EXPECT_FALSE(budget.alerts[0].looked_at) << "10 min between records, 5 min of the short window";
  EXPECT_TRUE(budget.alerts[1].looked_at);
}

}  // namespace
}  // namespace headroom
