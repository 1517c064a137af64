#include <numbers>

#include "policies/autoscaling/rhythm.hpp"
#include "tests/policies/scraped_service.hpp"

namespace headroom {
namespace {

const std::string demand = "rate requests{service=api}";

// A level and a trend that follow at once, so that a straight line is foretold exactly.
const Json line{{"model", "holt-winters"}, {"alpha", 1.0}, {"beta", 1.0}};

Json predictive(Json more = Json::object()) {
  more["policy"] = "predictive";
  if (!more.contains("per_replica")) more["per_replica"] = 100;
  if (!more.contains("forecaster")) more["forecaster"] = line;
  return more;
}

// The demand changes by the minute, as `of_minute` says.
template <class OfMinute>
void run(ScrapedService& service, int from, int to, const OfMinute& of_minute) {
  for (int minute = from; minute < to; ++minute) {
    service.set(demand, of_minute(minute));
    service.changes(60.0 * minute, 60.0 * (minute + 1));
  }
}

// 100 + 10 a minute. Minute 39's mean is 490; five minutes ahead 540 are foretold, for 6 replicas by 100 each.
TEST(Predictive, ScalesForTheDemandAtTheEndOfItsHorizon) {
  ScrapedService service{predictive(), 1};
  run(service, 0, 40, [](int minute) { return 100.0 + 10.0 * minute; });
  EXPECT_EQ(service.replicas(), 6);
  EXPECT_EQ(service.reason(), "up to 540 foretold within 5 min by holt-winters: 6 wanted");
}

// On the way down the largest is the next minute's, not the last one's; the present demand is what it reacts to.
TEST(Predictive, KeepsWhatIsNeededUntilThen) {
  ScrapedService service{predictive(), 1};
  run(service, 0, 40, [](int minute) { return 1000.0 - 10.0 * minute; });  // 610; foretold 600 to 560
  EXPECT_EQ(service.replicas(), 7);
  EXPECT_EQ(service.reason(), "up to 600 foretold within 5 min by holt-winters: 6 wanted; reactive: requests 610: 7 wanted");
}

TEST(Predictive, AddsItsMargin) {
  ScrapedService service{predictive({{"margin", 0.2}}), 1};
  run(service, 0, 40, [](int minute) { return 100.0 + 10.0 * minute; });
  EXPECT_EQ(service.replicas(), 7);  // 540 × 1.2 = 648
}

// The first forecast is made after two minutes and comes due five minutes later, in the seventh.
TEST(Predictive, ReactsUntilItsForecastsHaveBeenJudged) {
  ScrapedService service{predictive({{"judged", 10}}), 1};
  const auto rising = [](int minute) { return 100.0 + 10.0 * minute; };
  run(service, 0, 1, rising);
  EXPECT_EQ(service.reason(), "too short a history to forecast; reactive: requests 100: 1 wanted");
  run(service, 1, 15, rising);
  EXPECT_EQ(service.reason(), "forecast judged by 9 of 10 steps; reactive: requests 240: 3 wanted");
  run(service, 15, 16, rising);
  EXPECT_EQ(service.reason(), "up to 300 foretold within 5 min by holt-winters: 3 wanted");
}

// What has risen for an hour falls back and forth from then on. A trend that follows at once foretells ever farther ups and
// downs; five minutes after the turn its errors begin to count, and within the judged ten steps it is given up for the reactive
// one.
TEST(Predictive, FailsSafeWhenTheForecastIsNoBetterThanNaive) {
  ScrapedService service{predictive({{"judged", 10}}), 1};
  run(service, 0, 60, [](int minute) { return 100.0 + 10.0 * minute; });
  EXPECT_EQ(service.replicas(), 8);
  const auto jagged = [](int minute) { return minute % 2 == 0 ? 500.0 : 700.0; };
  run(service, 60, 76, jagged);
  EXPECT_EQ(service.replicas(), 7);
  EXPECT_NE(service.reason().find("forecast no better than naive ("), std::string::npos) << service.reason();
  run(service, 76, 77, jagged);
  EXPECT_EQ(service.replicas(), 5);
  // It is trusted again once the last ten steps went as foretold.
  run(service, 77, 100, [](int minute) { return 10.0 * minute; });
  EXPECT_EQ(service.reason(), "up to 1040 foretold within 5 min by holt-winters: 11 wanted");
}

TEST(Predictive, TrustsNothingWhileTheMetricIsMissing) {
  ScrapedService service{predictive(), 1};
  run(service, 0, 40, [](int minute) { return 100.0 + 10.0 * minute; });
  service.remove(demand);
  service.changes(2400, 2460);
  EXPECT_EQ(service.replicas(), 6);
  EXPECT_EQ(service.reason(), "the metric has no value; reactive: no value to react to: 6 wanted");
}

// A wave of an hour: the naive forecast is off by up to 5 minutes of it, the regression hardly.
TEST(Predictive, TakesAnyForecaster) {
  const Json waves{{"model", "harmonic-regression"}, {"seasons", {{{"period", "1 h"}, {"harmonics", 1}}}}};
  ScrapedService service{predictive({{"forecaster", waves}}), 1};
  const auto wave = [](int minute) { return 500.0 + 400.0 * std::sin(2.0 * std::numbers::pi * minute / 60.0); };
  run(service, 0, 126, wave);
  // Minute 125 has 500 + 400 sin 30° = 700; within five minutes sin 60° is reached: 846.4.
  EXPECT_EQ(service.replicas(), 9);
  EXPECT_EQ(service.reason(), "up to 846.4 foretold within 5 min by harmonic-regression: 9 wanted");
}

// ---- with a policy beneath ---------------------------------------------------------------------------------------------------

TEST(Predictive, NeverGoesBelowItsReactivePolicy) {
  ScrapedService service{predictive({{"reactive", {{"policy", "fixed"}, {"replicas", 9}}}}), 1};
  run(service, 0, 40, [](int minute) { return 100.0 + 10.0 * minute; });
  EXPECT_EQ(service.replicas(), 9);
  EXPECT_EQ(service.reason(), "up to 540 foretold within 5 min by holt-winters: 6 wanted; reactive: fixed at 9: 9 wanted");
}

TEST(Predictive, FallsBackOnItsReactivePolicyAtItsPeriod) {
  const Json rules{
      {"policy", "threshold-rules"}, {"period", "20 s"}, {"rules", {{{"when", "avg cpu > 80 %"}, {"action", "+1"}}}}};
  ScrapedService service{predictive({{"reactive", rules}}), 1};
  EXPECT_EQ(service.autoscaler().period(), std::chrono::seconds{5});
  ASSERT_EQ(service.autoscaler().watched().size(), 2U);
  service.set("avg cpu{service=api}", 0.9);
  EXPECT_EQ(service.changes(0, 60), (Changes{{20, 2}, {40, 3}, {60, 4}}));
}

TEST(Predictive, KeepsToItsRangeAndRefusesWhatCannotBe) {
  ScrapedService service{predictive({{"replicas", {2, 4}}}), 1};
  EXPECT_EQ(service.at(15), 2);
  run(service, 1, 41, [](int minute) { return 100.0 + 10.0 * minute; });
  EXPECT_EQ(service.replicas(), 4);
  EXPECT_EQ(problems_of<Autoscaler>(predictive({{"period", "25 s"}})).front().first, "period");
  EXPECT_EQ(problems_of<Autoscaler>(predictive({{"horizon", "30 s"}})).front().first, "horizon");
  EXPECT_EQ(problems_of<Autoscaler>(predictive({{"history", "100 h"}, {"step", "1 s"}, {"period", "1 s"}})).front().first,
            "history");
  const Json short_season{{"model", "holt-winters"}, {"season", "1 min"}};
  EXPECT_EQ(policy<Autoscaler>(predictive({{"forecaster", short_season}}))->problems().front().first, "forecaster/season");
}

TEST(Predictive, IsDueAtMultiplesOfAPeriodHoweverOftenItIsAsked) {
  Rhythm rhythm{std::chrono::seconds{15}};
  EXPECT_TRUE(rhythm.is_due(at_seconds(0)));
  EXPECT_FALSE(rhythm.is_due(at_seconds(14)));
  EXPECT_TRUE(rhythm.is_due(at_seconds(15)));
  EXPECT_FALSE(rhythm.is_due(at_seconds(15)));
  EXPECT_TRUE(rhythm.is_due(at_seconds(50)));  // 45 has passed
  EXPECT_FALSE(rhythm.is_due(at_seconds(59)));
  EXPECT_TRUE(rhythm.is_due(at_seconds(60)));
}

// The schedule asks for five at least from its first look on, long before the forecast has been judged.
TEST(Predictive, KeepsWithinTheBoundsOfAScheduleBelowIt) {
  const Json schedule{{"policy", "scheduled"}, {"actions", Json::array({{{"at", "0 s"}, {"replicas", {5, 20}}}})}};
  ScrapedService service{predictive({{"reactive", schedule}}), 2};
  EXPECT_EQ(service.at(15), 5) << service.reason();
}

}  // namespace
}  // namespace headroom
