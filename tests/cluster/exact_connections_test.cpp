// Connections to a database: lines of clients, more clients than it takes, a pooler; timelines by hand and M/M/1.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Every request is a query of 1 s without CPU; the replicas of the service take turns.
struct Connected {
  Connected(const std::vector<double>& arrivals, ConnectionsBlueprint connections, int replicas = 1) {
    blueprint = one_service({{QueryStep{.database = 0}}}, arriving_at(arrivals));
    blueprint.services[0].concurrency = 1000;
    blueprint.services[0].replicas = replicas;
    DatabaseBlueprint store;
    store.name = "store";
    store.sharding = choice_of<ShardPolicy>("modulo");
    store.pool = connections.limit;
    store.read_wait = seconds(1);
    store.connections = connections;
    blueprint.databases.push_back(store);
  }
  DatabaseBlueprint& store() { return blueprint.databases[0]; }
  void put_store_away(double round_trip) {
    blueprint.network.regions = {"near", "far"};
    const Duration way = to_duration(round_trip);
    blueprint.network.round_trip = {{Duration{}, way}, {way, Duration{}}};
    store().region = 1;
  }

  Blueprint blueprint;
};

// Two are asked at once, and two wait for their connections: 0, 0, 1 and 1 s.
TEST(ExactConnections, QueriesBeyondTheClientsPoolWaitInItsLine) {
  PlaneUnderTest run{Connected{{0, 0, 0, 0}, {.limit = 100, .per_client = 2}}.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg connection_wait{database=store}"), 0.5, exact);
  EXPECT_NEAR(run.value("avg queue_wait{database=store}"), 0.0, exact);
  EXPECT_NEAR(run.value("avg latency{database=store}"), 1.5, exact);
  EXPECT_NEAR(run.value("avg connections{database=store}"), 0.02, exact);
}

// Of 5 connections the first three of four replicas take 2, 2 and 1; the fourth has none.
TEST(ExactConnections, AReplicaTooManyIsRefused) {
  PlaneUnderTest run{Connected{{0, 0, 0, 0}, {.limit = 5, .per_client = 2}, 4}.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 1);
  EXPECT_EQ(run.value("count requests{workload=users}"), 4);
  EXPECT_NEAR(run.value("avg connections{database=store}"), 1.0, exact);
}

// The first replica leaves its 2 at 10 s: the third has 2 then, and the fourth 1. Of six queries at 20 s each of the three gets
// two, and the second of the last waits: 5 × 0 and 1 × 1.
TEST(ExactConnections, WhatAReplicaLeavesGoesToThoseThatHaveTooFew) {
  PlaneUnderTest run{Connected{{20, 20, 20, 20, 20, 20}, {.limit = 5, .per_client = 2}, 4}.blueprint};
  run.advance(10);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 0);
  EXPECT_NEAR(run.value("avg connection_wait{database=store}"), 1.0 / 6, exact);
}

// A line that waits is served as soon as its client gets more: the second query of the last replica begins at 0.5 s, and the
// first replica's own, which nobody waits for any more, are two that are lost.
TEST(ExactConnections, ALineMovesOnWhenItsClientGetsMore) {
  Connected system{{0, 0, 0, 0}, {.limit = 3, .per_client = 2}, 2};
  PlaneUnderTest run{system.blueprint};
  run.advance(0.5);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=lost}"), 2);
  EXPECT_NEAR(run.value("avg connection_wait{database=store}"), 0.5 / 4, exact);
}

// The first and the third query are the first replica's: one is asked, one waits. When it dies at 0.5 s the one that waits is
// lost; the one that is asked goes on, and nobody learns of it.
TEST(ExactConnections, QueriesInTheLineOfAClientThatDiesAreLost) {
  PlaneUnderTest run{Connected{{0, 0, 0}, {.limit = 10, .per_client = 1}, 2}.blueprint};
  run.advance(0.5);
  run.plane().remove_replica(run.replicas(0)[0]);
  const RunResult& result = run.finish();
  EXPECT_EQ(run.value("count failures{reason=lost}"), 2);
  EXPECT_EQ(run.value("count errors{database=store}"), 1);
  EXPECT_EQ(run.value("count requests{database=store}"), 3);
  for (const LedgerEntry& entry : result.ledger) EXPECT_EQ(entry.in_flight, 0U) << entry.name;
}

// The second gives up after 0.4 s, the third has waited less when its turn comes at 1 s.
TEST(ExactConnections, AQueryWaitsNoLongerThanTheWaitLimit) {
  Connected system{{0, 0, 0.7}, {.limit = 10, .per_client = 1}};
  system.store().wait_limit = seconds(0.4);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=wait_limit}"), 1);
  EXPECT_NEAR(run.value("avg connection_wait{database=store}"), 0.3 / 2, exact);
}

// Everybody has a connection to the pooler, which lets one through at a time: waits of 0, 1 and 2 s at the database.
TEST(ExactConnections, APoolerLetsFewerThroughThanAreConnected) {
  Connected system{{0, 0, 0}, {.limit = 10, .per_client = 5}};
  system.store().pool = 1;
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg connection_wait{database=store}"), 0.0, exact);
  EXPECT_NEAR(run.value("avg queue_wait{database=store}"), 1.0, exact);
}

// Two have connections, one of them is let through at a time: the third waits for 1 s in the client's line and then, from 1 to
// 2 s, in the pooler's. 2 s in all, but in neither line more than 1.2 s.
TEST(ExactConnections, EachOfTwoLinesHasATimeOfItsOwn) {
  const auto two_lines = [](double wait_limit, std::optional<double> in_client) {
    Connected system{{0, 0, 0}, {.limit = 10, .per_client = 2}};
    system.store().pool = 1;
    system.store().wait_limit = seconds(wait_limit);
    if (in_client) system.store().connections->wait_limit = seconds(*in_client);
    PlaneUnderTest run{system.blueprint};
    run.finish();
    return std::pair{run.value("count failures{reason=wait_limit}"), run.value("avg connection_wait{database=store}")};
  };
  EXPECT_EQ(two_lines(1.2, std::nullopt), (std::pair{0.0, 1.0 / 3}));
  EXPECT_EQ(two_lines(1.2, 0.9), (std::pair{1.0, 0.0})) << "the third leaves its client's line at 0.9 s";
  const auto [failures, wait] = two_lines(0.9, 1.2);
  EXPECT_EQ(failures, 1.0) << "the second leaves the pooler's line at 0.9 s, and its connection to the third";
  EXPECT_NEAR(wait, 0.9 / 3, exact);
}

// Each node of a sharded database has a pool of its own: queries without a key take turns between two shards.
TEST(ExactConnections, EveryNodeHasConnectionsOfItsOwn) {
  Connected system{{0, 0, 0, 0}, {.limit = 10, .per_client = 1}};
  system.store().shards = 2;
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg connection_wait{database=store}"), 0.5, exact) << "two at once, as two nodes are asked";
}

// 0.2 s away: the second query goes there once the first has its answer, 1.4 s after it was asked.
TEST(ExactConnections, AQueryTravelsOnceItHasItsConnection) {
  Connected system{{0, 0}, {.limit = 10, .per_client = 1}};
  system.put_store_away(0.4);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg connection_wait{database=store}"), 1.4 / 2, exact);
  EXPECT_NEAR(run.value("avg latency{database=store}"), (1.4 + 1.4 + 1.4) / 2, exact);
}

// Of two replicas the second has no connection. The query of the first takes 0.2 + 1 + 0.2 s; that of the second never leaves, so
// its caller knows at once.
TEST(ExactConnections, ARefusalThatNeverLeftItsClientTakesNoTime) {
  Connected system{{0, 0}, {.limit = 1, .per_client = 1}, 2};
  system.put_store_away(0.4);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 1);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 1.4, exact);
  EXPECT_NEAR(run.value("avg in_flight{workload=users}") * 1000.0, 1.4 + 0.0, exact);
}

// The second waits for 0.5 s in its client's line, and goes nowhere.
TEST(ExactConnections, WhoWaitsTooLongForAConnectionIsToldAtOnce) {
  Connected system{{0, 0}, {.limit = 10, .per_client = 1}};
  system.store().wait_limit = seconds(0.5);
  system.put_store_away(0.4);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=wait_limit}"), 1);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 1.4, exact);
  EXPECT_NEAR(run.value("avg in_flight{workload=users}") * 1000.0, 1.4 + 0.5, exact);
}

// What waits when its node fails at 0.5 s is sent there all the same, and learns that nobody is there.
TEST(ExactConnections, ALineOfANodeThatFailsIsToldSo) {
  Connected system{{0, 0, 0, 0}, {.limit = 10, .per_client = 1}};
  system.store().repair = to_duration(10);
  system.blueprint.faults.push_back({to_duration(0.5), FailPrimary{.database = 0}});
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=lost}"), 1);
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 3);
}

// One connection, Poisson queries of rate 0.5 and exponential times of mean 1: M/M/1 waits 0.5 / (1 - 0.5) × 1 = 1 s.
TEST(ExactConnections, AClientWithOneConnectionIsASingleServer) {
  std::vector<double> means;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<double> arrivals;
    for (double at = 0.0; at < 20'000.0;) {
      arrivals.push_back(at);
      at -= 2.0 * std::log((static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53);
    }
    Connected system{arrivals, {.limit = 10, .per_client = 1}};
    system.store().read_wait = Distribution::exponential(1.0);
    PlaneUnderTest run{system.blueprint, seed, 20'200.0};
    run.finish();
    means.push_back(run.value("avg connection_wait{database=store}"));
  }
  const Interval interval = t_interval(means, 0.999);
  EXPECT_LE(interval.low, 1.0);
  EXPECT_GE(interval.high, 1.0);
  EXPECT_LE(interval.half_width(), 0.1);
}

}  // namespace
}  // namespace headroom::test
