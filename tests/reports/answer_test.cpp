// What is said of a verdict, beside its value.
#include "reports/answer.hpp"

#include <gtest/gtest.h>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

using synthetic::add_gauge;
using synthetic::add_requests;
using synthetic::empty_run;
using synthetic::objective;

// A run of so many minutes with this level in every one of them.
std::vector<RunResult> run_with_nodes(double level) {
  std::vector<RunResult> runs(1, empty_run(3));
  add_gauge(runs.front(), "nodes", {{"node_pool", "general"}}, {level, level, level});
  return runs;
}

std::string margin_of(const std::string& condition, const std::vector<RunResult>& runs) {
  return margin_text(judge(objective(condition), runs));
}

TEST(Margin, AtTheLimitIsNothingToSpare) {
  EXPECT_EQ(margin_of("max nodes < 5", run_with_nodes(5)), "at the limit, must be below");
  EXPECT_EQ(margin_of("max nodes > 5", run_with_nodes(5)), "at the limit, must be above");
  EXPECT_EQ(margin_of("max nodes <= 5", run_with_nodes(5)), "at the limit");
  EXPECT_EQ(margin_of("max nodes < 5", run_with_nodes(4)), "20 % to spare");
  EXPECT_EQ(margin_of("max nodes < 5", run_with_nodes(6)), "20 % beyond the limit");
  EXPECT_EQ(margin_of("max nodes < 5", run_with_nodes(15)), "3x the limit");
}

TEST(Margin, TooSmallToShowIsNotShownAsZero) {
  EXPECT_EQ(margin_of("max nodes < 100000", run_with_nodes(99999)), "just inside the limit");
  EXPECT_EQ(margin_of("max nodes < 100000", run_with_nodes(100001)), "just beyond the limit");
}

// 1,000 requests, of which so many fail.
std::vector<RunResult> run_with_failures(double failed) {
  std::vector<RunResult> runs(1, empty_run(1));
  add_requests(runs.front(), 1000.0, {failed});
  return runs;
}

// 99 % leaves 10 of 1,000 to fail.
TEST(Margin, OfAShareThatGoesWellIsOfWhatMayGoWrong) {
  const std::string kept = "rate availability > 99 %";
  EXPECT_EQ(margin_of(kept, run_with_failures(0)), "100 % of the allowed failures to spare");
  EXPECT_EQ(margin_of(kept, run_with_failures(5)), "50 % of the allowed failures to spare");
  EXPECT_EQ(margin_of(kept, run_with_failures(15)), "50 % beyond the allowed failures");
  EXPECT_EQ(margin_of(kept, run_with_failures(30)), "3x the allowed failures");
  const Verdict available = judge(objective(kept), run_with_failures(5)),
                erring = judge(objective("rate errors < 1 %"), run_with_failures(5));
  EXPECT_NEAR(available.margin.value(), erring.margin.value(), 1e-9) << "the same objective in other words";
  EXPECT_EQ(margin_of("rate availability > 20 %", run_with_failures(600)), "100 % to spare") << "twice what is asked for";
}

// 20 USD in the 720 hours of a month are 0.028 USD/h, a cent and more.
TEST(Value, IsInTheUnitInWhichItsLimitIsWritten) {
  Verdict verdict{.objective = objective("cost_per_user < 30 USD/month"), .dimension = Dimension::money_rate};
  verdict.value = t_interval(std::vector<double>{20.0 / (720.0 * 3600.0)});
  EXPECT_EQ(value_text(verdict, ""), "20 USD/month");
  verdict.objective = objective("cost_per_user < 1 USD/h");
  EXPECT_EQ(value_text(verdict, ""), "0.0278 USD/h");
}

TEST(Value, OfEnergyInASecondSaysWhatThereIsSoMuchOf) {
  Verdict verdict{.objective = objective("rate energy < 1 /s"), .dimension = Dimension::rate};
  verdict.value = t_interval(std::vector<double>{0.5});
  EXPECT_EQ(value_text(verdict, ""), "0.5 Wh/s");
}

// 0.5 g/s are 30 g/min.
TEST(Value, OfEnergyByTimeIsInTheTimeInWhichItsLimitIsWritten) {
  Verdict verdict{.objective = objective("rate energy{node_pool=a} < 50 /h"), .dimension = Dimension::rate};
  verdict.value = t_interval(std::vector<double>{41.0 / 3600.0});
  EXPECT_EQ(value_text(verdict, ""), "41 Wh/h");
  verdict.objective = objective("rate carbon < 50 /min");
  verdict.value = t_interval(std::vector<double>{0.5});
  EXPECT_EQ(value_text(verdict, ""), "30 g/min");
}

TEST(Margin, OfAConditionThatMustLastSpeaksOfTimeAndNotOfTheLimit) {
  std::vector<RunResult> runs(1, empty_run(144));
  add_requests(runs.front(), 100.0, std::vector<double>(144, 10.0));
  const Verdict missed = judge(objective("rate errors < 5 % for 1 min"), runs);
  EXPECT_EQ(missed.outcome, Outcome::fail);
  EXPECT_EQ(value_text(missed, ""), "broken for 2.4 h");
  EXPECT_EQ(margin_text(missed), "allowed under 1 min");
  const Verdict never = judge(objective("rate errors < 50 % for 90 s"), runs);
  EXPECT_EQ(value_text(never, ""), "never broken");
  EXPECT_EQ(margin_text(never), "");
}

}  // namespace
}  // namespace headroom
