// What Slurm's commands say, as its man pages and version 22.05 have it. tests/cli has the real Slurm.
#include "sim/experiment/slurm_array.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace headroom {
namespace {

namespace files = std::filesystem;

// Programs of the test in the place of Slurm's.
class SlurmArrayTest : public testing::Test {
 protected:
  SlurmArrayTest() {
    files::create_directories(folder_);
    ::setenv("PATH", (folder_.string() + ":" + former_).c_str(), 1);
  }
  ~SlurmArrayTest() override {
    ::setenv("PATH", former_.c_str(), 1);
    files::remove_all(folder_);
  }

  void let(const std::string& program, const std::string& script) const {
    std::ofstream{folder_ / program} << "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" << (folder_ / "arguments").string() << "'\n"
                                     << script << "\n";
    files::permissions(folder_ / program, files::perms{0755});
  }
  std::string arguments() const {
    std::ostringstream text;
    text << std::ifstream{folder_ / "arguments"}.rdbuf();
    return text.str();
  }
  static std::string refusal_of(const SlurmArray& array) {
    try {
      submit(array);
    } catch (const SlurmError& error) {
      return error.what();
    }
    return "";
  }

  const std::string former_ = std::getenv("PATH");
  const files::path folder_ = files::temp_directory_path() / ("headroom-slurm-" + std::to_string(::getpid()));
};

TEST_F(SlurmArrayTest, IsSubmittedWithTheUsersOptionsBeforeOnesOwn) {
  let("sbatch", "echo '17;cluster'");
  SlurmArray array{.name = "study", .tasks = {2, 5}, .command = "exec x \"$SLURM_ARRAY_TASK_ID\"", .log = "logs/%a"};
  array.defaults = {"--cpus-per-task=2"};
  array.options = {"--cpus-per-task=3", "-p", "short"};
  EXPECT_EQ(submit(array), 17U);
  EXPECT_EQ(arguments(), "--job-name=study\n--cpus-per-task=2\n--cpus-per-task=3\n-p\nshort\n--parsable\n--array=2,5\n--chdir=" +
                             files::current_path().string() +
                             "\n--output=logs/%a\n--open-mode=append\n--wrap=exec x \"$SLURM_ARRAY_TASK_ID\"\n");
  array.held = true;
  submit(array);
  EXPECT_TRUE(arguments().ends_with("\n--hold\n"));
}

TEST_F(SlurmArrayTest, ARefusalComesWithWhatToDo) {
  const auto about = [this](const std::string& words, const std::string& remedy) {
    let("sbatch", "echo 'sbatch: error: " + words + "' >&2; exit 1");
    const std::string refusal = refusal_of({.name = "n", .tasks = {1}});
    EXPECT_NE(refusal.find(words), std::string::npos) << refusal;
    EXPECT_NE(refusal.find(remedy), std::string::npos) << refusal;
  };
  about("Batch job submission failed: Invalid partition name specified", "sinfo -s");
  about("Batch job submission failed: Invalid account or account/partition combination specified", "--account=NAME");
  about("Batch job submission failed: Invalid job array specification", "MaxArraySize");
  about("Batch job submission failed: Requested node configuration is not available", "ask for less");
  about("Batch job submission failed: Unable to contact slurm controller (connect failure)", "scontrol ping");
  let("sbatch", "echo 'Job 1 to start at noon'");
  EXPECT_NE(refusal_of({.name = "n", .tasks = {1}}).find("it did not say why"), std::string::npos);
}

TEST_F(SlurmArrayTest, TasksHaveTheStateAndTheExitCodeOfTheirProcess) {
  let("squeue",
      "echo '17|1|COMPLETED|0|None|'; echo '17|2|FAILED|512|NonZeroExitCode|'; echo '17|3|FAILED|9|None|'\n"
      "echo '17|4|CANCELLED|36608|None|'; echo '18|5|PENDING|0|Resources|'; echo '18|6|RUNNING|0|None|'; echo "
      "'18|7|COMPLETING|0|None|'\n"
      "echo 'CLUSTER: x'; echo '18|[8-9]|PENDING|0|None|'");
  const auto tasks = tasks_of({17, 18});
  ASSERT_TRUE(tasks);
  EXPECT_NE(arguments().find("--jobs=17,18\n"), std::string::npos);
  ASSERT_EQ(tasks->size(), 7U) << "what is no task is left out";
  const std::vector<int> codes{0, 2, 137, 143, 0, 0, 0};  // 512 = 2 * 256; 9: signal 9; 36608 = 143 * 256
  for (std::size_t i = 0; i < codes.size(); ++i) {
    EXPECT_EQ((*tasks)[i].number, i + 1);
    EXPECT_EQ((*tasks)[i].exit_code, codes[i]) << i + 1;
    EXPECT_EQ((*tasks)[i].state, i < 4    ? SlurmTaskState::ended
                                 : i == 4 ? SlurmTaskState::waiting
                                          : SlurmTaskState::running)
        << i + 1;
  }
  EXPECT_EQ((*tasks)[4].reason, "Resources");
  EXPECT_EQ((*tasks)[3].word, "CANCELLED");
}

TEST_F(SlurmArrayTest, ForgottenJobsAreNoTasksAndSilenceIsNoAnswer) {
  let("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1");
  const auto forgotten = tasks_of({17});
  ASSERT_TRUE(forgotten);
  EXPECT_TRUE(forgotten->empty());
  let("squeue", "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1");
  EXPECT_FALSE(tasks_of({17}));
}

TEST_F(SlurmArrayTest, IsCancelledByTheJobsNumbers) {
  let("scancel", "exit 0");
  EXPECT_EQ(cancel({17, 18}), "");
  EXPECT_EQ(arguments(), "17\n18\n");
  let("scancel", "echo 'scancel: error: Kill job error on job id 17: Access/permission denied' >&2; exit 1");
  EXPECT_EQ(cancel({17}), "scancel: error: Kill job error on job id 17: Access/permission denied");
}

TEST_F(SlurmArrayTest, WithoutSlurmItIsSaid) {
  ::setenv("PATH", folder_.c_str(), 1);
  EXPECT_NE(refusal_of({.name = "n", .tasks = {1}}).find("there is no sbatch on the PATH"), std::string::npos);
  EXPECT_FALSE(tasks_of({17})) << "it may be there again";
  EXPECT_NE(cancel({17}).find("there is no scancel on the PATH"), std::string::npos);
}

TEST_F(SlurmArrayTest, WhatCannotBeAskedNowIsNoAnswer) {
  let("squeue", "exit 0");
  ASSERT_TRUE(tasks_of({17}));
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  const rlimit none{3, files.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto tasks = tasks_of({17});
  const std::string refusal = refusal_of({.name = "n", .tasks = {1}}), complaint = cancel({17});
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  EXPECT_FALSE(tasks);
  EXPECT_NE(refusal.find("cannot make a pipe"), std::string::npos) << refusal;
  EXPECT_NE(complaint.find("cannot make a pipe"), std::string::npos) << complaint;
}

}  // namespace
}  // namespace headroom
