// Verdicts on objectives with an error budget: two hours of 100 requests a minute.
#include "reports/budget_verdict.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t minutes = 120;

ObjectiveSpec promise(const std::string& condition = "rate availability > 99 %") {
  ObjectiveSpec objective = synthetic::objective(condition);
  objective.window = 720h;
  return objective;
}

RunResult run_with(double failed_a_minute, std::size_t all_fail_from = minutes) {
  std::vector<double> failed(minutes, failed_a_minute);
  for (std::size_t i = all_fail_from; i < minutes; ++i) failed[i] = 100.0;
  RunResult run = synthetic::empty_run(minutes);
  synthetic::add_requests(run, 100.0, failed);
  return run;
}

// 0.52 % of 1 %.
TEST(BudgetVerdict, SaysWhatOfTheBudgetGoesAtThisRate) {
  const std::vector<RunResult> runs{run_with(0.52), run_with(0.52)};
  const Verdict verdict = judge(promise(), runs);
  ASSERT_TRUE(verdict.budget);
  EXPECT_EQ(verdict.outcome, Outcome::pass);
  EXPECT_NEAR(verdict.budget->burn.mean, 0.52, 1e-9);
  EXPECT_NEAR(verdict.budget->used_by_runs, 0.52 / 360, 1e-9);
  EXPECT_NE(verdict.explanation.find(
                "error budget: 52 % of that of 30 d at this rate (0.144 % by one run); fastest burn 0.52x over 1 h and 5 min"),
            std::string::npos)
      << verdict.explanation;
  EXPECT_NE(verdict.explanation.find("too short for alerts over 6 h and 30 min, 3 d and 6 h"), std::string::npos)
      << verdict.explanation;
}

// 14.4 % of an hour are 8.64 minutes: seen with the ninth that fails altogether.
TEST(BudgetVerdict, SaysWhenAnAlertFires) {
  const std::vector<RunResult> runs{run_with(0.0), run_with(0.0, 100)};
  const BudgetVerdict verdict = judge_budget(promise(), runs).value();
  EXPECT_EQ(verdict.alerts[0].fired, 1U) << "of two runs";
  EXPECT_EQ(verdict.alerts[0].first_fired_seconds, 109 * 60.0);
  EXPECT_NE(budget_text(verdict, 720h).find("the alert at 14.4x over 1 h and 5 min fires 1 h 49 min after the start"),
            std::string::npos)
      << budget_text(verdict, 720h);
}

TEST(BudgetVerdict, IsCountedInSlicesIfTheObjectiveIs) {
  ObjectiveSpec objective = promise();
  objective.budgeting = "timeslices";
  objective.slice = 1min;
  const std::vector<RunResult> runs{run_with(1.0, 114)};
  const BudgetVerdict verdict = judge_budget(objective, runs).value();
  EXPECT_NEAR(verdict.burn.mean, 6.0 / 120 / 0.01, 1e-9) << "six bad slices of 120";
  EXPECT_NE(budget_text(verdict, 720h).find("in slices of 1 min"), std::string::npos) << budget_text(verdict, 720h);
  EXPECT_NE(budget_text(verdict, 720h).find("fastest burn 10x over 1 h and 5 min; too short, or the slices too long, for alerts over 6 h"),
            std::string::npos)
      << budget_text(verdict, 720h) << ": six of the last 60 slices";
}

TEST(BudgetVerdict, IsLeftOutWithoutAWindowAndWithoutRequests) {
  const std::vector<RunResult> runs{run_with(0.0)}, empty{synthetic::empty_run(3)};
  EXPECT_FALSE(judge(synthetic::objective("rate availability > 99 %"), runs).budget);
  EXPECT_FALSE(judge(promise(), empty).budget);
}

TEST(BudgetVerdict, GoesIntoTheSummary) {
  const std::vector<RunResult> runs{run_with(0.52)};
  const nlohmann::json budget = budget_json(judge(promise(), runs));
  EXPECT_NEAR(budget["used_over_window_at_this_rate"]["mean"].get<double>(), 0.52, 1e-9);
  EXPECT_EQ(budget["window_seconds"], 30 * 86'400);
  EXPECT_EQ(budget["alerts"].size(), 3U);
  EXPECT_TRUE(budget["alerts"][1]["fastest_burn"].is_null());
  EXPECT_TRUE(budget_json(judge(synthetic::objective("rate errors < 1 %"), runs)).is_null());
}

}  // namespace
}  // namespace headroom
