// A study between its parent's signals, exit handlers and buffers.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "sim/experiment/study.hpp"
#include "tests/experiment/study_support.hpp"

namespace headroom::test {
namespace {

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) std::abort();
  }
  ~Pipe() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  int write_end() const { return ends_[1]; }
  template <class Value>
  void send(const Value& value) const {
    if (write(ends_[1], &value, sizeof value) != sizeof value) std::abort();
  }
  template <class Value>
  Value receive() const {
    Value value{};
    if (read(ends_[0], &value, sizeof value) != sizeof value) std::abort();
    return value;
  }
  // All there is, once nobody can write any more.
  std::string drain() {
    close(ends_[1]);
    ends_[1] = -1;
    std::string text;
    char buffer[256];
    for (ssize_t size = 0; (size = read(ends_[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(size));
    return text;
  }

 private:
  int ends_[2];
};

std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

[[noreturn]] void wait_forever() {
  while (true) pause();
}

class InterruptedStudy : public testing::TestWithParam<int> {};

// The third run sends the signal to the parent, as a keyboard or a scheduler would, and then never ends by itself.
TEST_P(InterruptedStudy, KeepsWhatIsFinishedAndEndsWhatRuns) {
  const Pipe process_ids;
  const auto run = [&](const RunRequest& request) {
    if (request.replication < 2) return result_of(request);
    process_ids.send(getpid());
    kill(getppid(), GetParam());
    wait_forever();
  };
  const Study study = run_study(1, all_requests(1, 6), run, {.workers = 1});
  EXPECT_TRUE(study.interrupted);
  EXPECT_EQ(replications_of(study, 0), (std::vector<std::uint64_t>{0, 1}));
  EXPECT_TRUE(study.failed.empty());  // it did not fail, it was ended
  EXPECT_EQ(kill(process_ids.receive<pid_t>(), 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

INSTANTIATE_TEST_SUITE_P(Signals, InterruptedStudy, testing::Values(SIGINT, SIGTERM),
                         [](const auto& each) { return each.param == SIGINT ? "SIGINT" : "SIGTERM"; });

TEST(Interruption, EndsSequentialReplicationsToo) {
  const auto run = [](const RunRequest& request) {
    if (request.replication < 3) return result_of(request);
    kill(getppid(), SIGTERM);
    wait_forever();
  };
  const Study study = run_until(1, 2, 40, [](const Study&) { return false; }, run, {.workers = 1});
  EXPECT_TRUE(study.interrupted);
  EXPECT_EQ(study.runs[0].size(), 3U);
}

TEST(Interruption, FormerHandlersAreBackAfterTheStudy) {
  const auto own_handler = [](int) {};
  const auto former_interrupt = std::signal(SIGINT, own_handler);
  const auto former_terminate = std::signal(SIGTERM, SIG_DFL);
  run_study(1, all_requests(1, 1), result_of, {.workers = 1});
  EXPECT_EQ(std::signal(SIGINT, former_interrupt), +own_handler);
  EXPECT_EQ(std::signal(SIGTERM, former_terminate), SIG_DFL);
}

TEST(Interruption, ASignalThatWasIgnoredStaysIgnored) {
  const auto former = std::signal(SIGINT, SIG_IGN);
  const auto run = [](const RunRequest& request) {
    kill(getppid(), SIGINT);
    return result_of(request);
  };
  const Study study = run_study(1, all_requests(1, 3), run, {.workers = 1});
  EXPECT_FALSE(study.interrupted);
  EXPECT_EQ(study.runs[0].size(), 3U);
  EXPECT_EQ(std::signal(SIGINT, former), SIG_IGN);
}

TEST(ChildProcess, HasTheDefaultHandlersAndLeavesInterruptsToItsParent) {
  const auto run = [](const RunRequest& request) {
    RunResult result = result_of(request);
    struct sigaction action {};
    sigaction(SIGINT, nullptr, &action);
    const bool interrupt_is_default = action.sa_handler == SIG_DFL;
    sigaction(SIGTERM, nullptr, &action);
    const bool terminate_is_default = action.sa_handler == SIG_DFL;
    raise(SIGINT);  // as when Ctrl-C reaches the whole group: must not end the run before the parent decides
    result.events = (interrupt_is_default ? 1U : 0U) + (terminate_is_default ? 2U : 0U);
    return result;
  };
  const Study study = run_study(1, all_requests(1, 1), run, {.workers = 1});
  ASSERT_EQ(study.runs[0].size(), 1U);
  EXPECT_EQ(study.runs[0][0].events, 3U);
}

int exit_handler_writes_to = -1;

TEST(ChildProcess, DoesNotRunTheParentsExitHandlers) {
  Pipe pipe;
  std::atexit([] {
    if (exit_handler_writes_to >= 0 && write(exit_handler_writes_to, "x", 1) != 1) std::abort();
  });
  exit_handler_writes_to = pipe.write_end();
  const auto fails = [](const RunRequest& request) -> RunResult { throw request.replication; };
  EXPECT_EQ(run_study(1, all_requests(1, 2), result_of, {.workers = 1}).runs[0].size(), 2U);
  EXPECT_EQ(run_study(1, all_requests(1, 1), fails, {.workers = 1}).failed.size(), 1U);
  exit_handler_writes_to = -1;
  EXPECT_EQ(pipe.drain(), "");
}

// In a process of its own, whose output is a pipe and therefore buffered.
TEST(ChildProcess, WhatWasBufferedBeforeTheForkIsWrittenOnceAndWhatARunPrintsToo) {
  Pipe output;
  std::cout.flush();
  std::fflush(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    dup2(output.write_end(), STDOUT_FILENO);
    std::printf("before ");
    const auto run = [](const RunRequest& request) {
      std::printf("run ");
      return result_of(request);
    };
    const Study study = run_study(1, all_requests(1, 3), run, {.workers = 2});
    std::printf("after ");
    std::fflush(nullptr);
    _exit(study.runs[0].size() == 3 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(process, &status, 0), process);
  EXPECT_EQ(status, 0);
  const std::string text = output.drain();
  EXPECT_EQ(occurrences(text, "before "), 1U) << text;
  EXPECT_EQ(occurrences(text, "run "), 3U) << text;
  EXPECT_EQ(occurrences(text, "after "), 1U) << text;
}

TEST(ChildProcess, DiesWithItsParent) {
  const Pipe process_ids;
  const pid_t parent = fork();
  if (parent == 0) {
    const auto run = [&](const RunRequest&) -> RunResult {
      process_ids.send(getpid());
      wait_forever();
    };
    run_study(1, all_requests(1, 1), run, {.workers = 1});
    _exit(0);
  }
  const auto run_process = process_ids.receive<pid_t>();
  kill(parent, SIGKILL);
  ASSERT_EQ(waitpid(parent, nullptr, 0), parent);
  // The orphan is killed by the kernel and reaped by init; until then it may still be seen as a zombie.
  const auto is_gone = [run_process] {
    if (kill(run_process, 0) != 0) return true;
    const std::string path = "/proc/" + std::to_string(run_process) + "/stat";
    FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return true;
    char line[256] = {};
    const bool read_line = std::fgets(line, sizeof line, file) != nullptr;
    std::fclose(file);
    return !read_line || std::string{line}.find(") Z") != std::string::npos;
  };
  for (int i = 0; i < 200 && !is_gone(); ++i) usleep(10'000);
  EXPECT_TRUE(is_gone());
}

}  // namespace
}  // namespace headroom::test
