// What can happen to a study from outside: signals, limits, disks. One run is lost at most, what is finished is kept, and the
// message says how to go on.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/cli/process.hpp"
#include "tests/support/places.hpp"

namespace headroom::cli_test {
namespace {

using namespace std::chrono_literals;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void wait_until(const std::function<bool()>& holds) {
  for (int i = 0; i < 2000 && !holds(); ++i) std::this_thread::sleep_for(5ms);
  EXPECT_TRUE(holds()) << "it did not come to that within ten seconds";
}

// The runs that the study has started; 0: none.
pid_t first_worker_of(pid_t study) {
  std::ifstream children{"/proc/" + std::to_string(study) + "/task/" + std::to_string(study) + "/children"};
  pid_t worker = 0;
  children >> worker;
  return worker;
}

std::function<void(pid_t)> signals_the_first_worker(int signal) {
  return [signal](pid_t study) {
    wait_until([study] { return first_worker_of(study) > 0; });
    std::this_thread::sleep_for(200ms);  // until it simulates
    ::kill(first_worker_of(study), signal);
  };
}

std::size_t runs_in(const std::string& store) {
  const std::string list = headroom({"replay", store}).out;
  const auto lines = static_cast<std::size_t>(std::count(list.begin(), list.end(), '\n'));
  return lines > 0 ? lines - 1 : 0;
}

// Runs of about a second each.
std::vector<std::string> slow_study(const std::string& folder, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{
      "run", data("endless.json"), "--set", "/duration=8 h", "--replications", "3", "--workers", "1", "-q",
      "-o",  temporary(folder)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(CrashedWorker, LosesOneRunAndSaysHowToRunItAgain) {
  const Ended ended = headroom(
      Start{.arguments = {"run", data("endless.json"), "--replications", "2", "--workers", "1", "-q", "-o", temporary("crashed")},
            .meanwhile = signals_the_first_worker(SIGSEGV)});
  EXPECT_EQ(ended.exit_code, 4) << ended.err;
  EXPECT_TRUE(says(ended.err, "replication 0 of base did not complete (exit 139): the process was killed by signal 11"))
      << ended.err;
  EXPECT_TRUE(says(ended.err, "seed 7; to run it again: " + headroom_binary() + " replay " + temporary("crashed/results.sqlite") +
                                  " base/0\n"))
      << ended.err;
  EXPECT_TRUE(says(headroom({"replay", temporary("crashed")}).out, "139   the process was killed by signal 11"));
}

TEST(KilledWorker, FailsTheStudyUnlessItIsToKeepGoing) {
  const Ended stopped = headroom(Start{.arguments = slow_study("stopped", {}), .meanwhile = signals_the_first_worker(SIGKILL)});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_TRUE(says(stopped.err, "killed by signal 9")) << stopped.err;
  EXPECT_EQ(runs_in(temporary("stopped")), 1U) << "nothing more was started";
  const Ended kept =
      headroom(Start{.arguments = slow_study("kept", {"--keep-going"}), .meanwhile = signals_the_first_worker(SIGKILL)});
  EXPECT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_TRUE(says(kept.err, "killed by signal 9")) << kept.err;
  EXPECT_EQ(runs_in(temporary("kept")), 3U);
  EXPECT_EQ(headroom(slow_study("kept", {"--resume"})).exit_code, 0);
  EXPECT_EQ(headroom(slow_study("stopped", {"--resume"})).exit_code, 0);
  EXPECT_EQ(content_of(temporary("kept/summary.json")), content_of(temporary("stopped/summary.json")));
  EXPECT_TRUE(says(content_of(temporary("kept/summary.json")), "\"failed_runs\": []"));
}

TEST(RunTime, ARunThatTakesLongerFails) {
  const Ended ended =
      headroom({"run", data("endless.json"), "--run-time", "300 ms", "--workers", "1", "-q", "-o", temporary("late")});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_TRUE(says(ended.err, "replication 0 of base did not complete (exit 4): it took longer than its limit of 0.3 s"))
      << ended.err;
}

TEST(RunMemory, ARunThatTakesMoreFails) {
  const Ended ended =
      headroom({"run", data("endless.json"), "--set", "/workloads/people/rate=5e5 /s", "--set",
                "/services/api/endpoints/get/steps=[{\"wait\": \"1 h\"}]", "--set", "/services/api/concurrency=1000000",
                "--run-memory", "64 MiB", "--workers", "1", "-q", "-o", temporary("large")});
  EXPECT_EQ(ended.exit_code, 4) << ended.err;
  EXPECT_TRUE(says(ended.err, "more than its limit of 64 MiB")) << ended.err;
}

TEST(Limits, ThatAreNoneAreRefused) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--run-time", "5"},
                                                {"--run-time", "0 s"},
                                                {"--run-memory", "-1 GiB"},
                                                {"--run-memory", "2 h"}}) {
    std::vector<std::string> arguments{"run", data("holds.json"), "-o", temporary("w")};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(headroom(arguments).exit_code, 2) << wrong[1];
  }
}

// Kills once two runs are in the store; what ends it says which code it ends with.
void end_after_two_runs(const std::string& folder, int signal, int exit_code) {
  const std::string store = temporary(folder + "/results.sqlite");
  const auto end = [&](pid_t study) {
    wait_until([&] { return std::filesystem::exists(store) && runs_in(store) >= 2; });
    ::kill(study, signal);
  };
  const std::vector<std::string> arguments{
      "run", data("holds.json"), "--set", "/duration=20 min", "--replications", "40", "--workers", "2", "-q", "-o"};
  const auto in = [&](const std::string& place, const std::vector<std::string>& more) {
    std::vector<std::string> all = arguments;
    all.push_back(temporary(place));
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const Ended ended = headroom(Start{.arguments = in(folder, {}), .meanwhile = end});
  EXPECT_EQ(ended.exit_code, exit_code) << ended.err;
  const std::size_t kept = runs_in(store);
  EXPECT_GE(kept, 2U);
  EXPECT_LT(kept, 40U);
  EXPECT_EQ(headroom(in(folder, {"--resume"})).exit_code, 0);
  EXPECT_EQ(headroom(in(folder + " at once", {})).exit_code, 0);
  EXPECT_EQ(content_of(temporary(folder + "/summary.json")), content_of(temporary(folder + " at once/summary.json")));
}

TEST(KilledStudy, IsResumedToTheSameBytes) { end_after_two_runs("killed", SIGKILL, 137); }
TEST(InterruptedStudy, IsResumedToTheSameBytes) { end_after_two_runs("interrupted", SIGINT, 130); }
TEST(TerminatedStudy, IsResumedToTheSameBytes) { end_after_two_runs("terminated", SIGTERM, 130); }

TEST(InterruptedStudy, LeavesNoFolderIfNothingHadEnded) {
  const auto study_in = [](const std::string& folder) {
    return headroom(Start{.arguments = {"run", data("endless.json"), "-o", temporary(folder)}, .interrupt_after_seconds = 1.0});
  };
  EXPECT_EQ(study_in("in vain/deep").exit_code, 130);
  EXPECT_FALSE(std::filesystem::exists(temporary("in vain")));
  std::filesystem::create_directories(temporary("there"));
  EXPECT_EQ(study_in("there").exit_code, 130);
  EXPECT_TRUE(std::filesystem::exists(temporary("there"))) << "it was there before";
}

TEST(FailedStudy, LeavesAFolderOfOthersAlone) {
  const std::string other = temporary("shared/results.1-of-2.sqlite");
  const auto another_shard = [&](pid_t study) {
    wait_until([study] { return first_worker_of(study) > 0; });
    std::ofstream{other} << "of another process";
    ::kill(study, SIGINT);
  };
  EXPECT_EQ(headroom(Start{.arguments = {"run", data("endless.json"), "--shard", "2/2", "-o", temporary("shared")},
                           .meanwhile = another_shard})
                .exit_code,
            130);
  EXPECT_EQ(content_of(other), "of another process");
  EXPECT_FALSE(std::filesystem::exists(temporary("shared/results.2-of-2.sqlite")));
}

TEST(FullDisk, AStudyStopsWithOneAndGoesOnWhenThereIsRoom) {
  const std::vector<std::string> arguments{"run", data("holds.json"), "--replications", "20", "-q", "-o", temporary("full")};
  const Ended full = headroom(Start{.arguments = arguments, .largest_file_bytes = 1'500'000});
  EXPECT_EQ(full.exit_code, 1) << full.err;
  EXPECT_TRUE(says(full.err, "cannot write " + temporary("full/results.sqlite") + ": File too large; free some space"))
      << full.err;
  EXPECT_TRUE(says(full.err, "to go on from there: ")) << full.err;
  EXPECT_TRUE(says(full.out, "rests on the runs that had finished")) << full.out;
  const std::size_t kept = runs_in(temporary("full"));
  EXPECT_GT(kept, 0U);
  EXPECT_LT(kept, 20U);
  std::vector<std::string> resumed = arguments;
  resumed.push_back("--resume");
  EXPECT_EQ(headroom(resumed).exit_code, 0);
  resumed.back() = "--workers=1";
  resumed[6] = temporary("roomy");
  EXPECT_EQ(headroom(resumed).exit_code, 0);
  EXPECT_EQ(content_of(temporary("full/summary.json")), content_of(temporary("roomy/summary.json")));
}

TEST(FullDisk, TwoWhenAStudyCannotEvenBegin) {
  const Ended ended =
      headroom(Start{.arguments = {"run", data("endless.json"), "-o", temporary("tiny")}, .largest_file_bytes = 4096});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_TRUE(says(ended.err, "File too large; free some space")) << ended.err;
  EXPECT_TRUE(says(ended.err, "nothing was run")) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(temporary("tiny"))) << "something unfinished is left";
}

TEST(ReadOnlyFolder, TwoForWritingAndGoodForReportingElsewhere) {
  namespace files = std::filesystem;
  EXPECT_EQ(headroom({"run", data("holds.json"), "-q", "-o", temporary("fixed")}).exit_code, 0);
  files::permissions(temporary("fixed"), files::perms{0555});
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--resume"}}) {
    Start start{.arguments = {"run", data("holds.json"), "-q", "-o", temporary("fixed")}, .without_rights = true};
    start.arguments.insert(start.arguments.end(), more.begin(), more.end());
    const Ended ended = headroom(start);
    EXPECT_EQ(ended.exit_code, 2) << ended.err;
    EXPECT_TRUE(says(ended.err, "writable, or choose another ")) << ended.err;
    EXPECT_TRUE(says(ended.err, "nothing was run")) << ended.err;
  }
  files::create_directory(temporary("open"));
  files::permissions(temporary("open"), files::perms{0777});
  const Ended elsewhere =
      headroom(Start{.arguments = {"report", temporary("fixed"), "-q", "-o", temporary("open")}, .without_rights = true});
  EXPECT_EQ(elsewhere.exit_code, 0) << elsewhere.err;
  EXPECT_EQ(content_of(temporary("open/summary.json")), content_of(temporary("fixed/summary.json")));
  files::permissions(temporary("fixed"), files::perms{0755});
}

}  // namespace
}  // namespace headroom::cli_test
