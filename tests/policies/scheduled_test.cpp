#include "tests/policies/scraped_service.hpp"

namespace headroom {
namespace {

Json scheduled(Json actions, Json more = Json::object()) {
  more["policy"] = "scheduled";
  more["actions"] = std::move(actions);
  return more;
}

constexpr double hour = 3600.0;

// The user guide's week: from 2 to 6 before work, back in the evening; the run starts on Monday 2026-01-05.
TEST(Scheduled, RaisesAndLowersByTheCalendar) {
  ScrapedService service{
      scheduled({{{"cron", "0 8 * * mon-fri"}, {"replicas", {6, 20}}}, {{"cron", "0 20 * * *"}, {"replicas", 2}}}), 2};
  EXPECT_EQ(service.changes(0, 36 * hour), (Changes{{8 * hour, 6}, {20 * hour, 2}, {32 * hour, 6}}));
  EXPECT_EQ(service.reason(), "0 8 * * mon-fri: 6 to 20");
}

// Saturday morning has no hit: what came on Friday evening holds.
TEST(Scheduled, BeginsWithTheActionThatCameLastBeforeTheRun) {
  const Json actions{{{"cron", "0 8 * * mon-fri"}, {"replicas", 6}}, {{"cron", "0 20 * * mon-fri"}, {"replicas", 3}}};
  ScrapedService weekend{scheduled(actions, {{"starts_at", "2026-01-10T12:00:00Z"}}), 9};
  EXPECT_EQ(weekend.at(15), 3);
  ScrapedService noon{scheduled(actions, {{"starts_at", "2026-01-09T12:00:00Z"}}), 9};
  EXPECT_EQ(noon.at(15), 6);
}

// 18:00 in New York in winter is 23:00 UTC.
TEST(Scheduled, ReadsTheClockOfItsTimeZone) {
  ScrapedService service{scheduled({{{"cron", "0 18 5 1 *"}, {"replicas", 7}}}, {{"utc_offset", "-5 h"}, {"replicas", {1, 7}}}),
                         1};
  // The calendar's last hit was a year ago, so that 7 hold from the start: a second action on New Year's Day takes that back.
  EXPECT_EQ(service.at(15), 7);
  ScrapedService later{
      scheduled({{{"cron", "0 0 1 1 *"}, {"replicas", 1}}, {{"cron", "0 18 5 1 *"}, {"replicas", 7}}}, {{"utc_offset", "-5 h"}}),
      1};
  EXPECT_EQ(later.changes(0, 24 * hour), (Changes{{23 * hour, 7}}));
}

TEST(Scheduled, ActsAtTimesAfterTheStart) {
  ScrapedService service{
      scheduled({{{"at", "90 s"}, {"replicas", {5, 8}}}, {{"at", "100 s"}, {"replicas", {1, 3}}, {"name", "after"}}}), 2};
  EXPECT_EQ(service.at(15), 2);
  EXPECT_EQ(service.reason(), "nothing scheduled yet");
  EXPECT_EQ(service.changes(15, 300), (Changes{{90, 5}, {105, 3}}));
  EXPECT_EQ(service.reason(), "after: 1 to 3");
}

// Between 5 and 8 the number is the affair of others.
TEST(Scheduled, LeavesWhatIsWithinItsRange) {
  ScrapedService service{scheduled({{{"at", "0 s"}, {"replicas", {5, 8}}}}), 7};
  EXPECT_EQ(service.at(15), 7);
  EXPECT_TRUE(service.decision().abstains);
  ASSERT_TRUE(service.decision().bounds);
  EXPECT_EQ(service.decision().bounds->low, 5);
  EXPECT_EQ(service.decision().bounds->high, 8);
}

TEST(Scheduled, AsksForItsDesiredNumberOnce) {
  ScrapedService service{scheduled({{{"at", "60 s"}, {"replicas", {2, 10}}, {"desired", 6}}}), 2};
  EXPECT_EQ(service.changes(0, 60), (Changes{{60, 6}}));
  EXPECT_FALSE(service.decision().abstains);
  service.resize(4);
  EXPECT_EQ(service.at(75), 4);
  EXPECT_TRUE(service.decision().abstains);
}

TEST(Scheduled, TakesTheLaterInTheListOfTwoAtTheSameTime) {
  ScrapedService service{scheduled({{{"at", "60 s"}, {"replicas", 4}}, {{"cron", "1 0 * * *"}, {"replicas", 6}}}), 6};
  EXPECT_EQ(service.changes(0, 300), Changes{});
}

TEST(Scheduled, RefusesWhatCannotBe) {
  const auto fields = [](const Json& options) {
    std::vector<std::string> names;
    for (const auto& [field, sentence] : problems_of<Autoscaler>(options)) names.push_back(field);
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(fields(scheduled(Json::array())), Names{"actions"});
  EXPECT_EQ(fields(scheduled({{{"cron", "0 25 * * *"}, {"replicas", 2}}})), Names{"actions/0/cron"});
  EXPECT_EQ(fields(scheduled({{{"at", "1 s"}, {"replicas", {0, 2}}, {"desired", 3}}}, {{"starts_at", "noon"}})),
            (Names{"starts_at", "actions/0/replicas", "actions/0/desired"}));
}

}  // namespace
}  // namespace headroom
