// --engine slurm where Slurm, or a store of a shard, lets it down: programs of the test stand in the place of Slurm's.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

namespace files = std::filesystem;
using namespace std::chrono_literals;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t runs_in(const std::string& store) {
  if (!files::exists(store)) return 0;
  const std::string list = headroom({"replay", store}).out;
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, std::count(list.begin(), list.end(), '\n')) - 1);
}

class FaultySlurm : public testing::Test {
 protected:
  FaultySlurm() {
    files::remove_all(programs_);
    files::create_directories(programs_);
    let("sbatch",
        "printf '%s\\n' \"$@\" >submitted\n"
        "for word; do case $word in --wrap=*) echo \"${word#--wrap=}\" >task;; esac; done; echo 17");
    let("squeue", "cat tasks");
    let("scancel", "echo 'scancel: error: Unable to contact slurm controller' >&2; exit 1");
  }

  // The present folder is that of the programs.
  void let(const std::string& program, const std::string& script) const {
    std::ofstream{programs_ + "/" + program} << "#!/bin/sh\nhere=$PWD\ncd '" << programs_ << "'\n" << script << "\n";
    files::permissions(programs_ + "/" + program, files::perms{0755});
  }
  // What runs in the place of a shard is a part of the script of scontrol, which releases the job.
  static std::string run_shard(int number) {
    const std::string shard = std::to_string(number);
    return "(cd \"$here\"; SLURM_ARRAY_TASK_ID=" + shard + " sh '" + temporary("programs") + "/task' >/dev/null 2>&1)\n";
  }
  static std::string task_is(int number, const std::string& state) {
    return "echo '17|" + std::to_string(number) + "|" + state + "|0|None|' >>tasks\n";
  }

  Ended on_slurm(const std::string& folder, const std::vector<std::string>& more,
                 const std::function<void(pid_t)>& meanwhile = {}) const {
    Start start{.arguments = {"run", data("holds.json"), "-q", "--replications", "4", "--engine", "slurm", "--shards", "2", "-o",
                              temporary(folder)},
                .environment = {{"PATH", programs_ + ":" + std::getenv("PATH")}},
                .meanwhile = meanwhile};
    start.arguments.insert(start.arguments.end(), more.begin(), more.end());
    return headroom(start);
  }
  static std::string store_of_shard(const std::string& folder, int number) {
    return temporary(folder) + "/shards/results." + std::to_string(number) + "-of-2.sqlite";
  }

  const std::string programs_ = temporary("programs");
};

TEST_F(FaultySlurm, AnInterruptionWhileNothingAnswersLeavesTheShardsToTheirTasks) {
  let("scontrol", "exit 0");
  let("squeue", "exec sleep 1000");
  const auto begin = std::chrono::steady_clock::now();
  const Ended stopped = on_slurm("unanswered", {}, [](pid_t study) {
    std::this_thread::sleep_for(2s);
    ::kill(study, SIGINT);
  });
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 60s) << "squeue is waited for no longer";
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_TRUE(says(stopped.err, "Slurm does not say that array job 17 has ended")) << stopped.err;
  EXPECT_TRUE(says(stopped.err, "End them with scancel 17; then to go on from there: ")) << stopped.err;
  EXPECT_TRUE(says(stopped.err, "--engine slurm --shards 2 --resume")) << stopped.err;
  EXPECT_TRUE(files::exists(store_of_shard("unanswered", 1)));
  EXPECT_TRUE(files::exists(store_of_shard("unanswered", 2)));
}

TEST_F(FaultySlurm, AStoreThatMayStillBeWrittenIsNotJoined) {
  let("scontrol", run_shard(1) + task_is(1, "COMPLETED") + task_is(2, "RUNNING"));
  const std::string journal = store_of_shard("running", 2) + "-journal";
  const Ended stopped = on_slurm("running", {}, [&](pid_t study) {
    for (int i = 0; i < 600 && runs_in(store_of_shard("running", 1)) < 2; ++i) std::this_thread::sleep_for(50ms);
    std::ofstream{journal} << "of a writer on another machine";
    std::this_thread::sleep_for(2s);
    ::kill(study, SIGINT);
  });
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_TRUE(says(stopped.err, "what shards 2 of 2 still write stays in ")) << stopped.err;
  EXPECT_EQ(content_of(journal), "of a writer on another machine");
  EXPECT_EQ(runs_in(temporary("running/results.sqlite")), 2U);
}

TEST_F(FaultySlurm, AShardThatCannotBeReadCostsNoOtherItsRuns) {
  const std::string folder = "100% of it", damaged = store_of_shard(folder, 2);
  let("scontrol", run_shard(1) + run_shard(2) + "head -c 9000 /dev/zero >'" + damaged + "'\n" + task_is(1, "COMPLETED") +
                      task_is(2, "COMPLETED"));
  const Ended ended = on_slurm(folder, {"--keep-going"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.err, "shard 2 of 2 is given up: cannot read " + damaged)) << ended.err;
  EXPECT_TRUE(says(ended.err, "; the results are without it")) << ended.err;
  EXPECT_EQ(runs_in(temporary(folder + "/results.sqlite")), 2U);
  EXPECT_TRUE(files::exists(temporary(folder + "/report.html")));
  EXPECT_TRUE(says(content_of(programs_ + "/submitted"), "/100%% of it/shards/shard.%a-of-2.log\n"))
      << content_of(programs_ + "/submitted");
  EXPECT_EQ(on_slurm(folder, {}).exit_code, 4) << "without --keep-going it is judged as incomplete";
}

TEST_F(FaultySlurm, WhereTheShardsCannotBeJoinedItIsSaidWhereTheyAre) {
  files::create_directories(temporary("unwritable/results.sqlite"));
  let("scontrol", run_shard(1) + run_shard(2) + task_is(1, "COMPLETED") + task_is(2, "COMPLETED"));
  const Ended ended = on_slurm("unwritable", {});
  EXPECT_EQ(ended.exit_code, 1) << ended.err;
  EXPECT_TRUE(says(ended.err, "cannot write " + temporary("unwritable/results.sqlite"))) << ended.err;
  EXPECT_TRUE(says(ended.err, "; the shards are kept in " + temporary("unwritable/shards"))) << ended.err;
  EXPECT_EQ(runs_in(store_of_shard("unwritable", 2)), 2U);
}

// Exit code 2 is for what would be refused again.
TEST(ShardOfATakenStore, EndsAsIncompleteAndMayBeTriedAgain) {
  const std::vector<std::string> shard{"run", data("holds.json"), "-q", "--shard", "1/2", "-o", temporary("taken"), "--resume"};
  ASSERT_EQ(headroom(shard).exit_code, 0);
  const int store = ::open(temporary("taken/results.1-of-2.sqlite").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(store, LOCK_EX | LOCK_NB), 0);
  const Ended ended = headroom(shard);
  EXPECT_EQ(ended.exit_code, 4) << ended.err;
  EXPECT_TRUE(says(ended.err, "another headroom is writing it; wait")) << ended.err;
  ::close(store);
  EXPECT_EQ(headroom(shard).exit_code, 0);
}

}  // namespace
}  // namespace headroom::cli_test
