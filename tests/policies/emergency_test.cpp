#include "tests/policies/scraped_service.hpp"

namespace headroom {
namespace {

const std::string traffic = "rate requests{service=api}";

Json emergency(Json more = Json::object()) {
  more["policy"] = "emergency";
  return more;
}

// An hour at 100 a second by 4 replicas.
ScrapedService calm_service(Json more = Json::object()) {
  ScrapedService service{emergency(std::move(more)), 4};
  service.set(traffic, 100);
  EXPECT_EQ(service.changes(0, 3600), Changes{});
  EXPECT_TRUE(service.decision().abstains);
  return service;
}

// 350 a second are 3.5 times what is usual: 14 replicas at once; 400 make 16; with 300, still a spike, none go.
TEST(Emergency, StepsUpAtOnceInProportionAndNotDownMeanwhile) {
  ScrapedService service = calm_service();
  service.set(traffic, 350);
  EXPECT_EQ(service.changes(3600, 3630), (Changes{{3615, 14}}));
  EXPECT_EQ(service.reason(), "emergency: requests 350, 100 are usual: 14 wanted");
  EXPECT_FALSE(service.decision().abstains);
  service.set(traffic, 400);
  EXPECT_EQ(service.changes(3630, 3660), (Changes{{3645, 16}}));
  service.set(traffic, 300);
  EXPECT_EQ(service.changes(3660, 3900), Changes{});
}

TEST(Emergency, StepsUpByItsStepAtLeast) {
  ScrapedService service = calm_service({{"step", 3}});
  service.set(traffic, 201);
  EXPECT_EQ(service.at(3615), 12);
}

TEST(Emergency, TakesTwiceTheUsualForNoSpike) {
  ScrapedService service = calm_service({{"memory", "1000 h"}});
  service.set(traffic, 200);
  EXPECT_EQ(service.changes(3600, 3900), Changes{});
}

// 16 at most, a tenth of which is 2: from ten minutes after the traffic is normal 2 fewer every five minutes, to the 4 before.
TEST(Emergency, ComesDownByAndByToWhatWasBefore) {
  ScrapedService service = calm_service();
  service.set(traffic, 400);
  service.at(3615);
  service.set(traffic, 120);  // 1.2 times
  EXPECT_EQ(service.changes(3615, 7200), (Changes{{4230, 14}, {4530, 12}, {4830, 10}, {5130, 8}, {5430, 6}, {5730, 4}}));
  EXPECT_TRUE(service.decision().abstains);
}

TEST(Emergency, CountsTheCalmAnewWhenTrafficRises) {
  ScrapedService service = calm_service();
  service.set(traffic, 400);
  service.at(3615);
  service.set(traffic, 100);
  service.changes(3615, 4200);
  service.set(traffic, 150);  // neither normal nor a spike
  EXPECT_EQ(service.changes(4200, 4230), Changes{});
  service.set(traffic, 100);
  EXPECT_EQ(service.changes(4230, 4860), (Changes{{4845, 14}}));
}

TEST(Emergency, GoesUpAgainOnItsWayDown) {
  ScrapedService service = calm_service();
  service.set(traffic, 400);
  service.at(3615);
  service.set(traffic, 100);
  service.changes(3615, 4600);  // 16, 14, 12
  EXPECT_EQ(service.replicas(), 12);
  service.set(traffic, 500);
  EXPECT_EQ(service.at(4605), 20);
}

// 300 for two hours are what is usual then: 4 × 3 = 12 stay, and 500 are no spike.
TEST(Emergency, TakesALongSpikeForWhatIsUsual) {
  ScrapedService service = calm_service();
  service.set(traffic, 400);
  service.at(3615);
  service.set(traffic, 300);
  EXPECT_EQ(service.changes(3615, 3615 + 3 * 3600), (Changes{{3615 + 7200, 14}, {3615 + 7500, 12}}));
  EXPECT_TRUE(service.decision().abstains);
  service.set(traffic, 500);
  service.at(14430);
  EXPECT_EQ(service.replicas(), 12);
}

// The usual follows by 1 - e^(-15/1800) of the difference every 15 s: after half an hour of 150 it is 150 - 50/e = 131.6.
TEST(Emergency, LearnsWhatIsUsual) {
  ScrapedService service = calm_service();
  service.set(traffic, 150);
  service.changes(3600, 5400);
  EXPECT_EQ(service.reason(), "requests 150, 131.6 are usual");
}

TEST(Emergency, SeesNoSpikeBeforeItHasLearnt) {
  ScrapedService service{emergency({{"memory", "1000 h"}}), 4};
  service.set(traffic, 10);
  service.at(15);
  service.set(traffic, 100);
  EXPECT_EQ(service.changes(15, 600), Changes{});
  EXPECT_EQ(service.changes(600, 630), (Changes{{615, 40}}));
}

TEST(Emergency, SeesNoSpikeInNextToNothing) {
  ScrapedService service = calm_service({{"least", 500}});
  service.set(traffic, 400);
  EXPECT_EQ(service.at(3615), 4);
}

TEST(Emergency, HoldsWithoutAValue) {
  ScrapedService service = calm_service();
  service.set(traffic, 400);
  service.at(3615);
  service.remove(traffic);
  EXPECT_EQ(service.changes(3615, 9000), Changes{});
  EXPECT_EQ(service.reason(), "the metric has no value: 16 wanted");
}

TEST(Emergency, KeepsToItsRangeAndRefusesANormalThatIsASpike) {
  ScrapedService service = calm_service({{"replicas", {2, 10}}});
  service.set(traffic, 400);
  EXPECT_EQ(service.at(3615), 10);
  EXPECT_EQ(problems_of<Autoscaler>(emergency({{"normal", 2}})).front().first, "normal");
}

// Twelve hours of nothing leave next to nothing that is usual, and load that stays as long as the longest spike is usual then, whatever
// the quotient of the two; after the way down it is calm again.
TEST(Emergency, IsOverAlsoWhereNothingWasUsual) {
  ScrapedService service = calm_service();
  service.set(traffic, 0);
  service.changes(3600, 3600 + 12 * 3600);
  service.set(traffic, 100);
  service.changes(3600 + 12 * 3600, 3600 + 36 * 3600);
  EXPECT_TRUE(service.decision().abstains) << service.reason();
}

}  // namespace
}  // namespace headroom
