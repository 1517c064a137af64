// Nodes of a cache: operations wait for their turn, keys are spread, a hot key fills its node.
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Ten operations per second and node; nothing lies behind.
Blueprint cached(PolicyChoice arrivals, int nodes, std::uint64_t items) {
  Blueprint blueprint = one_service({{CacheStep{0, 0, {}}}}, std::move(arrivals));
  blueprint.services[0].concurrency = 100'000;
  blueprint.keys.push_back({.name = "item", .items = items, .size = Distribution::constant(1)});
  blueprint.caches.push_back({.name = "memory", .capacity = {1000}, .policy = choice_of<CachePolicy>("lru")});
  blueprint.caches[0].nodes = nodes;
  blueprint.caches[0].operations = {10.0};
  return blueprint;
}

// The first misses, and is served from 0 to 0.1. The second, at 0.05, misses too: from 0.1 to 0.2. Their fills, at 0.1 and 0.2,
// take the node from 0.2 to 0.4. The third, at 0.35, is served from 0.4 to 0.5.
TEST(CacheNodes, OperationsWaitForTheirTurn) {
  PlaneUnderTest run{cached(arriving_at({0, 0.05, 0.35}), 1, 1)};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (0.1 + 0.15 + 0.15) / 3, exact);
  EXPECT_DOUBLE_EQ(run.value("rate hit_ratio{cache=memory}"), 1.0 / 3);
}

TEST(CacheNodes, AHotKeyFillsItsNodeWhateverTheOthersDo) {
  std::vector<double> times;
  for (int i = 0; i < 80; ++i) times.push_back(i * 0.125);
  for (const int nodes : {1, 4}) {
    PlaneUnderTest run{cached(arriving_at(times), nodes, 1), 1, 10.0};
    run.finish();
    EXPECT_NEAR(run.value("avg node_utilization{cache=memory}"), (80 + 1) * 0.1 / 10, 1e-6);  // and a fill
  }
}

TEST(CacheNodes, CapacityIsSplitOverThem) {
  Blueprint blueprint = cached(arriving_at({0, 1, 2}), 4, 1);
  blueprint.caches[0].capacity = {3};  // less than one for each
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("rate hit_ratio{cache=memory}"), 0.0);
}

TEST(CacheNodes, AGenerationEndsOnAllNodes) {
  std::vector<Arrival> reads;
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t item = 0; item < 40; ++item)
      reads.push_back({.at = at_seconds(round * 100.0 + static_cast<double>(item)), .key = item});
  }
  Blueprint blueprint = cached(scripted(reads), 4, 40);
  blueprint.keys[0].per = KeyPer::arrival;
  blueprint.keys.push_back({.name = "all"});
  std::get<CacheStep>(blueprint.endpoints[0].steps[0].action).generation = 1;
  blueprint.endpoints.push_back({"api.forget", 0, {{InvalidateStep{.cache = 0, .generation = 1}}}});
  blueprint.workloads.push_back({"writers", 0, arriving_at({60}), {{"forget", 1.0, {{CallStep{.endpoint = 1}}}}}});
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("rate hit_ratio{cache=memory}"), 0.0);
}

// M/D/1: mean wait rho D / (2 (1 - rho)); 6 hits per second of 0.1 s each: 0.6 × 0.1 / 0.8 = 0.075, and 0.1 of its own.
TEST(CacheNodes, ANodeIsASingleServerWithConstantService) {
  constexpr double end = 2'000;
  std::vector<double> times;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<Arrival> arrivals;
    for (double at = 0.0;;) {
      at -= std::log((static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53) / 6.0;
      if (at >= end) break;
      arrivals.push_back({.at = at_seconds(at)});
    }
    PlaneUnderTest run{cached(scripted(std::move(arrivals)), 1, 1), seed, end};
    run.finish();
    times.push_back(run.value("avg latency{workload=users}"));
  }
  const Interval interval = t_interval(times, 0.999);
  EXPECT_TRUE(interval.low <= 0.175 && 0.175 <= interval.high) << interval.low << " to " << interval.high;
  EXPECT_LE(interval.half_width(), 0.01);
}

}  // namespace
}  // namespace headroom::test
