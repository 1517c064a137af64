// The table by key against a map, its growth, its removals and what it allocates.
#include "sim/core/probing_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/allocation_counter.hpp"

namespace headroom {
namespace {

struct Number {
  int number = 0;
  bool in_use() const { return number != 0; }
};
using Numbers = ProbingTable<Number>;

std::map<std::uint64_t, int> contents(Numbers& table) {
  std::map<std::uint64_t, int> all;
  table.for_each([&](std::uint64_t key, const Number& value) { EXPECT_TRUE(all.emplace(key, value.number).second) << key; });
  return all;
}

// Few keys, so that they are found, missed, removed and put in again; half of the seeds stay within the first 16 places, where
// every cluster runs over the end of the table sooner or later.
TEST(ProbingTable, AgreesWithAMapWhateverComesAndGoes) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random{seed};
    const std::uint64_t keys = seed % 2 == 0 ? 7 : 300;
    Numbers table;
    std::map<std::uint64_t, int> plain;
    for (int step = 1; step <= 5000; ++step) {
      const std::uint64_t key = random() % keys << 40;
      const Number* const found = table.find(key);
      ASSERT_EQ(found != nullptr, plain.contains(key));
      if (found != nullptr) {
        ASSERT_EQ(found->number, plain.at(key));
      }
      if (random() % 2 == 0) {
        ASSERT_EQ(table.erase(key), plain.erase(key) == 1);
      } else if (found == nullptr) {
        EXPECT_EQ(table.insert(key, {step}).number, step);
        plain[key] = step;
      }
      ASSERT_EQ(table.size(), plain.size());
    }
    EXPECT_EQ(contents(table), plain);
  }
}

TEST(ProbingTable, KeepsEverythingWhenItGrows) {
  Numbers table;
  for (int i = 1; i <= 10'000; ++i) table.insert(static_cast<std::uint64_t>(i) << 32, {i});
  ASSERT_EQ(table.size(), 10'000U);
  for (int i = 1; i <= 10'000; ++i) ASSERT_EQ(table.find(static_cast<std::uint64_t>(i) << 32)->number, i);
  EXPECT_EQ(std::as_const(table).find(1), nullptr);
}

// Every subset of what a full first table holds: whoever moves up into a hole is judged too, also over the end of the table.
TEST(ProbingTable, ForgetsExactlyThoseThatAreOver) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (unsigned over = 0; over < 256; ++over) {
      Numbers table;
      std::map<std::uint64_t, int> kept;
      for (int i = 0; i < 8; ++i) {
        const std::uint64_t key = mix(seed, static_cast<std::uint64_t>(i));
        table.insert(key, {i + 1});
        if ((over >> i & 1U) == 0) kept[key] = i + 1;
      }
      table.erase_if([&](const Number& value) { return (over >> (value.number - 1) & 1U) != 0; });
      ASSERT_EQ(table.size(), kept.size());
      ASSERT_EQ(contents(table), kept);
      for (const auto& [key, number] : kept) ASSERT_EQ(table.find(key)->number, number);
    }
  }
}

// A thousand keys, one after the other, of which two are needed at a time: the first table does.
TEST(ProbingTable, ForgetsBeforeItGrows) {
  Numbers table;
  const std::uint64_t before = allocations_so_far();
  for (int i = 1; i <= 1000; ++i)
    table.insert(static_cast<std::uint64_t>(i), {i}, [&](const Number& value) { return value.number < i - 1; });
  EXPECT_EQ(allocations_so_far() - before, 0U);
  EXPECT_LE(table.size(), 8U);
  EXPECT_EQ(table.find(999)->number, 999);
  EXPECT_EQ(table.find(1000)->number, 1000);
}

TEST(ProbingTable, AllocatesNothingWithinItsReserve) {
  Numbers table;
  table.reserve(1000);
  const std::uint64_t before = allocations_so_far();
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t key = 0; key < 1000; ++key) table.insert(mix(key), {1});
    for (std::uint64_t key = 0; key < 1000; ++key) table.erase(mix(key));
  }
  EXPECT_EQ(allocations_so_far() - before, 0U);
  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace headroom
