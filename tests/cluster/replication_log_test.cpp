// What copies have applied when, against a list of all writes that is gone through each time.
#include "sim/cluster/replication_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/allocation_counter.hpp"

namespace headroom {
namespace {

SimTime at(std::int64_t nanoseconds) { return SimTime{Duration{nanoseconds}}; }

TEST(ReplicationLog, AppliesInTheOrderOfCommits) {
  ReplicationLog log{2};
  log.commit(7, at(10));
  EXPECT_EQ(log.ship(1, at(50)), at(50));
  log.commit(8, at(20));
  EXPECT_EQ(log.ship(1, at(30)), at(50)) << "its own lag is shorter, but it waits for the first";
  EXPECT_EQ(log.unapplied(1, at(49)), 2U);
  EXPECT_TRUE(log.is_behind(1, 7, at(49)));
  EXPECT_TRUE(log.is_behind(1, 8, at(49)));
  EXPECT_FALSE(log.is_behind(1, 9, at(49))) << "never written";
  EXPECT_FALSE(log.is_behind(0, 8, at(49))) << "the primary";
  EXPECT_EQ(log.unapplied(1, at(50)), 0U);
  EXPECT_FALSE(log.is_behind(1, 8, at(50)));
}

// Copy 1 leads with the first write, copy 2 has none: the second is gone, and copy 2 still gets the first.
TEST(ReplicationLog, WhatTheNewLeaderDoesNotHaveNeverHappened) {
  ReplicationLog log{3};
  log.commit(7, at(10));
  log.ship(1, at(20));
  log.ship(2, at(100));
  log.commit(8, at(30));
  log.ship(1, at(90));
  log.ship(2, at(200));
  EXPECT_EQ(log.unapplied(1, at(40)), 1U);
  log.forget_unapplied(1, at(40));
  EXPECT_EQ(log.unapplied(1, at(40)), 0U);
  EXPECT_TRUE(log.is_behind(2, 7, at(99)));
  EXPECT_EQ(log.unapplied(2, at(100)), 0U) << "the write of 8 is not waited for";
  log.commit(9, at(110));
  EXPECT_EQ(log.ship(2, at(120)), at(120));
}

TEST(ReplicationLog, ACopyThatCaughtUpHasEverything) {
  ReplicationLog log{2};
  log.commit(7, at(10));
  log.ship(1, at(500));
  log.catch_up(1, at(20));
  EXPECT_EQ(log.unapplied(1, at(20)), 0U);
  log.commit(7, at(30));
  EXPECT_EQ(log.ship(1, at(40)), at(40));
}

// Bursts of writes with lags of all lengths; the table and the ring grow and are cleared on the way.
TEST(ReplicationLog, AgreesWithAListOfAllWrites) {
  std::mt19937_64 random{5};
  ReplicationLog log{3};
  struct Write {
    std::uint64_t key;
    SimTime applied[3];
  };
  std::vector<Write> writes;
  SimTime last[3]{};
  std::int64_t now = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += static_cast<std::int64_t>(random() % (i % 1000 < 500 ? 10 : 200));
    Write write{random() % 400, {at(now), at(now), at(now)}};
    log.commit(write.key, at(now));
    for (Index copy = 1; copy < 3; ++copy) {
      const SimTime arrival = at(now + static_cast<std::int64_t>(random() % 5000));
      write.applied[copy] = last[copy] = std::max(last[copy], arrival);
      ASSERT_EQ(log.ship(copy, arrival), write.applied[copy]);
    }
    writes.push_back(write);
    const auto copy = static_cast<Index>(random() % 3);
    const std::uint64_t key = random() % 400;
    const auto newest = std::find_if(writes.rbegin(), writes.rend(), [&](const Write& w) { return w.key == key; });
    ASSERT_EQ(log.is_behind(copy, key, at(now)), newest != writes.rend() && newest->applied[copy] > at(now)) << "write " << i;
    const auto missing = std::count_if(writes.end() - std::min<std::ptrdiff_t>(2000, std::ssize(writes)), writes.end(),
                                       [&](const Write& w) { return w.applied[copy] > at(now); });
    ASSERT_EQ(log.unapplied(copy, at(now)), static_cast<std::uint64_t>(missing));
  }
}

TEST(ReplicationLog, TakesNoMemoryPerWriteOnceItIsLargeEnough) {
  ReplicationLog log{2};
  const auto write = [&](std::uint64_t number) {
    const auto now = static_cast<std::int64_t>(10 * number);
    log.commit(number, at(now));
    log.ship(1, at(now + 1000));
  };
  for (std::uint64_t i = 0; i < 2000; ++i) write(i);
  const std::uint64_t before = allocations_so_far();
  for (std::uint64_t i = 2000; i < 50'000; ++i) write(i);
  EXPECT_LE(allocations_so_far() - before, 1U) << "the spare table, once";
}

}  // namespace
}  // namespace headroom
