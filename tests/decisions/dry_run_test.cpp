// Dry runs whose replicas can be counted by hand, and the histories that they read.
#include "decisions/dry_run.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "decisions/line_reader.hpp"
#include "scenarios/scenario_error.hpp"
#include "sim/core/registry.hpp"

namespace headroom::decisions {
namespace {

PolicyChoice hpa(const std::string& options) {
  PolicyChoice choice;
  choice.registry = &RegistryOf<Autoscaler>::instance();
  LineReader reader{"options"};
  reader.read_choice(options, "hpa", choice);
  reader.throw_if_any();
  return choice;
}

RecordedMetrics history(std::vector<double> times, std::vector<RecordedColumn> columns) {
  RecordedMetrics recorded;
  recorded.times = std::move(times);
  recorded.columns = std::move(columns);
  return recorded;
}

// Requests per second of a service whose replicas are to have 50 each.
DryRun by_requests() {
  return {.choice = hpa(R"({"metrics": [{"pods": "rps", "average": 50}], "replicas": [1, 100], "stabilization": "0 s"})"),
          .context = {.service = "web", .initial_replicas = 1, .replicas = {1, 100}},
          .metrics = {{.selector = "rps", .column = "rps", .shown_per_replica = true, .target = 50.0}},
          .stale_after = std::chrono::minutes{5}};
}

// 100 /s are 2 replicas at 50; 300 /s over 2 are 150, ratio 3: 6 wanted, of which max(2 × 2, 4) = 4 come at once; then 75
// each, 6. At 96 /s each of 6 has 16: ceil(6 × 0.32) = 2.
TEST(DryRun, ReplicasShareTheLoad) {
  const RecordedMetrics recorded = history({0, 30, 90}, {{"rps", {100.0, 300.0, 96.0}}});
  const ScalingHistory told = dry_run(by_requests(), recorded);
  EXPECT_EQ(told.times, (std::vector<double>{0, 15, 30, 45, 60, 75, 90}));
  EXPECT_EQ(told.replicas, (std::vector<int>{2, 2, 4, 6, 6, 6, 2}));
  ASSERT_EQ(told.changes.size(), 3U);
  EXPECT_EQ(told.changes[0].reason, "rps 150 against 50 per pod, ratio 3.00: 6 wanted of 2; limited to 4, twice as many or 4");
  EXPECT_EQ(told.needed[2], 6.0);
  EXPECT_EQ(told.loads[0].values[2], 150.0);
  const ScalingSummary summary = summary_of(told);
  EXPECT_EQ(summary.up, 2U);
  EXPECT_EQ(summary.down, 1U);
  // 300 /s over 2, then over 4 replicas are 300 % and 150 % of what they carry: 2 of 6 spans between passes are short.
  EXPECT_DOUBLE_EQ(summary.short_share, 2.0 / 6.0);
  EXPECT_EQ(summary.worst, 3.0);
  EXPECT_EQ(summary.worst_at, 30.0);
  EXPECT_DOUBLE_EQ(summary.replica_hours, (2 + 2 + 4 + 6 + 6 + 6) * 15.0 / 3600.0);
}

// 50 /s of each of 4 replicas that there were are 200 /s in all, whatever there is now; the run begins with those 4.
TEST(DryRun, WhatEachReplicaHadIsTimesThoseThatThereWere) {
  DryRun run = by_requests();
  run.metrics[0].recorded_per_replica = true;
  run.replicas_column = "replicas";
  const RecordedMetrics recorded = history({0, 15, 30}, {{"rps", {50.0, 100.0, 40.0}}, {"replicas", {4.0, 4.0, 10.0}}});
  const ScalingHistory told = dry_run(run, recorded);
  EXPECT_EQ(told.replicas, (std::vector<int>{4, 8, 8}));  // 200, 400, 400 /s
  EXPECT_EQ(told.recorded[2], 10.0);
  EXPECT_DOUBLE_EQ(*summary_of(told).recorded_hours, (4 + 4) * 15.0 / 3600.0);
}

// New replicas are ready after 40 s: until then the old ones have the load alone, and the autoscaler counts the new as idle.
TEST(DryRun, NewReplicasTakeTheirTime) {
  DryRun run = by_requests();
  run.start_up = std::chrono::seconds{40};
  const RecordedMetrics recorded = history({0, 15, 75}, {{"rps", {100.0, 200.0, 200.0}}});
  const ScalingHistory told = dry_run(run, recorded);
  EXPECT_EQ(told.replicas, (std::vector<int>{2, 4, 4, 4, 4, 4}));
  EXPECT_EQ(told.ready, (std::vector<int>{2, 2, 2, 2, 4, 4}));  // asked for at 15 s, ready at 55 s
  EXPECT_EQ(told.loads[0].values[3], 100.0);
  EXPECT_EQ(told.loads[0].values[4], 50.0);
}

// A row that is too old, or an empty cell, is no value: the autoscaler leaves all as it is.
TEST(DryRun, StaleValuesAreNone) {
  DryRun run = by_requests();
  run.stale_after = std::chrono::seconds{20};
  const RecordedMetrics recorded = history({0, 45, 60}, {{"rps", {100.0, std::nullopt, 400.0}}});
  const ScalingHistory told = dry_run(run, recorded);
  EXPECT_EQ(told.loads[0].values[1], 50.0);
  EXPECT_EQ(told.loads[0].values[2], std::nullopt);  // 30 s old
  EXPECT_EQ(told.loads[0].values[3], std::nullopt);  // empty
  EXPECT_EQ(told.replicas, (std::vector<int>{2, 2, 2, 2, 4}));
}

TEST(DryRun, WhatThePolicyReadsMustHaveAColumn) {
  DryRun run = by_requests();
  EXPECT_TRUE(problems_of(run).empty());
  run.choice = hpa(R"({"metrics": [{"external": "jobs", "average": 5}, {"resource": "cpu", "average": 0.5}]})");
  EXPECT_EQ(problems_of(run), (std::vector<std::string>{"the policy reads jobs, which has no column; add --column 'jobs=NAME'",
                                                        "the policy reads the cpu of pods, which has no column; add --column "
                                                        "cpu=NAME"}));
}

class Recording : public testing::Test {
 protected:
  ~Recording() override { std::filesystem::remove(path_); }
  RecordedMetrics read(const std::string& text, RecordingChoice choice) const {
    std::ofstream{path_} << text;
    choice.path = path_;
    return read_recorded_metrics(choice);
  }
  std::vector<std::string> issues_of(const std::string& text) const {
    try {
      read(text, {.columns = {"rps"}});
    } catch (const ScenarioError& error) {
      std::vector<std::string> texts;
      for (const Issue& issue : error.issues()) texts.push_back(std::to_string(issue.line) + ": " + issue.message);
      return texts;
    }
    return {};
  }
  std::string path_ = std::filesystem::temp_directory_path() /
                      (std::string{testing::UnitTest::GetInstance()->current_test_info()->name()} + ".csv");
};

TEST_F(Recording, TimesAreSecondsMillisecondsOrDates) {
  const std::vector<double> expected{0, 60};
  EXPECT_EQ(read("t,rps\n100,1\n160,2\n", {.columns = {"rps"}}).times, expected);
  EXPECT_FALSE(read("t,rps\n100,1\n160,2\n", {.columns = {"rps"}}).is_calendar);
  EXPECT_EQ(read("time,rps\n1714564800000,1\n1714564860000,2\n", {.columns = {"rps"}}).times, expected);
  const RecordedMetrics dates =
      read("rps,at\n1,2024-05-01 12:00:00\n2,2024-05-01T14:01:00+02:00\n", {.time_column = "at", .columns = {"rps"}});
  EXPECT_EQ(dates.times, expected);
  EXPECT_EQ(dates.begin, 1714564800.0);
  EXPECT_TRUE(dates.is_calendar);
  for (const char* wrong : {"2024-13-01", "2024-05-01T25:00", "yesterday", "2024-05-01T12:00:00+2"})
    EXPECT_FALSE(calendar_seconds(wrong)) << wrong;
}

TEST_F(Recording, APartBeginsAndEndsWhereItIsAskedTo) {
  const RecordedMetrics part = read("t,rps\n0,1\n60,2\n120,\n180,NaN\n240,5\n",
                                    {.columns = {"rps"}, .from = std::chrono::seconds{60}, .lasting = std::chrono::seconds{120}});
  EXPECT_EQ(part.times, (std::vector<double>{0, 60, 120}));
  EXPECT_EQ(part.column("rps").values, (std::vector<std::optional<double>>{2.0, std::nullopt, std::nullopt}));
  EXPECT_EQ(part.begin, 60.0);
}

TEST_F(Recording, WhatIsWrongIsToldAtOnceWithItsLine) {
  EXPECT_EQ(
      issues_of("t,rps\n0,1\n0,2\nsoon,3\n60,many\n120\n"),
      (std::vector<std::string>{"3: its time is not after that of the line before; put the lines in order of time",
                                "4: \"soon\" in column \"t\" is no time; write seconds, or a date as 2024-05-01T12:00:00Z",
                                "5: \"many\" in column \"rps\" is not a number from 0 on; leave the cell empty where nothing "
                                "was measured",
                                "6: has 1 cells; the first line names 2"}));
  EXPECT_EQ(issues_of("t,requests\n0,1\n"),
            std::vector<std::string>{"1: has no column \"rps\"; its first line names \"t\", \"requests\""});
}

}  // namespace
}  // namespace headroom::decisions
