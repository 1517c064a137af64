// Locks with leases as timelines by hand, and a lock as the single server that it is.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Duration time_of(double seconds) { return to_duration(seconds); }

std::vector<Arrival> asking(const std::vector<std::pair<double, std::uint64_t>>& times_and_keys) {
  std::vector<Arrival> arrivals;
  for (const auto& [at, key] : times_and_keys) arrivals.push_back({.at = at_seconds(at), .key = key});
  return arrivals;
}

// Requests of "api", which has many slots, work for so long under the lock of their arrival's key; who finds it held asks again
// after a second.
struct Locked {
  explicit Locked(std::vector<Arrival> arrivals, Steps work = {{WaitStep{seconds(3)}}}) {
    blueprint = one_service({}, scripted(std::move(arrivals)));
    blueprint.services[0].concurrency = 1000;
    blueprint.locks.push_back({.name = "leases"});
    blueprint.keys.push_back({.name = "row", .items = 1000, .per = KeyPer::arrival});
    LockStep step;
    step.lock = step.key = 0;
    step.lease = time_of(100);
    step.poll = time_of(1);
    step.steps = std::move(work);
    blueprint.endpoints[0].steps = {{step}};
  }
  LockStep& step() { return std::get<LockStep>(blueprint.endpoints[0].steps[0].action); }

  Blueprint blueprint;
};

TEST(ExactLocks, OneAtATimeByKey) {
  // The second asks at 0.5, 1.5, 2.5 and 3.5; the third has another key.
  Locked system{asking({{0, 7}, {0.5, 7}, {0.7, 8}})};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (3.0 + 6 + 3) / 3, exact);
  EXPECT_NEAR(run.value("avg lock_wait{lock=leases}"), 3.0 / 3, exact);
  EXPECT_NEAR(run.value("rate lock_contention{lock=leases}"), 3.0 / 6, exact);
  EXPECT_EQ(run.value("count duplicates{lock=leases}"), 0);
  EXPECT_EQ(run.value("count lock_expired{lock=leases}"), 0);
}

// Lease 2, work 3. The second asks at 0.5, 1.5 and takes over at 2.5; the third at 3.2, 4.2 and takes over at 5.2, after the
// second's lease has run out at 4.5. The first and the second find at 3 and 5.5 that it was for nothing; the third ends in peace
// at 8.2.
TEST(ExactLocks, ALeaseShorterThanTheWorkHasItDoneTwice) {
  Locked system{asking({{0, 7}, {0.5, 7}, {3.2, 7}})};
  system.step().lease = time_of(2);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count lock_expired{lock=leases}"), 2);
  EXPECT_EQ(run.value("count duplicates{lock=leases}"), 2);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (3.0 + 5 + 5) / 3, exact);
}

TEST(ExactLocks, ALeaseThatNobodyElseAskedForIsGivenBackLate) {
  Locked system{asking({{0, 7}, {10, 7}})};
  system.step().lease = time_of(2);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count duplicates{lock=leases}"), 0);
  EXPECT_EQ(run.value("count lock_expired{lock=leases}"), 0);
}

TEST(ExactLocks, ALivingHolderRenewsItsLease) {
  Locked system{asking({{0, 7}, {0.5, 7}})};
  system.step().lease = time_of(2);
  system.step().renew = time_of(0.5);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (3.0 + 6) / 2, exact);
  EXPECT_EQ(run.value("count lock_expired{lock=leases}"), 0);
}

// The first dies with its replica at 1; the second, on the other, asks every second from 0.5 on until the lease has run out.
TEST(ExactLocks, AfterACrashEverybodyWaitsForTheLease) {
  Locked system{asking({{0, 7}, {0.5, 7}})};
  system.blueprint.services[0].replicas = 2;
  system.step().lease = time_of(10);
  PlaneUnderTest run{system.blueprint};
  run.advance(1);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_NEAR(run.value("avg lock_wait{lock=leases}"), (0.0 + 10) / 2, exact) << "taken over at 10.5";
  EXPECT_EQ(run.value("count lock_expired{lock=leases}"), 1);
  EXPECT_EQ(run.value("count duplicates{lock=leases}"), 0);
  EXPECT_EQ(run.ledger("requests").failed.at("lost"), 1U);
}

// Renewed at 2 and 4, dead at 5: the lease of 4 s runs out at 8.
TEST(ExactLocks, AfterACrashALeaseRunsOutFromItsLastRenewal) {
  Locked system{asking({{0, 7}, {0.5, 7}}), {{WaitStep{seconds(30)}}}};
  system.blueprint.services[0].replicas = 2;
  system.step().lease = time_of(4);
  system.step().renew = time_of(2);
  PlaneUnderTest run{system.blueprint};
  run.advance(5);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_NEAR(run.value("avg lock_wait{lock=leases}"), (0.0 + 8) / 2, exact) << "taken over at 8.5";
}

TEST(ExactLocks, WhoFindsItHeldMaySkipTheStepsOrFail) {
  for (const OnHeld on_held : {OnHeld::skip, OnHeld::fail}) {
    Locked system{asking({{0, 7}, {1, 7}, {4, 7}})};
    system.step().on_held = on_held;
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_NEAR(run.value("avg latency{workload=users}"), on_held == OnHeld::fail ? 3.0 : (3.0 + 0 + 3) / 3, exact);
    EXPECT_EQ(run.value("count failures{reason=lock_held}"), on_held == OnHeld::fail ? 1 : 0);
  }
}

// Taken at 0.1, done at 3.1, given back at 3.2. The second asks at 0.5, learns at 0.6 that it is held, again at 1.7 and 2.8, and
// has it at 3.9.
TEST(ExactLocks, EveryOperationTakesTheStoresLatency) {
  Locked system{asking({{0, 7}, {0.5, 7}})};
  system.blueprint.locks[0].latency = seconds(0.1);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg lock_wait{lock=leases}"), (0.1 + 3.4) / 2, exact);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (3.2 + 6.5) / 2, exact);
}

// The first fails at 1, in a branch of its own; the second asks at 1.5.
TEST(ExactLocks, WhoFailsGivesTheKeyBack) {
  Locked system{asking({{0, 7}, {1.5, 7}})};
  const Index store = add_service(system.blueprint, "store", {});
  system.blueprint.services[1].replicas = 0;
  ParallelStep parallel;
  parallel.branches = {{{WaitStep{seconds(1)}}, {CallStep{.endpoint = store}}}, {{WaitStep{seconds(0.5)}}}};
  system.step().steps = {{parallel}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 2);
  EXPECT_NEAR(run.value("rate lock_contention{lock=leases}"), 0.0, exact);
  EXPECT_NEAR(1000 * run.value("avg in_flight{workload=users}"), 2 * 1.0, exact);
}

// The outer key is the request's, the inner is the same for all: the second request waits for the inner one until 3.5.
TEST(ExactLocks, LocksNest) {
  Locked system{asking({{0, 7}, {0.5, 8}})};
  system.blueprint.locks.push_back({.name = "inner"});
  system.blueprint.keys.push_back({.name = "all"});
  LockStep inner = system.step();
  inner.lock = inner.key = 1;
  system.step().steps = {{inner}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg lock_wait{lock=inner}"), 3.0 / 2, exact);
  EXPECT_NEAR(run.value("avg lock_wait{lock=leases}"), 0.0, exact);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (3.0 + 6) / 2, exact);
}

// Everybody wants the same key: one server, so M/M/1 at rho 0.5, E[W] = rho / (1 - rho) = 1. Between a release and the next poll,
// 4 ms apart, nobody holds it: 0.2 % more service on average, and less than 1 % more waiting.
TEST(ExactLocks, ALockIsASingleServer) {
  constexpr double end = 10'000;
  std::vector<double> waits;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<Arrival> arrivals;
    for (double at = 0.0;;) {
      at -= 2.0 * std::log((static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53);
      if (at >= end) break;
      arrivals.push_back({.at = at_seconds(at), .key = 7});
    }
    Locked system{std::move(arrivals), {{WaitStep{Distribution::exponential(1.0)}}}};
    system.step().poll = std::chrono::milliseconds{4};
    PlaneUnderTest run{system.blueprint, seed, end};
    run.finish();
    waits.push_back(run.value("avg lock_wait{lock=leases}"));
  }
  const Interval interval = t_interval(waits, 0.999);
  EXPECT_LE(interval.low, 1.01);
  EXPECT_GE(interval.high, 1.0);
  EXPECT_LE(interval.half_width(), 0.08);
}

}  // namespace
}  // namespace headroom::test
