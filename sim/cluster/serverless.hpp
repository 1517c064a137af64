// Serverless services: which instances of one there are, which of them the next request gets, and what they cost.
//
// An instance is a replica that the platform has started because a request found no free slot. Instances are known here by the
// slots of their replicas; they stand in lines by where requests can go, and who came to a line last is the first in it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/cluster/program.hpp"
#include "sim/cluster/token_bucket.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/instruments.hpp"

namespace headroom {

class InstancePool {
 public:
  // In the order in which requests choose. Starting: with fewer requests than slots.
  enum class Line : std::uint8_t { at_work, floor, idle, starting, none };

  struct Instance {
    Index keeper = no_index;  // the task whose events are the instance's; none on the floor, where nothing happens to it
    bool starting = false;
    bool billed = false;  // starts, or has a request
    SimTime idle_since{};
    Line line = Line::none;
    Index previous = no_index, next = no_index;
  };

  void add(Index replica, const Instance& instance);
  void remove(Index replica);
  Instance& operator[](Index replica) { return instances_[replica]; }
  const Instance& operator[](Index replica) const { return instances_[replica]; }
  // To the front of the line, unless it stands there already.
  void put(Index replica, Line line);
  // None: no instance has a free slot.
  Index pick() const;
  int size() const { return size_; }

 private:
  Index& front(Line line) { return fronts_[static_cast<std::size_t>(line)]; }
  void leave_line(Index replica);

  std::vector<Instance> instances_;  // by replica
  std::array<Index, static_cast<std::size_t>(Line::none)> fronts_{no_index, no_index, no_index, no_index};
  int size_ = 0;
};

struct ServerlessPlatform {
  InstancePool pool;
  int most = 0;
  TokenBucket starts;
  Duration keep_alive{};
  Demand cold_start;
  std::uint64_t started = 0;
  Occupancy billed;  // instances
  double price_per_request = 0.0;
  double price = 0.0;        // US dollars per second of an instance that is billed …
  double floor_price = 0.0;  // … and of the whole floor
  Gauge* instances = nullptr;
  Share* cold_starts = nullptr;
  Share* throttled = nullptr;
  BillPart requests_part, time_part, floor_part;
  Counter *requests_cost = nullptr, *time_cost = nullptr, *floor_cost = nullptr;  // where they have a price
};

}  // namespace headroom
