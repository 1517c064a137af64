#include "planning/trials.hpp"

#include <gtest/gtest.h>

#include "scenarios/scenario_error.hpp"
#include "tests/planning/planning_scenario.hpp"

namespace headroom::test {
namespace {

const std::string text = one_station("3 /s", 4, exponential_second, "avg queue_wait{service=desk} < 0.6 s");

TEST(Trials, GiveTheSameValuesWhateverTheNumberOfWorkers) {
  const PlannedFile file{text};
  const std::vector<Candidate> candidates{{"four", {}}, {"five", {{"/services/desk/concurrency", "5"}}}};
  Trials one = file.trials(1), three = file.trials(3);
  const std::vector<Trial> a = one.run(candidates, 0, 3), b = three.run(candidates, 0, 3);
  ASSERT_EQ(a.size(), 2U);
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_EQ(a[c].values, b[c].values);
    ASSERT_EQ(a[c].values.size(), 1U);
    EXPECT_EQ(a[c].values[0].size(), 3U);
    EXPECT_EQ(a[c].replications, 3U);
  }
  EXPECT_GT(a[0].verdicts[0].value.mean, a[1].verdicts[0].value.mean) << "five servers wait less than four";
}

TEST(Trials, AreThoseOfAFileThatSaysTheSame) {
  const PlannedFile four{text}, five{one_station("3 /s", 5, exponential_second, "avg queue_wait{service=desk} < 0.6 s")};
  Trials changed = four.trials(), written = five.trials();
  EXPECT_EQ(changed.run({"five", {{"/services/desk/concurrency", "5"}}}, 0, 2).values, written.run({"five", {}}, 0, 2).values);
}

TEST(Trials, MakeNoRunTwiceAndFreshOnesElsewhere) {
  const PlannedFile file{text};
  Trials trials = file.trials();
  const Candidate base{"base", {}};
  const Trial first = trials.run(base, 0, 2);
  EXPECT_EQ(trials.runs_made(), 2U);
  const Trial more = trials.run(base, 0, 3);
  EXPECT_EQ(trials.runs_made(), 3U);
  EXPECT_EQ(more.values[0][1], first.values[0][1]);
  const Trial fresh = trials.run(base, 100, 2);
  EXPECT_EQ(trials.runs_made(), 5U);
  EXPECT_NE(fresh.values[0][0], first.values[0][0]);
  EXPECT_EQ(trials.run(base, 0, 2).values, first.values);
  trials.run(std::vector<Candidate>{base, base}, 200, 1);
  EXPECT_EQ(trials.runs_made(), 6U) << "candidates of one text share their runs";
}

TEST(Trials, SayEverythingThatIsWrongWithACandidateAndRunNothing) {
  const PlannedFile file{text};
  Trials trials = file.trials();
  try {
    trials.run({"wrong", {{"/services/desk/concurrency", "0"}, {"/services/table/replicas", "2"}}}, 0, 1);
    FAIL() << "was read";
  } catch (const ScenarioError& error) {
    EXPECT_EQ(error.issues().size(), 2U);
  }
  EXPECT_EQ(trials.runs_made(), 0U);
}

// The mean wait is 0.509 s: clear against 0.9 s, and never against what eight runs have found themselves.
TEST(Trials, GoOnUntilTheOutcomeIsClearOrNoMoreAreAllowed) {
  const PlannedFile file{text};
  Trials trials = file.trials();
  const Trial clear =
      trials.run_until_conclusive({"", {{"/objectives", R"(["avg queue_wait{service=desk} < 0.9 s"])"}}}, 0, 3, 12);
  EXPECT_EQ(clear.outcome, Outcome::pass);
  EXPECT_LT(clear.replications, 12U);
  const std::string found = std::to_string(trials.run({"", {}}, 0, 8).verdicts[0].value.mean);
  const Trial open =
      trials.run_until_conclusive({"", {{"/objectives", R"(["avg queue_wait{service=desk} < )" + found + R"( s"])"}}}, 0, 3, 8);
  EXPECT_EQ(open.outcome, Outcome::inconclusive);
  EXPECT_EQ(open.replications, 8U);
}

TEST(Trials, BeginNothingOnceTheirTimeIsOver) {
  const PlannedFile file{text};
  TrialOptions options;
  options.stop_at = std::chrono::steady_clock::now();
  Trials trials{TrialSource{file.path(), {}, {}}, options};
  const Trial trial = trials.run({"", {}}, 0, 3);
  EXPECT_EQ(trials.stopped(), Trials::Stop::out_of_time);
  EXPECT_EQ(trial.replications, 0U);
  EXPECT_EQ(trial.outcome, Outcome::inconclusive);
}

TEST(Trials, EndWithWholeReplicationsSoonAfterTheirTimeIsOver) {
  const PlannedFile file{text};
  TrialOptions options;
  options.study.workers = 2;
  const auto begun = std::chrono::steady_clock::now();
  options.stop_at = begun + std::chrono::milliseconds{800};
  Trials trials{TrialSource{file.path(), {}, {}}, options};
  const std::vector<Candidate> candidates{
      {"four", {}}, {"five", {{"/services/desk/concurrency", "5"}}}, {"six", {{"/services/desk/concurrency", "6"}}}};
  const std::vector<Trial> all = trials.run(candidates, 0, 20'000);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{20}) << "60,000 runs take minutes";
  EXPECT_EQ(trials.stopped(), Trials::Stop::out_of_time);
  EXPECT_LT(all[0].replications, 20'000U);
  for (const Trial& trial : all) {
    EXPECT_EQ(trial.made, all[0].made);
    EXPECT_TRUE(trial.failed.empty());
  }
}

// A run of 19,000 hours takes minutes.
TEST(Trials, EndARunThatIsUnderWayWhenTheirTimeIsOver) {
  const PlannedFile file{text};
  TrialOptions options;
  const auto begun = std::chrono::steady_clock::now();
  options.stop_at = begun + std::chrono::milliseconds{500};
  Trials trials{TrialSource{file.path(), {}, {}}, options};
  const Trial trial = trials.run({"", {{"/duration", "19000 h"}, {"/scrape", "1 h"}}}, 0, 3);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10});
  EXPECT_EQ(trials.stopped(), Trials::Stop::out_of_time);
  EXPECT_TRUE(trial.failed.empty()) << "it was cut short, and did not fail";
  EXPECT_EQ(trial.replications, 0U);
}

TEST(Trials, AreNotJudgedByOneRun) {
  const PlannedFile file{text};
  Trials trials = file.trials();
  const Trial one = trials.run({"", {}}, 0, 1);
  ASSERT_EQ(one.replications, 1U);
  EXPECT_NE(one.verdicts[0].outcome, Outcome::inconclusive) << "its value is on one side of the limit";
  EXPECT_EQ(one.outcome, Outcome::inconclusive) << "and it has no interval";
}

// 5 - 1 and 7 - 2 in the replications 0 and 3; 9 and 4 belong to others.
TEST(Trials, ArePairedByReplication) {
  Trial a, b;
  a.made = {0, 1, 3};
  b.made = {0, 2, 3};
  const std::optional<PairedDifference> difference = difference_of(a, {5.0, 9.0, 7.0}, b, {1.0, 4.0, 2.0});
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->difference.count, 2U);
  EXPECT_DOUBLE_EQ(difference->difference.mean, 4.5);
  b.made = {2, 4, 5};
  EXPECT_FALSE(difference_of(a, {5.0, 9.0, 7.0}, b, {1.0, 4.0, 2.0}));
}

// Accounts grow from 1,000 to 3,000, so that there are fewer or more of them at any one time than the mean of those judged:
// 1,000 + 2,000 x 11/20 of the 2nd to the 20th minute. A replica costs 36 USD in the 720 hours of a month.
// Both sum the same million terms, in another order.
TEST(Trials, DifferByNothingWhereOnlyRoundingDiffers) {
  Trial a, b;
  a.made = b.made = {0, 1, 2};
  const std::optional<PairedDifference> difference = difference_of(a, {5000.000000001, 9000.0, 7000.0}, b, {5000.0, 8999.999999999, 7000.0});
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->difference.mean, 0.0);
  EXPECT_EQ(difference->difference.half_width(), 0.0);
}

TEST(Trials, HaveTheCostOfAUserThatTheMetricHas) {
  const PlannedFile file{R"({"name": "paid", "duration": "20 min", "warm_up": "2 min", "scrape": "10 s",
    "services": [{"name": "desk", "price": "0.05 USD/h", "endpoints": [{"name": "serve", "steps": [{"wait": "20 ms"}]}]}],
    "workloads": [{"model": "users", "name": "people", "sessions_per_day": 864,
                   "growth": [{"duration": "20 min", "accounts": 1000, "grow_to": 3000}],
                   "journeys": [{"steps": [{"request": "desk.serve"}]}]}],
    "objectives": ["cost_per_user < 1 USD/month"]})"};
  Trials trials = file.trials();
  const Trial trial = trials.run({"", {}}, 0, 2);
  ASSERT_EQ(trial.user_costs.size(), 2U);
  EXPECT_DOUBLE_EQ(trial.user_costs[0], trial.values[0][0] * 30.0 * 86'400.0);
  EXPECT_NEAR(trial.user_costs[0], 36.0 / 2100.0, 0.01 * 36.0 / 2100.0);
}

TEST(Trials, CountARunThatFailsAndJudgeNothingByTheRest) {
  const PlannedFile file{text};
  TrialOptions options;
  options.study.limits.seconds = 1e-6;
  Trials trials{TrialSource{file.path(), {}, {}}, options};
  const Trial trial = trials.run({"", {{"/duration", "2000 h"}, {"/scrape", "1 h"}}}, 0, 1);
  ASSERT_EQ(trial.failed.size(), 1U);
  EXPECT_EQ(trial.outcome, Outcome::inconclusive);
}

}  // namespace
}  // namespace headroom::test
