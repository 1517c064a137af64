#include <cmath>

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
