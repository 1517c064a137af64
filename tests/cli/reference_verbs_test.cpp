// The verbs that run nothing: check, explain, policies, schema; and the shipped scenarios under them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"
#include "tests/cli/shipped.hpp"

namespace headroom::cli_test {
namespace {

using nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin + 1, end - begin);
}

TEST(Check, SaysEveryIssueWithItsPlaceAndCountsThemLast) {
  const Ended ended = headroom({"check", data("holds.json"), data("wrong.json")});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_EQ(ended.err, "");
  EXPECT_TRUE(says(ended.out, "wrong.json:2:20: /duratoin: is not a field here; did you mean \"duration\"?")) << ended.out;
  EXPECT_TRUE(says(ended.out, "/services/0/replicas")) << ended.out;
  EXPECT_TRUE(says(ended.out, "/services/0/endpoints/0/steps/0/wait")) << ended.out;
  EXPECT_TRUE(says(ended.out, "did you mean \"api.get\"?")) << ended.out;
  EXPECT_EQ(last_line(ended.out), "4 issues in 1 of 2 files");
}

TEST(Check, TheSameIssuesAsJson) {
  const Ended ended = headroom({"check", data("wrong.json"), "--json"});
  EXPECT_EQ(ended.exit_code, 2);
  const json issues = json::parse(ended.out);
  ASSERT_EQ(issues.size(), 4U);
  EXPECT_EQ(issues.at(0).at("pointer"), "/duratoin");
  EXPECT_EQ(issues.at(0).at("line"), 2);
  EXPECT_EQ(issues.at(0).at("column"), 20);
}

TEST(Check, EveryShippedScenarioIsRight) {
  ASSERT_GE(shipped_scenarios().size(), 15U);
  for (const std::string& name : shipped_scenarios()) {
    if (!has_its_trace(name)) continue;
    const Ended ended = headroom({"check", shipped(name)});
    EXPECT_EQ(ended.exit_code, 0) << ended.out;
  }
}

TEST(Explain, TheFleetOfAHundredWorkersCarriesOnePercent) {
  const Ended ended = headroom({"explain", shipped("monitoring/fleet.json")});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(last_line(ended.out), "demand 333,333 /s, capacity 3,333 /s, 1 %")) << ended.out;
}

// 3 requests/s of 1 s each on 4 servers: 75 % used; Erlang C gives a mean wait of 27 / 53 s.
TEST(Explain, KnowsErlangC) {
  const Ended ended = headroom({"explain", shipped("patterns/mmc.json"), "--json"});
  const json station = json::parse(ended.out).at("stations").at(0);
  EXPECT_EQ(station.at("station"), "services/desk");
  EXPECT_NEAR(station.at("utilization_ratio").get<double>(), 0.75, 1e-9);
  EXPECT_NEAR(station.at("mean_wait_seconds").get<double>(), 27.0 / 53.0, 1e-9);
  const json five = json::parse(headroom({"explain", shipped("patterns/mmc.json"), "--json", "--variant", "five servers"}).out);
  EXPECT_NEAR(five.at("stations").at(0).at("utilization_ratio").get<double>(), 0.6, 1e-9);
}

TEST(Explain, EveryShippedScenarioIsExplained) {
  for (const std::string& name : shipped_scenarios()) {
    if (!has_its_trace(name)) continue;
    const Ended ended = headroom({"explain", shipped(name)});
    EXPECT_EQ(ended.exit_code, 0) << name << ended.err;
    EXPECT_TRUE(says(last_line(ended.out), "first bottleneck: ")) << name << "\n" << ended.out;
  }
}

TEST(Policies, ListsEverySeamAndShowsOptionsOfOne) {
  const std::string all = headroom({"policies"}).out;
  for (const char* name : {"autoscaling", "hpa", "threshold-rules", "balancing", "power-of-two", "caching", "s3-fifo", "sharding",
                           "consistent-hash", "placement", "best-fit", "workloads", "monitors", "cluster-autoscaler"}) {
    EXPECT_TRUE(says(all, name)) << name;
  }
  const std::string hpa = headroom({"policies", "hpa"}).out;
  EXPECT_TRUE(says(hpa, "tolerance")) << hpa;
  EXPECT_TRUE(says(hpa, "10 %")) << hpa;
  EXPECT_TRUE(says(hpa, "metrics[].target")) << hpa;
  EXPECT_FALSE(says(headroom({"policies", "balancing"}).out, "hpa"));
}

TEST(Policies, AsJsonEveryOptionHasAMeaning) {
  const json all = json::parse(headroom({"policies", "--json"}).out);
  ASSERT_GE(all.size(), 18U);
  for (const json& offer : all) {
    EXPECT_FALSE(offer.at("summary").get<std::string>().empty()) << offer;
    for (const json& option : offer.at("options")) EXPECT_FALSE(option.at("meaning").get<std::string>().empty()) << offer.at("name") << option;
  }
}

TEST(Schema, IsAJsonSchemaThatKnowsThePolicies) {
  const Ended ended = headroom({"schema"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const json schema = json::parse(ended.out);
  EXPECT_TRUE(says(schema.at("$schema").get<std::string>(), "draft-07"));
  for (const char* name : {"hpa", "least-connections", "s3-fifo", "monitors"}) EXPECT_TRUE(says(ended.out, name)) << name;
}

}  // namespace
}  // namespace headroom::cli_test
