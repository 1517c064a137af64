#include "sim/core/event_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "tests/support/allocation_counter.hpp"

namespace headroom {
namespace {

SimTime at(std::int64_t nanoseconds) { return SimTime{Duration{nanoseconds}}; }

struct Planned {
  std::int64_t at;
  std::uint64_t sequence;
};

TEST(EventList, GivesBackWhatWasScheduled) {
  EventList list;
  const std::uint64_t sequence = list.schedule(at(123456789), 63, EventList::largest_slot);
  EXPECT_EQ(list.next_time(), at(123456789));
  const Event event = list.pop();
  EXPECT_EQ(event.at, at(123456789));
  EXPECT_EQ(event.sequence, sequence);
  EXPECT_EQ(event.kind, 63U);
  EXPECT_EQ(event.slot, EventList::largest_slot);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.next_time(), end_of_time);
}

TEST(EventList, NumbersEventsFromOne) {
  EventList list;
  EXPECT_EQ(list.scheduled(), 0U);
  EXPECT_EQ(list.schedule(at(5), 0, 0), 1U);
  EXPECT_EQ(list.schedule(at(3), 0, 0), 2U);
  EXPECT_EQ(list.scheduled(), 2U);
  EXPECT_EQ(list.size(), 2U);
}

TEST(EventList, ClampsWhatIsBeyondItsLatestTime) {
  EventList list;
  list.schedule(end_of_time, 1, 2);
  const Event event = list.pop();
  EXPECT_EQ(event.at, EventList::latest);
  EXPECT_EQ(event.kind, 1U);
  EXPECT_EQ(event.slot, 2U);
}

// For sizes on both sides of the change from array to heap, with times so coarse that many are equal.
TEST(EventList, PopsInTheOrderOfAStableSort) {
  for (const std::uint64_t count : {1U, 2U, 15U, 16U, 17U, 63U, 64U, 65U, 66U, 300U, 5000U}) {
    for (const std::uint64_t times : {1U, 7U, 1000000U}) {
      EventList list;
      RandomStream stream{count * 31 + times};
      std::vector<Planned> planned;
      for (std::uint64_t i = 0; i < count; ++i) {
        const auto when = static_cast<std::int64_t>(stream.below(times));
        planned.push_back({when, list.schedule(at(when), 0, static_cast<std::uint32_t>(i))});
      }
      std::stable_sort(planned.begin(), planned.end(), [](const Planned& a, const Planned& b) { return a.at < b.at; });
      for (const Planned& expected : planned) {
        const Event event = list.pop();
        ASSERT_EQ(event.at, at(expected.at));
        ASSERT_EQ(event.sequence, expected.sequence);
        ASSERT_EQ(event.slot, expected.sequence - 1);
      }
      EXPECT_TRUE(list.empty());
    }
  }
}

// Grows and shrinks through both forms while the oracle, a vector searched for its least, does the same.
TEST(EventList, AgreesWithASearchedVectorWhileGrowingAndShrinking) {
  EventList list;
  std::vector<Planned> oracle;
  RandomStream stream{77};
  for (int step = 0; step < 60000; ++step) {
    const bool growing = (step / 500) % 2 == 0;
    const bool schedules = oracle.empty() || stream.below(10) < (growing ? 6U : 4U);
    if (schedules) {
      const auto when = static_cast<std::int64_t>(stream.below(50));
      oracle.push_back({when, list.schedule(at(when), 0, 0)});
      continue;
    }
    const auto least = std::min_element(oracle.begin(), oracle.end(), [](const Planned& a, const Planned& b) {
      return a.at != b.at ? a.at < b.at : a.sequence < b.sequence;
    });
    ASSERT_EQ(list.next_time(), at(least->at));
    ASSERT_EQ(list.pop().sequence, least->sequence);
    oracle.erase(least);
    ASSERT_EQ(list.size(), oracle.size());
  }
}

TEST(EventList, KeepsTheOrderOverThreeMillionHoldOperations) {
  for (const int pending : {1, 10, 63, 64, 65, 200, 1000, 100000}) {
    EventList list;
    RandomStream stream{static_cast<std::uint64_t>(pending)};
    for (int i = 0; i < pending; ++i) list.schedule(at(static_cast<std::int64_t>(stream.below(1000))), 0, 0);
    Event previous{};
    for (int i = 0; i < 1000000; ++i) {
      const Event event = list.pop();
      const bool in_order = previous.at < event.at || (previous.at == event.at && previous.sequence < event.sequence);
      ASSERT_TRUE(in_order);
      previous = event;
      list.schedule(event.at + Duration{stream.below(1000)}, 0, 0);
    }
    EXPECT_EQ(list.size(), static_cast<std::size_t>(pending));
  }
}

// Gaps of every kind: even, mostly none, on a grid, exponential, near with a few far, over all orders of magnitude up to the end
// of time; crowds at one instant; growing and shrinking.
TEST(EventList, AgreesWithAHeapWhateverTheGaps) {
  using Expected = std::pair<std::int64_t, std::uint64_t>;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    EventList list;
    std::priority_queue<Expected, std::vector<Expected>, std::greater<>> heap;
    RandomStream random{seed};
    const std::int64_t span = std::int64_t{1} << (random.below(40) + 1);
    const auto gap = [&]() -> std::int64_t {
      switch (seed % 6) {
        case 0: return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(span)));
        case 1: return random.below(3) > 0 ? 0 : span;
        case 2: return static_cast<std::int64_t>(random.below(4)) * span;
        case 3: return static_cast<std::int64_t>(-std::log(random.uniform()) * static_cast<double>(span));
        case 4: return random.below(100) > 0 ? static_cast<std::int64_t>(random.below(10)) : span;
        default: return std::int64_t{1} << random.below(55);
      }
    };
    const auto pop_both = [&] {
      const Event event = list.pop();
      ASSERT_EQ(event.sequence, heap.top().second) << "seed " << seed;
      ASSERT_EQ(event.at.time_since_epoch().count(), heap.top().first) << "seed " << seed;
      heap.pop();
    };
    std::int64_t now = 0;
    for (int i = 0; i < 3000; ++i) {
      if (!heap.empty() && random.below(100) >= ((i / 500) % 2 == 1 ? 30U : 70U)) {
        now = heap.top().first;
        pop_both();
      } else {
        const std::uint64_t crowd = random.below(50) == 0 ? random.below(300) : 1;
        for (std::uint64_t k = 0; k < crowd; ++k) {
          const SimTime due = std::min(at(now + gap()), EventList::latest);
          heap.emplace(due.time_since_epoch().count(), list.schedule(due, 0, 0));
        }
      }
      ASSERT_EQ(list.size(), heap.size());
      if (!heap.empty()) {
        ASSERT_EQ(list.next_time().time_since_epoch().count(), heap.top().first) << "seed " << seed;
      }
    }
    while (!heap.empty()) pop_both();
  }
}

TEST(EventList, AllocatesNothingOnceItHasReachedItsLargestSize) {
  EventList list;
  RandomStream stream{4};
  const auto fill_and_empty = [&] {
    for (int i = 0; i < 3000; ++i) list.schedule(at(static_cast<std::int64_t>(stream.below(1000000))), 0, 0);
    while (!list.empty()) list.pop();
  };
  fill_and_empty();
  const std::uint64_t before = allocations_so_far();
  ASSERT_GT(before, 0U);
  for (int i = 0; i < 10; ++i) fill_and_empty();
  EXPECT_EQ(allocations_so_far(), before);
}

}  // namespace
}  // namespace headroom
