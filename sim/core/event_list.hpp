// The future event list: earliest first, equal times in order of scheduling.
//
// An event is one packed 128-bit key: time 56 bits (ns, 2.28 years), sequence 40, kind 6, slot 26. Comparing keys compares
// (time, sequence). The sequence is also the event's identity: who schedules keeps it, and an event that comes up with
// another sequence than the one kept is stale. So nothing is ever removed from the middle.
// No allocation once the list has reached its largest size.
#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom {

struct Event {
  SimTime at;
  std::uint64_t sequence = 0;
  unsigned kind = 0;
  std::uint32_t slot = 0;
};

class EventList {
 public:
  static constexpr unsigned time_bits = 56, sequence_bits = 40, kind_bits = 6, slot_bits = 26;
  static constexpr std::uint32_t largest_slot = (1U << slot_bits) - 1;
  static constexpr SimTime latest{Duration{(std::int64_t{1} << time_bits) - 1}};

  // Returns the event's sequence, never 0. `at` from 0 to `latest` (later is clamped); kind < 64; slot <= largest_slot.
  std::uint64_t schedule(SimTime at, unsigned kind, std::uint32_t slot);
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // The time of the next event; end_of_time when empty.
  SimTime next_time() const;
  // Removes and returns the next event. Not empty.
  Event pop();
  // How many events have been scheduled.
  std::uint64_t scheduled() const { return next_sequence_ - 1; }

 private:
  using Key = unsigned __int128;
  static Key pack(SimTime at, std::uint64_t sequence, unsigned kind, std::uint32_t slot);

  std::vector<Key> keys_;
  std::size_t size_ = 0;
  std::uint64_t next_sequence_ = 1;
};

}  // namespace headroom
