// FlightTable: which keys of caches are being loaded, by whom, and who waits for it.
#pragma once

#include "sim/cluster/task.hpp"
#include "sim/core/probing_table.hpp"

namespace headroom {

struct Flight {
  Index loader = no_index;
  TaskList waiters;
  bool in_use() const { return loader != no_index; }
};

using FlightTable = ProbingTable<Flight>;

}  // namespace headroom
