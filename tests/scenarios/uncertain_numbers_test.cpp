// Numbers that are known to a range only, wherever they stand and among the assumptions.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;

const AssumptionSpec* assumption(const Scenario& scenario, const std::string& name) {
  const auto found = std::find_if(scenario.assumptions.begin(), scenario.assumptions.end(),
                                  [&](const AssumptionSpec& one) { return one.name == name; });
  return found == scenario.assumptions.end() ? nullptr : &*found;
}

const std::string uncertain_cpu = R"("cpu": {"low": 1, "mid": 2, "high": 4, "confidence": 0.9, "why": "measured once"},)";

TEST(UncertainNumbers, AreReadAsTheirMidAndBecomeAssumptionsNamedByTheirPlace) {
  const Scenario scenario = scenario_of(small_scenario(uncertain_cpu));
  EXPECT_EQ(scenario.services[0].cpu, 2.0);
  const AssumptionSpec* found = assumption(scenario, "/services/api/cpu");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->value, "2");
  EXPECT_EQ(found->range, (std::vector<std::string>{"1", "4"}));
  EXPECT_EQ(found->confidence, 0.9);
  EXPECT_EQ(found->why, "measured once");
  EXPECT_EQ(found->pointer(), "/services/api/cpu");
}

TEST(UncertainNumbers, MayStandDeepInsideLists) {
  const Scenario scenario = scenario_of(
      R"({"name": "deep", "duration": "1 min", "services": [{"name": "api", "endpoints": [{"name": "get", "steps": [
      {"compute": {"exponential": {"mean": {"low": "2 ms", "mid": "3 ms", "high": "8 ms"}}}}]}]}],
      "workloads": [{"model": "users", "name": "web", "rate": "1 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})");
  ASSERT_EQ(scenario.assumptions.size(), 1U);
  EXPECT_EQ(scenario.assumptions[0].name, "/services/api/endpoints/get/steps/0/compute/exponential/mean");
}

// What a search sets takes the place of the whole number, so that nothing of its range is left.
TEST(UncertainNumbers, CanBeSetAtTheirPlace) {
  ReadOptions options;
  options.set = {{"/services/api/cpu", "8"}};
  const Scenario scenario = scenario_of(small_scenario(uncertain_cpu), options);
  EXPECT_EQ(scenario.services[0].cpu, 8.0);
  EXPECT_TRUE(scenario.assumptions.empty());
}

const std::string assumed_cpu = R"("assumptions": {"cores": {"low": 1, "mid": 2, "high": 4, "why": "a guess"}},)";

TEST(UncertainNumbers, AmongTheAssumptionsHaveAValueAndARange) {
  const Scenario scenario = scenario_of(small_scenario(R"("cpu": "${cores}",)", assumed_cpu));
  EXPECT_EQ(scenario.services[0].cpu, 2.0);
  ASSERT_EQ(scenario.assumptions.size(), 1U);
  EXPECT_EQ(scenario.assumptions[0].value, "2");
  EXPECT_EQ(scenario.assumptions[0].range, (std::vector<std::string>{"1", "4"}));
  EXPECT_FALSE(scenario.assumptions[0].confidence.has_value());
}

TEST(UncertainNumbers, AmongTheAssumptionsAreSetByTheirName) {
  ReadOptions options;
  options.set = {{"/assumptions/cores", "3"}};
  const Scenario scenario = scenario_of(small_scenario(R"("cpu": "${cores}",)", assumed_cpu), options);
  EXPECT_EQ(scenario.services[0].cpu, 3.0);
  EXPECT_EQ(scenario.assumptions[0].range, (std::vector<std::string>{"1", "4"})) << "what it could be has not changed";
}

TEST(UncertainNumbers, OfAVariantTakeTheValueOfTheBaseAway) {
  const ScenarioFile file = read_text(small_scenario(R"("cpu": "${cores}",)",
                                                     R"("assumptions": {"cores": {"value": 3, "range": [1, 9], "why": "a guess"}},
         "variants": [{"name": "unsure", "merge": {"assumptions": {"cores": {"low": 4, "mid": 5, "high": 6}}}}],)"));
  EXPECT_EQ(file.variants[1].scenario.services[0].cpu, 5.0);
  EXPECT_EQ(file.variants[1].scenario.assumptions[0].range, (std::vector<std::string>{"4", "6"}));
}

// Every other issue of the scenario is told once, and none because of the mid.
TEST(UncertainNumbers, HaveEndsThatMightStandWhereTheyDo) {
  const auto issues_with = [](const std::string& cpu) -> std::vector<Issue> {
    try {
      scenario_of(small_scenario(R"("cpu": )" + cpu + R"(, "replicas": -3,)"));
    } catch (const ScenarioError& error) {
      return error.issues();
    }
    return {};
  };
  const auto pointers = [&](const std::string& cpu) {
    std::vector<std::string> all;
    for (const Issue& issue : issues_with(cpu)) all.push_back(issue.pointer);
    std::ranges::sort(all);
    return all;
  };
  using Pointers = std::vector<std::string>;
  EXPECT_EQ(pointers(R"({"low": 1, "mid": 2, "high": 4})"), (Pointers{"/services/0/replicas"}));
  EXPECT_EQ(pointers(R"({"low": -1, "mid": 2, "high": "4 s"})"),
            (Pointers{"/services/0/cpu/high", "/services/0/cpu/low", "/services/0/replicas"}));
  EXPECT_EQ(pointers(R"({"low": 1, "mid": "2 s", "high": 4})"), (Pointers{"/services/0/cpu/mid", "/services/0/replicas"}));
  const std::vector<Issue> slip = issues_with(R"({"low": 1, "mid": 2, "high": 4, "wy": "measured"})");
  ASSERT_EQ(slip.size(), 2U);
  EXPECT_EQ(slip[0].pointer + " " + slip[0].suggestion, "/services/0/cpu/wy did you mean \"why\"?");
}

// "mid" is a name like any other.
TEST(UncertainNumbers, AreNotMixedUpWithThingsCalledMid) {
  const Scenario scenario = scenario_of(
      R"({"name": "named", "duration": "1 min", "services": {"mid": {"endpoints": [{"name": "get", "steps": [{"compute": "1 ms"}]}]}},
      "workloads": [{"model": "users", "name": "web", "rate": "1 /s", "journeys": [{"steps": [{"request": "mid.get"}]}]}]})");
  EXPECT_EQ(scenario.services[0].name, "mid");
}

}  // namespace
}  // namespace headroom
