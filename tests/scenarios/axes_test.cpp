// "vary": the values of axes, and that each is tried when the file is read.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;
using Values = std::vector<std::string>;

AxisSpec from_to(std::string from, std::string to, std::string step = {}, std::optional<double> factor = {}) {
  return {.name = "axis",
          .set = {},
          .values = {},
          .from = std::move(from),
          .to = std::move(to),
          .step = std::move(step),
          .factor = factor};
}

TEST(Axes, GoByStepsThatIncludeTheLast) {
  EXPECT_EQ(from_to("2", "5").all_values(), (Values{"2", "3", "4", "5"})) << "plain numbers go by ones";
  EXPECT_EQ(from_to("512 MiB", "2 GiB", "512 MiB").all_values(), (Values{"512 MiB", "1 GiB", "1.5 GiB", "2 GiB"}));
  EXPECT_EQ(from_to("10 %", "45 %", "20 %").all_values(), (Values{"10 %", "30 %"})) << "the end need not be reached";
  EXPECT_EQ(from_to("0.1", "0.3", "0.1").all_values().size(), 3U) << "0.1 + 2 x 0.1 is a little more than 0.3";
}

TEST(Axes, EndAtNegativeValuesAndAtZero) {
  EXPECT_EQ(from_to("-3", "-1").all_values(), (Values{"-3", "-2", "-1"}));
  EXPECT_EQ(from_to("-0.3", "0", "0.1").all_values(), (Values{"-0.3", "-0.2", "-0.1", "0"}))
      << "-0.3 + 3 x 0.1 is a little more than 0";
  EXPECT_EQ(from_to("-0.3", "-0.1", "0.1").all_values().size(), 3U) << "-0.3 + 2 x 0.1 is a little more than -0.1";
}

// 10 TiB are 10,995,116,277,760 bytes: 14 digits.
TEST(Axes, KeepEveryByte) {
  EXPECT_EQ(from_to("10 TiB", "12 TiB", "1 TiB").all_values(), (Values{"10 TiB", "11 TiB", "12 TiB"}));
}

TEST(Axes, GoByFactors) {
  EXPECT_EQ(from_to("1", "20", "", 2.0).all_values(), (Values{"1", "2", "4", "8", "16"}));
  EXPECT_EQ(from_to("100 ms", "1 s", "", 10.0).all_values(), (Values{"100 ms", "1 s"}));
}

TEST(Axes, TakeOnePointerOrSeveralAndAnyValue) {
  const Scenario scenario =
      scenario_of(small_scenario("", R"("vary": {"size": {"set": "/services/api/replicas", "values": [2, 4]},
                      "both": {"set": ["/services/api/cpu", "/services/api/concurrency"], "from": 1, "to": 3},
                      "balancer": {"set": "/services/api/balancer", "values": ["random", {"policy": "round-robin"}]}},)"));
  ASSERT_EQ(scenario.vary.size(), 3U);
  EXPECT_EQ(scenario.vary[0].set, (Values{"/services/api/replicas"}));
  EXPECT_EQ(scenario.vary[0].all_values(), (Values{"2", "4"}));
  EXPECT_EQ(scenario.vary[1].set.size(), 2U);
  EXPECT_EQ(scenario.vary[2].all_values(), (Values{"random", R"({"policy":"round-robin"})"}));
  EXPECT_EQ(scenario.services[0].replicas, ServiceSpec{}.replicas) << "what may be changed has not been";
}

const std::string wrong_value =
    small_scenario("", R"("vary": [{"name": "n", "set": "/services/api/replicas", "values": [1, -1]}],)");

TEST(Axes, ValuesThatCannotBeReadAreToldWhereTheyStand) {
  EXPECT_EQ(issues_of_text(wrong_value),
            "scenario.json:1:111: /vary/0/values/1: sets /services/api/replicas: is -1, outside 0 to 1000000\n");
}

// 1, 2.5, 4: the first is right, so that it is the step that makes the others.
TEST(Axes, AreAllLookedAtAndARangeIsWrongInItsStep) {
  const std::string text = small_scenario(
      "", R"("vary": [{"name": "none", "set": "/services/api/cpu", "values": []},
{"name": "n", "set": "/services/api/replicas", "from": 1, "to": 5, "step": 1.5},
{"name": "m", "set": "/services/api/concurrency", "values": ["many"]}],)");
  const std::string issues = issues_of_text(text);
  EXPECT_NE(issues.find("/vary/0/values: is empty; write what it may be, for example [2, 3, 4]\n"), std::string::npos) << issues;
  EXPECT_NE(issues.find("/vary/1/step: sets /services/api/replicas: is 2.5; a whole number is expected\n"), std::string::npos)
      << issues;
  EXPECT_NE(issues.find("/vary/2/values/0: sets /services/api/concurrency: "), std::string::npos) << issues;
}

// 1 to 2000 by 0.5 are 3999 values, every other of which is no number of replicas; 1 to 9 by 1.5 are 1, 2.5, 4, 5.5, 7, 8.5.
TEST(Axes, AreToldOnceOfWhatIsWrongWithAllTheirValues) {
  const std::string text = small_scenario(
      "", R"("vary": [{"name": "n", "set": "/services/api/replicas", "from": 1, "to": 2000, "step": 0.5}],)");
  const std::string issues = issues_of_text(text);
  EXPECT_EQ(std::ranges::count(issues, '\n'), 1) << issues;
  EXPECT_NE(issues.find("/vary/0/step: makes more than 1000 values; take a larger step, or a factor\n"), std::string::npos) << issues;
  const std::string stepped = issues_of_text(
      small_scenario("", R"("vary": [{"name": "n", "set": "/services/api/replicas", "from": 1, "to": 9, "step": 1.5}],)"));
  EXPECT_EQ(std::ranges::count(stepped, '\n'), 1) << stepped;
  EXPECT_NE(stepped.find("/vary/0/step: sets /services/api/replicas: is 2.5; a whole number is expected\n"), std::string::npos)
      << stepped;
  const std::string listed = issues_of_text(
      small_scenario("", R"("vary": [{"name": "n", "set": "/services/api/replicas", "values": [-1, 2, -3]}],)"));
  EXPECT_EQ(std::ranges::count(listed, '\n'), 2) << "each that is listed is wrong by itself: " << listed;
}

TEST(Axes, AreNotTriedByWhoTriesThemAnyway) {
  ReadOptions options;
  options.try_axes = false;
  EXPECT_EQ(issues_of_text(wrong_value, options), "");
}

// An assumption, or a part, that only some value of an axis uses is used.
TEST(Axes, CountAsUse) {
  EXPECT_EQ(issues_of_text(small_scenario("", R"("assumptions": {"fast": {"value": "1 ms", "why": "a guess"}},
      "vary": [{"name": "speed", "set": "/services/api/endpoints/get/steps/0/compute", "values": ["4 ms", "${fast}"]}],)")),
            "");
}

}  // namespace
}  // namespace headroom
