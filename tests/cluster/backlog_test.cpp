// Backlogs against the plainest thing that does the same: a list of who waits, searched for who is next.
#include "sim/cluster/backlog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"

namespace headroom {
namespace {

// In order of arrival; fair also remembers the order of turns.
class PlainBacklog {
 public:
  PlainBacklog(Discipline discipline, const TaskTable& tasks) : discipline_{discipline}, tasks_{tasks} {}

  void push(Index slot) {
    waiting_.push_back(slot);
    const std::uint64_t subject = tasks_[slot].subject;
    if (std::find(turns_.begin(), turns_.end(), subject) == turns_.end()) turns_.push_back(subject);
  }
  Index pop() {
    const Index slot = next();
    const std::uint64_t subject = tasks_[slot].subject;
    remove(slot);
    const auto turn = std::find(turns_.begin(), turns_.end(), subject);
    if (turn != turns_.end()) std::rotate(turn, turn + 1, turns_.end());
    return slot;
  }
  void remove(Index slot) {
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), slot));
    const std::uint64_t subject = tasks_[slot].subject;
    const bool others =
        std::any_of(waiting_.begin(), waiting_.end(), [&](Index other) { return tasks_[other].subject == subject; });
    if (!others) std::erase(turns_, subject);
  }
  const std::vector<Index>& waiting() const { return waiting_; }

 private:
  Index next() const {
    if (discipline_ == Discipline::lifo) return waiting_.back();
    if (discipline_ == Discipline::priority)
      return *std::min_element(waiting_.begin(), waiting_.end(),
                               [&](Index a, Index b) { return tasks_[a].priority < tasks_[b].priority; });
    if (discipline_ == Discipline::fair)
      return *std::find_if(waiting_.begin(), waiting_.end(), [&](Index slot) { return tasks_[slot].subject == turns_.front(); });
    return waiting_.front();
  }

  Discipline discipline_;
  const TaskTable& tasks_;
  std::vector<Index> waiting_;
  std::vector<std::uint64_t> turns_;
};

class Backlogs : public testing::TestWithParam<Discipline> {};

TEST_P(Backlogs, ServeInTheirOrderWhoeverComesAndGoes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random{seed};
    TaskTable tasks;
    Backlog backlog{GetParam()};
    PlainBacklog plain{GetParam(), tasks};
    const std::uint64_t subjects = seed % 2 == 0 ? 3 : 200;
    for (int step = 0; step < 3000; ++step) {
      const bool grows = step % 1000 < 400;
      const auto dice = random() % 10;
      if (plain.waiting().empty() || dice < (grows ? 6U : 3U)) {
        const Index slot = tasks.acquire();
        tasks[slot].subject = (random() % subjects) << 40;  // alike but for high bits
        tasks[slot].priority = static_cast<std::uint8_t>(random() % 5 * 63);
        backlog.push(tasks, slot);
        plain.push(slot);
      } else if (dice < 9) {
        const Index slot = backlog.pop(tasks);
        ASSERT_EQ(slot, plain.pop());
        tasks.release(slot);
      } else {
        const Index slot = plain.waiting()[random() % plain.waiting().size()];
        backlog.remove(tasks, slot);
        plain.remove(slot);
        tasks.release(slot);
      }
      ASSERT_EQ(backlog.size(), plain.waiting().size());
      ASSERT_EQ(backlog.empty(), plain.waiting().empty());
    }
    std::vector<Index> all, expected = plain.waiting();
    backlog.append_to(tasks, all);
    std::sort(all.begin(), all.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(all, expected);
  }
}

TEST_P(Backlogs, TakeNoMemoryOnceWarm) {
  TaskTable tasks;
  Backlog backlog{GetParam()};
  const auto round = [&](std::uint64_t from) {
    for (std::uint64_t i = 0; i < 500; ++i) {
      const Index slot = tasks.acquire();
      tasks[slot].subject = from + i / 2;
      tasks[slot].priority = static_cast<std::uint8_t>(i % 256);
      backlog.push(tasks, slot);
    }
    while (!backlog.empty()) tasks.release(backlog.pop(tasks));
  };
  round(0);
  const std::uint64_t before = allocations_so_far();
  for (std::uint64_t i = 1; i <= 100; ++i) round(1'000'000 * i);
  EXPECT_EQ(allocations_so_far(), before);
}

// Weights 3 and 1 by workload: three of the one in a row, then one of the other; whoever is alone goes on.
TEST(WeightedBacklog, ServesAsManyInARowAsTheWeight) {
  TaskTable tasks;
  const std::vector<int> weights{3, 1};
  Backlog backlog{Discipline::fair, weights};
  for (int i = 0; i < 9; ++i) {
    const Index slot = tasks.acquire();
    tasks[slot].workload = i < 6 ? 0 : 1;
    backlog.push(tasks, slot);
  }
  std::string order;
  while (!backlog.empty()) order += tasks[backlog.pop(tasks)].workload == 0 ? 'a' : 'b';
  EXPECT_EQ(order, "aaabaaabb");
}

INSTANTIATE_TEST_SUITE_P(Disciplines, Backlogs,
                         testing::Values(Discipline::fifo, Discipline::lifo, Discipline::priority, Discipline::fair));

}  // namespace
}  // namespace headroom
