// The table of leases against the plainest one: a map that is searched.
#include "sim/cluster/lock_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/allocation_counter.hpp"

namespace headroom {
namespace {

using std::chrono::seconds;

TEST(LockTable, AgreesWithAMapWhoeverTakesReleasesAndDies) {
  struct Held {
    LockHolder holder;
    SimTime expires;
    bool is_abandoned = false;
  };
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random{seed};
    LockTable table;
    std::map<std::uint64_t, Held> plain;
    std::map<std::uint64_t, std::uint64_t> holding;  // draw_id -> key, of holders that live
    SimTime now = start_of_time;
    std::uint64_t next_holder = 1;
    for (int step = 0; step < 5000; ++step) {
      now += seconds{random() % 3};
      const auto dice = random() % 10;
      if (dice < 5 || holding.empty()) {
        const std::uint64_t key = (random() % 100) << 50;
        const LockHolder holder{static_cast<Index>(next_holder % 1000), next_holder};
        const auto answer = table.take(key, holder, seconds{20}, Duration{}, now);
        const auto found = plain.find(key);
        const bool is_held = found != plain.end() && found->second.expires > now;
        ASSERT_EQ(answer == LockTable::Answer::held, is_held);
        if (is_held) continue;
        // What was abandoned and has run out may be forgotten at any time.
        const bool may_be_forgotten = found != plain.end() && found->second.is_abandoned;
        const auto expected = found == plain.end() ? LockTable::Answer::taken : LockTable::Answer::taken_over;
        ASSERT_TRUE(answer == expected || may_be_forgotten);
        plain[key] = {holder, now + seconds{20}};
        holding[next_holder++] = key;
      } else {
        auto chosen = holding.begin();
        std::advance(chosen, static_cast<long>(random() % holding.size()));
        const auto [id, key] = *chosen;
        holding.erase(chosen);
        const LockHolder holder{static_cast<Index>(id % 1000), id};
        const auto found = plain.find(key);
        const bool is_still_theirs = found != plain.end() && found->second.holder == holder;
        if (dice < 9) {
          ASSERT_EQ(table.release(key, holder), is_still_theirs);
          if (is_still_theirs) plain.erase(found);
        } else {
          table.abandon(now, [&](const LockHolder& other) { return other == holder; });
          if (is_still_theirs) found->second.is_abandoned = true;
        }
      }
      ASSERT_LE(table.size(), plain.size());
    }
  }
}

TEST(LockTable, TakesNoMemoryOnceWarm) {
  LockTable table;
  const auto round = [&](std::uint64_t from) {
    for (std::uint64_t i = 0; i < 500; ++i)
      table.take(from + i, {static_cast<Index>(i), 1}, seconds{1}, Duration{}, start_of_time);
    for (std::uint64_t i = 0; i < 500; ++i) EXPECT_TRUE(table.release(from + i, {static_cast<Index>(i), 1}));
  };
  round(0);
  const std::uint64_t before = allocations_so_far();
  for (std::uint64_t i = 1; i <= 100; ++i) round(1'000'000 * i);
  EXPECT_EQ(allocations_so_far(), before);
  EXPECT_EQ(table.size(), 0U);
}

// A thousand holders die one after another, each with a key of its own that nobody asks for again.
TEST(LockTable, ForgetsTheDead) {
  LockTable table;
  SimTime now = start_of_time;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    table.take(i, {1, i}, seconds{5}, Duration{}, now);
    table.abandon(now, [](const LockHolder&) { return true; });
    now += seconds{1};
  }
  EXPECT_LE(table.size(), 16U);
}

}  // namespace
}  // namespace headroom
