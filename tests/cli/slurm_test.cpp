// --engine slurm, on a real Slurm: shards that are killed are submitted again, what comes of it has the bytes of a local study,
// and an interruption leaves no job behind.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "tests/cli/process.hpp"
#include "tests/cli/slurm_cluster.hpp"

namespace headroom::cli_test {
namespace {

namespace files = std::filesystem;
using namespace std::chrono_literals;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void wait_until(const std::function<bool()>& holds) {
  for (int i = 0; i < 600 && !holds(); ++i) std::this_thread::sleep_for(50ms);
  EXPECT_TRUE(holds()) << "it did not come to that within half a minute";
}

std::size_t runs_in(const std::string& store) {
  if (!files::exists(store)) return 0;
  const std::string list = headroom({"replay", store}).out;
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, std::count(list.begin(), list.end(), '\n')) - 1);
}

class SlurmEngine : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string obstacle = SlurmCluster::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
    cluster_.emplace();
  }

  Ended on_slurm(const std::string& folder, const std::vector<std::string>& more,
                 const std::function<void(pid_t)>& meanwhile = {}) {
    Start start{.arguments = {"-o", temporary(folder), "--engine", "slurm"},
                .environment = {{"SLURM_CONF", cluster_->configuration()}},
                .meanwhile = meanwhile};
    start.arguments.insert(start.arguments.begin(), more.begin(), more.end());
    return headroom(start);
  }

  std::string queue() const { return cluster_->say("squeue --noheader"); }

  std::optional<SlurmCluster> cluster_;
};

// Four variants, 50 replications of each.
std::vector<std::string> two_hundred_runs() {
  const std::string scenario = temporary("two hundred.json");
  std::ofstream{scenario}
      << R"({"extends": ")" << data("holds.json")
      << R"(", "name": "two hundred", "duration": "1 min", "workloads": [{"name": "people", "rate": "300 /s"}],
    "variants": [
    {"name": "three replicas", "merge": {"services": {"api": {"replicas": 3}}}},
    {"name": "one replica", "merge": {"services": {"api": {"replicas": 1}}}},
    {"name": "slow", "merge": {"services": {"api": {"endpoints": {"get": {"steps": [{"wait": "6 s"}]}}}}}}]})";
  return {"compare", scenario, "--replications", "50", "-q"};
}

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// The process of the shard that Slurm started, not the runs that it has forked in turn; 0: none.
pid_t process_of(const std::string& folder, const std::string& shard) {
  const std::string wanted = temporary(folder) + "/shards" + '\0' + "--shard" + '\0' + shard + '\0';
  const auto is_wanted = [&](const std::string& process) { return says(content_of("/proc/" + process + "/cmdline"), wanted); };
  for (const auto& entry : files::directory_iterator{"/proc"}) {
    const std::string process = entry.path().filename().string();
    if (process.find_first_not_of("0123456789") != std::string::npos || !is_wanted(process)) continue;
    const std::string status = content_of("/proc/" + process + "/stat");
    const std::string parent = status.substr(std::min(status.size(), status.rfind(") ") + 4));
    if (!is_wanted(parent.substr(0, parent.find(' ')))) return static_cast<pid_t>(std::stol(process));
  }
  return 0;
}

TEST_F(SlurmEngine, TwoHundredRunsWithOneShardKilledAndOneCancelledAreThoseOfOneMachine) {
  const auto hit_two_shards = [&](pid_t) {
    const std::string shards = temporary("sharded") + "/shards/";
    wait_until([&] { return runs_in(shards + "results.2-of-4.sqlite") >= 3; });
    const pid_t process = process_of("sharded", "2/4");
    ASSERT_GT(process, 0);
    EXPECT_EQ(::kill(process, SIGKILL), 0);
    wait_until([&] { return runs_in(shards + "results.3-of-4.sqlite") >= 3; });
    cluster_->say("scancel 1_3");
  };
  const Ended sharded = on_slurm("sharded", with(two_hundred_runs(), {"--shards", "4"}), hit_two_shards);
  EXPECT_EQ(sharded.exit_code, 0) << sharded.err;
  EXPECT_TRUE(says(sharded.err, "shard 2 of 4 was lost with ")) << sharded.err;
  EXPECT_TRUE(says(sharded.err, " of 50 runs (FAILED, exit code 137)")) << sharded.err;
  EXPECT_TRUE(says(sharded.err, "shard 3 of 4 was lost with ")) << sharded.err;
  EXPECT_TRUE(says(sharded.err, " of 50 runs (CANCELLED, ")) << sharded.err;
  EXPECT_TRUE(says(sharded.err, "submitted again what was lost, as array job ")) << sharded.err;
  EXPECT_EQ(headroom(with(two_hundred_runs(), {"-o", temporary("local")})).exit_code, 0);
  EXPECT_EQ(runs_in(temporary("sharded/results.sqlite")), 200U);
  EXPECT_EQ(content_of(temporary("sharded/summary.json")), content_of(temporary("local/summary.json")));
  for (const std::string run : {"base/0", "slow/49", "one replica/25"})
    EXPECT_TRUE(says(headroom({"replay", temporary("sharded"), run}).out, "equal bit for bit")) << run;
  EXPECT_EQ(queue(), "");
}

TEST_F(SlurmEngine, ShowsWhatALocalStudyShows) {
  const std::vector<std::string> study{"compare", data("misses.json"), "--json", "-q"};
  const Ended sharded = on_slurm("50% shown", with(study, {"--shards", "3", "--workers", "2"}));
  const Ended local = headroom(with(study, {"-o", temporary("shown here")}));
  EXPECT_EQ(sharded.exit_code, 99) << sharded.err;
  EXPECT_EQ(local.exit_code, 99);
  EXPECT_EQ(results_of(sharded), results_of(local));
  EXPECT_EQ(sharded.err, "");
  EXPECT_TRUE(files::exists(temporary("50% shown/shards/shard.1-of-3.log")));
}

TEST_F(SlurmEngine, ARefusalIsPassedOnAndCostsNothing) {
  const std::vector<std::string> study{"run", data("holds.json"), "-q", "--shards", "2"};
  const std::vector<std::string> wrong{"--slurm-options", "--partition=nowhere"};
  const Ended refused = on_slurm("refused", with(study, wrong));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(says(refused.err, "sbatch refuses the array job: sbatch: error: invalid partition specified: nowhere"))
      << refused.err;
  EXPECT_TRUE(says(refused.err, "\"sinfo -s\" lists the partitions")) << refused.err;
  EXPECT_TRUE(says(refused.err, "nothing was run")) << refused.err;
  EXPECT_FALSE(files::exists(temporary("refused")));
  EXPECT_EQ(on_slurm("refused", study).exit_code, 0);
  const std::string before = content_of(temporary("refused/shards/results.1-of-2.sqlite"));
  EXPECT_EQ(on_slurm("refused", with(study, wrong)).exit_code, 2);
  EXPECT_EQ(content_of(temporary("refused/shards/results.1-of-2.sqlite")), before) << "former results stay";
}

TEST_F(SlurmEngine, AnInterruptionCancelsTheJobAndKeepsWhatIsFinished) {
  const std::vector<std::string> study{"run", data("holds.json"), "-q", "--set", "/duration=2 h", "--replications", "12"};
  const auto interrupt = [&](pid_t process) {
    wait_until([&] { return runs_in(temporary("stopped/shards/results.1-of-2.sqlite")) >= 1; });
    ::kill(process, SIGINT);
  };
  const Ended stopped = on_slurm("stopped", with(study, {"--shards", "2"}), interrupt);
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_TRUE(says(stopped.err, "headroom: interrupted; ")) << stopped.err;
  EXPECT_TRUE(says(stopped.err, "--engine slurm --shards 2 --resume")) << stopped.err;
  EXPECT_EQ(queue(), "") << "its job goes on";
  const std::size_t kept = runs_in(temporary("stopped/results.sqlite"));
  EXPECT_GE(kept, 1U);
  EXPECT_LT(kept, 12U);
  const Ended other = on_slurm("stopped", with(study, {"--shards", "3", "--resume"}));
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_TRUE(says(other.err, "is of a study in 2 shards")) << other.err;
  EXPECT_EQ(on_slurm("stopped", with(study, {"--shards", "2", "--resume"})).exit_code, 0);
  EXPECT_EQ(headroom(with(study, {"-o", temporary("went through")})).exit_code, 0);
  EXPECT_EQ(content_of(temporary("stopped/summary.json")), content_of(temporary("went through/summary.json")));
}

TEST_F(SlurmEngine, AnInterruptionBeforeTheFirstRunLeavesNothing) {
  const auto interrupt = [&](pid_t process) {
    wait_until([&] { return says(queue(), "PartitionDown"); });
    std::this_thread::sleep_for(1500ms);  // until it was asked about
    ::kill(process, SIGINT);
  };
  const Ended stopped =
      on_slurm("too early", {"run", data("holds.json"), "--shards", "2", "--slurm-options", "--partition=shut"}, interrupt);
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_TRUE(says(stopped.err, "Slurm's reason is PartitionDown")) << stopped.err;
  EXPECT_EQ(queue(), "");
  EXPECT_FALSE(files::exists(temporary("too early")));
}

TEST_F(SlurmEngine, AJobThatIsCancelledAsAWholeIsNotSubmittedAgain) {
  const auto cancel = [&](pid_t) {
    wait_until([&] { return process_of("unwanted", "1/2") > 0; });
    cluster_->say("scancel 1");
  };
  const Ended cancelled = on_slurm("unwanted", {"run", data("endless.json"), "-q", "--shards", "2"}, cancel);
  EXPECT_EQ(cancelled.exit_code, 130) << cancelled.err;
  EXPECT_TRUE(says(cancelled.err, "headroom: the array job was cancelled")) << cancelled.err;
  EXPECT_FALSE(says(cancelled.err, "submitted again")) << cancelled.err;
}

TEST_F(SlurmEngine, ShardsOutliveTheStudyThatSubmittedThem) {
  // Runs of half a second, so that the study is still waiting when it is killed.
  const std::string scenario = temporary("outlives.json");
  std::ofstream{scenario} << R"({"extends": ")" << data("holds.json")
                          << R"(", "name": "outlives", "duration": "2 h", "workloads": [{"name": "people", "rate": "300 /s"}]})";
  const std::vector<std::string> study{"run", scenario, "--replications", "8", "--shards", "2"};
  const auto kill = [&](pid_t process) {
    wait_until(
        [&] { return process_of("orphans", "1/2") > 0 || runs_in(temporary("orphans/shards/results.1-of-2.sqlite")) > 0; });
    ::kill(process, SIGKILL);
  };
  EXPECT_EQ(on_slurm("orphans", study, kill).exit_code, 137);
  wait_until([&] { return queue().empty(); });
  const Ended resumed = on_slurm("orphans", with(study, {"--resume"}));
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_FALSE(says(resumed.err, "array job")) << "nothing was left to submit: " << resumed.err;
  EXPECT_EQ(headroom({"run", scenario, "--replications", "8", "-q", "-o", temporary("no orphans")}).exit_code, 0);
  EXPECT_EQ(content_of(temporary("orphans/summary.json")), content_of(temporary("no orphans/summary.json")));
}

TEST_F(SlurmEngine, ARunThatFailsEndsTheStudyAsAtHome) {
  const Ended failed = on_slurm("standstill", {"run", data("standstill.json"), "-q", "--shards", "2"});
  EXPECT_EQ(failed.exit_code, 4) << failed.err;
  // Of either shard: the first that fails ends the other.
  EXPECT_TRUE(says(failed.err, " of base did not complete (exit 4): time stands still")) << failed.err;
  EXPECT_FALSE(says(failed.err, "submitted again")) << failed.err;
}

TEST_F(SlurmEngine, AShardThatReadsAnotherScenarioIsGivenUpWithItsLog) {
  const std::string scenario = temporary("changed.json");
  files::copy_file(data("holds.json"), scenario);
  const auto change = [&](pid_t) {
    wait_until([&] { return says(queue(), "PD"); });
    std::ofstream{scenario} << R"({"extends": ")" << data("holds.json") << R"(", "seed": 8})";
    cluster_->say("scontrol update PartitionName=shut State=UP");
  };
  const Ended changed =
      on_slurm("changed", {"run", scenario, "-q", "--shards", "2", "--slurm-options", "--partition=shut"}, change);
  EXPECT_EQ(changed.exit_code, 4) << changed.err;
  EXPECT_TRUE(says(changed.err, "of 2 is given up: it ended with exit code 2; the end of ")) << changed.err;
  EXPECT_TRUE(says(changed.err, R"(/seed is "7" there, "8" now)")) << changed.err;
}

TEST_F(SlurmEngine, AShardThatNeverGetsOnIsGivenUp) {
  const Ended ended = on_slurm("in vain", {"run", data("endless.json"), "-q", "--shards", "2"}, [&](pid_t study) {
    while (::kill(study, 0) == 0) {
      const pid_t process = process_of("in vain", "1/2");
      if (process > 0) ::kill(process, SIGKILL);
      std::this_thread::sleep_for(100ms);
      if (says(content_of("/proc/" + std::to_string(study) + "/stat"), ") Z ")) break;
    }
  });
  EXPECT_EQ(ended.exit_code, 4) << ended.err;
  EXPECT_TRUE(says(ended.err, "shard 1 of 2 is given up: 3 times in a row it ended without getting on (FAILED, exit code 137)"))
      << ended.err;
  EXPECT_EQ(queue(), "") << "the other shard goes on";
}

}  // namespace
}  // namespace headroom::cli_test
