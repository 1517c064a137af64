#include "tests/policies/scraped_service.hpp"

namespace headroom {
namespace {

const std::string cpu = "avg cpu{service=api}";
const std::string traffic = "rate requests{service=api}";

Json combined(const Json& policies) { return {{"policy", "combined"}, {"policies", policies}}; }
Json fixed(int replicas) { return {{"policy", "fixed"}, {"replicas", replicas}}; }
Json rule(const std::string& when, const std::string& action) {
  return {{"policy", "threshold-rules"}, {"rules", {{{"when", when}, {"action", action}}}}};
}
// Half of what it is asked for is the target; minutes and cooldowns as shipped.
const Json tracking{{"policy", "target-tracking"}, {"target", 0.5}};

TEST(Combined, TakesThePolicyThatWantsTheMost) {
  ScrapedService service{combined({fixed(3), fixed(5), fixed(4)}), 1};
  EXPECT_EQ(service.at(15), 5);
  EXPECT_EQ(service.reason(), "fixed: fixed at 5 (fixed 3, fixed 4)");
}

TEST(Combined, AsksEachAtItsOwnPeriod) {
  Json slow = rule("avg cpu > 80 %", "+1");
  slow["period"] = "20 s";
  ScrapedService service{combined({slow, fixed(1)}), 1};
  EXPECT_EQ(service.autoscaler().period(), std::chrono::seconds{5});
  service.set(cpu, 0.9);
  EXPECT_EQ(service.changes(0, 60), (Changes{{20, 2}, {40, 3}, {60, 4}}));
}

// What a policy wanted counts until it looks again: the rule asked for 3 at 60 s and takes that back at 120 s.
TEST(Combined, KeepsWhatAPolicyLastWanted) {
  Json slow = rule("avg cpu > 80 %", "=3");
  slow["period"] = "60 s";
  ScrapedService service{combined({slow, fixed(1)}), 1};
  service.set(cpu, 0.9);
  EXPECT_EQ(service.changes(0, 60), (Changes{{60, 3}}));
  service.set(cpu, 0.1);
  EXPECT_EQ(service.changes(60, 119), Changes{});
}

TEST(Combined, LeavesOutWhoWantsNothing) {
  ScrapedService service{combined({"emergency", fixed(2)}), 5};
  service.set(traffic, 100);
  EXPECT_EQ(service.at(15), 2);
  ScrapedService alone{combined({"emergency"}), 5};
  alone.set(traffic, 100);
  EXPECT_EQ(alone.at(15), 5);
  EXPECT_EQ(alone.reason(), "none wants anything");
  EXPECT_TRUE(alone.decision().abstains);
}

TEST(Combined, HoldsAllToTheBoundsOfASchedule) {
  const Json schedule{{"policy", "scheduled"},
                      {"actions", {{{"at", "0 s"}, {"replicas", {4, 6}}}, {{"at", "60 s"}, {"replicas", {1, 3}}}}}};
  ScrapedService many{combined({schedule, fixed(9)}), 1};
  EXPECT_EQ(many.changes(0, 90), (Changes{{15, 6}, {60, 3}}));
  EXPECT_EQ(many.reason(), "fixed: fixed at 9; held to 3 by 1 to 3");
  ScrapedService few{combined({fixed(2), schedule}), 1};
  EXPECT_EQ(few.changes(0, 90), (Changes{{15, 4}, {60, 2}}));
}

TEST(Combined, TakesTheLargerMinimumOfBoundsThatExcludeEachOther) {
  const auto from = [](int low, int high) {
    return Json{{"policy", "scheduled"}, {"actions", {{{"at", "0 s"}, {"replicas", {low, high}}}}}};
  };
  ScrapedService one{combined({from(2, 3), from(5, 8)}), 4};
  EXPECT_EQ(one.at(15), 5);
  ScrapedService other{combined({from(5, 8), from(2, 3)}), 4};
  EXPECT_EQ(other.at(15), 5);
}

// The cooldown after its first step holds target tracking at 7 of 4; ten times the traffic is an emergency that does not wait.
TEST(Combined, LetsAnEmergencyPastTheCooldownOfAnother) {
  ScrapedService service{combined({tracking, {{"policy", "emergency"}, {"learning", "2 min"}}}), 4};
  service.set(cpu, 0.8);
  service.set(traffic, 100);
  EXPECT_EQ(service.changes(0, 180), (Changes{{180, 7}}));
  service.set(traffic, 1000);
  EXPECT_EQ(service.changes(180, 195), (Changes{{195, 70}}));
  EXPECT_EQ(service.reason(), "emergency: emergency: requests 1000, 100 are usual: 70 wanted (target-tracking 7)");
}

// They see what the other has made: after the emergency the replicas idle, but target tracking steps in only after its 15
// minutes below the target, and until then wants what there is. The emergency would have begun its descent after ten.
TEST(Combined, HoldsWhatAnotherAddedUntilAllAgree) {
  ScrapedService service{combined({tracking, {{"policy", "emergency"}, {"learning", "2 min"}, {"descent", 1.0}}}), 4};
  service.set(cpu, 0.48);
  service.set(traffic, 100);
  EXPECT_EQ(service.changes(0, 600), Changes{});
  service.set(traffic, 250);
  EXPECT_EQ(service.changes(600, 615), (Changes{{615, 10}}));
  service.set(cpu, 0.2);
  service.set(traffic, 100);
  // Traffic is normal from 630 s, the emergency over at 1230 s; all minutes from the one that ends at 660 s on are low, and at
  // 1500 s fifteen of them are: ceil(10 × 0.4) = 4.
  EXPECT_EQ(service.changes(615, 1799), (Changes{{1500, 4}}));
}

// Two rules on one metric that pull both ways: what one takes the other gives back, and the larger counts.
TEST(Combined, ShowsInItsReasonWhatTheOthersWant) {
  ScrapedService service{combined({rule("avg cpu < 90 %", "-1"), rule("avg cpu > 50 %", "+1")}), 4};
  service.set(cpu, 0.7);
  EXPECT_EQ(service.at(15), 5);
  EXPECT_EQ(service.reason(), "threshold-rules: avg cpu{service=api} > 50 %: 5 wanted of 4 (threshold-rules 3)");
}

TEST(Combined, WatchesWhatAnyOfThemWatchesOnce) {
  const auto service = policy<Autoscaler>(combined({tracking, rule("avg cpu > 80 %", "+1"), "emergency"}), {.service = "api"});
  ASSERT_EQ(service->watched().size(), 2U);
  EXPECT_EQ(to_text(service->watched()[1]), traffic);
}

TEST(Combined, TellsTheProblemsOfEachAtItsPlace) {
  const Json short_season{
      {"policy", "predictive"}, {"per_replica", 1}, {"forecaster", {{"model", "holt-winters"}, {"season", "1 min"}}}};
  EXPECT_EQ(policy<Autoscaler>(combined({fixed(1), short_season}))->problems().front().first, "policies/1/forecaster/season");
  EXPECT_EQ(problems_of<Autoscaler>(combined(Json::array())).front().first, "policies");
}

}  // namespace
}  // namespace headroom
