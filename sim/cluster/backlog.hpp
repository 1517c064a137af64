// Backlog: who waits for a slot of a replica, and who of them is next.
//
// fifo: first come first served. lifo: the last to come. priority: by Task::priority, 0 first, first come first served within
// one. fair: one of each subject (tenant, user, monitor) in turn, first come first served within one; a subject that comes to
// wait stands behind those that wait already. With weights a turn is as many in a row as the weight of the workload that the
// subject comes with, and a subject of two workloads is two. Nobody in a slot is interrupted. No allocation once as many lines
// have been needed as are needed at a time. Source of fair: Nagle, "On packet switches with infinite storage", RFC 970 (1985):
// round robin over the sources that have something waiting; of weights: Katevenis, Sidiropoulos and Courcoubetis, "Weighted
// round-robin cell multiplexing in a general-purpose ATM switch chip", IEEE JSAC 9(8), 1991.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/task.hpp"

namespace headroom {

// A line for each group of tasks, and whose turn it is.
class BacklogLines {
 public:
  virtual ~BacklogLines() = default;
  virtual void push(TaskTable& tasks, Index slot) = 0;
  virtual Index pop(TaskTable& tasks) = 0;  // not empty
  virtual void remove(TaskTable& tasks, Index slot) = 0;
  virtual void append_to(const TaskTable& tasks, std::vector<Index>& all) const = 0;
  Index size() const { return size_; }

 protected:
  Index size_ = 0;
};

// By workload; empty: all alike. Must outlive the lines.
using FairWeights = std::span<const int>;

std::unique_ptr<BacklogLines> make_backlog_lines(Discipline discipline, FairWeights weights);  // nullptr where one line does

class Backlog {
 public:
  Backlog() = default;
  explicit Backlog(Discipline discipline, FairWeights weights = {})
      : last_first_{discipline == Discipline::lifo}, lines_{make_backlog_lines(discipline, weights)} {}

  void push(TaskTable& tasks, Index slot) {
    if (lines_ != nullptr) [[unlikely]]
      return lines_->push(tasks, slot);
    line_.push_back(tasks, slot);
  }
  // Not empty.
  Index pop(TaskTable& tasks) {
    if (lines_ != nullptr) [[unlikely]]
      return lines_->pop(tasks);
    return last_first_ ? pop_last(tasks) : line_.pop_front(tasks);
  }
  // Who came last of one line. Not empty.
  Index pop_last(TaskTable& tasks) {
    const Index slot = line_.last();
    line_.remove(tasks, slot);
    return slot;
  }
  void remove(TaskTable& tasks, Index slot) {
    if (lines_ != nullptr) [[unlikely]]
      return lines_->remove(tasks, slot);
    line_.remove(tasks, slot);
  }
  Index size() const { return lines_ == nullptr ? line_.size() : lines_->size(); }
  bool empty() const { return line_.empty() && (lines_ == nullptr || lines_->size() == 0); }
  // Appends everybody.
  void append_to(const TaskTable& tasks, std::vector<Index>& all) const {
    if (lines_ != nullptr) return lines_->append_to(tasks, all);
    for (Index slot = line_.first(); slot != no_index; slot = tasks[slot].next) all.push_back(slot);
  }

 private:
  TaskList line_;  // fifo, lifo: everybody
  bool last_first_ = false;
  std::unique_ptr<BacklogLines> lines_;  // priority, fair
};

}  // namespace headroom
