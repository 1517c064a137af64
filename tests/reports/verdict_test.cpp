#include "reports/verdict.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

using synthetic::add_gauge;
using synthetic::add_latencies;
using synthetic::add_requests;
using synthetic::empty_run;
using synthetic::objective;

// 1,000 requests per run, `failed` of which fail: one window.
std::vector<RunResult> runs_with_failures(const std::vector<double>& failed) {
  std::vector<RunResult> runs;
  for (const double lost : failed) {
    runs.push_back(empty_run(1, runs.size()));
    add_requests(runs.back(), 1000.0, {lost});
  }
  return runs;
}

// Student's t for 2 degrees of freedom, 97.5 %, from tables.
constexpr double t_2 = 4.302652729911275;

TEST(Verdict, PassesWhenTheWholeIntervalIsBelowTheLimit) {
  // 1 %, 2 %, 3 %: mean 2 %, standard deviation 1 %, half width t × 1 % / sqrt(3) = 2.48 %; high end 4.48 %.
  const Verdict verdict = judge(objective("rate errors < 5 %"), runs_with_failures({10, 20, 30}));
  EXPECT_EQ(verdict.outcome, Outcome::pass);
  EXPECT_NEAR(verdict.value.mean, 0.02, 1e-12);
  EXPECT_NEAR(verdict.value.high, 0.02 + t_2 * 0.01 / std::sqrt(3.0), 1e-9);
  EXPECT_EQ(verdict.dimension, Dimension::ratio);
  ASSERT_TRUE(verdict.margin);
  EXPECT_NEAR(*verdict.margin, (0.05 - 0.02) / 0.05, 1e-12);
  EXPECT_EQ(verdict.explanation, "");
}

TEST(Verdict, IsInconclusiveWhenTheIntervalStraddlesTheLimitAndSaysHowManyRunsWouldTell) {
  // Distance to the limit 1 %, half width 2.484 %: 3 × 2.484^2 = 18.5 replications, said as 20.
  const Verdict verdict = judge(objective("rate errors < 3 %"), runs_with_failures({10, 20, 30}));
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.explanation, "the interval straddles the limit: try --replications 20");
}

TEST(Verdict, FailsWhenTheWholeIntervalIsAboveTheLimitWithANegativeMargin) {
  const Verdict verdict = judge(objective("rate errors < 1 %"), runs_with_failures({40, 40, 43}));
  EXPECT_EQ(verdict.outcome, Outcome::fail);
  ASSERT_TRUE(verdict.margin);
  EXPECT_NEAR(*verdict.margin, (0.01 - 0.041) / 0.01, 1e-9);
}

TEST(Verdict, OfALowerLimitTurnsTheSidesAround) {
  const Verdict verdict = judge(objective("rate requests > 10 /s"), runs_with_failures({0, 0, 0}));
  // 1,000 requests in 60 s in every run.
  EXPECT_EQ(verdict.outcome, Outcome::pass);
  ASSERT_TRUE(verdict.margin);
  EXPECT_NEAR(*verdict.margin, (1000.0 / 60.0 - 10.0) / 10.0, 1e-9);
  EXPECT_EQ(verdict.dimension, Dimension::rate);
  EXPECT_EQ(judge(objective("rate requests > 17 /s"), runs_with_failures({0, 0, 0})).outcome, Outcome::fail);
}

TEST(Verdict, OfOneRunIsDecidedByTheValueAndSaysSo) {
  const Verdict verdict = judge(objective("rate errors < 5 %"), runs_with_failures({20}));
  EXPECT_EQ(verdict.outcome, Outcome::pass);
  EXPECT_FALSE(verdict.value.known);
  EXPECT_EQ(verdict.explanation, "one run gives no interval");
  EXPECT_EQ(judge(objective("rate errors < 1 %"), runs_with_failures({20})).outcome, Outcome::fail);
}

TEST(Verdict, OfAQuantileComesFromTheHistogram) {
  std::vector<double> latencies(95, 0.1);
  latencies.insert(latencies.end(), 5, 1.0);
  std::vector<RunResult> runs(1, empty_run(1));
  add_latencies(runs.front(), latencies);
  // The 95th of 100 is 0.1 s, the 96th 1 s; buckets are off by 0.4 % at most.
  EXPECT_EQ(judge(objective("p(95) latency < 101 ms"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("p(96) latency < 990 ms"), runs).outcome, Outcome::fail);
}

// Every request of a run took that long, and one much longer, so that the largest does not bound the bucket.
std::vector<RunResult> runs_with_latency(const std::vector<double>& seconds) {
  std::vector<RunResult> runs;
  for (const double latency : seconds) {
    runs.push_back(empty_run(2, runs.size()));
    std::vector<double> latencies(999, latency);
    latencies.push_back(50.0);
    add_latencies(runs.back(), latencies);
  }
  return runs;
}

TEST(Verdict, OfALatencySaysHowManyWereServedWhereMoreThanOneInAHundredWereNot) {
  const auto judged = [](double failed, const char* condition) {
    std::vector<RunResult> runs;
    for (std::uint64_t i = 0; i < 2; ++i) {
      runs.push_back(empty_run(1, i));
      add_requests(runs.back(), 1000.0, {failed});
      add_latencies(runs.back(), std::vector<double>(static_cast<std::size_t>(1000.0 - failed), 0.1));
    }
    return judge(objective(condition), runs);
  };
  EXPECT_EQ(judged(630, "p(95) latency < 1 s").outcome, Outcome::pass);
  EXPECT_EQ(judged(630, "p(95) latency < 1 s").explanation, "latency of the 37 % that were served");
  EXPECT_EQ(judged(630, "p(95) latency < 1 s for 30 s").explanation, "latency of the 37 % that were served");
  EXPECT_EQ(judged(10, "p(95) latency < 1 s").explanation, "");
  EXPECT_EQ(judged(630, "rate requests > 1 /s").explanation, "");
  EXPECT_EQ(judged(630, "p(95) latency < 50 ms").explanation, "") << "missed as it is";
}

TEST(Verdict, OfALatencyOfNothingServedMissesEveryUpperLimit) {
  std::vector<RunResult> runs{empty_run(1, 0), empty_run(1, 1)};
  for (RunResult& run : runs) {
    add_requests(run, 1000.0, {1000.0});
    add_latencies(run, {});
  }
  EXPECT_EQ(judge(objective("p(95) latency < 1 s"), runs).outcome, Outcome::fail);
  EXPECT_EQ(judge(objective("p(95) latency < 1 s"), runs).explanation, "none of 2,000 requests was served");
  EXPECT_EQ(judge(objective("p(95) latency < 1 s for 30 s"), runs).outcome, Outcome::fail) << "the run has 60";
  EXPECT_EQ(judge(objective("p(95) latency > 1 s"), runs).outcome, Outcome::inconclusive);
  runs.push_back(empty_run(1, 2));
  add_requests(runs.back(), 1000.0, {0.0});
  add_latencies(runs.back(), std::vector<double>(1000, 0.1));
  EXPECT_EQ(judge(objective("p(95) latency < 1 s"), runs).outcome, Outcome::fail);
  EXPECT_NE(judge(objective("p(95) latency < 1 s"), runs).explanation.find("no request was served in 2 of 3 runs"),
            std::string::npos);
}

TEST(Verdict, OfACountOfWhatCannotHappenIsThatOfZero) {
  const std::vector<RunResult> runs{empty_run(1, 0), empty_run(1, 1)};
  const Verdict verdict = judge(objective("count lost_writes <= 0"), runs);
  EXPECT_EQ(verdict.outcome, Outcome::pass);
  EXPECT_EQ(verdict.value.mean, 0.0);
  EXPECT_EQ(judge(objective("rate redeliveries{queue=jobs} < 1 /s for 30 s"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("count sessions > 0"), runs).outcome, Outcome::fail);
  EXPECT_EQ(judge(objective("count cold_starts < 5"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("rate cold_starts < 5 %"), runs).outcome, Outcome::inconclusive) << "a share of nothing";
  EXPECT_EQ(judge(objective("count cost < 5 USD"), runs).outcome, Outcome::inconclusive) << "nobody has given a price";
  EXPECT_EQ(judge(objective("count requests{service=api,workload=users} < 5"), runs).outcome, Outcome::inconclusive)
      << "no requests are of both";
}

TEST(Verdict, CannotTellWithinTheHistogramsResolution) {
  // 300 ms = 3e8 ns: 2^28 <= 3e8 < 2^29, buckets of 2^21 ns: 143 × 2^21 = 299.892736 ms to 144 × 2^21 - 1 ns = 301.989887 ms,
  // middle 300.94 ms.
  const std::vector<RunResult> runs = runs_with_latency({0.300});
  for (const char* limit : {"299.9 ms", "300 ms", "300.9 ms", "301 ms", "301.9 ms"}) {
    const Verdict verdict = judge(objective(std::string{"p(95) latency < "} + limit), runs);
    EXPECT_EQ(verdict.outcome, Outcome::inconclusive) << limit;
    EXPECT_EQ(verdict.explanation,
              "cannot tell: within the histogram's resolution (0.4 %) of the limit; one run gives no interval")
        << limit;
    EXPECT_NEAR(verdict.known.low, 0.299892736, 1e-12);
    EXPECT_NEAR(verdict.known.high, 0.301989887, 1e-12);
  }
  EXPECT_EQ(judge(objective("p(95) latency < 302 ms"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("p(95) latency < 299.8 ms"), runs).outcome, Outcome::fail);
  EXPECT_EQ(judge(objective("p(95) latency > 299.8 ms"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("p(95) latency > 302 ms"), runs).outcome, Outcome::fail);
  EXPECT_EQ(judge(objective("p(95) latency > 301 ms"), runs).outcome, Outcome::inconclusive);
}

TEST(Verdict, OfAnExactValueKnowsNoResolution) {
  const std::vector<RunResult> runs = runs_with_latency({0.300});
  EXPECT_EQ(judge(objective("max latency <= 50 s"), runs).outcome, Outcome::pass);
  // (999 × 0.3 + 50) / 1,000 = 0.3497 s.
  EXPECT_EQ(judge(objective("avg latency < 349.8 ms"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("avg latency < 349.6 ms"), runs).outcome, Outcome::fail);
}

TEST(Verdict, AdvisesMoreRunsAgainstChanceAndNotAgainstTheWidthOfABucket) {
  // 300, 310 and 320 ms around a limit of 305 ms: chance. The same bucket in every run: no number of runs would help.
  EXPECT_NE(
      judge(objective("p(95) latency < 305 ms"), runs_with_latency({0.30, 0.31, 0.32})).explanation.find("try --replications"),
      std::string::npos);
  EXPECT_EQ(judge(objective("p(95) latency < 301 ms"), runs_with_latency({0.3, 0.3, 0.3})).explanation,
            "cannot tell: within the histogram's resolution (0.4 %) of the limit");
}

TEST(Verdict, WithForCountsWindowsWithinTheResolutionForNeitherSide) {
  const std::vector<RunResult> runs = runs_with_latency({0.300});  // two windows of a minute
  EXPECT_EQ(judge(objective("p(95) latency < 301 ms for 2 min"), runs).outcome, Outcome::inconclusive);
  EXPECT_NE(
      judge(objective("p(95) latency < 301 ms for 2 min"), runs).explanation.find("windows within the histogram's resolution"),
      std::string::npos);
  EXPECT_EQ(judge(objective("p(95) latency < 303 ms for 2 min"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("p(95) latency < 298 ms for 2 min"), runs).outcome, Outcome::fail);
  EXPECT_EQ(judge(objective("avg latency < 349.8 ms for 2 min"), runs).outcome, Outcome::pass);
}

TEST(Verdict, NeedsEnoughCleanRequestsToShowARareFailure) {
  // (1 - 0.0001)^n <= 0.05: ln 0.05 / ln 0.9999 = 29,955.8.
  EXPECT_EQ(clean_requests_needed(1e-4), 29956U);
  EXPECT_EQ(clean_requests_needed(0.01), 299U);
  std::vector<RunResult> runs(1, empty_run(1));
  add_requests(runs.front(), 12000.0, {0.0});
  const Verdict verdict = judge(objective("rate errors < 0.01 %"), runs);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_NE(verdict.explanation.find("0.01 % errors needs 29,956 clean requests; the runs saw 12,000"), std::string::npos)
      << verdict.explanation;
}

TEST(Verdict, CountsCleanRequestsOverAllReplications) {
  std::vector<RunResult> runs;
  for (std::uint64_t r = 0; r < 3; ++r) {
    runs.push_back(empty_run(1, r));
    add_requests(runs.back(), 10000.0, {0.0});
  }
  EXPECT_EQ(judge(objective("rate errors < 0.01 %"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("rate errors < 0.009 %"), runs).outcome, Outcome::inconclusive);
  EXPECT_EQ(judge(objective("rate availability > 99.99 %"), runs).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("rate availability > 99.999 %"), runs).outcome, Outcome::inconclusive);
}

TEST(Verdict, WithAFailureRestsOnTheValueAndNotOnTheResolution) {
  const Verdict verdict = judge(objective("rate errors < 0.2 %"), runs_with_failures({1, 1, 1}));
  EXPECT_EQ(verdict.outcome, Outcome::pass);
}

TEST(Verdict, WithForComparesTheLongestBreachWithTheDuration) {
  std::vector<RunResult> runs(1, empty_run(6));
  // Windows of a minute; over 5 % in the 2nd and 3rd, and in the 5th: the longest breach is 2 min.
  add_requests(runs.front(), 100.0, {0, 10, 10, 0, 10, 0});
  const Verdict kept = judge(objective("rate errors < 5 % for 3 min"), runs);
  EXPECT_EQ(kept.outcome, Outcome::pass);
  EXPECT_EQ(kept.dimension, Dimension::time);
  EXPECT_DOUBLE_EQ(kept.value.mean, 120.0);
  ASSERT_TRUE(kept.margin);
  EXPECT_NEAR(*kept.margin, (180.0 - 120.0) / 180.0, 1e-12);
  // A breach that lasts as long as the duration is a miss.
  EXPECT_EQ(judge(objective("rate errors < 5 % for 2 min"), runs).outcome, Outcome::fail);
}

TEST(Verdict, IsInconclusiveWhenTheRunIsTooShortToMissTheObjective) {
  std::vector<RunResult> runs(1, empty_run(6));  // six minutes
  add_requests(runs.front(), 100.0, {0, 0, 0, 0, 0, 0});
  EXPECT_EQ(judge(objective("rate errors < 5 % for 6 min"), runs).outcome, Outcome::pass);
  const Verdict verdict = judge(objective("rate errors < 5 % for 7 min"), runs);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_NE(verdict.explanation.find("the 6 min that are judged are too short to break it"), std::string::npos)
      << verdict.explanation;
  const std::vector<RunResult> latencies = runs_with_latency({0.300});  // two minutes
  EXPECT_EQ(judge(objective("p(95) latency < 2 min"), latencies).outcome, Outcome::pass);
  EXPECT_EQ(judge(objective("p(95) latency < 3 min"), latencies).outcome, Outcome::inconclusive);
}

TEST(Verdict, FailsATimeThatIsNeverReachedAndNamesTheLargest) {
  std::vector<RunResult> runs(1, empty_run(4));
  add_gauge(runs.front(), "replicas", {{"service", "api"}}, {3, 6, 10, 10});
  add_gauge(runs.front(), "replicas_wanted", {{"service", "api"}}, {3, 30, 30, 30});
  const Verdict verdict = judge(objective("time_to 10x replicas{service=api} < 5 min"), runs);
  EXPECT_EQ(verdict.outcome, Outcome::fail);
  EXPECT_EQ(verdict.value.count, 0U);
  EXPECT_FALSE(verdict.margin);
  EXPECT_EQ(verdict.explanation, "10x was not reached; the largest was 3.3x");
}

TEST(Verdict, FailsATimeThatIsNotReachedInSomeRuns) {
  std::vector<RunResult> runs(2, empty_run(3));
  runs[1].replication = 1;
  add_gauge(runs[0], "replicas", {{"service", "api"}}, {1, 5, 10});
  add_gauge(runs[0], "replicas_wanted", {{"service", "api"}}, {1, 10, 10});
  add_gauge(runs[1], "replicas", {{"service", "api"}}, {1, 4, 4});
  add_gauge(runs[1], "replicas_wanted", {{"service", "api"}}, {1, 10, 10});
  const Verdict verdict = judge(objective("time_to 10x replicas{service=api} < 5 min"), runs);
  EXPECT_EQ(verdict.outcome, Outcome::fail);
  EXPECT_EQ(verdict.explanation, "10x was not reached in 1 of 2 runs; the largest was 4.0x");
}

TEST(Verdict, IsInconclusiveWhenNothingWasObserved) {
  const std::vector<RunResult> runs(2, empty_run(2));
  const Verdict verdict = judge(objective("p(95) latency < 300 ms"), runs);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.value.count, 0U);
  EXPECT_EQ(verdict.explanation, "nothing was observed");
  EXPECT_EQ(judge(objective("p(95) latency < 300 ms"), {}).explanation, "no run completed");
}

TEST(Overall, IsTheWorstOfTheRequiredOnes) {
  const auto verdict = [](Outcome outcome, const std::string& severity) {
    Verdict made;
    made.objective.severity = severity;
    made.outcome = outcome;
    return made;
  };
  const Verdict good = verdict(Outcome::pass, "required"), open = verdict(Outcome::inconclusive, "required"),
                bad = verdict(Outcome::fail, "required");
  const Verdict advice = verdict(Outcome::fail, "advisory");
  EXPECT_EQ(overall({}), Outcome::pass);
  EXPECT_EQ(overall(std::vector{good, advice}), Outcome::pass);
  EXPECT_EQ(overall(std::vector{good, open}), Outcome::inconclusive);
  EXPECT_EQ(overall(std::vector{open, bad, good}), Outcome::fail);
}

}  // namespace
}  // namespace headroom
