// What one run may take: more than that, and it alone is lost.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include "tests/experiment/study_support.hpp"

namespace headroom::test {
namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The second run misbehaves.
Study with_second(const std::function<void()>& misbehave, const RunLimits& limits) {
  const auto run = [&](const RunRequest& request) {
    if (request.replication == 1) misbehave();
    return result_of(request);
  };
  return run_study(1, all_requests(1, 4), run, {.workers = 2, .keep_going = true, .limits = limits});
}

void expect_one_lost(const Study& study, int exit_code, const std::string& why) {
  EXPECT_EQ(replications_of(study, 0), (std::vector<std::uint64_t>{0, 2, 3}));
  ASSERT_EQ(study.failed.size(), 1U);
  EXPECT_EQ(study.failed[0].request.replication, 1U);
  EXPECT_EQ(study.failed[0].exit_code, exit_code);
  EXPECT_TRUE(says(study.failed[0].message, why)) << study.failed[0].message;
}

[[noreturn]] void wait_forever() {
  while (true) pause();
}

// A page at a time, so that it is resident.
void take(std::size_t mebibytes) {
  std::vector<std::vector<char>> held;
  for (std::size_t i = 0; i < mebibytes; ++i) held.emplace_back(1U << 20, 'x');
  if (held.back().back() != 'x') std::abort();
}

TEST(TimeLimit, ARunThatTakesLongerIsLostAlone) {
  const auto begin = std::chrono::steady_clock::now();
  expect_one_lost(with_second([] { wait_forever(); }, {.seconds = 0.3}), 4, "it took longer than its limit of 0.3 s");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took.count(), 0.3);
  EXPECT_LT(took.count(), 20.0);
}

TEST(TimeLimit, HoldsThoughTheRunIgnoresSignals) {
  const auto stubborn = [] {
    for (const int signal : {SIGTERM, SIGINT, SIGALRM, SIGXCPU}) std::signal(signal, SIG_IGN);
    wait_forever();
  };
  expect_one_lost(with_second(stubborn, {.seconds = 0.3}), 4, "it took longer than its limit of 0.3 s");
}

// Two of four wait when the time is over, one had ended, one has not begun.
TEST(TimeLimit, OfAllRunsEndsThoseThatStillRunAndBeginsNoMore) {
  const auto begin = std::chrono::steady_clock::now();
  const auto run = [](const RunRequest& request) {
    if (request.replication > 0) wait_forever();
    return result_of(request);
  };
  const RunLimits limits{.until = begin + std::chrono::milliseconds{500}};
  const Study study = run_study(1, all_requests(1, 4), run, {.workers = 2, .keep_going = true, .limits = limits});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(replications_of(study, 0), (std::vector<std::uint64_t>{0}));
  ASSERT_EQ(study.failed.size(), 3U);
  for (const FailedRun& failed : study.failed) EXPECT_EQ(failed.exit_code, 4);
  EXPECT_EQ(study.failed[0].message, "the time for all runs was over before it had ended");
  EXPECT_EQ(study.failed[2].message, "the time for all runs was over before it began");
  EXPECT_GE(took.count(), 0.5);
  EXPECT_LT(took.count(), 20.0);
}

TEST(MemoryLimit, ARunThatTakesMoreIsLostAlone) {
  const auto greedy = [] {
    take(100);
    while (true) take(100);
  };
  expect_one_lost(with_second(greedy, {.bytes = 40U << 20}), 4, "more than its limit of 40 MiB");
}

TEST(MemoryLimit, WhatTheParentHoldsIsNotTheRuns) {
  std::vector<char> of_the_parent(200U << 20, 'x');
  const Study study = with_second([] { usleep(300'000); }, {.bytes = 40U << 20});
  EXPECT_TRUE(study.failed.empty()) << study.failed.front().message;
  EXPECT_EQ(of_the_parent.back(), 'x');
}

TEST(Limits, RunsBelowThemAreUntouched) {
  const Study study = with_second([] { take(5); }, {.seconds = 60.0, .bytes = 400U << 20});
  EXPECT_EQ(bytes_of(study), bytes_of(run_study(1, all_requests(1, 4), result_of, {.workers = 1})));
}

TEST(KilledRun, IsLostAlone) {
  without_core_dump();
  expect_one_lost(with_second([] { raise(SIGKILL); }, {}), 128 + SIGKILL, "killed by signal 9");
  expect_one_lost(with_second([] { std::abort(); }, {}), 128 + SIGABRT, "killed by signal 6");
}

}  // namespace
}  // namespace headroom::test
