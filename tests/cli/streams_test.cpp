// Results on stdout, everything else on stderr; no escape codes but on a terminal; the same bytes for the same seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"
#include "tests/support/places.hpp"

namespace headroom::cli_test {
namespace {

using nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Streams, JsonIsAllThereIsOnStdout) {
  const Ended ended = headroom({"compare", data("holds.json"), "--json", "-o", temporary("j")});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  json summary = json::parse(ended.out);
  EXPECT_EQ(summary.at("variants").size(), 3U);
  EXPECT_EQ(summary.at("seed"), 7);
  const json machine = summary.at("machine");
  EXPECT_GT(machine.at("events_per_second"), 0.0);
  EXPECT_GT(machine.at("peak_memory_bytes"), 1U << 20);
  summary.erase("machine");  // the one thing that differs from run to run
  EXPECT_EQ(json::parse(content_of(temporary("j/summary.json"))), summary);
  EXPECT_TRUE(says(ended.err, "report.html")) << "the path of the report goes to stderr then";
}

TEST(Streams, ATableSaysWhatTheStudyTookOfTheMachine) {
  const Ended ended = headroom({"run", data("holds.json"), "-o", temporary("machine")});
  EXPECT_TRUE(std::regex_search(
      ended.out, std::regex{"events at [0-9.,]+( [MG])?/s of one process, at most [0-9.,]+ MiB of memory in a run"}))
      << ended.out;
}

TEST(Streams, APipeGetsNoEscapeCodesAndNoProgress) {
  for (const std::string verb : {"run", "compare"}) {
    const Ended ended = headroom({verb, data("holds.json"), "-o", temporary(verb)});
    EXPECT_FALSE(says(ended.out, "\x1b")) << ended.out;
    EXPECT_FALSE(says(ended.out, "\r"));
    EXPECT_EQ(ended.err, "");
  }
}

TEST(Streams, NoColorAndDumbTerminalsAreRespected) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{{"NO_COLOR", "1"}, {"TERM", "dumb"}}) {
    Start start{.arguments = {"run", data("holds.json"), "-o", temporary("c")}, .environment = {{name, value}}};
    EXPECT_FALSE(says(headroom(start).out, "\x1b")) << name;
  }
}

// `script` gives the program a terminal.
TEST(Streams, ATerminalGetsColoursUnlessTheyAreRefused) {
  if (std::system("command -v script >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs the tool script (bsdutils)";
  const auto on_terminal = [](const std::string& before, const std::string& after) {
    const std::string log = temporary("terminal.log");
    const std::string command = "TERM=xterm " + before + " script -qec \"" + headroom_binary() + " run " + data("holds.json") +
                                " -o " + temporary("t") + after + "\" " + log + " </dev/null >/dev/null 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return content_of(log);
  };
  EXPECT_TRUE(says(on_terminal("", ""), "\x1b[32m"));
  EXPECT_TRUE(says(on_terminal("", ""), " of 3 runs")) << "progress is missing";
  EXPECT_FALSE(says(on_terminal("NO_COLOR=1", ""), "\x1b[32m"));
  EXPECT_FALSE(says(on_terminal("TERM=dumb", ""), "\x1b"));
  EXPECT_FALSE(says(on_terminal("", " --no-color"), "\x1b[32m"));
  EXPECT_FALSE(says(on_terminal("", " --quiet"), " of 3 runs"));
}

TEST(Streams, ATableIsAsWideAsTheTerminal) {
  if (std::system("command -v script >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs the tool script (bsdutils)";
  const auto widest_line = [](int columns) {
    const std::string log = temporary("wide.log");
    const std::string command = "TERM=xterm NO_COLOR=1 script -qec \"stty cols " + std::to_string(columns) + "; " +
                                headroom_binary() + " compare -q " + data("holds.json") + " -o " + temporary("w") + "\" " + log +
                                " </dev/null >/dev/null 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::istringstream lines{content_of(log)};
    std::size_t widest = 0;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("Script ")) widest = std::max(widest, line.size() - (line.ends_with('\r') ? 1U : 0U));
    }
    return widest;
  };
  // The heading is set to both edges.
  EXPECT_EQ(widest_line(80), 80U);
  EXPECT_EQ(widest_line(120), 120U);
}

TEST(Streams, QuietLeavesOutTheNextCommands) {
  const std::string loud = headroom({"run", data("holds.json"), "-o", temporary("l")}).out;
  const std::string quiet = headroom({"run", data("holds.json"), "-q", "-o", temporary("q")}).out;
  EXPECT_TRUE(says(loud, std::string{"\nnext    "} + headroom_binary() + " explain ")) << loud;
  EXPECT_FALSE(says(quiet, "next")) << quiet;
  EXPECT_TRUE(says(quiet, "PASS")) << quiet;
}

TEST(Determinism, TheSameSeedGivesTheSameBytesOverRunsAndWorkers) {
  const auto summary = [](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"compare", data("holds.json"), "-q", "-o", temporary(name)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(headroom(arguments).exit_code, 0);
    return content_of(temporary(name) + "/summary.json");
  };
  const std::string first = summary("first", {"--workers", "1"});
  ASSERT_GT(first.size(), 1000U);
  EXPECT_EQ(first, summary("again", {"--workers", "1"}));
  EXPECT_EQ(first, summary("two", {"--workers", "2"}));
  EXPECT_EQ(first, summary("all", {}));
  EXPECT_NE(first, summary("other", {"--seed", "8"}));
}

TEST(Determinism, ReplicationsAreAddedUntilTheValueIsKnown) {
  const auto runs_of = [](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run", data("precise.json"), "--json", "-q", "-o", temporary("p")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const json summary = json::parse(headroom(arguments).out);
    const json& variant = summary.at("variants").at(0);
    return std::pair{variant.at("runs").size(), variant.at("verdicts").at(0).at("value")};
  };
  const auto [runs, value] = runs_of({});
  EXPECT_GT(runs, 2U);
  EXPECT_LT(runs, 30U);
  const double half_width = (value.at("high").get<double>() - value.at("low").get<double>()) / 2.0;
  EXPECT_LE(half_width, 0.02 * value.at("mean").get<double>());
  EXPECT_EQ(runs_of({"--set", "/replications/until_relative_error=0.0001", "--set", "/replications/at_most=4"}).first, 4U);
}

}  // namespace
}  // namespace headroom::cli_test
