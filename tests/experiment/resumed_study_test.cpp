// A study that goes on where another one stopped: nothing that is there is run again, and the outcome is that of one that never
// stopped.
#include <gtest/gtest.h>

#include "sim/measure/run_error.hpp"
#include "tests/experiment/store_support.hpp"

namespace headroom::test {
namespace {

// Fails for what must not be run.
std::function<RunResult(const RunRequest&)> only(const std::vector<RunRequest>& allowed) {
  return [allowed](const RunRequest& request) {
    if (std::find(allowed.begin(), allowed.end(), request) == allowed.end()) throw std::logic_error{"this run was there already"};
    return result_of(request);
  };
}

class Resumed : public testing::Test {
 protected:
  OwnFolder folder_;
  ResultStore store_ = ResultStore::create(folder_ / "results.sqlite", two_variants(4));
  std::vector<std::vector<std::uint8_t>> uninterrupted_ = bytes_of(run_study(2, all_requests(2, 4), result_of, {.workers = 1}));
};

TEST_F(Resumed, RunsOnlyWhatIsMissing) {
  run_study(2, {{0, 0}, {1, 0}, {1, 3}}, result_of, kept_in(store_, 2));
  const auto run = only({{0, 1}, {0, 2}, {0, 3}, {1, 1}, {1, 2}});
  const Study study = run_study(2, all_requests(2, 4), run, kept_in(store_, 2));
  EXPECT_TRUE(study.failed.empty()) << study.failed.front().message;
  EXPECT_EQ(bytes_of(study), uninterrupted_);
  EXPECT_EQ(store_.runs().size(), 8U);
}

TEST_F(Resumed, RunsNothingOnceItIsComplete) {
  run_study(2, all_requests(2, 4), result_of, kept_in(store_, 2));
  EXPECT_EQ(bytes_of(run_study(2, all_requests(2, 4), only({}), kept_in(store_, 2))), uninterrupted_);
}

TEST_F(Resumed, TriesAgainWhatHadFailed) {
  const auto failing = [](const RunRequest& request) {
    if (request.replication == 2) throw IncompleteRun{"a budget is spent"};
    return result_of(request);
  };
  StudyOptions options = kept_in(store_, 1);
  options.keep_going = true;
  EXPECT_EQ(run_study(2, all_requests(2, 4), failing, options).failed.size(), 2U);
  EXPECT_EQ(store_.runs().size(), 8U) << "failures are kept too";
  EXPECT_EQ(bytes_of(run_study(2, all_requests(2, 4), only({{0, 2}, {1, 2}}), kept_in(store_, 1))), uninterrupted_);
}

TEST_F(Resumed, SequentialReplicationsStopWhereTheyWouldHave) {
  const auto precise_enough = [](const Study& study) { return study.runs[0].size() >= 7; };
  const Study at_once = run_until(2, 2, 20, precise_enough, result_of, {.workers = 1});
  run_study(2, {{0, 0}, {1, 0}, {0, 1}, {0, 2}}, result_of, kept_in(store_, 1));
  const Study resumed = run_until(2, 2, 20, precise_enough, result_of, kept_in(store_, 2));
  EXPECT_EQ(bytes_of(resumed), bytes_of(at_once));
  EXPECT_EQ(bytes_of(run_until(2, 2, 20, precise_enough, only({}), kept_in(store_, 2))), bytes_of(at_once));
}

TEST_F(Resumed, ProgressCountsWhatIsThere) {
  run_study(2, all_requests(2, 3), result_of, kept_in(store_, 1));
  StudyProgress last;
  StudyOptions options = kept_in(store_, 1);
  options.progress = [&last](const StudyProgress& progress) { last = progress; };
  run_study(2, all_requests(2, 4), result_of, options);
  EXPECT_EQ(last.done, 8U);
  EXPECT_EQ(last.total, 8U);
}

}  // namespace
}  // namespace headroom::test
