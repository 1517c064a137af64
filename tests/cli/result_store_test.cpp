// A study in its store: resumed, sharded and merged, reported again, replayed; always the bytes of one that ran through.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string summary_in(const std::string& folder) { return content_of(temporary(folder) + "/summary.json"); }

Ended study_in(const std::string& folder, const std::vector<std::string>& more, const std::string& verb = "compare",
               const std::string& scenario = "holds.json") {
  std::vector<std::string> arguments{verb, data(scenario), "-q", "-o", temporary(folder)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return headroom(arguments);
}

// Of a comparison with three variants and three replications.
std::string at_once() {
  EXPECT_EQ(study_in("at once", {}).exit_code, 0);
  return summary_in("at once");
}

// Line by line, how many runs `headroom replay STORE` lists.
std::size_t runs_in(const std::string& store) {
  const std::string list = headroom({"replay", store}).out;
  return static_cast<std::size_t>(std::count(list.begin(), list.end(), '\n')) - 1;
}

TEST(Resume, RunsNothingThatIsThereAndGivesTheSameBytes) {
  const std::string expected = at_once();
  const std::string first = headroom({"replay", temporary("at once")}).out;
  EXPECT_EQ(study_in("at once", {"--resume"}).exit_code, 0);
  EXPECT_EQ(summary_in("at once"), expected);
  EXPECT_EQ(headroom({"replay", temporary("at once")}).out, first) << "times would differ had anything been run again";
}

TEST(Resume, BeginsAStudyWhereThereIsNone) {
  const std::string expected = at_once();
  EXPECT_EQ(study_in("none yet", {"--resume"}).exit_code, 0);
  EXPECT_EQ(summary_in("none yet"), expected);
}

TEST(Resume, AStudyCanBeContinuedWithMoreReplications) {
  const std::string expected = at_once();
  EXPECT_EQ(study_in("grown", {"--replications", "1"}).exit_code, 0);
  EXPECT_EQ(runs_in(temporary("grown")), 3U);
  EXPECT_EQ(study_in("grown", {"--resume"}).exit_code, 0);
  EXPECT_EQ(runs_in(temporary("grown")), 9U);
  EXPECT_EQ(summary_in("grown"), expected);
}

TEST(Resume, ASequentialStudyStopsWhereItWouldHave) {
  const int code = study_in("sequential", {}, "run", "precise.json").exit_code;
  const std::string expected = summary_in("sequential");
  study_in("begun", {"--replications", "3"}, "run", "precise.json");
  EXPECT_EQ(runs_in(temporary("begun")), 3U);
  EXPECT_EQ(study_in("begun", {"--resume"}, "run", "precise.json").exit_code, code);
  EXPECT_EQ(summary_in("begun"), expected);
  EXPECT_EQ(headroom({"report", temporary("begun"), "-q"}).exit_code, code);
  EXPECT_EQ(summary_in("begun"), expected);
}

TEST(Resume, AnotherInputIsRefusedWithWhatDiffers) {
  at_once();
  const auto refused = [](const std::vector<std::string>& more, const std::string& what) {
    std::vector<std::string> arguments{"--resume"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = study_in("at once", arguments);
    EXPECT_EQ(ended.exit_code, 2) << what;
    EXPECT_TRUE(says(ended.err, "is of another study; nothing was run")) << ended.err;
    EXPECT_TRUE(says(ended.err, what)) << ended.err;
  };
  const std::string before = summary_in("at once");
  refused({"--set", "/services/api/replicas=4"}, R"(/services/api/replicas is "2" there, "4" now)");
  refused({"--seed", "8"}, R"(/seed is "7" there, "8" now)");
  refused({"--set", R"(/objectives=["p(99.9) latency < 5 s"])"},
          R"(/objectives/0 is "p(95) latency < 5 s" there, "p(99.9) latency < 5 s" now)");
  const Ended one = study_in("at once", {"--resume"}, "run");
  EXPECT_EQ(one.exit_code, 2);
  EXPECT_TRUE(says(one.err, "it has the variants base, three replicas, slow; asked for are base")) << one.err;
  EXPECT_EQ(summary_in("at once"), before) << "a refusal changes nothing";
}

// The trace is data: its content counts, not only its name.
TEST(Resume, AnotherContentOfATraceIsRefused) {
  const auto write = [](const std::string& name, const std::string& content) { std::ofstream{temporary(name)} << content; };
  write("trace.csv", "t_s,requests\n0,600\n60,900\n");
  write("traced.json", R"({"name": "traced", "duration": "2 min", "warm_up": "0 s", "replications": 2,
    "services": [{"name": "api", "concurrency": 50, "endpoints": [{"name": "get", "steps": [{"wait": "5 ms"}]}]}],
    "workloads": [{"model": "trace", "name": "people", "file": "trace.csv", "journeys": [{"steps": [{"request": "api.get"}]}]}]})");
  const auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run", temporary("traced.json"), "-q", "-o", temporary("traced")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return headroom(arguments);
  };
  ASSERT_EQ(run({}).exit_code, 0) << run({}).err;
  const std::string summary = summary_in("traced");
  EXPECT_EQ(run({"--resume"}).exit_code, 0);
  write("trace.csv", "t_s,requests\n0,600\n60,901\n");
  const Ended changed = run({"--resume"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_TRUE(says(changed.err, "the content of trace.csv has changed")) << changed.err;
  // The store has the files: it needs neither the old trace nor the scenario.
  std::filesystem::remove(temporary("trace.csv"));
  std::filesystem::remove(temporary("traced.json"));
  EXPECT_EQ(headroom({"report", temporary("traced"), "-q", "-o", temporary("traced again")}).exit_code, 0);
  EXPECT_EQ(summary_in("traced again"), summary);
  const Ended replayed = headroom({"replay", temporary("traced"), "1"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.err;
  EXPECT_TRUE(says(replayed.out, "equal bit for bit")) << replayed.out;
}

TEST(Resume, CommentsInTheScenarioDoNotMatter) {
  const std::string text = content_of(data("holds.json"));
  std::ofstream{temporary("commented.json")} << text;
  EXPECT_EQ(headroom({"run", temporary("commented.json"), "-q", "-o", temporary("commented")}).exit_code, 0);
  std::ofstream{temporary("commented.json")} << "// the same\n" << text;
  EXPECT_EQ(headroom({"run", temporary("commented.json"), "-q", "--resume", "-o", temporary("commented")}).exit_code, 0);
}

TEST(Resume, WithoutItAStudyBeginsAnew) {
  EXPECT_EQ(study_in("anew", {"--replications", "3"}).exit_code, 0);
  EXPECT_EQ(study_in("anew", {"--replications", "1", "--seed", "9"}).exit_code, 0);
  EXPECT_EQ(runs_in(temporary("anew")), 3U);
}

TEST(Shards, MergedTheyAreTheStudyOfOneMachine) {
  const std::string expected = at_once();
  for (const std::string shard : {"1/3", "2/3", "3/3"}) {
    const Ended ended = study_in("shards", {"--shard", shard});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_TRUE(says(ended.out, "shard " + shard.substr(0, 1) + " of 3: 3 runs in ")) << ended.out;
  }
  const Ended merged = headroom({"merge", "-q", "-o", temporary("merged"), temporary("shards/results.2-of-3.sqlite"),
                                 temporary("shards/results.1-of-3.sqlite"), temporary("shards/results.3-of-3.sqlite")});
  EXPECT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_EQ(summary_in("merged"), expected);
  EXPECT_EQ(headroom({"merge", "-q", "-o", temporary("shards"), temporary("shards")}).exit_code, 0)
      << "a folder stands for its shards";
  EXPECT_EQ(summary_in("shards"), expected);
  EXPECT_EQ(headroom({"report", "-q", "-o", temporary("reported"), temporary("merged")}).exit_code, 0);
  EXPECT_EQ(summary_in("reported"), expected);
}

TEST(Shards, AMissingOneIsAnIncompleteStudyThatCanBeCompleted) {
  const std::string expected = at_once();
  for (const std::string shard : {"1/3", "3/3"}) EXPECT_EQ(study_in("holes", {"--shard", shard}).exit_code, 0);
  const Ended merged = headroom({"merge", "-q", "-o", temporary("holes"), temporary("holes")});
  EXPECT_EQ(merged.exit_code, 4);
  EXPECT_TRUE(says(merged.err, "3 runs are in none of the stores: ")) << merged.err;
  EXPECT_TRUE(says(merged.err, "--resume")) << merged.err;
  EXPECT_EQ(nlohmann::json::parse(summary_in("holes")).at("failed_runs").size(), 3U);
  EXPECT_EQ(headroom({"merge", "-q", "--keep-going", "-o", temporary("holes"), temporary("holes")}).exit_code, 0);
  EXPECT_EQ(study_in("holes", {"--resume"}).exit_code, 0);
  EXPECT_EQ(summary_in("holes"), expected);
}

TEST(Shards, OfDifferentStudiesAreNotJoined) {
  EXPECT_EQ(study_in("x", {"--shard", "1/2"}).exit_code, 0);
  EXPECT_EQ(study_in("y", {"--shard", "2/2", "--seed", "8"}).exit_code, 0);
  const Ended merged = headroom({"merge", "-o", temporary("xy"), temporary("x"), temporary("y")});
  EXPECT_EQ(merged.exit_code, 2);
  EXPECT_TRUE(says(merged.err, "are of different studies; nothing was written")) << merged.err;
  EXPECT_TRUE(says(merged.err, R"(/seed is "7" there, "8" now)")) << merged.err;
  EXPECT_FALSE(std::filesystem::exists(temporary("xy")));
}

TEST(Shards, AreNotJoinedOverAnotherStudy) {
  EXPECT_EQ(study_in("mine", {"--replications", "1"}).exit_code, 0);
  const std::string before = summary_in("mine");
  for (const std::string shard : {"1/2", "2/2"}) EXPECT_EQ(study_in("theirs", {"--shard", shard, "--seed", "8"}).exit_code, 0);
  const Ended merged = headroom({"merge", "-q", "-o", temporary("mine"), temporary("theirs")});
  EXPECT_EQ(merged.exit_code, 2);
  EXPECT_TRUE(says(merged.err, "is there already and would be replaced, but it is of another study")) << merged.err;
  EXPECT_EQ(summary_in("mine"), before);
  EXPECT_EQ(runs_in(temporary("mine")), 3U);
}

TEST(Shards, AFolderThatHasOnlyThemSaysToJoinThem) {
  EXPECT_EQ(study_in("parts", {"--shard", "1/2"}).exit_code, 0);
  for (const std::string verb : {"report", "replay"}) {
    const Ended ended = headroom({verb, temporary("parts")});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_TRUE(says(ended.err, "has shards of a study and no whole one; join them first: headroom merge -o")) << ended.err;
  }
}

TEST(Report, ElsewhereStillSaysWhereTheStudyGoesOn) {
  EXPECT_EQ(study_in("half", {"--shard", "1/2"}).exit_code, 0);
  EXPECT_EQ(headroom({"merge", "-q", "-o", temporary("half"), temporary("half")}).exit_code, 4);
  const Ended report = headroom({"report", "-o", temporary("half-reported"), temporary("half")});
  EXPECT_TRUE(says(report.err, "to go on from there: ")) << report.err;
  EXPECT_TRUE(says(report.err, "-o " + temporary("half") + " --resume")) << report.err;
}

TEST(Shards, ThatCannotBeAreRefused) {
  for (const std::string wrong : {"0/2", "3/2", "2", "a/b", "1/2x", "1/", "-1/2"}) {
    const Ended ended = study_in("z", {"--shard", wrong});
    EXPECT_EQ(ended.exit_code, 2) << wrong;
    EXPECT_TRUE(says(ended.err, "write I/N, for example 2/4")) << ended.err;
  }
  const Ended sequential = study_in("z", {"--shard", "1/2"}, "run", "precise.json");
  EXPECT_EQ(sequential.exit_code, 2);
  EXPECT_TRUE(says(sequential.err, "--replications N")) << sequential.err;
  EXPECT_EQ(study_in("z", {"--shard", "1/2", "--json"}).exit_code, 2);
}

TEST(Report, OfAShardOrOfNoStoreSaysWhatToDo) {
  EXPECT_EQ(study_in("part", {"--shard", "1/2"}).exit_code, 0);
  const Ended shard = headroom({"report", temporary("part/results.1-of-2.sqlite")});
  EXPECT_EQ(shard.exit_code, 2);
  EXPECT_TRUE(says(shard.err, "is shard 1 of 2; join the shards with headroom merge")) << shard.err;
  const Ended none = headroom({"report", temporary("nowhere")});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_TRUE(says(none.err, "there is no such file")) << none.err;
  EXPECT_EQ(headroom({"report", data("holds.json")}).exit_code, 2);
}

TEST(Replay, EveryStoredRunComesOutTheSame) {
  at_once();
  for (const std::string run : {"1", "9", "base/1", "three replicas/2", "slow/0"}) {
    const Ended ended = headroom({"replay", temporary("at once"), run});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_TRUE(says(ended.out, "seed 7: equal bit for bit")) << ended.out;
  }
}

TEST(Replay, AnotherResultIsToldOf) {
  if (std::system("command -v sqlite3 >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs the tool sqlite3";
  at_once();
  const std::string store = temporary("at once/results.sqlite");
  // As if the run had been made by a program that counts otherwise: the result of one run in the place of another.
  const std::string swap = "sqlite3 '" + store +
                           "' \"UPDATE runs SET result = (SELECT result FROM runs WHERE variant = 0 AND replication = 1) "
                           "WHERE variant = 0 AND replication = 0\"";
  ASSERT_EQ(std::system(swap.c_str()), 0);
  const Ended ended = headroom({"replay", store, "base/0"});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_TRUE(says(ended.err, "another result than the stored one: ")) << ended.err;
  EXPECT_TRUE(says(ended.err, " events then, ")) << ended.err;
}

TEST(Replay, ListsTheRunsAndRefusesOthers) {
  at_once();
  EXPECT_TRUE(says(headroom({"replay", temporary("at once")}).out, "three replicas/2"));
  const Ended other = headroom({"replay", temporary("at once"), "base/3"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_TRUE(says(other.err, "there is no run \"base/3\"")) << other.err;
  EXPECT_EQ(headroom({"replay", temporary("at once"), "0"}).exit_code, 2);
  EXPECT_EQ(headroom({"replay"}).exit_code, 2);
}

}  // namespace
}  // namespace headroom::cli_test
