// Replicas that lag, against the probability that a write is on its way, means of minima and maxima, and timelines by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Everybody asks for the same key of a database with a primary and replicas. Queries take no time, but what they wait for.
struct Replicated {
  explicit Replicated(Steps steps, std::vector<double> arrivals, Distribution lag = seconds(1.5), int replicas = 2) {
    blueprint = one_service(std::move(steps), arriving_at(arrivals));
    blueprint.services[0].concurrency = 1000;
    blueprint.keys.push_back({.name = "row"});
    DatabaseBlueprint store;
    store.name = "store";
    store.sharding = choice_of<ShardPolicy>("modulo");
    store.pool = 100;
    store.replicas = replicas;
    store.replication = DataReplicationBlueprint{.lag = std::move(lag)};
    blueprint.databases.push_back(store);
  }
  void answer_when(Acknowledged acknowledged) { blueprint.databases[0].replication->acknowledged = acknowledged; }

  Blueprint blueprint;
};

Step writing() { return {QueryStep{.database = 0, .write = true, .key = 0}}; }
Step reading(bool at_primary = false) { return {QueryStep{.database = 0, .write = false, .key = 0, .at_primary = at_primary}}; }
Step waiting(double span) { return {WaitStep{seconds(span)}}; }

// A write is applied 0.3 s after its commit. The first request reads from the primary at 0.1, from the replica at 0.2 (stale) and
// from the primary at 0.4; the second from the replica at 10.1 (stale), the primary at 10.2, the replica at 10.4.
TEST(ExactReplication, AReplicaDoesNotKnowWhatWasWrittenJustNow) {
  for (const bool at_primary : {false, true}) {
    const Step read = reading(at_primary);
    Replicated system{{writing(), waiting(0.1), read, waiting(0.1), read, waiting(0.2), read}, {0, 10}, seconds(0.3)};
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_NEAR(run.value("rate stale_reads{database=store}"), at_primary ? 0.0 : 2.0 / 6, exact);
    EXPECT_NEAR(run.value("avg replication_lag{database=store}"), 0.3, exact);
    EXPECT_NEAR(run.value("avg latency{workload=users}"), 0.4, exact) << "nobody waits for the replica";
  }
}

// Written at 0 and applied at 0.3 s; read from the replica at 0.1, when a writer that waits for all replicas has not been answered.
TEST(ExactReplication, WhatNobodyHasBeenToldOfIsNotMissed) {
  for (const Acknowledged acknowledged : {Acknowledged::at_once, Acknowledged::by_all}) {
    Replicated system{{writing()}, {0}, seconds(0.3)};
    system.blueprint.databases[0].replication->acknowledged = acknowledged;
    const Index read = add_service(system.blueprint, "reader", {reading(), reading()}, 1000);
    system.blueprint.workloads.push_back({"readers", 0, arriving_at({0.1}), {{"visit", 1.0, {{CallStep{.endpoint = read}}}}}});
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_NEAR(run.value("rate stale_reads{database=store}"), acknowledged == Acknowledged::at_once ? 0.5 : 0.0, exact);
  }
}

// Poisson writes of rate 2 to the key and a lag of 0.5 s: a read from the replica is stale when the last 0.5 s saw a write, with
// probability 1 - exp(-2 × 0.5). Every other read is the primary's.
TEST(ExactReplication, AReadIsStaleWhenAWriteIsOnItsWay) {
  constexpr double end = 5'000;
  std::vector<double> shares;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<double> writes, reads;
    for (double at = 0.0;;) {
      at -= 0.5 * std::log((static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53);
      if (at >= end) break;
      writes.push_back(at);
    }
    for (double at = 0.25; at < end; at += 0.25) reads.push_back(at);
    Replicated system{{writing()}, writes, seconds(0.5)};
    const Index read = add_service(system.blueprint, "reader", {reading()}, 1000);
    system.blueprint.workloads.push_back({"readers", 0, arriving_at(reads), {{"visit", 1.0, {{CallStep{.endpoint = read}}}}}});
    PlaneUnderTest run{system.blueprint, seed, end};
    run.finish();
    shares.push_back(run.value("rate stale_reads{database=store}"));
  }
  const double expected = 0.5 * (1.0 - std::exp(-1.0));
  const Interval interval = t_interval(shares, 0.999);
  EXPECT_LE(interval.low, expected);
  EXPECT_GE(interval.high, expected);
  EXPECT_LE(interval.half_width(), 0.01);
}

void fail_at(Blueprint& blueprint, double at) {
  blueprint.databases[0].failover = FailoverBlueprint{};
  blueprint.faults.push_back({to_duration(at), FailPrimary{.database = 0}});
}

// Committed at 1, 2 and 3, applied at 2.5, 3.5 and 4.5: at 3.2 the replica lacks two that have been answered.
TEST(ExactReplication, AnAsynchronousFailoverLosesWhatTheReplicaLacks) {
  Replicated system{{writing()}, {1, 2, 3}};
  fail_at(system.blueprint, 3.2);
  PlaneUnderTest run{system.blueprint};
  const RunResult& result = run.finish();
  EXPECT_EQ(run.value("count lost_writes{database=store}"), 2);
  EXPECT_EQ(run.value("count errors{database=store}"), 0) << "all had been answered";
  EXPECT_EQ(result.notes[0].text, "the primary of shard 0 fails, 2 acknowledged writes are lost");
}

// The same writes are answered when they are applied: the first after 1.5 s, the other two never.
TEST(ExactReplication, ASynchronousFailoverLosesNothingThatWasAnswered) {
  for (const Acknowledged acknowledged : {Acknowledged::by_first, Acknowledged::by_all}) {
    Replicated system{{writing()}, {1, 2, 3}};
    system.answer_when(acknowledged);
    fail_at(system.blueprint, 3.2);
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_EQ(run.value("count lost_writes{database=store}"), 0);
    EXPECT_EQ(run.value("count failures{reason=lost}"), 2);
    EXPECT_NEAR(run.value("avg latency{database=store}"), 1.5, exact);
    EXPECT_NEAR(1000 * run.value("avg in_flight{workload=users}"), 1.5 + 1.2 + 0.2, exact) << "lost at 3.2";
  }
}

// Repaired in place, the node still has all that was committed on it.
TEST(ExactReplication, ARepairedPrimaryHasLostNothing) {
  Replicated system{{writing()}, {1, 2, 3}};
  fail_at(system.blueprint, 3.2);
  system.blueprint.databases[0].failover.reset();
  system.blueprint.databases[0].repair = to_duration(5);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count lost_writes{database=store}"), 0);
}

// Two replicas with exponential lags of mean 1: the first has it after 1/2 on average, both after 1 + 1/2. The writes are so far
// apart that none waits for the one before.
TEST(ExactReplication, SynchronousWritesWaitForTheFirstReplicaOrForTheLast) {
  std::vector<double> arrivals;
  for (int i = 0; i < 400; ++i) arrivals.push_back(50.0 * i);
  for (const auto& [acknowledged, expected] : {std::pair{Acknowledged::by_first, 0.5}, std::pair{Acknowledged::by_all, 1.5}}) {
    std::vector<double> means;
    for (std::uint64_t seed = 1; seed <= 16; ++seed) {
      Replicated system{{writing()}, arrivals, Distribution::exponential(1.0), 3};
      system.answer_when(acknowledged);
      PlaneUnderTest run{system.blueprint, seed, 20'100.0};
      run.finish();
      means.push_back(run.value("avg latency{database=store}"));
    }
    const Interval interval = t_interval(means, 0.999);
    EXPECT_LE(interval.low, expected);
    EXPECT_GE(interval.high, expected);
    EXPECT_LE(interval.half_width(), 0.1);
  }
}

}  // namespace
}  // namespace headroom::test
