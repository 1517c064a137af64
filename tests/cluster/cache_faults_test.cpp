// Caches that are flushed and restarted, replicas that begin with empty ones, and clients that find no connection.
#include <array>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// "api.work" looks up the arrival's key; nothing lies behind. Of unit size, and all find room.
Blueprint cached(PolicyChoice arrivals, CacheScope scope = CacheScope::shared) {
  Blueprint blueprint = one_service({{CacheStep{0, 0, {}}}}, std::move(arrivals));
  blueprint.services[0].concurrency = 1000;
  blueprint.keys.push_back({.name = "item", .items = 1000, .per = KeyPer::arrival, .size = Distribution::constant(1)});
  blueprint.caches.push_back({.name = "memory", .scope = scope, .capacity = {1000}, .policy = choice_of<CachePolicy>("lru")});
  return blueprint;
}

void strike(Blueprint& blueprint, double at, std::variant<FailPrimary, FlushCache, RestartCache> what) {
  blueprint.faults.push_back({to_duration(at), what});
}

std::vector<double> every_second(double begin, double end) {
  std::vector<double> times;
  for (double at = begin; at <= end; at += 1.0) times.push_back(at);
  return times;
}

TEST(CacheFaults, AFlushTakesAllThatIsHeld) {
  Blueprint blueprint = cached(arriving_at(every_second(0, 9)));  // hits from 1 on
  strike(blueprint, 4.5, FlushCache{0});
  PlaneUnderTest run{blueprint};
  const RunResult& result = run.finish();
  EXPECT_NEAR(10 * run.value("rate hit_ratio{cache=memory}"), 8, exact);
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_EQ(result.notes[0].subject, "caches/memory");
  EXPECT_EQ(result.notes[0].text, "is flushed");
  EXPECT_NEAR(run.value("avg cache_bytes{cache=memory}"), 1.0 - 0.5 / 1000, exact);
}

TEST(CacheFaults, AFlushReachesTheCachesOfAllReplicas) {
  Blueprint blueprint = cached(arriving_at(every_second(0, 9)), CacheScope::replica);
  blueprint.services[0].replicas = 2;  // in turn: misses at 0 and 1, and at 5 and 6
  strike(blueprint, 4.5, FlushCache{0});
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(10 * run.value("rate hit_ratio{cache=memory}"), 6, exact);
}

// Away from 4.5 to 7.5: what is asked for at 5, 6 and 7 misses, and what is loaded is not kept.
TEST(CacheFaults, ACacheThatRestartsIsAwayAndComesBackEmptyUnlessItIsPersistent) {
  for (const bool persistent : {false, true}) {
    Blueprint blueprint = cached(arriving_at(every_second(0, 9)));
    blueprint.caches[0].persistent = persistent;
    strike(blueprint, 4.5, RestartCache{0, to_duration(3)});
    PlaneUnderTest run{blueprint};
    const RunResult& result = run.finish();
    EXPECT_NEAR(10 * run.value("rate hit_ratio{cache=memory}"), persistent ? 6 : 5, exact);
    EXPECT_NEAR(run.value("avg caches_away{cache=memory}"), 3.0 / 1000, exact);
    ASSERT_EQ(result.notes.size(), 2U);
    EXPECT_EQ(result.notes[0].text, "restarts");
    EXPECT_EQ(result.notes[1].text, persistent ? "is back with what it held" : "is back, empty");
    EXPECT_EQ(result.notes[1].at_seconds, 7.5);
  }
}

// Away from 1.5; restarted at 2.5 it is back 4 s later, at 6.5, and one at 3.5 that would be over before then changes nothing.
// Misses: 0; 2 to 6; and 7, unless it is persistent.
TEST(CacheFaults, ACacheThatRestartsWhileItIsAwayStaysAwayForLonger) {
  for (const bool persistent : {false, true}) {
    Blueprint blueprint = cached(arriving_at(every_second(0, 9)));
    blueprint.caches[0].persistent = persistent;
    strike(blueprint, 1.5, RestartCache{0, to_duration(2)});
    strike(blueprint, 2.5, RestartCache{0, to_duration(4)});
    strike(blueprint, 3.5, RestartCache{0, to_duration(1)});
    PlaneUnderTest run{blueprint};
    const RunResult& result = run.finish();
    EXPECT_NEAR(10 * run.value("rate hit_ratio{cache=memory}"), persistent ? 4 : 3, exact);
    EXPECT_NEAR(run.value("avg caches_away{cache=memory}"), 5.0 / 1000, exact);
    ASSERT_EQ(result.notes.size(), 4U);
    EXPECT_EQ(result.notes[1].text, "restarts again, and is away until 6.5 s");
    EXPECT_EQ(result.notes[2].text, "restarts again, and is away until 6.5 s");
    EXPECT_EQ(result.notes[3].at_seconds, 6.5);
  }
}

// Of key 1 three values were acknowledged, of which one write would have been made; with that of key 2 four are gone.
TEST(CacheFaults, EveryAcknowledgedWriteThatIsLostCounts) {
  Blueprint blueprint = cached(scripted({}));
  const Index store = add_service(blueprint, "store", {{WaitStep{seconds(0.1)}}}, 100);
  WriteCacheStep write{
      .cache = 0, .key = 0, .mode = WriteMode::behind, .delay = to_duration(5), .steps = {{CallStep{.endpoint = store}}}};
  blueprint.endpoints[0].steps = {{write}};
  blueprint.workloads[0].model = scripted({{.at = at_seconds(0), .key = 1},
                                           {.at = at_seconds(1), .key = 1},
                                           {.at = at_seconds(2), .key = 1},
                                           {.at = at_seconds(3), .key = 2}});
  strike(blueprint, 4, FlushCache{0});
  PlaneUnderTest run{blueprint};
  const RunResult& result = run.finish();
  EXPECT_EQ(run.value("count coalesced_writes{cache=memory}"), 2);
  EXPECT_EQ(run.value("count lost_writes{cache=memory}"), 4);
  EXPECT_EQ(result.notes[0].text, "is flushed, 4 writes behind are lost");
}

TEST(CacheFaults, APersistentCacheIsOutOfDateWhereAnInvalidationCameWhileItWasAway) {
  Blueprint blueprint = cached(arriving_at({0, 9}));
  blueprint.keys[0].per = KeyPer::request;
  blueprint.keys[0].items = 1;
  blueprint.caches[0].persistent = true;
  const Index forget = add_service(blueprint, "writer", {{InvalidateStep{.cache = 0, .key = 0}}});
  blueprint.workloads.push_back({"writers", 0, arriving_at({5}), {{"forget", 1.0, {{CallStep{.endpoint = forget}}}}}});
  for (const bool is_away : {false, true}) {
    if (is_away) strike(blueprint, 4, RestartCache{0, to_duration(3)});
    PlaneUnderTest run{blueprint};
    run.finish();
    EXPECT_NEAR(2 * run.value("rate hit_ratio{cache=memory}"), is_away ? 1 : 0, exact);
  }
}

// Three keys are written behind at 0, 1 and 2, each 5 s later; what is left goes with the contents.
TEST(CacheFaults, WritesBehindAreLostWithTheContents) {
  const auto run_with = [](std::variant<FailPrimary, FlushCache, RestartCache> what, bool persistent, double lost) {
    Blueprint blueprint = cached(scripted({}));
    const Index store = add_service(blueprint, "store", {{WaitStep{seconds(0.1)}}}, 100);
    WriteCacheStep write{
        .cache = 0, .key = 0, .mode = WriteMode::behind, .delay = to_duration(5), .steps = {{CallStep{.endpoint = store}}}};
    blueprint.endpoints[0].steps = {{write}};
    blueprint.workloads[0].model =
        scripted({{.at = at_seconds(0), .key = 1}, {.at = at_seconds(1), .key = 2}, {.at = at_seconds(2), .key = 3}});
    blueprint.caches[0].persistent = persistent;
    strike(blueprint, 5.5, what);
    PlaneUnderTest run{blueprint};
    const RunResult& result = run.finish();
    EXPECT_EQ(run.value("count lost_writes{cache=memory}"), lost);
    EXPECT_EQ(run.value("count requests{endpoint=store.work}"), 3 - lost);
    EXPECT_EQ(run.ledger("background").in_flight, 0U);
    EXPECT_EQ(result.notes[0].text.find("2 writes behind are lost") != std::string::npos, lost == 2) << result.notes[0].text;
  };
  run_with(FlushCache{0}, false, 2);
  run_with(FlushCache{0}, true, 2);
  run_with(RestartCache{0, to_duration(1)}, false, 2);
  run_with(RestartCache{0, to_duration(10)}, true, 0);
}

// The key that is evicted at 20 was dirty when the cache stopped, and its writer is long gone.
TEST(CacheFaults, WhatWasDirtyBeforeARestartIsWrittenOnce) {
  Blueprint blueprint = cached(scripted({}));
  const Index store = add_service(blueprint, "store", {{WaitStep{seconds(0.1)}}}, 100);
  WriteCacheStep write{
      .cache = 0, .key = 0, .mode = WriteMode::behind, .delay = to_duration(5), .steps = {{CallStep{.endpoint = store}}}};
  blueprint.endpoints[0].steps = {{write}};
  blueprint.workloads[0].model = scripted({{.at = at_seconds(0), .key = 1}, {.at = at_seconds(20), .key = 2}});
  blueprint.caches[0].capacity = {1};
  blueprint.caches[0].persistent = true;
  strike(blueprint, 1, RestartCache{0, to_duration(10)});
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count evictions{cache=memory}"), 1);
  EXPECT_EQ(run.value("count requests{endpoint=store.work}"), 2);
}

TEST(CacheFaults, ANodeDoesNothingWhileItIsAway) {
  Blueprint blueprint = cached(arriving_at(every_second(0, 9)));
  blueprint.caches[0].operations = {10.0};
  strike(blueprint, 4.5, RestartCache{0, to_duration(3)});
  PlaneUnderTest run{blueprint};
  run.finish();
  // 10 look-ups but for three, and fills at 0 and 8, of 0.1 s each.
  EXPECT_NEAR(run.value("avg node_utilization{cache=memory}"), (7 + 2) * 0.1 / 1000, 1e-9);
}

TEST(CacheFaults, WhatAReplicaHoldsOutlivesItsContainerOnlyOnItsDisk) {
  for (const bool persistent : {false, true}) {
    for (const bool same_pod : {false, true}) {
      Blueprint blueprint = cached(arriving_at(every_second(0, 9)), CacheScope::replica);
      blueprint.caches[0].persistent = persistent;
      PlaneUnderTest run{blueprint};
      run.advance(4.5);
      const ReplicaRef gone = run.replicas(0)[0];
      run.plane().remove_replica(gone);
      const auto disk = run.plane().take_disk(gone);
      run.plane().add_replica(0, no_index, same_pod ? disk : nullptr);
      run.finish();
      EXPECT_NEAR(10 * run.value("rate hit_ratio{cache=memory}"), persistent && same_pod ? 9 : 8, exact);
      EXPECT_NEAR(run.value("last cache_bytes{cache=memory}"), 1.0, exact);
    }
  }
}

// At 4.5 the replica goes with a request of "front", which turns to a serverless service at that very instant: the instance that
// starts for it takes no place, and no disk, of the replica's.
TEST(CacheFaults, TheDiskOfAKilledReplicaIsThereThoughAnInstanceStartsAtThatInstant) {
  Blueprint blueprint = cached(arriving_at({1, 3, 9}), CacheScope::replica);
  blueprint.caches[0].persistent = true;
  blueprint.keys[0].items = 1;
  blueprint.keys[0].per = KeyPer::request;
  blueprint.endpoints[0].steps.push_back({WaitStep{seconds(3)}});
  const Index function = add_service(blueprint, "function", {});
  blueprint.services.back().replicas = 0;
  blueprint.services.back().serverless =
      ServerlessBlueprint{.keep_alive = to_duration(10), .cold_start = Distribution::constant(1.0)};
  const Index front =
      add_service(blueprint, "front", {{CallStep{.endpoint = 0, .ignore_failure = true}}, {CallStep{.endpoint = function}}}, 10);
  blueprint.workloads[0].journeys[0].steps = {{CallStep{.endpoint = front}}};
  PlaneUnderTest run{blueprint};
  run.advance(4.5);
  const ReplicaRef gone = run.replicas(0)[0];
  run.plane().remove_replica(gone);
  const auto disk = run.plane().take_disk(gone);
  ASSERT_NE(disk, nullptr);
  run.plane().add_replica(0, no_index, disk);
  run.finish();
  EXPECT_EQ(run.value("count failures{workload=users}"), 0);
  EXPECT_NEAR(3 * run.value("rate hit_ratio{cache=memory}"), 2, exact) << "of 3 and 9 s";
}

// ---- warming up --------------------------------------------------------------------------------------------------------------

// Requests at rate 50 /s, item i with probability p_i proportional to 1 / (i + 1), of 100.
constexpr double rate = 50.0;
constexpr int items = 100;

std::vector<double> popularity() {
  std::vector<double> p;
  double sum = 0.0;
  for (int i = 0; i < items; ++i) sum += 1.0 / (i + 1);
  for (int i = 0; i < items; ++i) p.push_back(1.0 / (i + 1) / sum);
  return p;
}

std::vector<Arrival> poisson(std::uint64_t seed, double end) {
  std::mt19937_64 random{seed};
  const std::vector<double> p = popularity();
  std::discrete_distribution<std::uint64_t> item{p.begin(), p.end()};
  std::exponential_distribution<double> gap{rate};
  std::vector<Arrival> arrivals;
  for (double at = gap(random); at < end; at += gap(random)) arrivals.push_back({.at = at_seconds(at), .key = item(random)});
  return arrivals;
}

// With room for all an item is in the cache at t after it was empty if it was asked for since: sum of p_i (1 - exp(-rate p_i t)).
// Over the time from a to b: the mean of that.
double mean_hit_ratio(double from, double to, double rate_of_cache) {
  double ratio = 0.0;
  for (const double p : popularity()) {
    const double r = rate_of_cache * p;
    ratio += p * (1.0 - (std::exp(-r * from) - std::exp(-r * to)) / (r * (to - from)));
  }
  return ratio;
}

// Hits between two times, of as many requests as are expected then, in each of a hundred runs. `hits_until(seed, end)` counts.
template <class Run>
Interval measured(double from, double to, const Run& hits_until) {
  std::vector<double> ratios;
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    ratios.push_back((hits_until(seed, to) - hits_until(seed, from)) / (rate * (to - from)));
  return t_interval(ratios, 0.999);
}

void expect_within(const Interval& interval, double expected) {
  EXPECT_TRUE(interval.low <= expected && expected <= interval.high)
      << interval.low << " to " << interval.high << ", not " << expected;
  EXPECT_LE(interval.half_width(), 0.06);
}

constexpr double warm = 5.0;  // for how long requests have come before
constexpr std::array spans{std::pair{0.0, 1.0}, std::pair{1.0, 4.0}, std::pair{4.0, 16.0}};

TEST(CacheFaults, AfterAFlushTheHitRatioClimbsAsTheExactCurve) {
  const auto hits_until = [](std::uint64_t seed, double after) {
    const std::vector<Arrival> arrivals = poisson(seed, warm + after);
    Blueprint blueprint = cached(scripted(arrivals));
    strike(blueprint, warm, FlushCache{0});
    PlaneUnderTest run{blueprint, 1, warm + after};
    run.finish();
    return run.value("rate hit_ratio{cache=memory}") * static_cast<double>(arrivals.size());
  };
  for (const auto& [from, to] : spans) expect_within(measured(from, to, hits_until), mean_hit_ratio(from, to, rate));
}

// One replica is warm when another comes; from then on each gets half of the requests, at random. What the new one has of its own
// warms up with its age, as the curve at half the rate; the old one has been asked for everything before.
TEST(CacheFaults, TheCacheOfANewReplicaIsColdAndWarmsUpWithItsAge) {
  const auto hits_until = [](std::uint64_t seed, double after) {
    const std::vector<Arrival> arrivals = poisson(seed, warm + after);
    Blueprint blueprint = cached(scripted(arrivals), CacheScope::replica);
    blueprint.services[0].balancer = choice_of<Balancer>("random");
    PlaneUnderTest run{blueprint, seed, warm + after};
    run.advance(warm);
    run.plane().add_replica(0);
    run.finish();
    return run.value("rate hit_ratio{cache=memory}") * static_cast<double>(arrivals.size());
  };
  for (const auto& [from, to] : spans) {
    // The old one's curve began twice as long before, at half the rate.
    const double old = mean_hit_ratio(from + 2 * warm, to + 2 * warm, rate / 2);
    expect_within(measured(from, to, hits_until), (old + mean_hit_ratio(from, to, rate / 2)) / 2);
  }
}

// ---- clients -----------------------------------------------------------------------------------------------------------------

// 5 connections, two per client: two of three replicas find theirs, and the third misses whatever it looks up, every third time.
TEST(CacheClients, WhoFindsNoConnectionWorksWithoutTheCache) {
  Blueprint blueprint = cached(arriving_at(every_second(0, 11)));
  blueprint.services[0].replicas = 3;
  blueprint.caches[0].connections = 5;
  blueprint.caches[0].connections_per_client = 2;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.value("count clients_refused{cache=memory}"), 1);
  EXPECT_NEAR(12 * run.value("rate hit_ratio{cache=memory}"), 12 - 1 - 4, exact);
  EXPECT_NEAR(run.value("avg cache_connections{cache=memory}"), 4.0 / 5, exact);
}

// In turn until 5: the first misses at 0 and hits at 3, the others are refused. At 5.5 the first goes, and its connection is the
// second's, not the third's; the third goes as well, so that the second hits at 7 and 8.
TEST(CacheClients, TheConnectionOfOneThatGoesIsThatOfWhoWasRefusedFirst) {
  Blueprint blueprint = cached(arriving_at({0, 1, 2, 3, 4, 5, 7, 8}));
  blueprint.services[0].replicas = 3;
  blueprint.caches[0].connections = 1;
  PlaneUnderTest run{blueprint};
  run.advance(5.5);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.advance(6.5);
  run.plane().remove_replica(run.replicas(0)[2]);
  run.finish();
  EXPECT_EQ(run.value("count clients_refused{cache=memory}"), 2);
  EXPECT_NEAR(8 * run.value("rate hit_ratio{cache=memory}"), 3, exact);
  EXPECT_NEAR(run.value("avg cache_connections{cache=memory}"), 1.0, exact);
}

TEST(CacheClients, AnInvalidationWithoutAConnectionDoesNotReachTheCache) {
  for (const int connections : {0, 1, 2}) {
    Blueprint blueprint = cached(arriving_at({0, 9}));
    blueprint.caches[0].connections = connections;
    blueprint.keys[0].per = KeyPer::request;
    blueprint.keys[0].items = 1;
    const Index forget = add_service(blueprint, "writer", {{InvalidateStep{.cache = 0, .key = 0}}});
    blueprint.workloads.push_back({"writers", 0, arriving_at({5}), {{"forget", 1.0, {{CallStep{.endpoint = forget}}}}}});
    PlaneUnderTest run{blueprint};
    run.finish();
    EXPECT_NEAR(2 * run.value("rate hit_ratio{cache=memory}"), connections == 1 ? 1 : 0, exact);
  }
}

// A replica with a connection dies, and one without takes over the write that it had put off: it is written, and but once.
TEST(CacheClients, WhoTakesOverAWriteNeedsNoConnectionToTheCache) {
  Blueprint blueprint = cached(scripted({}));
  const Index store = add_service(blueprint, "store", {{WaitStep{seconds(0.1)}}}, 100);
  WriteCacheStep write{
      .cache = 0, .key = 0, .mode = WriteMode::behind, .delay = to_duration(5), .steps = {{CallStep{.endpoint = store}}}};
  blueprint.endpoints[0].steps = {{write}};
  blueprint.services[0].replicas = 3;
  blueprint.workloads[0].model = scripted({{.at = at_seconds(0), .key = 1}, {.at = at_seconds(20), .key = 2}});
  blueprint.caches[0].capacity = {1};
  blueprint.caches[0].connections = 1;
  PlaneUnderTest run{blueprint};
  run.advance(2);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.value("count requests{endpoint=store.work}"), 2);
  EXPECT_EQ(run.value("count lost_writes{cache=memory}"), 0);
}

}  // namespace
}  // namespace headroom::test
