// Caches on the exact plane, as arithmetic: loads that others wait for, refreshes, writes, invalidations.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Duration time_of(double value) { return to_duration(value); }
Step wait(double span) { return {WaitStep{seconds(span)}}; }

// "api.work" looks one key up and on a miss asks "origin.work", which takes a second.
struct Cached {
  explicit Cached(PolicyChoice arrivals) : blueprint{one_service({}, std::move(arrivals))} {
    blueprint.services[0].concurrency = 100;
    origin = add_service(blueprint, "origin", {wait(1)}, 100);
    blueprint.keys.push_back({.name = "item", .items = 1, .size = Distribution::constant(100)});
    blueprint.caches.push_back({.name = "memory", .capacity = {1000}, .policy = choice_of<CachePolicy>("lru")});
    blueprint.endpoints[0].steps = {{CacheStep{0, 0, {{CallStep{.endpoint = origin}}}}}};
  }
  // Adds "writer.work", asked for by writers.
  void add_writer(Steps steps, PolicyChoice arrivals) {
    const Index writer = add_service(blueprint, "writer", std::move(steps), 100);
    blueprint.workloads.push_back({"writers", 0, std::move(arrivals), {{"write", 1.0, {{CallStep{.endpoint = writer}}}}}});
  }
  CacheBlueprint& cache() { return blueprint.caches[0]; }

  Blueprint blueprint;
  Index origin = 0;
};

std::vector<double> ten_in_a_second() {
  std::vector<double> times;
  for (int i = 0; i < 10; ++i) times.push_back(0.1 * i);
  return times;
}

TEST(ExactCaches, WithoutCoalescingEveryMissLoads) {
  Cached system{arriving_at(ten_in_a_second())};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=origin.work}"), 10);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 1.0, exact);
}

// Ten subjects, each asking twice: ten misses where there is an item for each; with two items each is asked for by five of them.
TEST(ExactCaches, SubjectsHaveItemsOfTheirOwn) {
  for (const auto& [items, misses] : {std::pair{10, 10}, std::pair{1000, 10}, std::pair{2, 2}}) {
    std::vector<double> times;
    for (int i = 0; i < 20; ++i) times.push_back(2.0 * i);
    std::vector<Arrival> arrivals;
    for (std::size_t i = 0; i < times.size(); ++i) arrivals.push_back({.at = at_seconds(times[i]), .subject = i % 10});
    Cached system{scripted(std::move(arrivals))};
    system.blueprint.keys[0].items = items;
    system.blueprint.keys[0].per = KeyPer::subject;
    system.cache().capacity = Bytes{1'000'000};
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_EQ(run.value("count requests{service=origin}"), misses) << items;
  }
}

TEST(ExactCaches, WithCoalescingOneLoadsForAll) {
  Cached system{arriving_at(ten_in_a_second())};
  system.cache().coalesce = true;
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=origin.work}"), 1);
  EXPECT_EQ(run.value("count coalesced{cache=memory}"), 9);
  EXPECT_EQ(run.value("rate hit_ratio{cache=memory}"), 0.0);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.0 + 0.1) / 2, exact);  // 1, 0.9, … 0.1
}

// Loads end in failure at 1, 2 and 3.
TEST(ExactCaches, WhenALoadFailsWhoWaitsLoadsInTurn) {
  Cached system{arriving_at({0, 0.5, 0.6})};
  system.cache().coalesce = true;
  system.blueprint.services[1].replicas = 0;
  std::get<CacheStep>(system.blueprint.endpoints[0].steps[0].action)
      .on_miss.insert(std::get<CacheStep>(system.blueprint.endpoints[0].steps[0].action).on_miss.begin(), wait(1));
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 3);
  EXPECT_NEAR(1000 * run.value("avg in_flight{workload=users}"), 1.0 + 1.5 + 2.4, exact);
}

TEST(ExactCaches, WhoHasWaitedTooLongLoadsForItself) {
  Cached system{arriving_at({0, 0.2})};
  system.cache().coalesce = true;
  system.cache().coalesce_limit = time_of(0.5);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=origin.work}"), 2);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.0 + 1.5) / 2, exact);
}

TEST(ExactCaches, WhoWaitsForALoadHasLookedUpFirst) {
  Cached system{arriving_at({0, 1.2})};
  system.cache().coalesce = true;
  system.cache().latency = seconds(0.3);  // filled at 1.3
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.3 + 0.3) / 2, exact);
}

// The first dies at 0.4 with its load, which the second takes over; the third waits for that.
TEST(ExactCaches, ALoadThatDiesWithItsReplicaIsAnothers) {
  Cached system{arriving_at({0, 0.2, 0.5})};
  system.cache().coalesce = true;
  system.blueprint.services[0].replicas = 2;
  PlaneUnderTest run{system.blueprint};
  run.advance(0.4);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.ledger("requests").failed.at("lost"), 1U);
  EXPECT_EQ(run.value("count requests{endpoint=origin.work}"), 2);
  EXPECT_NEAR(run.value("max latency{workload=users}"), 1.2, 0.01);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (1.2 + 0.9) / 2, exact);
  EXPECT_NEAR(1000 * run.value("avg in_flight{workload=users}"), 0.4 + 1.2 + 0.9, exact);
}

TEST(ExactCaches, WhoDiesWhileItWaitsIsNotWaitedFor) {
  Cached system{arriving_at({0, 0.2, 0.4})};
  system.cache().coalesce = true;
  system.blueprint.services[0].replicas = 2;
  PlaneUnderTest run{system.blueprint};
  run.advance(0.5);
  run.plane().remove_replica(run.replicas(0)[1]);  // of the second
  run.finish();
  EXPECT_EQ(run.ledger("requests").failed.at("lost"), 1U);
  EXPECT_EQ(run.ledger("requests").in_flight, 0U);
  EXPECT_NEAR(1000 * run.value("avg in_flight{workload=users}"), 1.0 + 0.3 + 0.6, exact);
}

// Filled at 1; stale from 6 on; refreshed from 7 to 8; gone at 18.
TEST(ExactCaches, PastItsSoftTimeToLiveAHitIsServedAndRefreshedOnce) {
  Cached system{arriving_at({0, 3, 7, 7.5, 9, 12.5, 30})};
  system.cache().time_to_live = time_of(10);
  system.cache().soft_time_to_live = time_of(5);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count stale_served{cache=memory}"), 2);
  EXPECT_EQ(run.value("count refreshes{cache=memory}"), 1);
  EXPECT_EQ(run.value("count requests{endpoint=origin.work}"), 3);
  EXPECT_DOUBLE_EQ(run.value("rate hit_ratio{cache=memory}"), 5.0 / 7);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 2.0 / 7, exact);
  EXPECT_EQ(run.ledger("background").completed, 1U);
}

TEST(ExactCaches, ARefreshThatFailsIsTriedAgainByTheNext) {
  Cached system{arriving_at({0, 7, 8, 9})};
  system.cache().soft_time_to_live = time_of(5);
  PlaneUnderTest run{system.blueprint};
  run.advance(6);
  run.plane().remove_replica(run.replicas(1)[0]);
  run.finish();
  EXPECT_EQ(run.value("count refreshes{cache=memory}"), 3);
  EXPECT_EQ(run.ledger("background").failed.at("unavailable"), 3U);
  EXPECT_EQ(run.value("rate errors{workload=users}"), 0.0);
}

// Filled at 1 by the read at 0. A write arrives at 2 and is in the store at 4; a load takes from 3 to 4. Of the reads at 3, 5 and
// 5.5: through finds the old, then the new value; aside the old one at 3, and loads twice; around loads the old one at 3 and
// serves that for good.
TEST(ExactCaches, WhatReadsMeetDependsOnHowIsWritten) {
  const auto hits = [](WriteMode mode) {
    Cached system{arriving_at({0, 3, 5, 5.5})};
    system.add_writer({{WriteCacheStep{.cache = 0, .key = 0, .mode = mode, .steps = {wait(2)}}}}, arriving_at({2}));
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_NEAR(run.value("avg latency{workload=writers}"), 2.0, exact);
    return 4 * run.value("rate hit_ratio{cache=memory}");
  };
  EXPECT_NEAR(hits(WriteMode::through), 3, exact);
  EXPECT_NEAR(hits(WriteMode::aside), 1, exact);
  EXPECT_NEAR(hits(WriteMode::around), 2, exact);
}

// Nobody reads; the store is "origin.work".
Cached writing_behind(const std::vector<double>& times) {
  Cached system{arriving_at({})};
  system.add_writer({{WriteCacheStep{.cache = 0,
                                     .key = 0,
                                     .mode = WriteMode::behind,
                                     .delay = time_of(5),
                                     .steps = {{CallStep{.endpoint = system.origin}}}}}},
                    arriving_at(times));
  return system;
}

// Written from 5 to 6 for those at 0, 1 and 2; again from 10.5 for the one at 5.5.
TEST(ExactCaches, WritesBehindGoTogether) {
  Cached system = writing_behind({0, 1, 2, 5.5});
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=writers}"), 0.0, exact);
  EXPECT_EQ(run.value("count requests{endpoint=origin.work}"), 2);
  EXPECT_EQ(run.value("count coalesced_writes{cache=memory}"), 2);
  EXPECT_EQ(run.value("count lost_writes{cache=memory}"), 0);
}

TEST(ExactCaches, ACacheInAReplicaTakesItsWritesAlong) {
  for (const CacheScope scope : {CacheScope::replica, CacheScope::shared}) {
    for (const int replicas : {1, 2}) {
      Cached system = writing_behind({0});
      system.cache().scope = scope;
      system.blueprint.services[2].replicas = replicas;
      PlaneUnderTest run{system.blueprint};
      run.advance(3);
      run.plane().remove_replica(run.replicas(2)[0]);
      run.finish();
      // Another replica takes over what a shared cache still has.
      const bool survives = scope == CacheScope::shared && replicas == 2;
      EXPECT_EQ(run.value("count lost_writes{cache=memory}"), survives ? 0 : 1);
      EXPECT_EQ(run.value("count requests{endpoint=origin.work}"), survives ? 1 : 0);
    }
  }
}

// Room for one: the write at 1 evicts what was written at 0, which is in the store by 2.5, and the other at 6.
TEST(ExactCaches, WhatIsEvictedIsWrittenAtOnce) {
  Cached system = writing_behind({});
  system.blueprint.keys[0].per = KeyPer::arrival;
  system.cache().capacity = {100};
  system.blueprint.workloads[1].model = scripted({{.at = at_seconds(0), .key = 1}, {.at = at_seconds(1), .key = 2}});
  PlaneUnderTest run{system.blueprint, 1, 2.5};
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=origin.work}"), 1);
  EXPECT_EQ(run.value("count evictions{cache=memory}"), 1);
}

// Reads at 0 and 1 fill both replicas; the write at 2 is on the first, the read at 3 on the second, which has the old value.
TEST(ExactCaches, AnInvalidationDoesNotReachTheCachesOfOtherReplicas) {
  Cached system{arriving_at({0, 2, 4, 6, 8})};
  system.cache().scope = CacheScope::replica;
  system.blueprint.services[0].replicas = 2;
  system.blueprint.endpoints.push_back({"api.forget", 0, {{InvalidateStep{.cache = 0, .key = 0}}}});
  const auto forget = static_cast<Index>(system.blueprint.endpoints.size() - 1);
  system.blueprint.workloads.push_back({"writers", 0, arriving_at({5}), {{"write", 1.0, {{CallStep{.endpoint = forget}}}}}});
  // To the first and the second in turn: misses at 0 and 2, a hit at 4; the second forgets at 5; a hit at 6; a miss at 8.
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate hit_ratio{cache=memory}"), 2.0 / 5);
  EXPECT_EQ(run.value("count invalidations{cache=memory}"), 1);
}

// The load from 0 to 1 has read before the invalidation at 0.5, and fills after it.
TEST(ExactCaches, AnInvalidationDoesNotReachALoadUnderWay) {
  Cached system{arriving_at({0, 2})};
  system.add_writer({{InvalidateStep{.cache = 0, .key = 0}}}, arriving_at({0.5}));
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate hit_ratio{cache=memory}"), 1.0 / 2) << "stale";
}

// Three items of two owners are filled, and hit; then the first owner begins anew.
TEST(ExactCaches, AGenerationEndsForAllEntriesOfItsOwner) {
  std::vector<Arrival> reads;
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t item = 0; item < 3; ++item)
      reads.push_back(
          {.at = at_seconds(round * 10.0 + 2.0 * static_cast<double>(item)), .subject = item, .key = item < 2 ? 1U : 2U});
  }
  Cached system{scripted(reads)};
  system.blueprint.keys[0] = {.name = "item", .items = 1'000'000, .per = KeyPer::subject, .size = Distribution::constant(100)};
  system.blueprint.keys.push_back({.name = "owner", .items = 10, .per = KeyPer::arrival});
  std::get<CacheStep>(system.blueprint.endpoints[0].steps[0].action).generation = 1;
  system.add_writer({{InvalidateStep{.cache = 0, .generation = 1}}}, scripted({{.at = at_seconds(19), .key = 1}}));
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(9 * run.value("rate hit_ratio{cache=memory}"), 3 + 1, exact);
  EXPECT_NEAR(run.value("last cache_bytes{cache=memory}"), 500, exact) << "two are left behind until they are evicted";
}

// Entries of owner 1 are found under its number until there are none; of those without entries no number is kept for ever.
TEST(ExactCaches, GenerationsAreForgottenOfOwnersWithoutEntries) {
  CacheTier tier{Bytes{1000}, RegistryOf<CachePolicy>::instance().make(choice_of<CachePolicy>("lru"), {.capacity = Bytes{1000}}),
                 CacheTier::Limits{}};
  constexpr std::uint64_t owner = 1;
  tier.begin_generation(owner);
  tier.begin_generation(owner);
  tier.fill(77, Bytes{100}, start_of_time, owner);
  for (std::uint64_t other = 2; other < 100'000; ++other) {
    tier.begin_generation(other);
    ASSERT_EQ(tier.generation_of(owner), 2U);
    ASSERT_EQ(tier.generation_of(other), 1U);
  }
  EXPECT_LE(tier.generations(), 16U);
  tier.clear();
  for (std::uint64_t other = 2; other < 100; ++other) tier.begin_generation(other);
  EXPECT_EQ(tier.generation_of(owner), 0U);
}

}  // namespace
}  // namespace headroom::test
