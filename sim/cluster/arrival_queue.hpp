// What the exact plane keeps of one workload: the arrivals it has generated ahead, and what they are counted by.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "sim/cluster/program.hpp"
#include "sim/cluster/station.hpp"
#include "sim/cluster/task.hpp"
#include "sim/measure/recorder.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {

// Arrivals of one workload, generated ahead in batches.
struct ArrivalQueue {
  std::unique_ptr<Workload> workload;
  const JourneyCode* journeys = nullptr;
  std::vector<Arrival> batch;
  std::size_t next = 0, filled = 0;
  std::uint64_t count = 0;  // arrivals so far: their identity
  std::uint64_t key = 0;
  Index region = 0;
  std::vector<double> region_shares;  // cumulative, by region; empty: all are at home in `region`
  std::uint64_t region_key = 0;
  Counter* sessions = nullptr;
  Occupancy in_flight;
  Gauge* in_flight_gauge = nullptr;
  RequestCount users;
  std::array<Counter*, outcome_count> failures{};
  Share* late = nullptr;      // where there are deadlines
  DurationInstrument* lateness = nullptr;  // there too
  // Users who are here: sessions, thinking or not, and requests that are a session of their own. Where all are requests:
  // in_flight.
  Occupancy concurrent;
  Gauge* concurrent_users = nullptr;
  bool has_sessions = false;
  Gauge* accounts = nullptr;  // where somebody's users change
  Gauge* tenants = nullptr;   // where its users are tenants
};

}  // namespace headroom
