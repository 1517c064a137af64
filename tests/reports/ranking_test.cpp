// Rankings of tournaments made by hand.
#include "reports/ranking.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

// Two windows of a minute each, so that a run that costs x USD costs x USD per two minutes: 30 x USD/h.
RunResult run_that_costs(double dollars, double failed_share, std::uint64_t replication) {
  RunResult run = synthetic::empty_run(2, replication);
  synthetic::add_requests(run, 10'000.0, {10'000.0 * failed_share, 10'000.0 * failed_share});
  run.series.push_back({"cost", {{"component", "nodes"}}, MetricKind::counter, {{dollars / 2.0, dollars / 2.0}}, {}});
  return run;
}

struct Contestant {
  std::string name;
  std::vector<double> dollars;  // by replication
  double failed_share = 0.0;
};

StudyReport tournament_of(const std::vector<Contestant>& contestants) {
  ScenarioFile file;
  Study study;
  for (const Contestant& one : contestants) {
    NamedScenario& scenario = file.variants.emplace_back();
    scenario.name = one.name;
    scenario.scenario.name = "tournament";
    scenario.scenario.duration = std::chrono::minutes{2};
    scenario.scenario.objectives = {synthetic::objective("rate errors < 5 %")};
    study.runs.emplace_back();
    for (std::size_t i = 0; i < one.dollars.size(); ++i)
      study.runs.back().push_back(run_that_costs(one.dollars[i], one.failed_share, i));
  }
  StudyReport report = make_study_report("headroom tournament", std::move(file), std::move(study), 1.0);
  report.is_tournament = true;
  return report;
}

// b costs 0.1 USD a run more than a, each time alike; c is between, give or take; d is the cheapest and fails 10 %.
StudyReport four() {
  return tournament_of({{"b", {1.11, 1.21, 1.31, 1.41, 1.51, 1.61}},
                        {"a", {1.00, 1.10, 1.20, 1.30, 1.40, 1.50}},
                        {"c", {1.02, 1.09, 1.22, 1.29, 1.42, 1.49}},
                        {"d", {0.50, 0.51, 0.52, 0.50, 0.51, 0.52}, 0.1}});
}

std::vector<std::string> names_in_order(const StudyReport& report) {
  std::vector<std::string> names;
  for (const RankedVariant& one : rank_by_cost(report).order) names.push_back(report.file.variants[one.variant].name);
  return names;
}

TEST(Ranking, IsByCostAmongThoseThatKeepTheObjectives) {
  EXPECT_EQ(names_in_order(four()), (std::vector<std::string>{"a", "c", "b", "d"}));
}

// c differs from a by +0.02, -0.01, +0.02, -0.01, …: 0.005 in the mean with a standard error of 0.0067.
TEST(Ranking, GivesOnePlaceToThoseThatCannotBeToldApart) {
  const Ranking ranking = rank_by_cost(four());
  EXPECT_EQ(ranking.order[0].place, 1);
  EXPECT_EQ(ranking.order[1].place, 1);
  EXPECT_EQ(ranking.order[2].place, 3);
  EXPECT_EQ(ranking.pairs.size(), 6U);
  EXPECT_EQ(ranking.between(2, 1)->standing, Standing::equal);
  EXPECT_EQ(ranking.between(1, 2), ranking.between(2, 1));
  EXPECT_EQ(ranking.between(0, 1)->standing, Standing::differs);
  EXPECT_NEAR(ranking.between(0, 1)->difference.difference.mean * 120.0, 0.11, 1e-9);
  const Interval& open = ranking.between(2, 1)->difference.difference;
  EXPECT_LT(open.low, 0.0);
  EXPECT_GT(open.high, 0.0);
}

// p-values of about 0.03 each: by itself either would be a difference, of three comparisons neither is (0.03 > 0.05 / 3).
TEST(Ranking, CorrectsForTheNumberOfComparisons) {
  const std::vector<double> base{1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
  const std::vector<double> more{1.02, 1.05, 1.00, 1.04, 1.06, 1.00};
  const Ranking two = rank_by_cost(tournament_of({{"a", base}, {"b", more}}));
  EXPECT_LT(two.pairs[0].difference.p_value, 0.05);
  EXPECT_EQ(two.pairs[0].standing, Standing::differs);
  ASSERT_GT(two.pairs[0].difference.p_value, 0.05 / 3.0);
  const Ranking three = rank_by_cost(tournament_of({{"a", base}, {"b", more}, {"c", {1.03, 1.04, 1.01, 1.03, 1.07, 0.99}}}));
  EXPECT_EQ(three.between(0, 1)->standing, Standing::equal);
}

TEST(Ranking, OfOneRunEachIsAnOrderAndSaysSo) {
  const StudyReport report = tournament_of({{"a", {1.0}}, {"b", {0.9}}});
  EXPECT_EQ(names_in_order(report), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(rank_by_cost(report).order[1].place, 2);
  EXPECT_NE(ranking_text(report, Paint{false}, 200).find("One run of each tells no difference from chance"), std::string::npos);
}

TEST(Ranking, IsShownWithIntervalsAndWhatTheOthersMiss) {
  const std::string text = ranking_text(four(), Paint{false}, 160);
  EXPECT_TRUE(text.starts_with("RANKING by cost, first those that keep every required objective\n  1 = a ")) << text;
  EXPECT_NE(text.find("not distinguishable from a\n"), std::string::npos) << text;
  EXPECT_NE(text.find("misses 1 of 1 objective: rate errors < 5 % (10 %)"), std::string::npos) << text;
  EXPECT_NE(text.find("over all 6 pairs at 5 % with"), std::string::npos) << text;
  const std::string html = to_html(four());
  EXPECT_NE(html.find("<h3>All against all</h3>"), std::string::npos);
  EXPECT_NE(to_markdown(four()).find("## Ranking"), std::string::npos);
}

TEST(Ranking, IsInTheSummary) {
  const nlohmann::json ranking = to_json(four())["ranking"];
  EXPECT_EQ(ranking["order"][0]["variant"], "a");
  EXPECT_EQ(ranking["order"][3]["place"], nullptr);
  EXPECT_EQ(ranking["pairs"].size(), 6U);
}

TEST(Ranking, IsOfTournamentsOnly) {
  StudyReport report = four();
  report.is_tournament = false;
  EXPECT_EQ(ranking_text(report, Paint{false}, 100), "");
  EXPECT_FALSE(to_json(report).contains("ranking"));
  EXPECT_EQ(to_html(report).find("All against all"), std::string::npos);
}

}  // namespace
}  // namespace headroom
