#include "policies/autoscaling/kpa_arithmetic.hpp"
#include "tests/policies/scraped_service.hpp"

namespace headroom {
namespace {

using std::chrono::seconds;

// The deciders of knative/serving's autoscaler_test.go: threshold 2, rates 10, window 60 s, started beside one pod.
kpa::Spec upstream(double target) { return {.target = target, .max_scale_up_rate = 10.0, .max_scale_down_rate = 10.0}; }
kpa::Decider started(double target) { return {upstream(target), 1, start_of_time}; }
SimTime second(int number) { return start_of_time + seconds{number}; }

TEST(ServerlessConcurrency, RepeatsTheSingleDecisionsOfItsSource) {
  EXPECT_EQ(started(10).decide({0, 0}, 1, second(0)).replicas, 0);
  EXPECT_EQ(started(181).decide({21, 26}, 1, second(0)).replicas, 1);
  EXPECT_EQ(started(10).decide({50, 49}, 1, second(0)).replicas, 5);
  EXPECT_EQ(started(10).decide({50, 50}, 5, second(0)).replicas, 5);
  EXPECT_EQ(started(10).decide({50, 100}, 1, second(0)).replicas, 10);    // the panic window comes first
  EXPECT_EQ(started(10).decide({1000, 888}, 0, second(0)).replicas, 10);  // none count as one

  kpa::Spec slow = upstream(1);
  slow.max_scale_up_rate = 1.1;  // ceil(2 × 1.1) = 3
  EXPECT_EQ((kpa::Decider{slow, 1, second(0)}.decide({3, 3.1}, 2, second(0)).replicas), 3);
  slow = upstream(10);
  slow.max_scale_down_rate = 1.1;  // floor(100 / 1.1) = 90
  EXPECT_EQ((kpa::Decider{slow, 1, second(0)}.decide({1, 1}, 100, second(0)).replicas), 90);
}

TEST(ServerlessConcurrency, LimitsTheRateUpAndDown) {
  kpa::Decider up = started(10);
  EXPECT_EQ(up.decide({1000, 1001}, 1, second(0)).replicas, 10);
  EXPECT_EQ(up.decide({1000, 1001}, 10, second(0)).replicas, 100);
  kpa::Decider down = started(10);
  EXPECT_EQ(down.decide({1, 1}, 100, second(0)).replicas, 10);
  EXPECT_EQ(down.decide({1, 1}, 10, second(0)).replicas, 1);
}

TEST(ServerlessConcurrency, TracksAnExponentialRiseInPanic) {
  kpa::Decider decider = started(1);
  int ready = 1;
  for (const int demand : {6, 36, 216, 1296}) {
    const kpa::Verdict verdict = decider.decide({1.0 * demand, 1.0 * demand}, ready, second(0));
    EXPECT_EQ(verdict.replicas, demand);
    EXPECT_TRUE(verdict.panics);
    ready = demand;
  }
  EXPECT_EQ(decider.decide({1296, 1296}, ready, second(1)).replicas, 1296);
}

TEST(ServerlessConcurrency, StaysUpInPanicAndComesDownAfterTheStableWindow) {
  kpa::Decider decider = started(10);
  EXPECT_EQ(decider.decide({100, 100}, 1, second(0)).replicas, 10);
  EXPECT_EQ(decider.decide({100, 1000}, 10, second(0)).replicas, 100);
  EXPECT_EQ(decider.decide({1, 1}, 10, second(30)).replicas, 100);
  EXPECT_EQ(decider.decide({1, 1}, 10, second(60)).replicas, 100);  // not yet over
  EXPECT_EQ(decider.decide({1, 1}, 10, second(61)).replicas, 1);
}

// In the source a slow increase ends the panic, a surge prolongs it.
TEST(ServerlessConcurrency, EndsItsPanicUnlessItIsStillOverTheThreshold) {
  kpa::Decider slow = started(1);
  EXPECT_EQ(slow.decide({11, 25}, 10, second(0)).replicas, 25);
  EXPECT_EQ(slow.decide({30, 41}, 40, second(30)).replicas, 41);
  EXPECT_EQ(slow.decide({50, 56}, 55, second(62)).replicas, 50);
  kpa::Decider surge = started(1);
  EXPECT_EQ(surge.decide({11, 25}, 10, second(0)).replicas, 25);
  EXPECT_EQ(surge.decide({30, 80}, 40, second(30)).replicas, 80);
  EXPECT_TRUE(surge.decide({50, 56}, 80, second(62)).panics);
}

TEST(ServerlessConcurrency, TakesTheLargerOfBothWindowsInPanic) {
  EXPECT_EQ((kpa::Decider{upstream(1), 5, second(0)}.decide({50, 30}, 5, second(5)).replicas), 50);
  EXPECT_EQ((kpa::Decider{upstream(1), 5, second(0)}.decide({20, 30}, 5, second(5)).replicas), 30);
}

TEST(ServerlessConcurrency, StartsInPanicBesideSeveralReplicas) {
  EXPECT_FALSE((kpa::Decider{upstream(100), 1, second(0)}.decide({10, 10}, 1, second(1)).panics));
  const kpa::Verdict verdict = kpa::Decider{upstream(100), 2, second(0)}.decide({10, 10}, 2, second(1));
  EXPECT_TRUE(verdict.panics);
  EXPECT_EQ(verdict.replicas, 2);
}

TEST(ServerlessConcurrency, WaitsForTheDelayBeforeItGoesDown) {
  kpa::Spec spec = upstream(10);
  spec.panic_threshold = 100.0;
  spec.scale_down_delay = std::chrono::minutes{5};
  kpa::Decider decider{spec, 0, second(0)};
  const auto minute = [](int number) { return second(60 * number); };
  EXPECT_EQ(decider.decide({40, 40}, 1, second(2)).replicas, 4);
  EXPECT_EQ(decider.decide({0, 0}, 1, minute(5)).replicas, 4);
  EXPECT_EQ(decider.decide({0, 0}, 1, second(302)).replicas, 0);
  EXPECT_EQ(decider.decide({40, 40}, 1, minute(9)).replicas, 4);
  EXPECT_EQ(decider.decide({30, 30}, 1, minute(10)).replicas, 4);
  EXPECT_EQ(decider.decide({0, 0}, 1, minute(11)).replicas, 4);
  EXPECT_EQ(decider.decide({0, 0}, 1, minute(14)).replicas, 3);
  EXPECT_EQ(decider.decide({0, 0}, 1, minute(15)).replicas, 0);
}

TEST(ServerlessConcurrency, ActivatesSeveralAtOnceWhereAsked) {
  kpa::Spec spec = upstream(10);
  spec.activation_scale = 2;
  kpa::Decider decider{spec, 1, second(0)};
  EXPECT_EQ(decider.decide({0, 0}, 1, second(0)).replicas, 0);
  EXPECT_EQ(decider.decide({1, 0}, 1, second(0)).replicas, 2);
}

// ---- the policy --------------------------------------------------------------------------------------------------------------

const std::string in_flight = "avg in_flight{service=api}";
const Json policy_options{{"policy", "serverless-concurrency"}, {"target", 10}};  // 7 per replica

// One replica with 5 in progress. From 30 s on 140: the last 6 s hold three such values, ceil(140 / 7) = 20 and panic, while the
// stable window holds 15 of 5 and one of 140 first, an average of 13.4 for ceil(1.9) = 2.
TEST(ServerlessConcurrency, PanicsOnASurgeThatTheStableWindowHardlyShows) {
  ScrapedService service{policy_options, 1};
  service.set(in_flight, 5);
  EXPECT_EQ(service.changes(0, 30), Changes{});
  service.set(in_flight, 140);
  service.at(32);  // (5 + 5 + 140) / 3 = 50 lately: ceil(50 / 7) = 8
  EXPECT_EQ(service.replicas(), 8);
  EXPECT_EQ(service.reason(), "in_flight 13.44 (50 lately) for 7 per replica: 8 wanted of 1, in panic");
  EXPECT_EQ(service.changes(32, 60), (Changes{{34, 14}, {36, 20}}));  // 95 and 140 lately
}

// Nothing to do from 100 s on: at 158 s the last value of 5 leaves the window, at 160 s none are wanted; 30 s later none are
// left.
TEST(ServerlessConcurrency, GoesToNoneAfterTheGracePeriodAndBack) {
  ScrapedService service{policy_options, 1};
  service.set(in_flight, 5);
  service.changes(0, 100);
  service.set(in_flight, 0);
  EXPECT_EQ(service.changes(100, 250), (Changes{{190, 0}}));
  service.set(in_flight, 1);
  EXPECT_EQ(service.at(252), 1);
}

// All idle: halved each time, down to one, which stays for a stable window since the first came and for the grace period.
TEST(ServerlessConcurrency, HalvesAtMostAtEachLook) {
  ScrapedService service{policy_options, 8};
  service.set(in_flight, 0);
  // It starts in panic at 2 s and ends it at 64 s.
  EXPECT_EQ(service.changes(0, 120), (Changes{{64, 4}, {66, 2}, {68, 1}, {100, 0}}));
}

TEST(ServerlessConcurrency, LeavesAllAloneWithoutAValue) {
  ScrapedService service{policy_options, 3};
  EXPECT_EQ(service.changes(0, 120), Changes{});
  EXPECT_EQ(service.reason(), "the metric has no value; left alone");
}

TEST(ServerlessConcurrency, KeepsToItsRange) {
  Json options = policy_options;
  options["replicas"] = {2, 4};
  ScrapedService service{options, 1};
  service.set(in_flight, 0);
  EXPECT_EQ(service.at(2), 2);
  service.set(in_flight, 1000);
  EXPECT_EQ(service.at(4), 4);
}

}  // namespace
}  // namespace headroom
