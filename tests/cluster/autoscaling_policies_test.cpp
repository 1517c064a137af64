// The policies that set the number of replicas, on the whole machine: what was scraped, when they look, and what comes of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "sim/cluster/simulation.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

using Told = std::vector<std::string>;

// Requests at these times, each of which waits for so long; many at once.
Blueprint service_of(const Json& autoscaler, int replicas, double end, const std::vector<double>& arrivals,
                     double takes = 0.001) {
  Blueprint blueprint = one_service({{WaitStep{seconds(takes)}}}, arriving_at(arrivals));
  blueprint.duration = to_duration(end);
  ServiceBlueprint& api = blueprint.services[0];
  api.replicas = replicas;
  api.concurrency = 1000;
  api.autoscaler = chosen_policy<Autoscaler>(autoscaler);
  return blueprint;
}

std::vector<double> evenly(double from, double to, double rate) {
  std::vector<double> times;
  for (int i = 0; from + (i + 0.5) / rate < to; ++i) times.push_back(from + (i + 0.5) / rate);
  return times;
}

// When the number changed, to what, and why.
Told scaled(const Blueprint& blueprint) {
  Told told;
  for (const Note& note : simulate(blueprint, RunIdentity{.variant = "", .seed = 1, .replication = 0}).notes) {
    if (note.text.starts_with("scaled")) told.push_back(fmt::format("{:g}: {}", note.at_seconds, note.text));
  }
  return told;
}

// 18 requests a second on two replicas: 9 each, against 5, for three minutes: ceil(2 × 9 / 5) = 4, on 4.5 each, at which it
// stays.
TEST(AutoscalingPolicies, TargetTrackingBringsTheRatePerReplicaToItsTarget) {
  const Json tracking{{"policy", "target-tracking"}, {"metric", "rate requests"}, {"per_replica", true}, {"target", 5}};
  EXPECT_EQ(scaled(service_of(tracking, 2, 1800, evenly(0, 1800, 18))),
            (Told{"180: scaled from 2 to 4: requests 9 against 5 for 3 datapoints: 4 wanted of 2"}));
}

// It looks every 15 s, so that what comes at 100 s is seen at 105 s.
TEST(AutoscalingPolicies, ScheduledActionsTakeEffectWhenItNextLooks) {
  const Json schedule{{"policy", "scheduled"},
                      {"actions", {{{"at", "100 s"}, {"replicas", 5}}, {{"at", "150 s"}, {"replicas", {1, 2}}}}}};
  EXPECT_EQ(scaled(service_of(schedule, 2, 300, {1.0})),
            (Told{"105: scaled from 2 to 5: at 100 s: 5 to 5", "150: scaled from 5 to 2: at 2.5 min: 1 to 2"}));
}

// Ten a second, from 720 s on 35: seen at 735 s, ceil(2 × 3.5) = 7.
TEST(AutoscalingPolicies, AnEmergencyStepsUpWithTheFirstScrapeThatShowsIt) {
  std::vector<double> arrivals = evenly(0, 720, 10);
  for (const double at : evenly(720, 900, 35)) arrivals.push_back(at);
  EXPECT_EQ(scaled(service_of({{"policy", "emergency"}}, 2, 900, arrivals)),
            (Told{"735: scaled from 2 to 7: emergency: requests 35, 10 are usual: 7 wanted"}));
}

// The rate rises by 0.01 a second each second: 0.6 m + 0.3 in minute m. After minute 39 (23.7) five minutes ahead 26.7 are
// foretold, for 6 replicas by 5 each; what is there, up to 24, needs 5. The count of a minute is off by one at most, 0.02 of its
// rate, which five steps ahead may be 0.2.
TEST(AutoscalingPolicies, PredictiveIsThereBeforeTheDemand) {
  std::vector<double> arrivals;
  for (int i = 1; std::sqrt(i / 0.005) < 2400; ++i) arrivals.push_back(std::sqrt(i / 0.005));
  const Json line{{"model", "holt-winters"}, {"alpha", 1.0}, {"beta", 1.0}};
  const Told told = scaled(service_of({{"policy", "predictive"}, {"per_replica", 5}, {"forecaster", line}}, 1, 2401, arrivals));
  ASSERT_FALSE(told.empty());
  // More than 25 a second, for which five no longer do, are foretold after minute 37 (0.6 × 42 + 0.3 = 25.5), or after the one
  // before, whose 24.9 may be 0.2 more.
  EXPECT_NE(told.back().find("scaled from 5 to 6: up to 25."), std::string::npos) << told.back();
  EXPECT_NE(told.back().find("foretold within 5 min by holt-winters: 6 wanted"), std::string::npos) << told.back();
}

// Three a second for a minute, each in progress for 10 s: 30 of them, 7 for each replica. Scrapes show 20 at 15 s (rising to 30
// at 10 s), 30 up to 60 s, 10 at 75 s (falling to none at 70 s), and none. It looks every 2 s:
//   16: ceil(20 / 7) = 3, three times as many as there are: panic, in which none go
//   30: ceil(30 / 7) = 5 by the last scrape
//   after a minute of panic: the last four make 25, for 4; at 90 s 17.5, for 3; at 106 s 10, for 2; at 120 s 2.5, for 1
//   136: none in the last minute; and none for the grace period of 30 s at 166 s
TEST(AutoscalingPolicies, ServerlessConcurrencyPanicsAndGoesToNone) {
  const Json kpa{{"policy", "serverless-concurrency"}, {"target", 10}};
  Told told;
  for (const std::string& one : scaled(service_of(kpa, 1, 200, evenly(0, 60, 3), 10.0)))
    told.push_back(one.substr(0, one.find(" to ") + 5));
  ASSERT_EQ(told.size(), 7U);
  EXPECT_EQ(told[0], "16: scaled from 1 to 3");
  EXPECT_EQ(told[1], "30: scaled from 3 to 5");
  EXPECT_TRUE(told[2] == "78: scaled from 5 to 4" || told[2] == "80: scaled from 5 to 4") << told[2];
  EXPECT_EQ(told[3], "90: scaled from 4 to 3");
  EXPECT_EQ(told[4], "106: scaled from 3 to 2");
  EXPECT_EQ(told[5], "120: scaled from 2 to 1");
  EXPECT_EQ(told[6], "166: scaled from 1 to 0");
}

// Two policies on one service: rules that go down by one whenever there is little to do, and a schedule that holds them.
TEST(AutoscalingPolicies, OfSeveralTheLargestCountsWithinTheBoundsOfASchedule) {
  const Json schedule{{"policy", "scheduled"},
                      {"actions", {{{"at", "0 s"}, {"replicas", {4, 9}}}, {{"at", "60 s"}, {"replicas", {2, 9}}}}}};
  const Json rules{
      {"policy", "threshold-rules"}, {"period", "30 s"}, {"rules", {{{"when", "rate requests < 5"}, {"action", "-1"}}}}};
  EXPECT_EQ(scaled(service_of({{"policy", "combined"}, {"policies", {rules, schedule}}}, 5, 200, evenly(0, 200, 1))),
            (Told{"30: scaled from 5 to 4: threshold-rules: rate requests{service=api} < 5: 4 wanted of 5",
                  "60: scaled from 4 to 3: threshold-rules: rate requests{service=api} < 5: 3 wanted of 4",
                  "90: scaled from 3 to 2: threshold-rules: rate requests{service=api} < 5: 2 wanted of 3"}));
}

}  // namespace
}  // namespace headroom::test
