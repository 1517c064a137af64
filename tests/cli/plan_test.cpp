// headroom plan: kinds, exit codes, forms, and what is said of a wrong question.
#include <gtest/gtest.h>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

using Json = nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Clockwork: a request every two seconds, each of one second; its limit is twice the load.
std::string clockwork(const std::string& folder, const std::string& objective, const std::string& more = {}) {
  return written(folder, "clockwork.json", R"({"name": "clockwork", "duration": "10 min", "replications": 2, )" + more + R"(
    "services": [{"name": "desk", "endpoints": [{"name": "serve", "steps": [{"wait": "1 s"}]}]}],
    "workloads": [{"model": "users", "name": "people", "rate": "0.5 /s", "arrivals": "even",
                   "journeys": [{"steps": [{"request": "desk.serve"}]}]}],
    "objectives": [")" + objective + R"("]})");
}
const std::string kept = "max queue_wait{service=desk} < 100 ms";

TEST(PlanLimit, SucceedsWhenTheDocumentedLoadHoldsAndSaysHowFar) {
  const Ended ended = headroom({"plan", "limit", clockwork("a", kept), "--precision", "5 %"});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "holds up to 1.9") || says(ended.out, "holds up to 2")) << ended.out;
  EXPECT_TRUE(says(ended.out, "breaks first: max")) << ended.out;
  EXPECT_TRUE(says(ended.out, "fresh replications as well")) << ended.out;
  EXPECT_TRUE(says(ended.out, "next    ")) << ended.out;
}

TEST(PlanLimit, EndsWith99WhenTheDocumentedLoadFails) {
  const Ended ended = headroom({"plan", "limit", clockwork("a", kept), "--set", "/load=2.5", "--precision", "10 %", "-q"});
  EXPECT_EQ(ended.exit_code, 99) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "holds up to")) << ended.out;
}

// Not one error in 300 requests shows that there are fewer than 0.1 %.
TEST(PlanLimit, EndsWith3WhenTheDocumentedLoadIsUnclear) {
  const Ended ended =
      headroom({"plan", "limit", clockwork("a", "rate errors < 0.1 %"), "--to", "1", "--from", "1", "--at-most", "2"});
  EXPECT_EQ(ended.exit_code, 3) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "clean requests")) << ended.out;
}

TEST(PlanLimit, WritesAFolderAndJsonThatAgree) {
  const std::string folder = temporary("out");
  const Ended ended =
      headroom({"plan", "limit", clockwork("a", kept), "--precision", "10 %", "--json", "-q", "-o", folder, "--workers", "1"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const Json plan = Json::parse(ended.out);
  EXPECT_EQ(plan, Json::parse(content_of(folder + "/plan.json")));
  EXPECT_TRUE(says(plan["answer"], "breaks first: " + kept + ", at services/desk (slots")) << plan["answer"];
  EXPECT_EQ(plan["kind"], "limit");
  EXPECT_LE(plan["holds_up_to"].get<double>(), 2.0);
  EXPECT_GT(plan["breaks_at"].get<double>(), 2.0);
  EXPECT_TRUE(says(content_of(folder + "/report.html"), "Margins of the objectives against the load"));
  const Ended again = headroom({"plan", "limit", clockwork("b", kept), "--precision", "10 %", "--json", "-q", "--workers", "3"});
  EXPECT_EQ(plan, Json::parse(again.out)) << "whatever the number of workers";
}

TEST(PlanLimit, SaysWhatItKnowsWhenItsTimeIsOver) {
  const Ended ended = headroom({"plan", "limit", clockwork("a", kept), "--max-runtime", "1 ms", "-q"});
  EXPECT_TRUE(ended.exit_code == 0 || ended.exit_code == 3) << "by whether the documented load was begun" << ended.err;
  EXPECT_TRUE(says(ended.out, "the time was over")) << ended.out;
}

TEST(PlanGrowth, EndsByWhetherEveryMonthHolds) {
  const std::string path = clockwork("a", kept);
  const Ended holds = headroom({"plan", "growth", path, "--monthly", "10 %", "--months", "6"});
  EXPECT_EQ(holds.exit_code, 0) << holds.out << holds.err;
  EXPECT_TRUE(says(holds.out, "holds in all 6 months")) << holds.out;
  const std::string folder = temporary("out");
  const Ended fails = headroom({"plan", "growth", path, "--monthly", "10 %", "--months", "12", "-o", folder});
  EXPECT_EQ(fails.exit_code, 99) << fails.out << fails.err;
  // 1.1^8 = 2.14 is the first beyond 2.
  EXPECT_TRUE(says(fails.out, "the first objective is missed in month 9")) << fails.out;
  EXPECT_TRUE(says(fails.out, "2 replicas instead of 1")) << fails.out;
  EXPECT_TRUE(says(content_of(folder + "/report.html"), "What runs out"));
  EXPECT_EQ(Json::parse(content_of(folder + "/plan.json"))["first_missed"], "month 9");
  const Ended unclear =
      headroom({"plan", "growth", clockwork("b", "rate errors < 0.1 %"), "--monthly", "1 %", "--months", "2", "--at-most", "2"});
  EXPECT_EQ(unclear.exit_code, 3) << unclear.out << unclear.err;
}

TEST(Plan, RefusesAWrongQuestionAndNamesWhatIsNear) {
  const std::string path = clockwork("a", kept);
  const Ended kind = headroom({"plan", "limits", path});
  EXPECT_EQ(kind.exit_code, 2);
  EXPECT_TRUE(says(kind.err, "did you mean \"limit\"")) << kind.err;
  const Ended none = headroom({"plan"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_TRUE(says(none.err, "growth")) << none.err;
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"plan", "limit", path, "--over", "/services/desk/name"},
                                             {"plan", "limit", path, "--from", "2"},
                                             {"plan", "limit", path, "--precision", "0"},
                                             {"plan", "limit", path, "--at-most", "1"},
                                             {"plan", "limit", path, "--variant", "other"},
                                             {"plan", "limit", path, "--max-runtime", "soon"},
                                             {"plan", "growth", path},
                                             {"plan", "growth", path, "--months", "3"},
                                             {"plan", "growth", path, "--monthly", "-100 %"}})
    EXPECT_EQ(headroom(wrong).exit_code, 2) << wrong.back();
}

TEST(Plan, HelpListsTheKindsAndEachSaysEverything) {
  const Ended ended = headroom({"plan", "--help"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_TRUE(says(ended.out, "limit ") && says(ended.out, "growth ")) << ended.out;
  EXPECT_TRUE(says(headroom({"plan", "limit", "--help"}).out, "--precision"));
  EXPECT_TRUE(says(headroom({"plan", "growth", "--help"}).out, "--utilization"));
}

}  // namespace
}  // namespace headroom::cli_test
