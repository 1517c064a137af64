#include "sim/experiment/study.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "sim/measure/run_error.hpp"
#include "tests/experiment/study_support.hpp"

namespace headroom::test {
namespace {

TEST(Study, ResultsAreInOrderOfVariantAndReplicationWhateverEndsFirst) {
  const std::vector<RunRequest> requests{{1, 2}, {0, 1}, {1, 0}, {0, 0}, {1, 1}, {0, 2}};
  const auto run = [](const RunRequest& request) {
    std::this_thread::sleep_for(std::chrono::milliseconds{30 * (3 - request.replication)});  // the last one ends first
    return result_of(request);
  };
  const Study study = run_study(2, requests, run, {.workers = 3});
  ASSERT_EQ(study.runs.size(), 2U);
  for (std::size_t variant = 0; variant < 2; ++variant) {
    EXPECT_EQ(replications_of(study, variant), (std::vector<std::uint64_t>{0, 1, 2}));
    for (const RunResult& result : study.runs[variant]) EXPECT_EQ(to_bytes(result), to_bytes(result_of({variant, result.replication})));
  }
  EXPECT_TRUE(study.failed.empty());
  EXPECT_FALSE(study.interrupted);
}

TEST(Study, OneWorkerAndSeveralGiveTheSameBytes) {
  const Study one = run_study(2, all_requests(2, 4), result_of, {.workers = 1});
  for (const unsigned workers : {2U, 5U, 0U}) {
    const Study several = run_study(2, all_requests(2, 4), result_of, {.workers = workers});
    EXPECT_EQ(bytes_of(one), bytes_of(several)) << workers << " workers";
  }
  EXPECT_EQ(bytes_of(one).size(), 8U);
}

TEST(Study, EveryRunHasAProcessOfItsOwn) {
  int calls = 0;
  const auto run = [&calls](const RunRequest& request) {
    RunResult result = result_of(request);
    result.events = static_cast<std::uint64_t>(++calls);
    result.seed = static_cast<std::uint64_t>(getpid());
    return result;
  };
  const Study study = run_study(1, all_requests(1, 3), run, {.workers = 1});
  EXPECT_EQ(calls, 0);
  for (const RunResult& result : study.runs[0]) EXPECT_EQ(result.events, 1U);
  EXPECT_NE(study.runs[0][0].seed, study.runs[0][1].seed);
}

TEST(Study, AResultFarLargerThanAPipeHoldsArrivesWhole) {
  const auto run = [](const RunRequest& request) {
    RunResult result = result_of(request);
    result.series.push_back({"requests", {}, MetricKind::counter, {std::vector<double>(300'000, 1.0 / 3.0)}, {}});
    return result;
  };
  const Study study = run_study(1, all_requests(1, 4), run, {.workers = 2});
  ASSERT_EQ(study.runs[0].size(), 4U);
  for (const RunResult& result : study.runs[0]) EXPECT_EQ(result.series.back().columns[0], std::vector<double>(300'000, 1.0 / 3.0));
}

// Replication 1 of 4 comes to grief in the given way; the others must not notice.
FailedRun only_failure(const std::function<void()>& grief) {
  const auto run = [&grief](const RunRequest& request) {
    if (request.replication == 1) grief();
    return result_of(request);
  };
  const Study study = run_study(1, all_requests(1, 4), run, {.workers = 2, .keep_going = true});
  EXPECT_EQ(replications_of(study, 0), (std::vector<std::uint64_t>{0, 2, 3}));
  EXPECT_EQ(study.failed.size(), 1U);
  if (study.failed.empty()) return {};
  EXPECT_EQ(study.failed[0].request.replication, 1U);
  return study.failed[0];
}

TEST(Study, ACrashLosesOneRun) {
  const FailedRun failed = only_failure([] {
    without_core_dump();
    std::signal(SIGABRT, SIG_DFL);
    std::raise(SIGABRT);
  });
  EXPECT_EQ(failed.exit_code, 128 + SIGABRT);
  EXPECT_NE(failed.message.find("signal 6"), std::string::npos) << failed.message;
}

TEST(Study, AKilledRunIsLostAlone) {
  const FailedRun failed = only_failure([] { std::raise(SIGKILL); });
  EXPECT_EQ(failed.exit_code, 128 + SIGKILL);
  EXPECT_NE(failed.message.find("memory"), std::string::npos) << failed.message;
}

TEST(Study, AnExceptionLosesOneRunAndItsMessageIsKept) {
  const FailedRun failed = only_failure([] { throw std::runtime_error{"the sky fell at 3.5 s"}; });
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_EQ(failed.message, "the sky fell at 3.5 s");
}

TEST(Study, ARunThatDoesNotCompleteEndsWithFour) {
  const FailedRun failed = only_failure([] { throw IncompleteRun{"deadlock"}; });
  EXPECT_EQ(failed.exit_code, 4);
  EXPECT_EQ(failed.message, "deadlock");
}

TEST(Study, BooksThatDoNotBalanceEndWithOne) {
  const FailedRun failed = only_failure([] { throw LedgerViolation{"users: 3 entered, 2 completed"}; });
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_EQ(failed.message, "users: 3 entered, 2 completed");
}

TEST(Study, SomethingThrownThatIsNoExceptionLosesOneRun) {
  EXPECT_EQ(only_failure([] { throw 5; }).exit_code, 1);
}

TEST(Study, AProcessThatEndsWithoutAResultIsAFailureEvenIfItSaysAllIsWell) {
  EXPECT_EQ(only_failure([] { _exit(0); }).exit_code, 1);
  EXPECT_EQ(only_failure([] { _exit(7); }).exit_code, 7);
}

TEST(Study, AFailureStopsFurtherStarts) {
  const auto run = [](const RunRequest& request) {
    if (request.replication == 1) throw std::runtime_error{"no"};
    return result_of(request);
  };
  const Study study = run_study(1, all_requests(1, 4), run, {.workers = 1});
  EXPECT_EQ(replications_of(study, 0), std::vector<std::uint64_t>{0});
  EXPECT_EQ(study.failed.size(), 1U);
  EXPECT_FALSE(study.interrupted);
}

TEST(Study, FailuresAreInOrderOfVariantAndReplication) {
  const auto run = [](const RunRequest& request) -> RunResult {
    std::this_thread::sleep_for(std::chrono::milliseconds{20 * (2 - request.replication)});
    throw std::runtime_error{"no"};
  };
  const Study study = run_study(2, all_requests(2, 2), run, {.workers = 4, .keep_going = true});
  ASSERT_EQ(study.failed.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(study.failed[i].request.variant, i / 2);
    EXPECT_EQ(study.failed[i].request.replication, i % 2);
  }
}

TEST(Study, RefusesARunOfAVariantThatDoesNotExist) {
  EXPECT_THROW(run_study(1, {{1, 0}}, result_of, {}), std::invalid_argument);
}

TEST(Study, WithoutRequestsIsEmpty) {
  const Study study = run_study(2, {}, result_of, {});
  EXPECT_EQ(study.runs.size(), 2U);
  EXPECT_TRUE(study.runs[0].empty());
}

TEST(Study, ProgressCountsToTheTotalAndEstimatesWhatIsLeft) {
  std::vector<StudyProgress> seen;
  const auto run = [](const RunRequest& request) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    return result_of(request);
  };
  const auto note = [&seen](const StudyProgress& progress) { seen.push_back(progress); };
  run_study(1, all_requests(1, 4), run, {.workers = 1, .progress = note});
  ASSERT_EQ(seen.size(), 5U);
  EXPECT_LT(seen[0].left_seconds, 0.0);  // nothing is known yet
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].done, i);
    EXPECT_EQ(seen[i].total, 4U);
    if (i == 0) continue;
    EXPECT_GE(seen[i].elapsed_seconds, 0.05 * static_cast<double>(i));
    // One after the other, at least 50 ms each; nothing runs at the moment of the report.
    EXPECT_GE(seen[i].left_seconds, 0.05 * static_cast<double>(4 - i));
  }
  EXPECT_EQ(seen.back().left_seconds, 0.0);
}

TEST(RunUntil, StopsAtTheFirstLookThatIsPreciseEnough) {
  std::vector<std::size_t> looks;
  const auto precise_enough = [&looks](const Study& study) {
    EXPECT_EQ(study.runs[0].size(), study.runs[1].size());
    looks.push_back(study.runs[0].size());
    return looks.back() >= 7;
  };
  const Study study = run_until(2, 4, 40, precise_enough, result_of, {.workers = 2});
  EXPECT_EQ(looks, (std::vector<std::size_t>{4, 5, 7}));  // a quarter more each time
  EXPECT_EQ(replications_of(study, 0), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(replications_of(study, 1), replications_of(study, 0));
}

TEST(RunUntil, EndsAtMostThere) {
  const auto never = [](const Study&) { return false; };
  EXPECT_EQ(run_until(1, 4, 6, never, result_of, {.workers = 2}).runs[0].size(), 6U);
  EXPECT_EQ(run_until(1, 4, 3, never, result_of, {.workers = 2}).runs[0].size(), 3U);
}

TEST(RunUntil, DoesNotDependOnTheNumberOfWorkers) {
  const auto precise_enough = [](const Study& study) { return study.runs[0].size() >= 6; };
  const Study one = run_until(2, 2, 20, precise_enough, result_of, {.workers = 1});
  const Study four = run_until(2, 2, 20, precise_enough, result_of, {.workers = 4});
  EXPECT_EQ(bytes_of(one), bytes_of(four));
}

TEST(RunUntil, AFailureEndsIt) {
  const auto run = [](const RunRequest& request) {
    if (request.replication == 3) throw std::runtime_error{"no"};
    return result_of(request);
  };
  const Study study = run_until(1, 2, 40, [](const Study&) { return false; }, run, {.workers = 1});
  EXPECT_EQ(study.failed.size(), 1U);
  EXPECT_LE(study.runs[0].size(), 5U);
}

TEST(RunUntil, TheTotalGrowsWithTheReplications) {
  std::vector<std::size_t> totals;
  const auto note = [&totals](const StudyProgress& progress) {
    if (totals.empty() || totals.back() != progress.total) totals.push_back(progress.total);
  };
  run_until(2, 2, 4, [](const Study&) { return false; }, result_of, {.workers = 2, .progress = note});
  EXPECT_EQ(totals, (std::vector<std::size_t>{4, 6, 8}));
}

}  // namespace
}  // namespace headroom::test
