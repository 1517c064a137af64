// Each way to end has its own code: a pipeline tells "it said no" from "it broke".
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/cli/process.hpp"
#include "tests/support/places.hpp"

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
}

TEST(ExitCodes, OneAfterShowingTheTableWhenTheReportCannotBeWrittenInTheEnd) {
  const std::string folder = temporary("blocked");
  Start start{.arguments = {"run", data("holds.json"), "--set", "/duration=3 h", "-o", folder}};
  // Once the folder has been looked at and the study runs, something gets into the way of the page.
  start.meanwhile = [&](pid_t) {
    while (!std::filesystem::exists(folder + "/results.sqlite")) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    std::filesystem::create_directory(folder + "/report.html");
  };
  const Ended ended = headroom(start);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_TRUE(says(ended.out, "PASS")) << ended.out;
  EXPECT_TRUE(says(ended.out, "\nnext ")) << ended.out;
  EXPECT_FALSE(says(ended.out, "report.html")) << "there is none";
  EXPECT_TRUE(says(ended.err, "cannot write " + folder + "/report.html: Is a directory; ")) << ended.err;
  std::filesystem::remove(folder + "/report.html");
  EXPECT_EQ(headroom({"report", folder, "-q"}).exit_code, 0) << "with the way free, it can be had from the store";
  EXPECT_TRUE(std::filesystem::exists(folder + "/report.html"));
}

TEST(ExitCodes, TwoBeforeAnythingRunsWhenTheFolderCannotBeWritten) {
  std::ofstream{temporary("a file")} << "in the way";
  for (const std::string& folder :
       {std::string{"/proc/nothing/can/be/made/here"}, temporary("a file"), temporary("a file/below")}) {
    // It would take hours to run: that it ends shows that it was looked at before.
    const Ended ended = headroom({"run", data("endless.json"), "-o", folder});
    EXPECT_EQ(ended.exit_code, 2) << folder;
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(says(ended.err, "cannot write " + folder)) << ended.err;
    EXPECT_TRUE(says(ended.err, "--output")) << "what to do: " << ended.err;
    EXPECT_TRUE(says(ended.err, "nothing was run")) << ended.err;
  }
  const Ended empty = headroom({"compare", data("endless.json"), "-o", ""});
  EXPECT_EQ(empty.exit_code, 2);
  EXPECT_TRUE(says(empty.err, "--output is empty")) << empty.err;
}

// As of other programs, whose shell says 128 + SIGPIPE: `headroom schema | head -1` is no failure to speak of.
TEST(ExitCodes, HundredAndFortyOneInSilenceWhenNobodyReadsOn) {
  const std::vector<std::vector<std::string>> calls{{"schema"},
                                                    {"policies"},
                                                    {"metrics"},
                                                    {"--help"},
                                                    {"explain", data("holds.json")},
                                                    {"run", data("holds.json"), "-o", temporary("piped")}};
  for (const auto& arguments : calls) {
    const Ended closed = headroom(Start{.arguments = arguments, .closed_pipe = true});
    EXPECT_EQ(closed.exit_code, 141) << arguments.front();
    EXPECT_EQ(closed.err, "") << arguments.front();
  }
  EXPECT_TRUE(std::filesystem::exists(temporary("piped/report.html"))) << "the report is written before the table is shown";
}

TEST(ExitCodes, FourWhenARunDoesNotComplete) {
  const Ended ended = headroom({"run", data("standstill.json"), "-o", temporary("x")});
  EXPECT_EQ(ended.exit_code, 4) << ended.err;
  EXPECT_TRUE(says(ended.err, "replication 0 of base did not complete")) << ended.err;
  EXPECT_TRUE(says(ended.err, "time stands still")) << ended.err;
}

TEST(ExitCodes, HundredAndThirtyWhenInterrupted) {
  const auto begin = std::chrono::steady_clock::now();
  const Ended ended =
      headroom(Start{.arguments = {"run", data("endless.json"), "-o", temporary("x")}, .interrupt_after_seconds = 1.0});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(ended.exit_code, 130) << ended.err;
  EXPECT_EQ(ended.err, "headroom: interrupted; no run had ended, so there is nothing to report\n");
  EXPECT_EQ(ended.out, "");
  EXPECT_LT(took.count(), 30.0);
}

TEST(ExitCodes, AnInterruptedStudyReportsTheRunsThatHadEnded) {
  const Start start{.arguments = {"run", data("holds.json"), "--replications", "100000", "-q", "-o", temporary("cut")},
                    .interrupt_after_seconds = 2.0};
  const Ended ended = headroom(start);
  EXPECT_EQ(ended.exit_code, 130) << ended.err;
  EXPECT_TRUE(
      std::regex_match(ended.err, std::regex{"headroom: interrupted; [0-9]+ runs had ended and the report rests on them\n"
                                             "headroom: to go on from there: .* run .*--replications 100000 .*--resume\n"}))
      << ended.err;
  EXPECT_TRUE(says(ended.out, "rests on the runs that had finished")) << ended.out;
  EXPECT_FALSE(std::regex_search(ended.out, std::regex{"--replications [0-9]+ *\n"}))
      << "nothing that begins anew: " << ended.out;
}

TEST(ExitCodes, TheReadmeSaysOfThemWhatHelpSays) {
  std::string readme = content_of(source_dir() + "/README.md");
  std::erase(readme, '`');
  std::istringstream help{headroom({"--help"}).out};
  std::size_t compared = 0;
  const std::regex row{" +([0-9]+)  (.*)"};
  for (std::string line; std::getline(help, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, row)) continue;
    ++compared;
    EXPECT_TRUE(says(readme, "\n| " + found[1].str() + " | " + found[2].str() + " |\n")) << line;
  }
  EXPECT_EQ(compared, 8U);
}

TEST(ExitCodes, AllArePrintedInHelp) {
  const std::string help = headroom({"--help"}).out;
  for (const char* code : {"    0  ", "    1  ", "    2  ", "    3  ", "    4  ", "   99  ", "  130  ", "  141  "})
    EXPECT_TRUE(says(help, code)) << code;
  EXPECT_TRUE(says(headroom({"run", "--help"}).out, "   99  "));
}

}  // namespace
}  // namespace headroom::cli_test
