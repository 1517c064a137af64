#include "reports/validation.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// One scenario of one variant with one objective, whose values by replication are given.
ValidatedScenario scenario_with(const std::string& name, const std::string& condition, const std::vector<double>& values,
                                std::uint64_t seed = 1) {
  ValidatedObjective objective;
  objective.verdict.objective = synthetic::objective(condition);
  objective.verdict.value = t_interval(values);
  objective.verdict.dimension = Dimension::time;
  objective.verdict.outcome = Outcome::pass;
  for (std::size_t i = 0; i < values.size(); ++i) objective.values[i] = values[i];
  ValidatedVariant variant{.name = "base", .runs = values.size()};
  variant.objectives.push_back(objective);
  ValidatedScenario scenario{.name = name, .path = name + ".json", .folder = {}, .about = {}};
  scenario.about.seed = seed;
  scenario.about.variants.push_back({"base", {}, {{"/services/api/replicas", "3"}}});
  scenario.variants.push_back(variant);
  return scenario;
}

BaselineRow only_row(const ValidatedScenario& now, const ValidatedScenario& before, double tolerance = 0.0) {
  const BaselineComparison comparison = compare_with_baseline(std::vector{now}, std::vector{before}, tolerance);
  EXPECT_EQ(comparison.rows.size(), 1U);
  return comparison.rows.front();
}

// Of the same seed the shared noise cancels: every run is 1 ms slower, give or take 0.1, though the runs lie 300 ms apart.
TEST(Baseline, ASteadyDifferenceIsSeenThroughNoiseThatBothShareButNotWithAnotherSeed) {
  const std::vector<double> before{0.1, 0.2, 0.3, 0.4}, now{0.1011, 0.2009, 0.3010, 0.4010};
  const auto accepted = scenario_with("s", "avg latency < 1 s", before);
  const BaselineRow paired = only_row(scenario_with("s", "avg latency < 1 s", now), accepted);
  EXPECT_TRUE(paired.paired);
  EXPECT_TRUE(paired.is_worse);
  EXPECT_NEAR(paired.change->difference.mean, 0.001, 1e-12);
  const BaselineRow apart = only_row(scenario_with("s", "avg latency < 1 s", now, 2), accepted);
  EXPECT_FALSE(apart.paired);
  EXPECT_FALSE(apart.is_worse);
  EXPECT_EQ(standing_text(apart), "not distinguishable");
}

TEST(Baseline, WhatIsWorseDependsOnWhatWasPromised) {
  const std::vector<double> low{1.0, 1.1, 1.2, 1.3, 1.4}, high{2.0, 2.1, 2.2, 2.3, 2.4};
  const auto row = [&](const std::string& condition, const auto& before, const auto& now) {
    return only_row(scenario_with("s", condition, now), scenario_with("s", condition, before));
  };
  EXPECT_TRUE(row("avg latency < 5 s", low, high).is_worse);
  EXPECT_TRUE(row("avg latency < 5 s", high, low).is_better);
  EXPECT_TRUE(row("rate requests > 1 /s", low, high).is_better);
  EXPECT_TRUE(row("rate requests > 1 /s", high, low).is_worse);
}

// From 1.2 to 2.2 is 83 %.
TEST(Baseline, TheToleranceIsAShareOfTheFormerValue) {
  const auto before = scenario_with("s", "avg latency < 5 s", {1.0, 1.1, 1.2, 1.3, 1.4});
  const auto now = scenario_with("s", "avg latency < 5 s", {2.0, 2.1, 2.2, 2.3, 2.4});
  EXPECT_TRUE(only_row(now, before, 0.83).is_worse);
  EXPECT_FALSE(only_row(now, before, 0.84).is_worse);
  EXPECT_EQ(standing_text(only_row(now, before, 0.84)), "within the tolerance");
}

TEST(Baseline, ADifferenceThatFitsIntoTheBucketsIsNone) {
  auto before = scenario_with("s", "p(95) latency < 1 s", {0.1, 0.1, 0.1}),
       now = scenario_with("s", "p(95) latency < 1 s", {0.1007, 0.1007, 0.1007});
  EXPECT_TRUE(only_row(now, before).is_worse) << "if it were known exactly";
  for (ValidatedScenario* one : {&before, &now}) one->variants[0].objectives[0].verdict.known = {0.0996, 0.1004};
  EXPECT_FALSE(only_row(now, before).is_worse);
}

TEST(Baseline, OneRunCannotTellAndAVerdictThatTurnsWithoutAValueIsWorse) {
  const auto before = scenario_with("s", "avg latency < 5 s", {1.0});
  const BaselineRow lonely = only_row(scenario_with("s", "avg latency < 5 s", {2.0}), before);
  EXPECT_FALSE(lonely.is_worse);
  EXPECT_EQ(standing_text(lonely), "one run cannot tell");
  auto unserved = scenario_with("s", "avg latency < 5 s", {});
  unserved.variants[0].objectives[0].verdict.outcome = Outcome::fail;
  EXPECT_EQ(standing_text(only_row(unserved, before)), "worse, pass -> fail");
}

TEST(Baseline, NamesWhatOnlyOneSideHas) {
  const std::vector now{scenario_with("new", "avg latency < 5 s", {1.0}), scenario_with("both", "avg latency < 4 s", {1.0})};
  const std::vector before{scenario_with("old", "avg latency < 5 s", {1.0}), scenario_with("both", "avg latency < 5 s", {1.0})};
  const BaselineComparison comparison = compare_with_baseline(now, before, 0.0);
  EXPECT_EQ(comparison.remarks,
            (std::vector<std::string>{"new is not in the baseline", "old is in the baseline and was not validated"}));
  ASSERT_EQ(comparison.rows.size(), 2U);
  EXPECT_EQ(standing_text(comparison.rows[0]), "new");
  EXPECT_EQ(standing_text(comparison.rows[1]), "gone");
}

TEST(Validation, WhatIsWrittenIsReadBackAsItWas) {
  Validation validation;
  validation.scenarios = {scenario_with("a", "p(95) latency < 300 ms", {0.1, 1.0 / 3.0}),
                          scenario_with("b", "avg latency < 1 s", {})};
  validation.scenarios[0].variants[0].cost_per_user = {{0, 1e-9}, {1, 2e-9}};
  validation.scenarios[0].variants[0].objectives[0].verdict.known = {0.19, 0.21};
  const std::string text = to_json(validation).dump();
  Validation again;
  again.scenarios = accepted_from(text);
  EXPECT_EQ(to_json(again)["scenarios"][0]["variants"][0]["settings"],
            to_json(validation)["scenarios"][0]["variants"][0]["settings"]);
  ASSERT_EQ(again.scenarios.size(), 2U);
  const ValidatedVariant& variant = again.scenarios[0].variants[0];
  EXPECT_EQ(variant.objectives[0].values, validation.scenarios[0].variants[0].objectives[0].values) << "to the last bit";
  EXPECT_EQ(variant.cost_per_user, validation.scenarios[0].variants[0].cost_per_user);
  EXPECT_DOUBLE_EQ(variant.objectives[0].verdict.known.high, 0.21);
  EXPECT_EQ(variant.objectives[0].verdict.objective.that.text, "p(95) latency < 300 ms");
}

TEST(Validation, RefusesWhatIsNoBaselineAndSaysWhy) {
  const auto why = [](const std::string& text) {
    try {
      accepted_from(text);
    } catch (const std::invalid_argument& error) {
      return std::string{error.what()};
    }
    return std::string{"accepted"};
  };
  EXPECT_EQ(why("{"), "it is no JSON");
  EXPECT_EQ(why("{}"), "\"validation_format\" is missing in it");
  EXPECT_EQ(why(R"({"validation_format": 7})"), "its format is 7, and this program reads 1");
  EXPECT_TRUE(says(why(R"({"validation_format": 1, "scenarios": [3]})"), "is missing"))
      << why(R"({"validation_format": 1, "scenarios": [3]})");
  Validation validation;
  validation.scenarios = {scenario_with("a", "avg latency < 1 s", {0.1})};
  nlohmann::json changed = to_json(validation);
  changed["scenarios"][0]["variants"][0]["objectives"][0]["by_replication"]["0"] = "slow";
  EXPECT_TRUE(says(why(changed.dump()), "changed by hand")) << why(changed.dump());
  for (const std::string key : {"x", "", "1x", "-1", "99999999999999999999"}) {
    changed["scenarios"][0]["variants"][0]["objectives"][0]["by_replication"] = {{key, 0.1}};
    EXPECT_EQ(why(changed.dump()), "\"" + key + "\" is no number of a replication");
  }
}

TEST(Validation, EndsAsItsWorst) {
  Validation validation;
  for (const Ending ending :
       {Ending::held, Ending::open, Ending::missed, Ending::incomplete, Ending::broken, Ending::interrupted}) {
    validation.scenarios.push_back(scenario_with("s", "avg latency < 1 s", {0.1}));
    validation.scenarios.back().variants[0].ending = ending;
    EXPECT_EQ(ending_of(validation), ending);
  }
}

// More than 1,024 KB would be refused.
TEST(Validation, MarkdownStaysSmallHoweverManyScenariosThereAre) {
  Validation validation;
  for (int i = 0; i < 4000; ++i)
    validation.scenarios.push_back(scenario_with("scenario " + std::to_string(i), "avg latency < 1 s", {0.1}));
  const std::string text = to_markdown(validation);
  EXPECT_LT(text.size(), 1'000'000U);
  EXPECT_TRUE(says(text, "more scenarios would not fit here"));
  EXPECT_TRUE(says(text, "| scenario 3999 |")) << "all are in the table";
}

TEST(Validation, AnnotationsAndJUnitEscapeWhatWouldEndThem) {
  Validation validation;
  validation.scenarios = {scenario_with("50 %: a,b", "avg latency{workload=x} < 1 s", {0.1})};
  ValidatedObjective& objective = validation.scenarios[0].variants[0].objectives[0];
  objective.verdict.outcome = Outcome::fail;
  objective.verdict.explanation = "100 %\nof <them> & \"more\"";
  objective.place = {"a,b:c.json", 3, 7};
  const std::string annotation = to_github_annotations(validation);
  EXPECT_TRUE(annotation.starts_with("::error file=a%2Cb%3Ac.json,line=3,col=7,title=50 %25%3A a%2Cb::avg latency"))
      << annotation;
  EXPECT_TRUE(says(annotation, "100 %25%0Aof <them>")) << annotation;
  const std::string junit = to_junit(validation);
  EXPECT_TRUE(says(junit, "of &lt;them&gt; &amp; &quot;more&quot;")) << junit;
  EXPECT_TRUE(says(junit, "&#10;")) << junit;
}

}  // namespace
}  // namespace headroom
