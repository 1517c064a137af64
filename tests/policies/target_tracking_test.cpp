#include "tests/policies/scraped_service.hpp"

namespace headroom {
namespace {

const std::string cpu = "avg cpu{service=api}";

Json tracking(Json more = Json::object()) {
  more["policy"] = "target-tracking";
  if (!more.contains("target")) more["target"] = 0.5;
  return more;
}

// 4 replicas at 80 % for a target of 50 %: ceil(4 × 1.6) = 7, once three minutes have been above it.
TEST(TargetTracking, StepsOutInProportionAfterThreeMinutes) {
  ScrapedService service{tracking(), 4};
  service.set(cpu, 0.8);
  EXPECT_EQ(service.changes(0, 179), Changes{});
  EXPECT_EQ(service.at(180), 7);
  EXPECT_EQ(service.reason(), "cpu 0.8 against 0.5 for 3 datapoints: 7 wanted of 4");
}

TEST(TargetTracking, CountsTheMinutesAnewAfterOneAtTheTarget) {
  ScrapedService service{tracking(), 4};
  service.set(cpu, 0.8);
  service.changes(0, 120);
  service.set(cpu, 0.5);  // not above
  service.changes(120, 180);
  service.set(cpu, 0.8);
  EXPECT_EQ(service.changes(180, 420), (Changes{{360, 7}}));
}

// A datapoint is the mean of a minute's four values: 0.2, 0.2, 0.2 and 2.0 make 0.65.
TEST(TargetTracking, LooksAtTheMeansOfMinutes) {
  ScrapedService service{tracking(), 4};
  for (int minute = 0; minute < 3; ++minute) {
    service.set(cpu, 0.2);
    service.changes(60.0 * minute, 60.0 * minute + 45);
    service.set(cpu, 2.0);
    service.at(60.0 * minute + 60);
  }
  EXPECT_EQ(service.replicas(), 6);  // ceil(4 × 1.3)
}

// At 44 %, below 90 % of 50 %, for fifteen minutes: ceil(10 × 0.88) = 9; the next after the cooldown of five minutes.
TEST(TargetTracking, StepsInAfterFifteenMinutesAndACooldown) {
  ScrapedService service{tracking(), 10};
  service.set(cpu, 0.44);
  EXPECT_EQ(service.changes(0, 1260), (Changes{{900, 9}, {1200, 8}}));
}

TEST(TargetTracking, StaysBetweenNineTenthsOfTheTargetAndTheTarget) {
  ScrapedService service{tracking(), 10};
  service.set(cpu, 0.45);
  EXPECT_EQ(service.changes(0, 3600), Changes{});
  EXPECT_EQ(service.reason(), "cpu 0.45 against 0.5: no alarm");
  EXPECT_FALSE(service.decision().abstains);
}

// ceil(2 × 0.3 / 0.5) = 2: one would have to carry 60 %.
TEST(TargetTracking, RoundsSoThatTooManyStayRatherThanTooFew) {
  ScrapedService service{tracking(), 2};
  service.set(cpu, 0.3);
  EXPECT_EQ(service.changes(0, 1800), Changes{});
}

// The user guide: what a step out added counts towards the next during its cooldown. From 4 replicas 0.8 asks for 7; 0.85 then
// asks for ceil(4 × 1.7) = 7, which is no more, and 1.0 for 8. When the cooldown is over 0.85 asks for ceil(8 × 1.7) = 14.
TEST(TargetTracking, OnlyStepsFartherDuringTheCooldown) {
  ScrapedService service{tracking(), 4};
  service.set(cpu, 0.8);
  service.changes(0, 180);
  service.set(cpu, 0.85);
  EXPECT_EQ(service.changes(180, 300), Changes{});
  service.set(cpu, 1.0);
  EXPECT_EQ(service.changes(300, 360), (Changes{{360, 8}}));
  service.set(cpu, 0.85);
  EXPECT_EQ(service.changes(360, 660), (Changes{{660, 14}}));
}

TEST(TargetTracking, StepsOutAtOnceDuringTheCooldownAfterAStepIn) {
  ScrapedService service{tracking({{"scale_in_cooldown", "1 h"}}), 10};
  service.set(cpu, 0.25);
  EXPECT_EQ(service.changes(0, 900), (Changes{{900, 5}}));
  service.set(cpu, 1.0);
  EXPECT_EQ(service.changes(900, 1080), (Changes{{1080, 10}}));
}

TEST(TargetTracking, LeavesScalingInToOthersWhenItIsDisabled) {
  ScrapedService service{tracking({{"disable_scale_in", true}}), 10};
  service.set(cpu, 0.1);
  EXPECT_EQ(service.changes(0, 1800), Changes{});
  EXPECT_TRUE(service.decision().abstains);
}

// 700 requests a second for 4 replicas, 100 for each: 175 of 100.
TEST(TargetTracking, DividesAMetricOfTheWholeServiceByItsReplicas) {
  ScrapedService service{tracking({{"metric", "rate requests"}, {"per_replica", true}, {"target", 100}}), 4};
  service.set("rate requests{service=api}", 700);
  EXPECT_EQ(service.changes(0, 180), (Changes{{180, 7}}));
}

TEST(TargetTracking, DoesNothingWithoutAValueAndKeepsToItsRange) {
  ScrapedService service{tracking({{"replicas", {3, 6}}}), 2};
  EXPECT_EQ(service.changes(0, 60), (Changes{{60, 3}}));
  EXPECT_EQ(service.reason(), "2 is outside 3 to 6");
  EXPECT_EQ(service.changes(60, 600), Changes{});
  EXPECT_EQ(service.reason(), "the metric has no value");
  service.set(cpu, 5.0);
  EXPECT_EQ(service.changes(600, 780), (Changes{{780, 6}}));
}

TEST(TargetTracking, RefusesASamplingThatDoesNotFillThePeriod) {
  EXPECT_EQ(problems_of<Autoscaler>(tracking({{"sampling", "25 s"}})).front().first, "sampling");
}

// Of none as of one: 120 a second at 50 each are three, and those have 40 each.
TEST(TargetTracking, ComesBackFromNone) {
  const Json options{
      {"policy", "target-tracking"}, {"metric", "rate requests"}, {"per_replica", true}, {"target", 50}, {"replicas", {0, 10}}};
  ScrapedService service{options, 0};
  service.set("rate requests{service=api}", 120);
  service.changes(0, 600);
  EXPECT_EQ(service.replicas(), 3) << service.reason();
}

}  // namespace
}  // namespace headroom
