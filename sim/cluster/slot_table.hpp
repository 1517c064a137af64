// SlotTable: what some tasks have beside their Task, by their slots, as far as any of them has had it. A row is not cleared when
// its slot is taken again: it is written when a task begins to have it. No allocation once as many tasks have been in flight.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/cluster/step_blueprint.hpp"

namespace headroom {

template <class Row>
class SlotTable {
 public:
  // For a task that begins to have one; those of others may move.
  Row& begin(Index slot) {
    if (slot >= rows_.size()) [[unlikely]]
      rows_.resize(static_cast<std::size_t>(slot) + slot / 2 + 64);
    return rows_[slot];
  }
  // Of a task that has begun.
  Row& operator[](Index slot) { return rows_[slot]; }
  const Row& operator[](Index slot) const { return rows_[slot]; }
  // Of any task; nullptr, or a row in which nothing of this task needs to be, if it has not.
  Row* find(Index slot) { return slot < rows_.size() ? &rows_[slot] : nullptr; }
  const Row* find(Index slot) const { return slot < rows_.size() ? &rows_[slot] : nullptr; }

 private:
  std::vector<Row> rows_;
};

}  // namespace headroom
