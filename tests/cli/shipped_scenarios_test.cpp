// The scenarios that are shipped run, and teach what their README says they teach.
#include <gtest/gtest.h>

#include <cctype>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/cli/process.hpp"
#include "tests/cli/shipped.hpp"

namespace headroom::cli_test {
namespace {

using nlohmann::json;

// One replication is enough to see that everything is there; a verdict may then be of any kind.
json compared(const std::string& path, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"compare", path, "--json", "-q", "-o", temporary("shipped")};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Ended ended = headroom(arguments);
  EXPECT_TRUE(ended.exit_code == 0 || ended.exit_code == 3 || ended.exit_code == 99) << ended.exit_code << ended.err;
  return json::parse(ended.out);
}

const json& variant(const json& summary, const std::string& name) {
  for (const json& one : summary.at("variants")) {
    if (one.at("name") == name) return one;
  }
  throw std::out_of_range{"no variant " + name};
}
std::string outcome(const json& summary, const std::string& name) { return variant(summary, name).at("outcome"); }
// The mean over replications of a row of the comparison.
double value(const json& summary, const std::string& name, const std::string& title) {
  double sum = 0.0;
  const json& runs = variant(summary, name).at("runs");
  for (const json& run : runs) sum += run.at("values").at(title).get<double>();
  return sum / static_cast<double>(runs.size());
}

class ShippedScenario : public testing::TestWithParam<std::string> {};

TEST_P(ShippedScenario, RunsInEveryVariant) {
  if (!has_its_trace(GetParam())) GTEST_SKIP() << "the trace file is not beside this source tree";
  const json summary = compared(shipped(GetParam()), {"--replications", "1"});
  EXPECT_TRUE(summary.at("failed_runs").empty()) << summary.at("failed_runs");
  EXPECT_GE(summary.at("variants").size(), 2U) << "a shipped scenario compares something";
  for (const json& one : summary.at("variants")) {
    EXPECT_EQ(one.at("runs").size(), 1U) << one.at("name");
    EXPECT_FALSE(one.at("verdicts").empty()) << one.at("name");
    for (const json& verdict : one.at("verdicts")) EXPECT_FALSE(verdict.at("value").is_null()) << verdict.at("objective") << " saw nothing";
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& scenario) {
  std::string name;
  for (const char c : scenario.param.substr(0, scenario.param.rfind('.'))) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, ShippedScenario, testing::ValuesIn(shipped_scenarios()), test_name);

TEST(UgcVideo, FixedInstancesDrownInTheSpikeAndTheTargetHolds) {
  const json summary = compared(shipped("ugc-video/scenario.json"), {});
  EXPECT_EQ(outcome(summary, "fixed"), "fail");
  EXPECT_EQ(outcome(summary, "threshold-rules"), "fail") << "one instance per 300 s comes too late";
  EXPECT_EQ(outcome(summary, "hpa"), "pass");
  for (const char* name : {"fixed", "threshold-rules", "hpa"}) {
    EXPECT_LT(value(summary, name, "hit ratio of edge"), 0.3) << "1 GiB is 1 % of the library";
  }
}

// +1 per 300 s: within the 20 minutes from the first minute of the rise to the end of the spike no more than five are added.
TEST(UgcVideo, ThresholdRulesClimbOneByOne) {
  const json summary = compared(shipped("ugc-video/scenario.json"), {"--replications", "2"});
  EXPECT_EQ(value(summary, "fixed", "largest replicas of api"), 3.0);
  EXPECT_LE(value(summary, "threshold-rules", "largest replicas of api"), 8.0);
  EXPECT_GT(value(summary, "threshold-rules", "mean replicas of api"), 3.0);
  EXPECT_LE(value(summary, "hpa", "largest replicas of api"), 10.0);
}

TEST(WorldCup, ThePoliciesDifferAsTheirRulesSay) {
  if (!has_its_trace("ugc-video/world-cup.json")) GTEST_SKIP() << "the trace file is not beside this source tree";
  const json summary = compared(shipped("ugc-video/world-cup.json"), {"--replications", "1"});
  EXPECT_EQ(value(summary, "fixed", "largest replicas of api"), 3.0);
  for (const char* name : {"threshold-rules", "hpa", "threshold-rules, emergency", "predictive", "scheduled"}) {
    EXPECT_GT(value(summary, name, "largest replicas of api"), 5.0) << name;
    EXPECT_LE(value(summary, name, "largest replicas of api"), 10.0) << name;
    EXPECT_LT(value(summary, name, "p95 latency"), 2.0) << name;
    EXPECT_LT(value(summary, name, "errors"), 0.001) << name;
  }
  EXPECT_GT(value(summary, "fixed", "p95 latency"), 2.0);
  EXPECT_GT(value(summary, "fixed", "errors"), 0.01);
  // The rules go down by one per ten minutes, and only below 40 %: they hold on to what the target gives back.
  EXPECT_GT(value(summary, "threshold-rules", "mean replicas of api"), value(summary, "hpa", "mean replicas of api"));
  // Who is there early pays for it: an emergency that overrides cooldowns, replicas that wait for the kick-off.
  EXPECT_GT(value(summary, "threshold-rules, emergency", "mean replicas of api"), value(summary, "threshold-rules", "mean replicas of api"));
  EXPECT_GT(value(summary, "scheduled", "mean replicas of api"), value(summary, "hpa", "mean replicas of api"));
}

TEST(Monitoring, FortyBrowserSlotsDoNotCarryTheClaim) {
  const json summary = compared(shipped("monitoring/workers.json"), {});
  EXPECT_EQ(outcome(summary, "30 jobs a minute"), "pass");
  EXPECT_EQ(outcome(summary, "1,500 jobs a minute"), "fail");
  EXPECT_EQ(outcome(summary, "1,500 with 90 browsers"), "pass");
}

TEST(MusicCommunity, NeitherSetOfRulesReachesTheStressPhaseAndItsStepDecides) {
  const json summary = compared(shipped("music-community/load-test.json"), {});
  EXPECT_EQ(outcome(summary, "scalingConfig"), "fail");
  EXPECT_EQ(outcome(summary, "scalingRules"), "fail");
  EXPECT_EQ(outcome(summary, "40 instances throughout"), "pass");
  // 35 minutes at one per 5 min from 2 instances: at most 2 + 7.
  EXPECT_LE(value(summary, "scalingConfig", "largest replicas of web"), 9.0);
  EXPECT_GT(value(summary, "scalingConfig, doubling", "largest replicas of web"), 16.0);
}

}  // namespace
}  // namespace headroom::cli_test
