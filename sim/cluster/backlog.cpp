#include "sim/cluster/backlog.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "sim/core/probing_table.hpp"
#include "sim/core/random.hpp"

namespace headroom {
namespace {

void append_line(const TaskList& line, const TaskTable& tasks, std::vector<Index>& all) {
  for (Index slot = line.first(); slot != no_index; slot = tasks[slot].next) all.push_back(slot);
}

class PriorityLines final : public BacklogLines {
 public:
  void push(TaskTable& tasks, Index slot) override {
    const std::uint8_t priority = tasks[slot].priority;
    if (priority >= lines_.size()) lines_.resize(priority + std::size_t{1});
    lines_[priority].push_back(tasks, slot);
    waiting_[priority / 64U] |= bit(priority);
    ++size_;
  }
  Index pop(TaskTable& tasks) override {
    unsigned word = 0;
    while (waiting_[word] == 0) ++word;
    const Index slot = lines_[64 * word + static_cast<unsigned>(std::countr_zero(waiting_[word]))].first();
    remove(tasks, slot);
    return slot;
  }
  void remove(TaskTable& tasks, Index slot) override {
    const std::uint8_t priority = tasks[slot].priority;
    lines_[priority].remove(tasks, slot);
    if (lines_[priority].empty()) waiting_[priority / 64U] &= ~bit(priority);
    --size_;
  }
  void append_to(const TaskTable& tasks, std::vector<Index>& all) const override {
    for (const TaskList& line : lines_) append_line(line, tasks, all);
  }

 private:
  static std::uint64_t bit(std::uint8_t priority) { return std::uint64_t{1} << (priority % 64U); }

  std::vector<TaskList> lines_;             // by priority, up to the largest seen
  std::array<std::uint64_t, 4> waiting_{};  // which lines have somebody
};

// Lines of the subjects that have somebody waiting, found through a table, in a ring in the order of
// turns.
class FairLines final : public BacklogLines {
 public:
  explicit FairLines(FairWeights weights) : weights_{weights} {}

  void push(TaskTable& tasks, Index slot) override {
    const std::uint64_t subject = key_of(tasks[slot]);
    const TableIndex* const found = by_subject_.find(subject);
    const Index line = found == nullptr ? by_subject_.insert(subject, {new_line()}).index : found->index;
    if (found == nullptr) join_ring(line);
    lines_[line].tasks.push_back(tasks, slot);
    ++size_;
  }
  Index pop(TaskTable& tasks) override {
    const Index line = first_;
    const Index slot = lines_[line].tasks.first();
    remove(tasks, slot);
    if (!lines_[line].tasks.empty() && ++lines_[line].served >= weight_of(tasks[slot])) {  // its turn is over
      lines_[line].served = 0;
      leave_ring(line);
      join_ring(line);
    }
    return slot;
  }
  void remove(TaskTable& tasks, Index slot) override {
    const std::uint64_t subject = key_of(tasks[slot]);
    const Index line = by_subject_.find(subject)->index;
    lines_[line].tasks.remove(tasks, slot);
    --size_;
    if (!lines_[line].tasks.empty()) return;
    leave_ring(line);
    lines_[line].next = free_;
    free_ = line;
    by_subject_.erase(subject);
  }
  void append_to(const TaskTable& tasks, std::vector<Index>& all) const override {
    for (Index line = first_; line != no_index; line = lines_[line].next) append_line(lines_[line].tasks, tasks, all);
  }

 private:
  struct Line {
    TaskList tasks;
    Index next = no_index, previous = no_index;  // in the ring; next also in the list of free lines
    int served = 0;                              // in its turn
  };

  std::uint64_t key_of(const Task& task) const { return weights_.empty() ? task.subject : mix(task.subject, task.workload); }
  int weight_of(const Task& task) const { return weights_.empty() ? 1 : weights_[task.workload]; }

  Index new_line() {
    Index line = free_;
    if (line == no_index) {
      line = static_cast<Index>(lines_.size());
      lines_.emplace_back();
    } else {
      free_ = lines_[line].next;
    }
    lines_[line] = {};
    return line;
  }
  void join_ring(Index line) {
    lines_[line].next = no_index;
    lines_[line].previous = last_;
    (last_ == no_index ? first_ : lines_[last_].next) = line;
    last_ = line;
  }
  void leave_ring(Index line) {
    const Line& gone = lines_[line];
    (gone.previous == no_index ? first_ : lines_[gone.previous].next) = gone.next;
    (gone.next == no_index ? last_ : lines_[gone.next].previous) = gone.previous;
  }

  FairWeights weights_;
  std::vector<Line> lines_;
  ProbingTable<TableIndex> by_subject_;  // into lines_
  Index free_ = no_index;
  Index first_ = no_index, last_ = no_index;  // of the ring: whose turn is next, whose last
};

}  // namespace

std::unique_ptr<BacklogLines> make_backlog_lines(Discipline discipline, FairWeights weights) {
  switch (discipline) {
    case Discipline::fifo:
    case Discipline::lifo: return nullptr;
    case Discipline::priority: return std::make_unique<PriorityLines>();
    case Discipline::fair: return std::make_unique<FairLines>(weights);
  }
  return nullptr;
}

}  // namespace headroom
