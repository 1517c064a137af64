// What will happen to the stations at set times, beside all that requests do: faults, and what follows from them. A handful at
// a time, so an ordered list of their own; the event list of the requests knows nothing of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/cluster/step_blueprint.hpp"
#include "sim/core/time.hpp"

namespace headroom {

enum class ChangeKind : std::uint8_t {
  fault,         // station: of the blueprint's faults
  promotion,     // of a replica of (database, shard)
  node_returns,  // (database, shard, copy)
  cache_returns,  // station: of the caches
  health_check,    // station: of the load balancers
  health_verdict,  // of those that had not answered the check at once
};

struct PlannedChange {
  SimTime at{};
  ChangeKind kind = ChangeKind::fault;
  Index station = no_index;
  Index shard = 0, copy = 0;
  Index failure = 0;  // that a promotion is for: of the shard, by number
};

class PlannedChanges {
 public:
  // Behind those of the same instant.
  void add(const PlannedChange& change) {
    const auto place = std::partition_point(latest_first_.begin(), latest_first_.end(),
                                            [&](const PlannedChange& other) { return other.at > change.at; });
    latest_first_.insert(place, change);
  }
  // end_of_time when there is none.
  SimTime next_time() const { return latest_first_.empty() ? end_of_time : latest_first_.back().at; }
  // Not empty.
  PlannedChange pop() {
    const PlannedChange next = latest_first_.back();
    latest_first_.pop_back();
    return next;
  }

 private:
  std::vector<PlannedChange> latest_first_;
};

}  // namespace headroom
