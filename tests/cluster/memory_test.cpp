// What counts as the memory of a replica, and what becomes of one that needs too much: timelines by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/cluster/simulation.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr Bytes limit{1000};

// Asks for a page of 150 B of its own every five seconds from 0.5 s on, which takes 1 s to load into the replica's cache, and
// works on it for 1 s more. A replica has 400 B to begin with and 100 B for every request that it works on.
Blueprint with_pages(int requests, bool on_disk) {
  std::vector<Arrival> arrivals;
  for (int i = 0; i < requests; ++i)
    arrivals.push_back(
        {.at = at_seconds(0.5 + 5.0 * i), .subject = static_cast<std::uint64_t>(i), .key = static_cast<std::uint64_t>(i)});
  Blueprint blueprint =
      one_service({{CacheStep{0, 0, {{WaitStep{seconds(1)}}}}}, {WaitStep{seconds(1)}}}, scripted(std::move(arrivals)));
  blueprint.keys.push_back({.name = "page", .items = 1000, .per = KeyPer::arrival, .size = Distribution::constant(150)});
  blueprint.caches.push_back(
      {.name = "pages", .scope = CacheScope::replica, .capacity = {1'000'000}, .policy = choice_of<CachePolicy>("lru")});
  blueprint.caches[0].persistent = on_disk;
  ServiceBlueprint& api = blueprint.services[0];
  api.concurrency = 10;
  api.memory = limit;
  api.memory_base = {400};
  api.memory_per_task = {100};
  api.start_up = seconds(3);
  return blueprint;
}

TEST(Memory, IsThatOfTheBaseTheTasksAndTheCacheButNotOfTheDisk) {
  for (const bool on_disk : {false, true}) {
    PlaneUnderTest run{with_pages(4, on_disk)};
    const auto used = [&](double at) {
      run.advance(at);
      return run.plane().sample(run.replicas(0)[0]).memory.count;
    };
    EXPECT_EQ(used(0.4), 400);
    EXPECT_EQ(used(1.4), 400 + 100);
    EXPECT_EQ(used(1.6), 400 + 100 + (on_disk ? 0 : 150));
    EXPECT_EQ(used(2.6), 400 + (on_disk ? 0 : 150));
    EXPECT_EQ(used(6.4), 400 + 100 + (on_disk ? 0 : 150));
    EXPECT_EQ(used(12.6), 400 + (on_disk ? 0 : 3 * 150));
    run.advance(16.4);  // 400 + 100 + 450 at most until now
    EXPECT_TRUE(run.plane().take_killed().empty());
    run.advance(16.6);  // the fourth page: 400 + 100 + 600
    EXPECT_EQ(run.plane().take_killed().size(), on_disk ? 0U : 1U);
  }
}

double over_all(const RunResult& result, const std::string& selector) {
  ConditionError error;
  return evaluate(parse_condition(selector + " < 1", error)->selector, result, {0.0, result.duration_seconds}).value_or(0.0);
}

// The fourth page of a container kills it, one second after it was asked for; that is noticed at the next full second, and the
// next container is up 3 s after it was started:
//   asked at 0.5, 5.5, 10.5, 15.5: killed at 16.5, noticed at 17, started at 17, up at 20;
//   asked at 20.5, 25.5, 30.5, 35.5: killed at 36.5, noticed at 37, started 10 s later at 47, up at 50; 40.5 and 45.5 find
//   nobody; asked at 50.5, 55.5, 60.5, 65.5: killed at 66.5, noticed at 67, started 20 s later at 87, up at 90; 70.5 to 85.5 find
//   nobody; asked at 90.5, 95.5: served.
TEST(Memory, OfAFullCacheKillsTheContainerAndHoldsTheNextOneBack) {
  Blueprint blueprint = with_pages(20, false);
  blueprint.duration = std::chrono::seconds{100};
  blueprint.windows = 10;
  const RunResult result = simulate(blueprint, {});
  EXPECT_EQ(over_all(result, "count restarts{reason=out_of_memory}"), 3);
  EXPECT_EQ(over_all(result, "count failures{reason=out_of_memory}"), 3);
  EXPECT_EQ(over_all(result, "count failures{reason=unavailable}"), 2 + 4);
  EXPECT_EQ(result.ledger[0].completed, 3U * 3U + 2U);
}

TEST(Memory, OfADiskKillsNobody) {
  Blueprint blueprint = with_pages(20, true);
  blueprint.duration = std::chrono::seconds{100};
  blueprint.windows = 10;
  const RunResult result = simulate(blueprint, {});
  EXPECT_EQ(over_all(result, "count restarts"), 0);
  EXPECT_EQ(result.ledger[0].completed, 20U);
}

}  // namespace
}  // namespace headroom::test
