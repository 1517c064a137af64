// headroom tournament: the verb, its exit codes, and that its store brings it back.
#include <gtest/gtest.h>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

using Json = nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::string> contest(std::vector<std::string> more) {
  std::vector<std::string> arguments{"tournament", data("contest.json"), "--policies", "autoscaling=threshold-rules,fixed"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// Two replicas cost two thirds of three; both keep the objectives.
TEST(Tournament, RanksByCostAndSucceedsWhenOneKeepsTheObjectives) {
  const Ended ended = headroom(contest({"-o", temporary("a")}));
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "RANKING by cost")) << ended.out;
  EXPECT_LT(ended.out.find("1   fixed"), ended.out.find("2   threshold-rules")) << ended.out;
  EXPECT_TRUE(says(content_of(temporary("a") + "/report.html"), "All against all"));
  const Json ranking = Json::parse(content_of(temporary("a") + "/summary.json"))["ranking"];
  EXPECT_EQ(ranking["order"][0]["variant"], "fixed");
  EXPECT_EQ(ranking["order"][1]["place"], 2);
}

// The balancer has no part in the cost: equal in every run.
TEST(Tournament, SaysWhatCannotBeToldApart) {
  const Ended ended =
      headroom({"tournament", data("contest.json"), "--policies", "balancing=random,round-robin", "-q", "-o", temporary("a")});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "not distinguishable from")) << ended.out;
}

TEST(Tournament, FailsAsACompareDoesWhenNobodyKeepsTheObjectives) {
  EXPECT_EQ(headroom(contest({"-q", "-o", temporary("a"), "--set", "/objectives=[\"p(95) latency < 1 ms\"]"})).exit_code, 99);
  EXPECT_EQ(headroom(contest({"-q", "-o", temporary("b"), "--options", R"({"hpa": {}})"})).exit_code, 2);
  EXPECT_EQ(headroom({"tournament", data("contest.json"), "-o", temporary("c")}).exit_code, 2);
  EXPECT_EQ(headroom({"tournament", data("contest.json"), "--policies", "fixed,hpa", "-o", temporary("d")}).exit_code, 2);
}

// The report once more, one run once more, and the same again with what is there.
TEST(Tournament, ComesBackFromItsStore) {
  const std::string folder = temporary("a");
  const std::vector<std::string> asked = contest({"-q", "--json", "-o", folder, "--options", R"({"fixed": {"replicas": 1}})"});
  const Ended first = headroom(asked);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const Ended again = headroom({"report", folder, "--json", "-q"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(results_of(first), results_of(again));
  EXPECT_EQ(headroom({"replay", folder, "fixed/1"}).exit_code, 0);
  std::vector<std::string> resumed = asked;
  resumed.emplace_back("--resume");
  EXPECT_EQ(results_of(headroom(resumed)), results_of(first));
}

}  // namespace
}  // namespace headroom::cli_test
