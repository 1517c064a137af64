// The gate of a pipeline: how it ends, what it writes for others, and what it says of the results that were accepted last.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

namespace files = std::filesystem;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Ended validate(std::vector<std::string> arguments, const std::string& folder = "validated") {
  arguments.insert(arguments.begin(), "validate");
  arguments.insert(arguments.end(), {"-o", temporary(folder)});
  return headroom(std::move(arguments));
}

// Waits exactly what is assumed, with room for everybody: the mean latency is that, in every run.
std::string waiting(const std::string& name, const std::string& objectives) {
  return written("waiting", name + ".json", R"({
  "name": ")" + name + R"(", "seed": 3, "duration": "1 min", "warm_up": "0 s", "replications": 3,
  "assumptions": {"pause": {"value": "100 ms", "why": "made up"}},
  "services": [{"name": "api", "concurrency": 100000, "endpoints": [{"name": "get", "steps": [{"wait": "${pause}"}]}]}],
  "workloads": [{"model": "users", "name": "people", "rate": "20 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}],
  "objectives": [)" + objectives + "]\n}\n");
}

TEST(Validate, EndsWithZeroWhenEveryScenarioKeepsItsRequiredObjectives) {
  const std::string advisory =
      waiting("advised", R"("avg latency < 1 s", {"that": "avg latency < 50 ms", "severity": "advisory"})");
  const Ended ended = validate({data("holds.json"), advisory});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "PASS  all 2 scenarios keep every required objective\n")) << ended.out;
  EXPECT_TRUE(ended.out.ends_with("required objective\n")) << "the most important line is the last: " << ended.out;
  EXPECT_TRUE(says(ended.out, "avg latency < 50 ms (advisory)")) << ended.out;
  for (const char* file :
       {"index.html", "validation.json", "summary.md", "junit.xml", "advised/report.html", "holds-clearly/results.sqlite"})
    EXPECT_TRUE(files::exists(temporary("validated") + "/" + file)) << file;
}

TEST(Validate, EveryVariantCountsWithAllVariants) {
  EXPECT_EQ(validate({data("holds.json"), "-q"}).exit_code, 0);
  EXPECT_EQ(validate({data("holds.json"), "-q", "--variant", "three replicas"}).exit_code, 0);
  EXPECT_EQ(validate({data("holds.json"), "-q", "--variant", "slow"}).exit_code, 99);
  const Ended all = validate({data("holds.json"), "-q", "--all-variants"});
  EXPECT_EQ(all.exit_code, 99) << "one of the three is slow";
  EXPECT_TRUE(says(all.out, "Holds, clearly, slow")) << all.out;
  EXPECT_EQ(validate({data("holds.json"), "--variant", "no such"}).exit_code, 2);
}

TEST(Validate, EndsAsTheWorstOfItsScenarios) {
  EXPECT_EQ(validate({data("holds.json"), data("open.json"), "-q"}).exit_code, 3);
  EXPECT_EQ(validate({data("holds.json"), data("open.json"), "-q", "--inconclusive", "pass"}).exit_code, 0);
  EXPECT_EQ(validate({data("open.json"), data("misses.json"), "-q"}).exit_code, 99);
  const Ended worst = validate({data("misses.json"), data("standstill.json"), data("holds.json"), "-q"});
  EXPECT_EQ(worst.exit_code, 4) << "what did not run comes before what said no";
  EXPECT_TRUE(says(worst.out, "1 of 3 scenarios was not completed: standstill; 1 misses a required objective: misses"))
      << worst.out;
  EXPECT_TRUE(says(worst.out, "time stands still")) << "why: " << worst.out;
}

TEST(Validate, EndsWithOneWhenResultsCannotBeWritten) {
  const Ended ended = validate({data("misses.json"), "-q", "--junit", "/dev/full"});
  EXPECT_EQ(ended.exit_code, 1) << "before 99";
  EXPECT_TRUE(says(ended.out, "FAIL  1 of 1 scenario misses")) << "what is known is shown: " << ended.out;
  EXPECT_TRUE(says(ended.err, "cannot write /dev/full: No space left on device")) << ended.err;
}

TEST(Validate, EndsWithTwoBeforeAnythingIsRunAndSaysWhatIsWrongInAllFiles) {
  const std::string unknown =
      written("bad", "metric.json", R"({"extends": ")" + data("holds.json") + R"(", "objectives": ["p(95) latencies < 1 s"]})");
  const Ended ended = validate({data("endless.json"), data("wrong.json"), unknown});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(says(ended.err, "wrong.json:2:")) << ended.err;
  EXPECT_TRUE(says(ended.err, "metric.json:1:")) << "an unknown metric is an error: " << ended.err;
  EXPECT_TRUE(says(ended.err, "nothing was run")) << ended.err;
  EXPECT_FALSE(files::exists(temporary("validated"))) << "nothing half-written";
  EXPECT_EQ(validate({}).exit_code, 2);
  for (const std::vector<std::string>& slip : std::vector<std::vector<std::string>>{{"--baseline", temporary("no such.json")},
                                                                                    {"--baseline", data("holds.json")},
                                                                                    {"--junit", "/no/such/folder/junit.xml"},
                                                                                    {"--tolerance", "5 %"},
                                                                                    {"--annotations", "gitlab"},
                                                                                    {"--max-runtime", "0"},
                                                                                    {"--all-variants", "--variant", "slow"}}) {
    std::vector<std::string> arguments{data("endless.json")};
    arguments.insert(arguments.end(), slip.begin(), slip.end());
    const Ended refused = validate(arguments);
    EXPECT_EQ(refused.exit_code, 2) << slip.front() << refused.err;
    EXPECT_TRUE(says(refused.err, slip.front())) << refused.err;
  }
}

TEST(Validate, EndsWithAHundredAndThirtyWhenInterruptedAndBeginsNoMore) {
  const Ended ended =
      headroom(Start{.arguments = {"validate", data("endless.json"), data("misses.json"), "-q", "-o", temporary("cut")},
                     .interrupt_after_seconds = 1.0});
  EXPECT_EQ(ended.exit_code, 130) << ended.err;
  EXPECT_TRUE(says(ended.out, "INTERRUPTED  2 of 2 scenarios were interrupted: endless, misses")) << ended.out;
}

TEST(Validate, WhatHasNotRunWhenTheTimeIsOverIsNotCompletedAndTheRestIsJudged) {
  const auto begin = std::chrono::steady_clock::now();
  const Ended ended = validate({data("holds.json"), data("endless.json"), data("misses.json"), "-q", "--max-runtime", "8 s"});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  EXPECT_TRUE(says(ended.out, "2 of 3 scenarios were not completed: endless, misses")) << ended.out;
  EXPECT_TRUE(says(ended.out, "PASS")) << "the first had ended: " << ended.out;
  EXPECT_TRUE(says(ended.out, "the time for all runs was over")) << ended.out;
  EXPECT_LT(took.count(), 60.0);
}

// A million days are 8.64e19 ns, more than a clock can count.
TEST(Validate, AnyLengthOfTimeIsAllowedForAllRuns) {
  const Ended ended = validate({data("holds.json"), "-q", "--max-runtime", "1000000 d"});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
}

// 100 ms become 120 ms: by 20 %, in every run. The promise of 1 s holds either way.
TEST(Validate, SaysWhatIsWorseThanTheBaselineAndFailsOnlyIfAsked) {
  const std::string scenario = waiting("paused", R"("avg latency < 1 s")"), accepted = temporary("accepted.json");
  ASSERT_EQ(validate({scenario, "-q", "--write-baseline", accepted}).exit_code, 0);
  const Ended same = validate({scenario, "-q", "--baseline", accepted, "--fail-on-regression"});
  EXPECT_EQ(same.exit_code, 0) << same.out;
  EXPECT_TRUE(says(same.out, "100 ms   ->   100 ms     none   not distinguishable")) << same.out;
  EXPECT_FALSE(says(same.out, "changed in")) << same.out;

  const std::vector<std::string> slower{scenario, "-q", "--baseline", accepted, "--set", "/assumptions/pause=120 ms"};
  const Ended shown = validate(slower);
  EXPECT_EQ(shown.exit_code, 0) << shown.out;
  EXPECT_TRUE(says(shown.out, "100 ms   ->   120 ms    +20 %   worse")) << shown.out;
  EXPECT_TRUE(says(shown.out, "changed in paused since the baseline:")) << shown.out;
  EXPECT_TRUE(says(shown.out, "/assumptions/pause is \"100 ms\" there, \"120 ms\" now")) << shown.out;

  auto failing = slower;
  failing.emplace_back("--fail-on-regression");
  const Ended failed = validate(failing);
  EXPECT_EQ(failed.exit_code, 99) << failed.out;
  EXPECT_TRUE(says(failed.out, "FAIL  the one scenario keeps every required objective; 1 value is worse than the baseline\n"))
      << failed.out;
  failing.insert(failing.end(), {"--tolerance", "25 %"});
  const Ended tolerated = validate(failing);
  EXPECT_EQ(tolerated.exit_code, 0) << tolerated.out;
  EXPECT_TRUE(says(tolerated.out, "within the tolerance")) << tolerated.out;
}

// Whatever reads a pipeline's results sees the failure that its exit code says.
TEST(Validate, ARegressionThatFailsIsAFailureInEveryOutput) {
  const std::string scenario = waiting("paused", R"("avg latency < 1 s")"), accepted = temporary("accepted.json");
  ASSERT_EQ(validate({scenario, "-q", "--write-baseline", accepted}).exit_code, 0);
  const Ended ended = validate({scenario, "-q", "--baseline", accepted, "--set", "/assumptions/pause=120 ms",
                                "--fail-on-regression", "--annotations", "github"});
  EXPECT_EQ(ended.exit_code, 99) << ended.out;
  EXPECT_FALSE(says(ended.out, "PASS  ")) << ended.out;
  EXPECT_TRUE(says(ended.err, "::error file=" + scenario + ",title=paused::base, avg latency < 1 s: 100 ms -> 120 ms (+20 %25), "
                                                           "worse than the baseline"))
      << ended.err;
  const std::string folder = temporary("validated");
  EXPECT_EQ(nlohmann::json::parse(content_of(folder + "/validation.json")).at("outcome"), "fail");
  EXPECT_TRUE(content_of(folder + "/summary.md").starts_with("# ❌ fail: ")) << content_of(folder + "/summary.md");
  const std::string junit = content_of(folder + "/junit.xml");
  EXPECT_TRUE(says(junit, "<testsuites name=\"headroom\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">")) << junit;
  EXPECT_TRUE(says(junit, "avg latency &lt; 1 s is not worse than the baseline")) << junit;
}

TEST(Validate, ABaselineIsKeptWhenARunDidNotComplete) {
  const std::string accepted = written("kept", "accepted.json", "what was accepted");
  const Ended ended = validate({data("holds.json"), data("standstill.json"), "-q", "--write-baseline", accepted});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_EQ(content_of(accepted), "what was accepted");
  EXPECT_TRUE(says(ended.err, "--write-baseline: " + accepted +
                                  " is left as it was, because 1 of 2 scenarios was not completed: standstill\n"))
      << ended.err;
  EXPECT_EQ(validate({data("misses.json"), "-q", "--write-baseline", accepted}).exit_code, 99);
  EXPECT_TRUE(content_of(accepted).starts_with("{")) << "what completed can be accepted, although it misses";
}

TEST(Validate, PairsWithTheBaselineOnlyWhatMetTheSameRandomNumbers) {
  const std::string scenario = waiting("paired", R"("avg latency < 1 s")"), accepted = temporary("accepted.json");
  ASSERT_EQ(validate({scenario, "-q", "--write-baseline", accepted}).exit_code, 0);
  const auto paired = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{scenario, "-q", "--json", "--baseline", accepted};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return nlohmann::json::parse(validate(arguments).out).at("baseline").at("rows").at(0).at("paired").get<bool>();
  };
  EXPECT_TRUE(paired({}));
  EXPECT_FALSE(paired({"--seed", "4"}));
  EXPECT_FALSE(paired({"--replications", "4"}));
}

TEST(Validate, LeavesNothingOfAnEarlierValidationBesideItsOwnResults) {
  const std::string folder = temporary("validated");
  ASSERT_EQ(validate({data("holds.json"), data("misses.json"), data("open.json"), "-q"}).exit_code, 99);
  std::ofstream{folder + "/open/note.txt"} << "mine";
  ASSERT_EQ(validate({data("holds.json"), "-q"}).exit_code, 0);
  EXPECT_TRUE(files::exists(folder + "/holds-clearly/report.html"));
  EXPECT_FALSE(files::exists(folder + "/misses"));
  EXPECT_FALSE(files::exists(folder + "/open/results.sqlite"));
  EXPECT_EQ(content_of(folder + "/open/note.txt"), "mine");
  // Not a validation's: what stands beside it cannot be told from results of others.
  std::ofstream{folder + "/validation.json"} << "{}";
  const Ended refused = validate({data("misses.json"), "-q"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(says(refused.err, "choose another with --output; nothing was run")) << refused.err;
  EXPECT_TRUE(files::exists(folder + "/holds-clearly/report.html"));
}

TEST(Validate, AFileThatIsNamedTwiceCountsOnce) {
  const std::string path = data("holds.json"), again = files::path{path}.parent_path().string() + "/./holds.json";
  const Ended ended = validate({path, again, "-q"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_TRUE(says(ended.err, again + " is named twice; it counts once\n")) << ended.err;
  EXPECT_EQ(nlohmann::json::parse(content_of(temporary("validated") + "/validation.json")).at("scenarios").size(), 1U);
}

TEST(Validate, TheSameStudyHasTheSameBytesWhateverTheNumberOfWorkers) {
  ASSERT_EQ(validate({data("holds.json"), "--workers", "1"}, "one").exit_code, 0);
  ASSERT_EQ(validate({data("holds.json"), "--workers", "3"}, "three").exit_code, 0);
  EXPECT_EQ(content_of(temporary("one/validation.json")), content_of(temporary("three/validation.json")));
}

// Parsed by another program than the one that wrote it.
TEST(Validate, JUnitHasACasePerObjectiveAndVariant) {
  const std::string advisory = waiting(
      "advised", R"("avg latency < 1 s", {"that": "avg latency < 50 ms", "severity": "advisory"}, "avg latency < 10 ms")");
  const std::string junit = temporary("gate.xml");
  EXPECT_EQ(validate({data("holds.json"), data("open.json"), data("standstill.json"), advisory, "--all-variants", "-q", "--junit",
                      junit})
                .exit_code,
            4);
  const std::string script = written("scripts", "count.py", R"(
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
suites = {s.get("name"): s for s in root.findall("testsuite")}
assert list(suites) == ["Holds, clearly", "open", "standstill", "advised"], list(suites)
def counts(s): return tuple(int(s.get(k)) for k in ("tests", "failures", "errors", "skipped"))
for s in suites.values():
    cases = s.findall("testcase")
    assert counts(s) == (len(cases),) + tuple(len([c for c in cases if c.find(k) is not None]) for k in ("failure", "error", "skipped")), s.get("name")
assert counts(suites["Holds, clearly"]) == (6, 1, 0, 0), "two objectives in three variants, one of them slow"
assert [c.get("classname") for c in suites["Holds, clearly"].findall("testcase")] == ["base", "base", "three replicas", "three replicas", "slow", "slow"]
assert counts(suites["open"]) == (1, 0, 0, 1)
assert counts(suites["standstill"]) == (1, 0, 1, 0)
assert counts(suites["advised"]) == (3, 1, 0, 0), "an advisory objective that is missed is no failure"
assert counts(root) == (11, 2, 1, 1), counts(root)
advisory = suites["advised"].findall("testcase")[1]
properties = {p.get("name"): p.get("value") for p in advisory.iter("property")}
assert properties["severity"] == "advisory" and properties["outcome"] == "fail", properties
failed = suites["advised"].findall("testcase")[2]
assert failed.get("name") == "avg latency < 10 ms" and failed.get("line") == "6", failed.attrib
assert "10x the limit" in failed.find("failure").get("message"), failed.find("failure").get("message")
)");
  EXPECT_EQ(std::system(("python3 " + script + " " + junit).c_str()), 0) << content_of(junit);
}

TEST(Validate, MarkdownSaysTheVerdictFirstAndFoldsTheDetails) {
  const std::string summary = temporary("summary.md");
  EXPECT_EQ(validate({data("holds.json"), data("misses.json"), "-q", "--markdown", summary}).exit_code, 99);
  const std::string text = content_of(summary);
  EXPECT_TRUE(text.starts_with("# ❌ fail: 1 of 2 scenarios misses a required objective: misses\n")) << text;
  EXPECT_LT(text.find("| ✅ pass | Holds, clearly |"), text.find("<details>")) << text;
  EXPECT_TRUE(says(text, "| base | ❌ fail | p(95) latency &lt; 1 us |")) << text;
}

TEST(Validate, MarkdownIsAddedToTheStepSummaryAndReplacesAnyOtherFile) {
  const std::string former = "what an earlier step said", summary = written("step", "summary.md", former);
  const auto run = [&](const std::string& step_summary) {
    return headroom(Start{.arguments = {"validate", data("holds.json"), "-q", "--markdown", summary, "-o", temporary("validated")},
                          .environment = {{"GITHUB_STEP_SUMMARY", step_summary}}});
  };
  EXPECT_EQ(run(summary).exit_code, 0);
  EXPECT_TRUE(content_of(summary).starts_with(former + "\n# ✅ pass: ")) << content_of(summary);
  const std::string once = content_of(summary);
  EXPECT_EQ(run(summary).exit_code, 0);
  EXPECT_TRUE(content_of(summary).starts_with(once + "# ✅ pass: ")) << content_of(summary);
  EXPECT_EQ(run("/another/file").exit_code, 0);
  EXPECT_TRUE(content_of(summary).starts_with("# ✅ pass: ")) << content_of(summary);
}

// One server that works 2 s of every second it is asked for: who is slow has queued there. One run's words are the report's.
TEST(Validate, NamesTheBottleneckOfWhatIsMissed) {
  const std::string crowded = written("crowded", "crowded.json", R"({
  "name": "crowded", "seed": 3, "duration": "1 min", "warm_up": "0 s", "replications": 3,
  "services": [{"name": "api", "cpu": 1, "concurrency": 1, "backlog": 100000, "endpoints": [{"name": "get", "steps": [{"compute": "100 ms"}]}]}],
  "workloads": [{"model": "users", "name": "people", "rate": "20 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}],
  "objectives": ["p(95) latency < 1 s"]
})");
  const Ended ended = validate({crowded, "-q", "--annotations", "github"});
  EXPECT_EQ(ended.exit_code, 99) << ended.out << ended.err;
  const std::string folder = temporary("validated");
  const std::string bottleneck = "queueing at services/api";
  std::string unwrapped = ended.out;
  for (std::size_t at = unwrapped.find("\n "); at != std::string::npos; at = unwrapped.find("\n ", at))
    unwrapped.replace(at, unwrapped.find_first_not_of(" \n", at) - at, " ");
  EXPECT_TRUE(says(unwrapped, bottleneck)) << ended.out;
  EXPECT_TRUE(says(ended.err, bottleneck)) << "annotations: " << ended.err;
  EXPECT_TRUE(says(content_of(folder + "/junit.xml"), bottleneck));
  EXPECT_TRUE(says(content_of(folder + "/summary.md"), bottleneck));
  EXPECT_TRUE(says(content_of(folder + "/validation.json"), bottleneck));
}

TEST(Validate, AnnotationsMarkTheLineOfWhatIsMissed) {
  const Ended ended = validate({data("misses.json"), "-q", "--annotations", "github"});
  EXPECT_TRUE(
      says(ended.err, "::error file=" + data("misses.json") + ",line=4,col=36,title=misses::p(95) latency < 1 us is missed: "))
      << ended.err;
  EXPECT_FALSE(says(ended.out, "::error"));
}

}  // namespace
}  // namespace headroom::cli_test
