// The verbs that run nothing: check, explain, policies, schema; and the shipped scenarios under them.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"
#include "tests/cli/shipped.hpp"
#include "tests/support/places.hpp"

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

TEST(Check, TheScenarioOfTheReadmeIsRight) {
  const std::string readme = content_of(source_dir() + "/README.md");
  const std::size_t begin = readme.find("```json\n") + 8;
  std::ofstream{temporary("checkout.json")} << readme.substr(begin, readme.find("```", begin) - begin);
  const Ended ended = headroom({"check", temporary("checkout.json")});
  EXPECT_EQ(ended.exit_code, 0) << ended.out;
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
    for (const json& option : offer.at("options"))
      EXPECT_FALSE(option.at("meaning").get<std::string>().empty()) << offer.at("name") << option;
  }
}

TEST(Metrics, ListsThemWithTheirLabelsAndShowsOneInDetail) {
  const std::string all = headroom({"metrics"}).out;
  for (const char* part : {"\nlatency ", "workload, region, service, endpoint, database", "\ncost_per_user ", "look-ups that hit"})
    EXPECT_TRUE(says(all, part)) << part;
  const std::string one = headroom({"metrics", "latency"}).out;
  EXPECT_TRUE(says(one, "\n  p(95) latency < 300 ms\n  rate latency < 50 /s\n")) << one;
  EXPECT_TRUE(says(one, "p(95) latency{workload=NAME} < 300 ms")) << one;
  EXPECT_TRUE(says(one, "latency_seconds")) << one;
  EXPECT_FALSE(says(one, "hit_ratio")) << one;
  EXPECT_TRUE(says(headroom({"metrics", "cost_per_user"}).out, "\n  cost_per_user < 0.05 USD/month\n"));
  EXPECT_EQ(json::parse(headroom({"metrics", "cpu", "--json"}).out).size(), 1U);
}

// The list and the reader of scenarios agree on what can be written: every example is accepted, and every other aggregation
// refused.
TEST(Metrics, EveryExampleIsAConditionAndNoAggregationIsLeftOut) {
  const auto issues_with = [](const json& objectives) {
    json scenario = json::parse(content_of(data("holds.json")), nullptr, true, true);
    scenario["objectives"] = objectives;
    std::ofstream{temporary("conditions.json")} << scenario;
    return json::parse(headroom({"check", temporary("conditions.json"), "--json"}).out);
  };
  json all = json::array(), left_out = json::array();
  for (const json& metric : json::parse(headroom({"metrics", "--json"}).out)) {
    all.insert(all.end(), metric.at("examples").begin(), metric.at("examples").end());
    for (const std::string aggregation : {"p(95)", "rate", "avg", "max", "min", "last", "count", "time_to 10x"}) {
      const std::string listed = aggregation == "p(95)" ? "p(N)" : aggregation == "time_to 10x" ? "time_to Nx" : aggregation;
      const json& own = metric.at("aggregations");
      if (std::find(own.begin(), own.end(), listed) == own.end())
        left_out.push_back(aggregation + " " + metric.at("name").get<std::string>() + " < 1");
    }
  }
  ASSERT_GT(all.size(), 100U);
  ASSERT_GT(left_out.size(), 50U);
  EXPECT_EQ(issues_with(all), json::array());
  EXPECT_EQ(issues_with(left_out).size(), left_out.size());
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
