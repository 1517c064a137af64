#include <algorithm>
#include <cmath>
#include <map>

#include "tests/models/workload_under_test.hpp"

namespace headroom {
namespace {

TEST(Monitors, EveryMonitorRunsOncePerPeriod) {
  for (const char* phase : {"aligned", "jittered", "hashed"}) {
    const auto arrivals =
        all_arrivals({{"model", "monitors"}, {"users", 50}, {"monitors_per_user", 10.0}, {"period", "60 s"}, {"phase", phase}},
                     {.end_seconds = 600.0});
    ASSERT_EQ(arrivals.size(), 5000U) << phase;
    for (int period = 0; period < 10; ++period) {
      EXPECT_EQ(count_between(arrivals, period * 60.0, (period + 1) * 60.0), 500.0) << phase << " " << period;
    }
  }
}

TEST(Monitors, HashedMonitorsKeepTheirPhase) {
  const auto arrivals =
      all_arrivals({{"model", "monitors"}, {"users", 500}, {"period", "60 s"}, {"phase", "hashed"}}, {.end_seconds = 180.0});
  for (std::size_t i = 0; i + 500 < arrivals.size(); ++i) {
    EXPECT_EQ(arrivals[i + 500].subject, arrivals[i].subject);
    EXPECT_NEAR(to_seconds(arrivals[i + 500].at - arrivals[i].at), 60.0, 2e-9);
  }
}

TEST(Monitors, AHundredMillionNeedNoMemory) {
  // 100,000 users × 1,000 monitors every 5 minutes: 333,333 /s. The first 200,000 take 0.6 s.
  const auto monitors = workload({{"model", "monitors"}, {"users", 100'000}, {"monitors_per_user", 1000.0}, {"period", "5 min"}},
                                 {.end_seconds = 3600.0});
  EXPECT_NEAR(monitors->mean_rate(), 333'333.333333, 1e-6);
  EXPECT_NEAR(monitors->peak_rate(), 333'333.333333, 1e-6);
  EXPECT_TRUE(monitors->stationary());
  EXPECT_EQ(monitors->users(), 100'000.0);
  std::vector<Arrival> batch(200'000);
  ASSERT_EQ(monitors->next(batch), batch.size());
  EXPECT_NEAR(to_seconds(batch.back().at), 0.6, 0.6 * 4.5 / std::sqrt(200'000.0));
  EXPECT_EQ(batch.back().subject, 199'999U);
}

TEST(Monitors, PeaksAreCountedPerSecond) {
  const auto peak = [](const Json& more) {
    Json options{{"model", "monitors"}, {"users", 6000}, {"period", "60 s"}};
    options.update(more);
    return workload(options)->peak_rate();
  };
  EXPECT_NEAR(peak({{"phase", "hashed"}}), 100.0, 1e-9);
  EXPECT_NEAR(peak({{"phase", "jittered"}, {"jitter", "10 s"}}), 600.0, 1e-9);
  EXPECT_NEAR(peak({{"phase", "aligned"}}), 6000.0, 1e-9);
}

TEST(Monitors, WavesAreStationaryOnlyWhereTheRunSeesMany) {
  const Json options{{"model", "monitors"}, {"users", 10}, {"period", "60 s"}, {"phase", "aligned"}};
  EXPECT_TRUE(workload(options, {.end_seconds = 3600.0})->stationary());
  EXPECT_FALSE(workload(options, {.end_seconds = 600.0})->stationary());
}

const Json two_classes{{"model", "monitors"},
                       {"users", 1000},
                       {"classes",
                        {{{"name", "fast"}, {"share", "10 %"}, {"period", "60 s"}},
                         {{"name", "slow"}, {"share", "90 %"}, {"period", "300 s"}, {"journey", "long"}}}}};

// 100 monitors each minute, 900 every five.
TEST(Monitors, ClassesRunAtTheirOwnPeriods) {
  const auto monitors = workload(two_classes, {.end_seconds = 600.0});
  EXPECT_NEAR(monitors->mean_rate(), 100.0 / 60 + 900.0 / 300, 1e-12);
  EXPECT_NEAR(monitors->peak_rate(), 100.0 / 60 + 900.0 / 300, 1e-12);
  ASSERT_EQ(monitors->rhythms().size(), 2U);
  EXPECT_NEAR(monitors->rhythms()[0].share, (100.0 / 60) / (100.0 / 60 + 900.0 / 300), 1e-12);
  EXPECT_EQ(monitors->rhythm_of(99), to_duration(60.0));
  EXPECT_EQ(monitors->rhythm_of(100), to_duration(300.0));
  EXPECT_EQ(monitors->deadline_of(100), to_duration(300.0));
  std::map<std::uint64_t, std::vector<double>> runs;
  for (const Arrival& arrival : all_arrivals(*monitors)) runs[arrival.subject].push_back(to_seconds(arrival.at));
  ASSERT_EQ(runs.size(), 1000U);
  for (const auto& [subject, times] : runs) {
    ASSERT_EQ(times.size(), subject < 100 ? 10U : 2U) << subject;
    EXPECT_NEAR(times[1] - times[0], subject < 100 ? 60.0 : 300.0, 1e-8) << subject;
  }
}

TEST(Monitors, AClassTakesItsOwnJourney) {
  RandomStreams streams{7, 0};
  Workload::Context context{
      .name = "tested", .end = at_seconds(600.0), .journeys = {{"short"}, {"long"}}, .streams = &streams, .directory = {}};
  const auto monitors = policy<Workload>(two_classes, context);
  EXPECT_TRUE(monitors->problems().empty());
  std::size_t short_ones = 0;
  for (const Arrival& arrival : all_arrivals(*monitors)) {
    if (arrival.subject >= 100)
      EXPECT_EQ(arrival.journey, 1U);
    else
      short_ones += arrival.journey == 0;
  }
  EXPECT_GT(short_ones, 300U) << "of 1000 runs of the others, which take either";
  EXPECT_LT(short_ones, 700U);
  context.journeys.pop_back();
  RandomStreams others{8, 0};
  context.streams = &others;
  EXPECT_EQ(policy<Workload>(two_classes, context)->problems().at(0).first, "classes");
}

// 60,000 monitors a minute: aligned all in the first second of it; hashed at most a Poisson tail above 1,000 in any.
TEST(Monitors, AlignedPhasesComeAllAtOnceAndHashedOnesEvenly) {
  for (const bool aligned : {true, false}) {
    const auto arrivals =
        all_arrivals({{"model", "monitors"}, {"users", 60'000}, {"period", "60 s"}, {"phase", aligned ? "aligned" : "hashed"}},
                     {.end_seconds = 60.0});
    std::vector<double> by_second(60, 0.0);
    for (const Arrival& arrival : arrivals) ++by_second[static_cast<std::size_t>(to_seconds(arrival.at))];
    const double peak = *std::max_element(by_second.begin(), by_second.end());
    if (aligned)
      EXPECT_EQ(peak, 60'000.0);
    else
      EXPECT_LT(peak, 1000.0 + 5.0 * std::sqrt(1000.0));
  }
}

TEST(Monitors, SayWhatIsWrongWithTheirOptions) {
  const Json base{{"model", "monitors"}, {"users", 10}, {"period", "60 s"}};
  Json jitter = base;
  jitter["jitter"] = "10 s";
  EXPECT_EQ(problems_of<Workload>(jitter).at(0).second, "belongs to \"phase\": \"jittered\"");
  jitter["phase"] = "jittered";
  EXPECT_TRUE(problems_of<Workload>(jitter).empty());
  jitter["jitter"] = "2 min";
  EXPECT_EQ(problems_of<Workload>(jitter).at(0).first, "jitter");
  Json none = base;
  none["monitors_per_user"] = 0.01;
  EXPECT_EQ(problems_of<Workload>(none).at(0).first, "monitors_per_user");
}

}  // namespace
}  // namespace headroom
