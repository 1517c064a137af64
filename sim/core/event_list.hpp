// The future event list: earliest first, equal times in order of scheduling.
//
// An event is one packed 128-bit key: time 56 bits (ns, 2.28 years), sequence 40, kind 6, slot 26. Comparing keys compares
// (time, sequence). The sequence is also the event's identity: who schedules keeps it, and an event that comes up with
// another sequence than the one kept is stale. So nothing is ever removed from the middle.
// No allocation once the list has reached its largest size.
//
// The events that are due soon are a short sorted array, latest first; all others wait in an EventLadder. So the time per event
// is the same for ten pending events and for ten million.
#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "sim/core/event_ladder.hpp"
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
  // Throws std::overflow_error at the 2^40th event of a list, which is days of running.
  [[gnu::always_inline]] std::uint64_t schedule(SimTime at, unsigned kind, std::uint32_t slot) {
    if (next_sequence_ >> sequence_bits != 0) [[unlikely]]
      refuse_sequence();
    const std::uint64_t sequence = next_sequence_++;
    const Key key = pack(at, sequence, kind, slot);
    ++size_;
    if (EventLadder::upper(key) >= bound_)
      ladder_.add(key);
    else
      insert(key);
    return sequence;
  }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // The time of the next event; end_of_time when empty.
  SimTime next_time() const { return size_ == 0 ? end_of_time : time_of(front_[in_front_ - 1]); }
  // Removes and returns the next event. Not empty.
  Event pop() {
    assert(size_ > 0);
    --size_;
    const Key key = front_[--in_front_];
    if (in_front_ == 0) refill();
    return unpack(key);
  }
  // How many events have been scheduled.
  std::uint64_t scheduled() const { return next_sequence_ - 1; }

 private:
  using Key = EventLadder::Key;

  static Key pack(SimTime at, std::uint64_t sequence, unsigned kind, std::uint32_t slot) {
    assert(at >= start_of_time && kind < (1U << kind_bits) && slot <= largest_slot);
    const SimTime clamped = at < latest ? at : latest;
    const auto instant = static_cast<std::uint64_t>(clamped.time_since_epoch().count());
    const std::uint64_t low = (sequence << (kind_bits + slot_bits)) | (std::uint64_t{kind} << slot_bits) | slot;
    return (Key{(instant << 8) | (sequence >> 32)} << 64) | low;
  }
  static SimTime time_of(Key key) { return SimTime{Duration{static_cast<std::int64_t>(static_cast<std::uint64_t>(key >> 72))}}; }
  static Event unpack(Key key) {
    constexpr std::uint64_t sequence_mask = (std::uint64_t{1} << sequence_bits) - 1;
    const auto low = static_cast<std::uint64_t>(key);
    return {time_of(key), static_cast<std::uint64_t>(key >> (kind_bits + slot_bits)) & sequence_mask,
            static_cast<unsigned>(low >> slot_bits) & ((1U << kind_bits) - 1), static_cast<std::uint32_t>(low) & largest_slot};
  }

  void insert(Key key) {
    if (in_front_ == front_.size()) [[unlikely]]
      front_.resize(front_.size() + 1);
    // The new key has the largest sequence, so of those with an equal upper half it is the last to go.
    Key* place = front_.data() + in_front_++;
    for (; place != front_.data() && EventLadder::upper(place[-1]) <= EventLadder::upper(key); --place)
      std::memcpy(place, place - 1, sizeof(Key));  // as one vector register; an assignment takes two others
    *place = key;
    if (in_front_ == EventLadder::most_in_front) [[unlikely]]
      thin_out();
  }
  void thin_out();
  void refill() {
    if (size_ > 0) {
      in_front_ = ladder_.take_front(front_, bound_);
    } else {
      bound_ = std::numeric_limits<std::uint64_t>::max();
      ladder_.start_over();
    }
  }
  [[noreturn]] static void refuse_sequence();

  std::vector<Key> front_ = std::vector<Key>(EventLadder::most_in_front);
  std::size_t in_front_ = 0;                                         // not 0 unless nothing is pending; what lies beyond is room
  std::uint64_t bound_ = std::numeric_limits<std::uint64_t>::max();  // upper halves below it belong into the front
  std::size_t size_ = 0;
  EventLadder ladder_;
  std::uint64_t next_sequence_ = 1;
};

}  // namespace headroom
