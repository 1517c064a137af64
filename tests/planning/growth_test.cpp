#include "planning/growth.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "planning/plan_error.hpp"
#include "scenarios/scenario_error.hpp"
#include "tests/planning/planning_scenario.hpp"

namespace headroom::test {
namespace {

// 1,000 users ask 864 times a day each, 10 times a second in all; a request takes 20 ms of the only slot: 20 % used.
std::string growing(const std::string& growth, const std::string& of_service = {}) {
  return R"({"name": "growing", "seed": 5, "duration": "10 min", "warm_up": "1 min", "replications": 3)" +
         (growth.empty() ? "" : R"(, "growth": )" + growth) + R"(,
    "services": [{"name": "desk", "price": "0.05 USD/h", )" +
         of_service + R"("endpoints": [{"name": "serve", "steps": [{"wait": "20 ms"}]}]}],
    "workloads": [{"model": "users", "name": "people", "accounts": 1000, "sessions_per_day": 864,
                   "journeys": [{"steps": [{"request": "desk.serve"}]}]}],
    "objectives": ["p(95) queue_wait{service=desk} < 1 s"]})";
}
const std::string ten_percent = R"({"monthly": "10 %", "months": 36})";

GrowthPlan planned(const PlannedFile& file, const GrowthQuestion& question = {.replications = 3, .at_most = 9}) {
  Trials trials = file.trials();
  return plan_growth(trials, question);
}
const RunningOut* slots(const GrowthPlan& plan) {
  for (const RunningOut& out : plan.running_out) {
    if (plan.stations[out.station].resource == "slots") return &out;
  }
  return nullptr;
}
// The first month, from 0, in which 20 % grown by a tenth every month is more than `target`.
std::size_t month_beyond(double target) { return static_cast<std::size_t>(std::ceil(std::log(target / 0.2) / std::log(1.1))); }

TEST(Growth, RunsOutInTheMonthThatLogarithmsSay) {
  const PlannedFile file{growing(ten_percent)};
  const GrowthPlan plan = planned(file);
  ASSERT_EQ(plan.months.size(), 36U);
  EXPECT_EQ(plan.users_at_load_1, 1000.0);
  EXPECT_NEAR(plan.months[35].load, std::pow(1.1, 35), 1e-9);
  const RunningOut* const out = slots(plan);
  ASSERT_NE(out, nullptr);
  EXPECT_EQ(month_beyond(1.0), 17U);
  EXPECT_EQ(out->month, 17U);
  EXPECT_NEAR(out->users, 5000.0, 3.0) << "capacity 50 /s, 0.01 /s a user";
  const GrowthPlan careful = planned(file, {.target = 0.8, .replications = 3, .at_most = 9});
  EXPECT_EQ(slots(careful)->month, month_beyond(0.8));
  EXPECT_NEAR(slots(careful)->users, 4000.0, 3.0);
}

// In month 18 0.2 * 1.1^17 = 1.01 slots are used, in month 36 0.2 * 1.1^35 = 5.62.
TEST(Growth, SaysTheSmallestCountThatIsEnoughAndWhatItCosts) {
  const PlannedFile file{growing(ten_percent)};
  const GrowthPlan plan = planned(file);
  const RunningOut* const out = slots(plan);
  ASSERT_TRUE(out != nullptr && out->then && out->by_the_end);
  EXPECT_EQ(out->then->set, (std::vector<SettingChange>{{"/services/desk/replicas", "2"}}));
  EXPECT_EQ(out->then->what, "2 replicas instead of 1");
  EXPECT_EQ(out->by_the_end->set, (std::vector<SettingChange>{{"/services/desk/replicas", "6"}}));
  EXPECT_NEAR(out->by_the_end->utilization.value(), 0.2 * std::pow(1.1, 35) / 6.0, 1e-3);
  EXPECT_NEAR(out->cost.mean, 36.0, 1e-6) << "one more replica at 0.05 USD/h for 720 h";
}

// Who waits for a slot for 40 ms stands behind two others: of a line M/D/1 more than 5 % do long before it is used up, and of two
// such lines with half the users each fewer. The month that is missed comes before month 18, in which the slots run out.
TEST(Growth, SaysWhatToBuyForAnObjectiveThatIsMissedBeforeAnythingRunsOut) {
  std::string text = growing(ten_percent);
  text.replace(text.find("< 1 s"), 5, "< 40 ms");
  const PlannedFile file{text};
  const GrowthPlan plan = planned(file);
  ASSERT_TRUE(plan.missed && plan.for_missed);
  EXPECT_LT(*plan.missed, 17U);
  EXPECT_EQ(plan.for_missed->component, "services/desk");
  ASSERT_TRUE(plan.for_missed->then);
  EXPECT_EQ(plan.for_missed->then->what, "2 replicas instead of 1");
  EXPECT_GE(plan.for_missed->verified_by, 3U);
  EXPECT_TRUE(plan.for_missed->is_least && plan.for_missed->other.empty());
  EXPECT_NEAR(plan.for_missed->then->utilization.value(), 0.2 * plan.months[*plan.missed].load / 2.0, 1e-3)
      << "of two slots, in that month";
  EXPECT_EQ(growth_json(plan)["for_missed"]["then"]["utilization"], *plan.for_missed->then->utilization);
  EXPECT_NEAR(plan.cost_for_missed.mean, 36.0, 1e-6);
  EXPECT_NE(growth_sentence(plan).find("queue_wait{service=desk} < 40 ms (most of it at services/desk); enough then: 2 replicas "
                                       "instead of 1, +36 USD/month"),
            std::string::npos)
      << growth_sentence(plan);
}

// More slots shorten the wait, and bring no more requests; the deciding objective is the one that is further beyond its limit.
TEST(Growth, SaysWhichObjectiveMoreIsEnoughForWhereAnotherIsMissedAllTheSame) {
  std::string text = growing(R"({"users_by_month": [4800, 4900]})");
  text.replace(text.find("< 1 s"), 6,
               R"(< 40 ms", "rate requests > 60 /s)"
               "\"");
  const GrowthPlan plan = planned(PlannedFile{text});
  ASSERT_TRUE(plan.for_missed && plan.for_missed->then) << growth_sentence(plan);
  EXPECT_EQ(plan.for_missed->other, std::vector<std::string>{"rate requests > 60 /s"});
  EXPECT_NE(growth_sentence(plan).find("enough then for p(95) queue_wait{service=desk} < 40 ms: 2 replicas instead of 1"),
            std::string::npos)
      << growth_sentence(plan);
  EXPECT_TRUE(growth_sentence(plan).find("; missed all the same: rate requests > 60 /s") != std::string::npos)
      << growth_sentence(plan);
}

// The limit is what three runs of two replicas found themselves, so that those can never be clear.
TEST(MissedRemedy, KeepsWhatIsUnclearApartAndSaysThatThereMayBeLess) {
  const auto with_limit = [](const std::string& limit) {
    std::string text = growing("");
    const std::string place = "p(95) queue_wait{service=desk} < 1 s";
    return text.replace(text.find(place), place.size(), "avg queue_wait{service=desk} < " + limit + " s");
  };
  const SettingChange at_load{"/load", "4.9"};
  const PlannedFile first{with_limit("1")};
  Trials finding = first.trials();
  const double found = finding.run({"", {at_load, {"/services/desk/replicas", "2"}}}, 0, 3).verdicts[0].value.mean;
  const PlannedFile file{with_limit(std::to_string(found))};
  Trials trials = file.trials();
  const TriedLoad missed = tried_load(4.9, trials.run({"", {at_load}}, 0, 3));
  ASSERT_EQ(missed.outcome, Outcome::fail);
  const MissedRemedy remedy = remedy_of_missed(trials, missed, {.replications = 3, .at_most = 3});
  ASSERT_TRUE(remedy.then);
  EXPECT_EQ(remedy.then->what, "3 replicas instead of 1");
  EXPECT_EQ(remedy.unclear, 1);
  EXPECT_EQ(remedy.not_enough, 0);
  EXPECT_FALSE(remedy.is_least);
  EXPECT_EQ(remedy.verified_by, 3U);
}

// The time is over before the fresh replications begin.
TEST(MissedRemedy, ThatWasCutShortIsNotCalledVerified) {
  std::string text = growing(R"({"users_by_month": [4900]})");
  text.replace(text.find("< 1 s"), 5, "< 40 ms");
  const PlannedFile file{text};
  TrialOptions options;
  options.stop_at = std::chrono::steady_clock::now() + std::chrono::seconds{6};
  Trials trials{TrialSource{file.path(), {}, {}}, options};
  const TriedLoad missed = tried_load(4.9, trials.run({"", {{"/load", "4.9"}}}, 0, 3));
  const auto wait = [&](const std::string& what) {
    if (what.ends_with("once more")) std::this_thread::sleep_until(*options.stop_at);
  };
  const MissedRemedy remedy = remedy_of_missed(trials, missed, {.replications = 3, .at_most = 9, .note = wait});
  ASSERT_TRUE(remedy.then);
  EXPECT_EQ(remedy.verified_by, 0U);
}

TEST(Growth, ShowsNoCostOfWhatWasNotServed) {
  const PlannedFile file{growing(ten_percent)};
  const GrowthPlan plan = planned(file);
  const std::vector<std::vector<std::string>> rows = month_rows(plan, "+-");
  ASSERT_TRUE(plan.missed);
  EXPECT_TRUE(plan.months[*plan.missed].is_overloaded());
  EXPECT_EQ(rows[*plan.missed + 1].back(), "not all served");
  EXPECT_NE(rows[1].back(), "not all served");
}

// 0.2 of the slot are used, and six times that in one minute of ten: 12 s of work are left behind, which are gone within 15 s.
TEST(Growth, OfAShortPeakServesAllAndHasItsCost) {
  std::string text = growing(R"({"users_by_month": [1000, 1100]})");
  text.replace(text.find("< 1 s"), 5, "< 60 s");
  const std::string place = R"("accounts": 1000,)";
  text.replace(
      text.find(place), place.size(),
      place + R"( "shape": {"flash_crowds": [{"at": "5 min", "factor": 6, "rise": "1 s", "hold": "1 min", "fall": "1 s"}]},)");
  const PlannedFile file{text};
  const GrowthPlan plan = planned(file);
  EXPECT_GT(*std::ranges::max_element(plan.months[1].used), 1.0) << "at the peak";
  EXPECT_LT(*std::ranges::max_element(plan.months[1].asked), 0.5);
  EXPECT_FALSE(plan.months[1].is_overloaded());
  EXPECT_EQ(plan.outcome, Outcome::pass);
  EXPECT_EQ(growth_json(plan)["months"][1]["overloaded"], false);
  for (const std::vector<std::string>& row : month_rows(plan, "+-")) EXPECT_NE(row.back(), "not all served");
  EXPECT_EQ(growth_json(plan)["remarks"].dump().find("not all served"), std::string::npos);
}

TEST(Growth, OfFewerUsersSaysHowManyLess) {
  const PlannedFile file{growing(R"({"monthly": "-20 %", "months": 3})")};
  EXPECT_EQ(planned(file).forecast.source, "20 % less every month");
}

// At 1.01 of the capacity the line grows by 6 s in ten minutes; at 0.92 nearly nobody waits a second.
TEST(Growth, FindsTheFirstMonthInWhichAnObjectiveIsMissedBySimulation) {
  const PlannedFile file{growing(ten_percent)};
  const GrowthPlan plan = planned(file);
  ASSERT_TRUE(plan.missed);
  EXPECT_EQ(*plan.missed, 17U);
  EXPECT_EQ(plan.outcome, Outcome::fail);
  EXPECT_LT(plan.tried.size(), 10U) << "halving, not month by month";
  const GrowthPlan ahead = planned(PlannedFile{growing(R"({"monthly": "10 %", "months": 12})")});
  EXPECT_EQ(ahead.outcome, Outcome::pass);
  EXPECT_TRUE(ahead.running_out.empty());
}

TEST(Growth, RaisesTheLimitOfAnAutoscaler) {
  const PlannedFile file{growing(
      R"({"users_by_month": [1000, 21000]})",
      R"("replica_limits": [1, 3], "autoscaler": {"policy": "hpa", "metrics": [{"resource": "cpu", "target": "70 %"}]}, )")};
  const GrowthPlan plan = planned(file);
  const RunningOut* const out = slots(plan);
  ASSERT_TRUE(out != nullptr && out->then);
  // 210 /s at 50 /s of a replica. Both bounds hold it, the service's and the policy's.
  EXPECT_EQ(out->then->set, (std::vector<SettingChange>{{"/services/desk/replica_limits", "[1, 5]"},
                                                        {"/services/desk/autoscaler/replicas", "[1, 5]"}}));
}

// The bounds of a policy's own are what holds it: limits of the service above them would change nothing.
TEST(Remedy, RaisesTheBoundsOfThePolicyItself) {
  const PlannedFile file{growing(R"({"users_by_month": [1000, 21000]})",
                                 R"("autoscaler": {"policy": "threshold-rules", "replicas": [1, 3], "rules": [
                                   {"name": "busy", "when": "avg cpu > 70 %", "action": "+1"}]}, )")};
  const Trials trials = file.trials();
  const auto remedy = smallest_remedy(trials, {"services/desk", "slots", 21.0, 1.0});
  ASSERT_TRUE(remedy);
  // 210 /s at 50 /s of a replica.
  EXPECT_EQ(remedy->set, (std::vector<SettingChange>{{"/services/desk/autoscaler/replicas", "[1, 5]"}}));
  EXPECT_EQ(remedy->what, "at most 5 replicas instead of 3");
  const auto kept = remedy_with(trials, {"services/desk", "slots", 21.0, 1.0}, 3);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->set,
            (std::vector<SettingChange>{{"/services/desk/replicas", "4"}, {"/services/desk/autoscaler/replicas", "[4, 4]"}}));
  EXPECT_EQ(kept->what, "4 replicas kept instead of 1");
}

TEST(Remedy, IsNoneForAStationThatIsNotThere) {
  const PlannedFile file{growing(ten_percent)};
  const Trials trials = file.trials();
  EXPECT_FALSE(smallest_remedy(trials, {"services/desk", "nothing of the kind", 10.0, 1.0}));
}

// A query takes 20 ms of a core and comes 10 times a second: 0.2 cores at load 1.
TEST(Remedy, SaysHowManyCoresThereAreOfPartsOfOnes) {
  const auto with_cores = [](const std::string& cores) {
    return R"({"name": "rows", "duration": "1 min",
    "services": [{"name": "desk", "concurrency": 1000, "endpoints": [{"name": "serve", "steps": [{"query": "rows", "read": "row"}]}]}],
    "databases": [{"name": "rows", "cpu": )" +
           cores + R"(, "shards": {"count": 1}, "read": {"cpu": "20 ms"}}],
    "keys": [{"name": "row", "items": 10}],
    "workloads": [{"model": "users", "name": "people", "rate": "10 /s", "journeys": [{"steps": [{"request": "desk.serve"}]}]}],
    "objectives": ["p(95) latency < 1 s"]})";
  };
  const PlannedFile half{with_cores("0.5")}, more{with_cores("2.5")};
  const auto remedy = smallest_remedy(half.trials(), {"databases/rows", "cpu", 4.0, 1.0});
  ASSERT_TRUE(remedy);
  EXPECT_EQ(remedy->what, "1 cores instead of 0.5") << "0.8 are used";
  EXPECT_EQ(smallest_remedy(more.trials(), {"databases/rows", "cpu", 14.0, 1.0}).value().what, "3 cores instead of 2.5");
}

TEST(Growth, OfNumbersByMonthNamesTheMonths) {
  const GrowthPlan plan = planned(PlannedFile{growing(R"({"users_by_month": [1000, 3000, 2000], "start": "2026-11"})")});
  EXPECT_EQ(plan.months[0].forecast.name, "2026-11");
  EXPECT_EQ(plan.months[2].forecast.name, "2027-01");
  EXPECT_DOUBLE_EQ(plan.months[1].load, 3.0);
  EXPECT_EQ(plan.outcome, Outcome::pass);
}

TEST(Growth, GoesOnWithAHistoryAsTheForecasterDoes) {
  const PlannedFile file{growing(R"({"file": "history.csv", "months": 3, "forecaster": {"model": "holt-winters"}})")};
  std::string csv = "month,users\n";
  for (int m = 0; m < 24; ++m) csv += std::to_string(m) + "," + std::to_string(1000 + 100 * m) + "\n";
  file.folder().write("history.csv", csv);
  const GrowthPlan plan = planned(file);
  ASSERT_EQ(plan.months.size(), 3U);
  for (int m = 0; m < 3; ++m) EXPECT_NEAR(plan.months[static_cast<std::size_t>(m)].forecast.users, 3400.0 + 100.0 * m, 1.0);
  EXPECT_TRUE(plan.forecast.has_interval);
  EXPECT_NEAR(plan.months[2].forecast.high - plan.months[2].forecast.low, 0.0, 5.0) << "a straight line has no errors";
}

TEST(Growth, OfAHistoryThatJumpsHasAnIntervalThatWidens) {
  GrowthSpec growth;
  const TemporaryFolder folder;
  std::string csv = "users\n";
  for (int m = 0; m < 24; ++m) csv += std::to_string(1000 + 100 * m + (m % 2 == 0 ? 200 : -200)) + "\n";
  folder.write("history.csv", csv);
  growth.file = "history.csv";
  growth.months = 18;
  const UserForecast forecast = forecast_users(growth, 1.0, folder.path());
  double width = 0.0;
  for (const UserForecast::Month& month : forecast.months) {
    EXPECT_GE(month.high - month.users, width);
    width = month.high - month.users;
  }
  EXPECT_GT(width, 200.0);
}

// The note of the second month comes when the first is known; nothing is begun after it.
TEST(Growth, KeepsMonthsThatWereNotReachedApartFromUnclearOnes) {
  const PlannedFile file{growing(R"({"monthly": "10 %", "months": 12})")};
  TrialOptions options;
  options.stop_at = std::chrono::steady_clock::now();
  Trials stopped{TrialSource{file.path(), {}, {}}, options};
  const GrowthPlan none = plan_growth(stopped, {.replications = 3, .at_most = 9});
  EXPECT_EQ(none.not_reached, std::optional<std::size_t>{0});
  EXPECT_FALSE(none.unclear);
  EXPECT_EQ(none.outcome, Outcome::inconclusive);
  EXPECT_EQ(growth_json(none)["remarks"].dump().find("leave it open"), std::string::npos) << growth_json(none)["remarks"];
  EXPECT_NE(growth_sentence(none).find("no month was simulated"), std::string::npos) << growth_sentence(none);

  options.stop_at = std::chrono::steady_clock::now() + std::chrono::seconds{4};
  Trials cut{TrialSource{file.path(), {}, {}}, options};
  const auto wait_on_the_second = [&, asked = 0](const std::string&) mutable {
    if (++asked == 2) std::this_thread::sleep_until(*options.stop_at);
  };
  const GrowthPlan some = plan_growth(cut, {.replications = 3, .at_most = 9, .note = wait_on_the_second});
  EXPECT_EQ(some.tried.size(), 1U);
  EXPECT_EQ(some.not_reached, std::optional<std::size_t>{1});
  EXPECT_FALSE(some.unclear);
  EXPECT_EQ(growth_json(some)["first_not_reached"], some.months[1].forecast.name);
}

TEST(Growth, SaysWhatIsMissingOrWrong) {
  EXPECT_THROW(planned(PlannedFile{growing("")}), PlanError);
  EXPECT_THROW(planned(PlannedFile{growing(R"({"file": "nothing.csv"})")}), ScenarioError);
  const PlannedFile file{growing(R"({"file": "history.csv"})")};
  file.folder().write("history.csv", "users\n10\nmany\n");
  EXPECT_THROW(planned(file), ScenarioError);
}

TEST(Growth, IsTheSameWhateverTheNumberOfWorkers) {
  const PlannedFile file{growing(ten_percent)};
  Trials one = file.trials(1), three = file.trials(3);
  const GrowthQuestion question{.replications = 2, .at_most = 4};
  EXPECT_EQ(growth_json(plan_growth(one, question)).dump(), growth_json(plan_growth(three, question)).dump());
}

}  // namespace
}  // namespace headroom::test
