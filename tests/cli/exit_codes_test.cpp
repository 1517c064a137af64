// Each way to end has its own code: a pipeline tells "it said no" from "it broke".
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(ExitCodes, ZeroWhenEveryRequiredObjectiveHolds) {
  const Ended ended = headroom({"run", data("holds.json"), "-o", temporary("zero")});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "PASS"));
  EXPECT_TRUE(says(ended.out, temporary("zero") + "/report.html")) << "the path of the report is missing";
  for (const char* file : {"report.html", "summary.json", "summary.md"}) {
    EXPECT_TRUE(std::filesystem::exists(temporary("zero") + "/" + file)) << file;
  }
}

TEST(ExitCodes, NinetyNineWhenARequiredObjectiveFails) {
  EXPECT_EQ(headroom({"run", data("misses.json"), "-q", "-o", temporary("a")}).exit_code, 99);
  EXPECT_EQ(headroom({"run", data("holds.json"), "-q", "--variant", "slow", "-o", temporary("b")}).exit_code, 99);
}

TEST(ExitCodes, AComparisonFailsOnlyWhenEveryVariantFails) {
  const Ended one_fails = headroom({"compare", data("holds.json"), "-q", "-o", temporary("a")});
  EXPECT_EQ(one_fails.exit_code, 0) << one_fails.err;
  EXPECT_TRUE(says(one_fails.out, "FAIL")) << one_fails.out;
  EXPECT_EQ(headroom({"compare", data("misses.json"), "-q", "-o", temporary("b")}).exit_code, 99);
}

TEST(ExitCodes, ThreeWhenTheRunsCannotTell) {
  EXPECT_EQ(headroom({"run", data("open.json"), "-q", "-o", temporary("a")}).exit_code, 3);
  EXPECT_EQ(headroom({"run", data("open.json"), "-q", "--inconclusive", "pass", "-o", temporary("b")}).exit_code, 0);
  EXPECT_EQ(headroom({"run", data("open.json"), "-q", "--inconclusive", "report", "-o", temporary("c")}).exit_code, 3);
}

TEST(ExitCodes, TwoWhenTheScenarioIsWrong) {
  for (const std::string verb : {"run", "compare", "explain"}) {
    const Ended ended = headroom({verb, data("wrong.json")});
    EXPECT_EQ(ended.exit_code, 2) << verb;
    EXPECT_EQ(ended.out, "") << verb << ": errors belong to stderr";
    EXPECT_TRUE(says(ended.err, "wrong.json:2:")) << ended.err;
    EXPECT_TRUE(says(ended.err, "did you mean \"duration\"?")) << ended.err;
    EXPECT_TRUE(says(ended.err, "nothing was run")) << ended.err;
  }
  EXPECT_EQ(headroom({"run", data("no such file.json")}).exit_code, 2);
}

TEST(ExitCodes, OneWhenResultsCannotBeWritten) {
  Start start{.arguments = {"policies"}, .out_file = "/dev/full"};
  const Ended full = headroom(start);
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_TRUE(says(full.err, "No space left on device")) << full.err;

  const Ended closed = headroom(Start{.arguments = {"policies"}, .closed_pipe = true});
  EXPECT_EQ(closed.exit_code, 1) << "a closed pipe must not kill it";
  EXPECT_TRUE(says(closed.err, "Broken pipe")) << closed.err;

  const Ended no_folder = headroom({"run", data("holds.json"), "-q", "-o", "/proc/nothing/can/be/made/here"});
  EXPECT_EQ(no_folder.exit_code, 1);
  EXPECT_TRUE(says(no_folder.err, "/proc/nothing")) << no_folder.err;
}

TEST(ExitCodes, FourWhenARunDoesNotComplete) {
  const Ended ended = headroom({"run", data("standstill.json"), "-o", temporary("x")});
  EXPECT_EQ(ended.exit_code, 4) << ended.err;
  EXPECT_TRUE(says(ended.err, "replication 0 of base did not complete")) << ended.err;
  EXPECT_TRUE(says(ended.err, "time stands still")) << ended.err;
}

TEST(ExitCodes, HundredAndThirtyWhenInterrupted) {
  const auto begin = std::chrono::steady_clock::now();
  const Ended ended = headroom(Start{.arguments = {"run", data("endless.json"), "-o", temporary("x")}, .interrupt_after_seconds = 1.0});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(ended.exit_code, 130) << ended.err;
  EXPECT_TRUE(says(ended.err, "interrupted")) << ended.err;
  EXPECT_LT(took.count(), 30.0);
}

TEST(ExitCodes, AllArePrintedInHelp) {
  const std::string help = headroom({"--help"}).out;
  for (const char* code : {"    0  ", "    1  ", "    2  ", "    3  ", "    4  ", "   99  ", "  130  "}) EXPECT_TRUE(says(help, code)) << code;
  EXPECT_TRUE(says(headroom({"run", "--help"}).out, "   99  "));
}

}  // namespace
}  // namespace headroom::cli_test
