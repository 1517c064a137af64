#include "sim/cluster/backlog.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

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

// Lines of the subjects that have somebody waiting, found through a hash table with linear probing, in a ring in the order of
// turns.
class FairLines final : public BacklogLines {
 public:
  void push(TaskTable& tasks, Index slot) override {
    const std::uint64_t subject = tasks[slot].subject;
    std::size_t place = place_of(subject);
    if (table_[place] == no_index) {
      if (2 * (in_use_ + 1) > table_.size()) {
        grow();
        place = place_of(subject);
      }
      table_[place] = new_line(subject);
      join_ring(table_[place]);
    }
    lines_[table_[place]].tasks.push_back(tasks, slot);
    ++size_;
  }
  Index pop(TaskTable& tasks) override {
    const Index line = first_;
    const Index slot = lines_[line].tasks.first();
    remove(tasks, slot);
    if (!lines_[line].tasks.empty()) {  // its turn is over
      leave_ring(line);
      join_ring(line);
    }
    return slot;
  }
  void remove(TaskTable& tasks, Index slot) override {
    const std::size_t place = place_of(tasks[slot].subject);
    const Index line = table_[place];
    lines_[line].tasks.remove(tasks, slot);
    --size_;
    if (!lines_[line].tasks.empty()) return;
    leave_ring(line);
    lines_[line].next = free_;
    free_ = line;
    --in_use_;
    erase(place);
  }
  void append_to(const TaskTable& tasks, std::vector<Index>& all) const override {
    for (Index line = first_; line != no_index; line = lines_[line].next) append_line(lines_[line].tasks, tasks, all);
  }

 private:
  struct Line {
    std::uint64_t subject = 0;
    TaskList tasks;
    Index next = no_index, previous = no_index;  // in the ring; next also in the list of free lines
  };

  std::size_t home_of(std::uint64_t subject) const { return mix(subject, 0) & (table_.size() - 1); }
  // Where the subject is, or would be.
  std::size_t place_of(std::uint64_t subject) const {
    std::size_t place = home_of(subject);
    while (table_[place] != no_index && lines_[table_[place]].subject != subject) place = (place + 1) & (table_.size() - 1);
    return place;
  }
  // Those behind it move up, so that nobody is cut off from their home (Knuth, The Art of Computer Programming 3, 6.4, algorithm
  // R).
  void erase(std::size_t hole) {
    const std::size_t mask = table_.size() - 1;
    for (std::size_t place = (hole + 1) & mask; table_[place] != no_index; place = (place + 1) & mask) {
      const std::size_t home = home_of(lines_[table_[place]].subject);
      if (((place - home) & mask) < ((place - hole) & mask)) continue;  // its home lies behind the hole
      table_[hole] = table_[place];
      hole = place;
    }
    table_[hole] = no_index;
  }
  void grow() {
    table_.assign(2 * table_.size(), no_index);
    for (Index line = first_; line != no_index; line = lines_[line].next) table_[place_of(lines_[line].subject)] = line;
  }
  Index new_line(std::uint64_t subject) {
    ++in_use_;
    Index line = free_;
    if (line == no_index) {
      line = static_cast<Index>(lines_.size());
      lines_.emplace_back();
    } else {
      free_ = lines_[line].next;
    }
    lines_[line] = {};
    lines_[line].subject = subject;
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

  std::vector<Line> lines_;
  std::vector<Index> table_ = std::vector<Index>(16, no_index);  // into lines_; a power of two, at most half full
  std::size_t in_use_ = 0;
  Index free_ = no_index;
  Index first_ = no_index, last_ = no_index;  // of the ring: whose turn is next, whose last
};

}  // namespace

std::unique_ptr<BacklogLines> make_backlog_lines(Discipline discipline) {
  switch (discipline) {
    case Discipline::fifo:
    case Discipline::lifo: return nullptr;
    case Discipline::priority: return std::make_unique<PriorityLines>();
    case Discipline::fair: return std::make_unique<FairLines>();
  }
  return nullptr;
}

}  // namespace headroom
