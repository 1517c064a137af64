// What binds an objective, from paths, books and bills written by hand.
#include "reports/binding.hpp"

#include <gtest/gtest.h>

#include "tests/reports/synthetic_study.hpp"

namespace headroom {
namespace {

Condition condition_of(const std::string& text) { return synthetic::objective(text).that; }

CriticalPath path(const std::string& request, const std::string& band, double weight, std::vector<PathPart> parts) {
  CriticalPath path{.workload = "", .request = request, .band = band, .count = 10, .weight = weight};
  path.parts = std::move(parts);
  for (const PathPart& part : path.parts) path.mean_seconds += part.mean_seconds;
  return path;
}

// Slow ones of api.feed: 1.9 s, of which 1.35 s in the line (71 %), 0.23 s for a core (12 %), 0.32 s of work.
RunResult run_with_paths(std::uint64_t replication = 0, double queueing = 1.35) {
  RunResult run = synthetic::empty_run(10, replication);
  run.critical_paths = {path("", "all", 1000, {{PathCause::service, "services/api", 0.3}}),
                        path("", "slow", 50, {{PathCause::service, "databases/store", 0.4}}),
                        path("api.feed", "slow", 40,
                             {{PathCause::queueing, "services/api", queueing},
                              {PathCause::service, "services/api", 0.32},
                              {PathCause::cpu_contention, "databases/store", 0.23}}),
                        path("", "failed", 20, {{PathCause::queueing, "services/api", 2.0}})};
  run.critical_paths.back().failures = {{"timeout", "services/api", 18}, {"rejected", "databases/store", 2}};
  return run;
}

TEST(Binding, OfATailIsTheLargestPartOfTheSlowRequestsThatAreMeant) {
  const std::vector<RunResult> runs{run_with_paths()};
  const auto binding = binding_of(condition_of("p(95) latency{endpoint=api.feed} < 1 s"), runs);
  ASSERT_TRUE(binding);
  EXPECT_EQ(binding->parts[0].component, "services/api");
  EXPECT_EQ(binding->parts[0].what, "queueing");
  EXPECT_NEAR(binding->parts[0].share, 1.35 / 1.9, 1e-12);
  EXPECT_FALSE(binding->share.known) << "one run gives no interval";
  EXPECT_EQ(binding->sentence,
            "71 % of the 1.9 s of the slow requests is queueing at services/api, 17 % service at services/api, 12 % cpu "
            "contention at databases/store");
}

TEST(Binding, OfAMeanIsOfAllRequestsAndOfAServiceOfItsEndpoints) {
  const std::vector<RunResult> runs{run_with_paths()};
  EXPECT_EQ(binding_of(condition_of("avg latency < 0.1 s"), runs)->sentence,
            "100 % of the 300 ms of the requests is service at services/api");
  EXPECT_EQ(binding_of(condition_of("max latency{service=api} < 0.1 s"), runs)->parts[0].what, "queueing");
  EXPECT_EQ(binding_of(condition_of("max latency{workload=users} < 0.1 s"), runs)->parts[0].component, "databases/store")
      << "of a single workload are all requests";
}

// 1.35 of 1.9 and 2.55 of 3.1 s: together 3.9 of 5; shares 0.7105 and 0.8226, whose mean is 0.7666, ± 12.706 × 0.0560.
TEST(Binding, OfSeveralRunsHasTheIntervalOfTheLargestShare) {
  const std::vector<RunResult> runs{run_with_paths(0), run_with_paths(1, 2.55)};
  const auto binding = binding_of(condition_of("p(95) latency{endpoint=api.feed} < 1 s"), runs);
  ASSERT_TRUE(binding);
  EXPECT_NEAR(binding->parts[0].share, 3.9 / 5.0, 1e-12);
  const double a = 1.35 / 1.9, b = 2.55 / 3.1;
  EXPECT_NEAR(binding->share.mean, (a + b) / 2.0, 1e-12);
  EXPECT_NEAR(binding->share.half_width(), 12.7062 * (b - a) / 2.0, 1e-4);
  EXPECT_TRUE(binding->sentence.starts_with("78 % (5 to 100 %) of the ")) << binding->sentence;
}

TEST(Binding, OfAPhaseSaysThatItIsOfTheWholeRun) {
  const std::vector<RunResult> runs{run_with_paths()};
  EXPECT_EQ(binding_of(condition_of("avg latency < 0.1 s during storm"), runs)->sentence,
            "100 % of the 300 ms of the requests is service at services/api (over the whole run)");
}

TEST(Binding, OfFailuresIsTheReasonAndThePlaceOfMost) {
  const std::vector<RunResult> runs{run_with_paths()};
  const auto binding = binding_of(condition_of("rate errors < 1 %"), runs);
  ASSERT_TRUE(binding);
  EXPECT_NEAR(binding->parts[0].share, 0.9, 1e-12);
  EXPECT_EQ(binding->sentence, "90 % of the failed requests: timeout at services/api, 10 % rejected at databases/store");
  EXPECT_EQ(binding_of(condition_of("count failures{reason=rejected} < 1"), runs)->parts[0].component, "databases/store");
}

TEST(Binding, OfALatencyOfWhichNothingWasServedIsWhereTheFailedWere) {
  RunResult run = run_with_paths();
  run.critical_paths.erase(run.critical_paths.begin(), run.critical_paths.begin() + 3);
  const std::vector<RunResult> runs{run};
  EXPECT_EQ(binding_of(condition_of("p(95) latency < 1 s"), runs)->sentence,
            "100 % of the 2 s of the failed requests is queueing at services/api");
}

TEST(Binding, OfCostIsTheLargestPartOfTheBill) {
  RunResult run = synthetic::empty_run(2);
  for (const auto& [component, dollars] : {std::pair{"api", 3.0}, {"store", 1.0}})
    run.series.push_back({"cost", {{"component", component}}, MetricKind::counter, {{dollars, dollars}}, {}});
  const std::vector<RunResult> runs{run};
  EXPECT_EQ(binding_of(condition_of("cost_per_request < 0.001 USD"), runs)->sentence, "75 % of the cost is api, 25 % store");
}

// 25 of 50 s for a node.
TEST(Binding, OfScaleOutsIsTheirLongestPart) {
  RunResult run = synthetic::empty_run(2);
  run.scale_outs = {{"api", 20.0, 3, 6, true, {15.0, 5.0, 25.0, 0.0, 5.0, 0.0, 0.0}}};
  const std::vector<RunResult> runs{run};
  EXPECT_EQ(binding_of(condition_of("time_to 2x replicas{service=api} < 10 s"), runs)->sentence,
            "50 % of the time of scale-outs is node boot at services/api, 30 % metric lag at services/api, 10 % decision at "
            "services/api");
}

TEST(Binding, OfWhatAComponentHasIsThatComponentAndGoesWithoutSaying) {
  const std::vector<RunResult> runs{run_with_paths()};
  const auto binding = binding_of(condition_of("avg cpu{service=api} < 70 %"), runs);
  ASSERT_TRUE(binding);
  EXPECT_EQ(binding->parts[0].component, "services/api");
  EXPECT_EQ(binding->sentence, "");
  EXPECT_EQ(binding_of(condition_of("p(95) latency{database=store} < 1 s"), runs)->parts[0].component, "databases/store");
}

TEST(Binding, IsNothingWhereNothingWasSeen) {
  const std::vector<RunResult> runs{synthetic::empty_run(2)};
  EXPECT_FALSE(binding_of(condition_of("p(95) latency < 1 s"), runs));
  EXPECT_FALSE(binding_of(condition_of("rate errors < 1 %"), runs));
  EXPECT_FALSE(binding_of(condition_of("cost_per_user < 1 USD/month"), runs));
}

}  // namespace
}  // namespace headroom
