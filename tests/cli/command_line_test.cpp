// Help, slips, and where options may stand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"
#include "tests/support/places.hpp"

namespace headroom::cli_test {
namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Slip {
  std::vector<std::string> arguments;
  std::string answer;  // part of stderr
};

TEST(CommandLine, AloneItPrintsShortHelpWithTwoExamples) {
  const Ended ended = headroom(std::vector<std::string>{});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_TRUE(says(ended.out, "headroom compare scenarios/")) << ended.out;
  EXPECT_TRUE(says(ended.out, "headroom explain scenarios/")) << ended.out;
  EXPECT_LE(std::count(ended.out.begin(), ended.out.end(), '\n'), 24) << "the lines of a small terminal";
}

TEST(CommandLine, EveryVerbHasHelpInThreeWays) {
  for (const std::string verb : {"run", "compare", "check", "explain", "policies", "metrics", "schema"}) {
    const Ended by_option = headroom({verb, "--help"});
    EXPECT_EQ(by_option.exit_code, 0) << verb << by_option.err;
    EXPECT_TRUE(says(by_option.out, "Usage: headroom " + verb)) << by_option.out;
    EXPECT_EQ(headroom({verb, "-h"}).out, by_option.out);
    EXPECT_EQ(headroom({"help", verb}).out, by_option.out);
    EXPECT_TRUE(says(headroom({"--help"}).out, "  " + verb + " ")) << verb;
  }
}

TEST(CommandLine, SaysItsVersion) {
  const Ended ended = headroom({"--version"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_TRUE(ended.out.starts_with("headroom ")) << ended.out;
}

TEST(CommandLine, SlipsAreAnsweredWithWhatWasMeant) {
  const std::vector<Slip> slips{
      {{"rn", "x.json"}, "there is no verb \"rn\"; did you mean \"run\"?"},
      {{"simulate"}, "there is no verb \"simulate\"; there is help, run, compare"},
      {{"--seed", "3"}, "the verb comes first"},
      {{"run"}, "names no scenario file"},
      {{"run", "a.json", "b.json"}, "takes one scenario file, not also \"b.json\""},
      {{"run", "a.json", "--replicatoins", "3"}, "there is no option --replicatoins; did you mean --replications?"},
      {{"run", "a.json", "--rep", "3"}, "there is no option --rep"},
      {{"run", "a.json", "-z"}, "there is no option -z; see \"headroom run --help\""},
      {{"run", "a.json", "--seed"}, "--seed needs a value"},
      {{"run", "a.json", "--seed", "many"}, "--seed is \"many\"; write a whole number"},
      {{"run", "a.json", "--seed", "1", "--seed", "2"}, "--seed is given more than once"},
      {{"run", "a.json", "--replications", "0"}, "--replications is \"0\"; write a whole number from 1"},
      {{"run", "a.json", "--replications=2.5"}, "--replications is \"2.5\""},
      {{"run", "a.json", "--workers", "-1"}, "--workers is \"-1\""},
      {{"run", "a.json", "--set", "replicas"}, "--set is \"replicas\"; write POINTER=VALUE"},
      {{"run", data("holds.json"), "--variant", "three replicsa"},
       "there is no variant \"three replicsa\"; did you mean \"three replicas\"?"},
      {{"run", data("holds.json"), "--inconclusive", "maybe"}, "--inconclusive is \"maybe\"; write report or pass"},
      {{"policies", "hpaa"}, "did you mean \"hpa\"?"},
      {{"metrics", "latancy"}, "there is no metric \"latancy\"; did you mean \"latency\"?"},
      {{"metrics", "latency", "cpu"}, "takes one metric, not also \"cpu\""},
      {{"schema", "x"}, "takes no argument"},
      {{"check"}, "names no scenario file"},
  };
  for (const Slip& slip : slips) {
    const Ended ended = headroom(slip.arguments);
    EXPECT_EQ(ended.exit_code, 2) << slip.answer;
    EXPECT_EQ(ended.out, "") << slip.answer;
    EXPECT_TRUE(says(ended.err, slip.answer)) << "expected: " << slip.answer << "\n     got: " << ended.err;
  }
}

TEST(CommandLine, OptionsMayStandBeforeOrAfterTheFile) {
  const Ended after = headroom({"run", data("holds.json"), "--seed", "5", "--json", "-q", "-o", temporary("a")});
  const Ended before = headroom({"run", "--json", "-q", "--seed=5", "-o", temporary("b"), data("holds.json")});
  EXPECT_EQ(after.exit_code, 0) << after.err;
  EXPECT_EQ(results_of(after), results_of(before));
}

TEST(CommandLine, SetChangesOneValueByItsName) {
  const auto settings_of = [](const Ended& ended) { return nlohmann::json::parse(ended.out).at("settings"); };
  const Ended changed = headroom({"run", data("holds.json"), "--json", "-q", "--set", "/services/api/replicas=5", "--set",
                                  "/seed=11", "-o", temporary("a")});
  ASSERT_EQ(changed.exit_code, 0) << changed.err;
  EXPECT_EQ(settings_of(changed).at("/services/api/replicas"), "5");
  EXPECT_EQ(settings_of(changed).at("/seed"), "11");
  const Ended wrong = headroom({"run", data("holds.json"), "--set", "/services/app/replicas=5"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(says(wrong.err, "--set")) << wrong.err;
}

// What is suggested can be pasted into a shell and speaks of the system that was simulated.
TEST(CommandLine, TheNextCommandsKeepWhatWasGiven) {
  const std::string folder = temporary("it's here");
  const Ended run = headroom({"run", data("holds.json"), "--variant", "three replicas", "--set", "/services/api/cpu=3", "--seed",
                              "9", "--replications", "2", "--inconclusive", "pass", "-o", folder});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string self = headroom_binary(), file = data("holds.json"), quoted = temporary("") + "it'\\''s here";
  EXPECT_TRUE(says(run.out, "next    " + self + " explain " + file + " --variant 'three replicas' --set /services/api/cpu=3\n"))
      << run.out;
  EXPECT_TRUE(says(
      run.out, self + " compare " + file + " --set /services/api/cpu=3 --seed 9 --replications 2 -o '" + quoted + "-compared'\n"))
      << run.out;
  EXPECT_TRUE(says(run.out, self + " run " + file +
                                " --variant 'three replicas' --set /services/api/cpu=3 --seed 9 --inconclusive pass -o '" +
                                quoted + "' --replications 4 --resume\n"))
      << run.out;
  const std::size_t begin = run.out.rfind("        ") + 8;
  std::string again = run.out.substr(begin);
  again.pop_back();
  EXPECT_EQ(std::system((again + " >/dev/null").c_str()), 0) << again;

  const Ended plain = headroom({"compare", data("holds.json"), "--replications", "1"});
  EXPECT_TRUE(says(plain.out, self + " run " + file + " --variant slow --replications 1\n")) << plain.out;
  EXPECT_FALSE(says(plain.out, " -o ")) << plain.out;
}

TEST(CommandLine, WithoutOutputTheReportIsNamedAfterTheScenario) {
  const Ended ended = headroom({"run", data("holds.json"), "--replications", "1"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "report  out/holds-clearly/report.html")) << ended.out;
  EXPECT_TRUE(std::filesystem::exists(temporary("out/holds-clearly/report.html")));
}

}  // namespace
}  // namespace headroom::cli_test
