// The future event list: earliest first, equal times in order of scheduling.
//
// An event is one packed 128-bit key: time 56 bits (ns, 2.28 years), sequence 40, kind 6, slot 26. Comparing keys compares
// (time, sequence). The sequence is also the event's identity: who schedules keeps it, and an event that comes up with
// another sequence than the one kept is stale. So nothing is ever removed from the middle.
// No allocation once the list has reached its largest size.
//
// Few pending events are kept as a sorted array (latest first), more as a 4-ary heap: a short array is moved within a cache
// line or two, where a heap pays for unpredictable branches. Both pop in the same order, since no two keys are equal.
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
  // Throws std::overflow_error at the 2^40th event of a list, which is days of running.
  std::uint64_t schedule(SimTime at, unsigned kind, std::uint32_t slot) {
    if (next_sequence_ >> sequence_bits != 0) [[unlikely]] refuse_sequence();
    const std::uint64_t sequence = next_sequence_++;
    const Key key = pack(at, sequence, kind, slot);
    if (size_ == keys_.size()) [[unlikely]] grow();
    if (size_ < most_sorted && !is_heap_) insert_sorted(key);
    else insert_heap(key);
    return sequence;
  }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // The time of the next event; end_of_time when empty.
  SimTime next_time() const {
    if (size_ == 0) return end_of_time;
    return time_of(is_heap_ ? keys_[0] : keys_[size_ - 1]);
  }
  // Removes and returns the next event. Not empty.
  Event pop() {
    assert(size_ > 0);
    return unpack(is_heap_ ? pop_heap() : keys_[--size_]);
  }
  // How many events have been scheduled.
  std::uint64_t scheduled() const { return next_sequence_ - 1; }

 private:
  using Key = unsigned __int128;

  // The array becomes a heap when it is full and an array again at a fourth of that, so that a list about one size does not
  // change its form again and again.
  static constexpr std::size_t most_sorted = 64;
  static constexpr std::size_t fewest_in_heap = most_sorted / 4;

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

  void insert_sorted(Key key) {
    // The new key has the largest sequence, so of those with an equal upper half it is the last to go.
    const auto upper = static_cast<std::uint64_t>(key >> 64);
    std::size_t place = size_++;
    for (; place > 0 && static_cast<std::uint64_t>(keys_[place - 1] >> 64) <= upper; --place) keys_[place] = keys_[place - 1];
    keys_[place] = key;
  }
  void insert_heap(Key key);
  Key pop_heap();
  void grow();
  [[noreturn]] static void refuse_sequence();

  std::vector<Key> keys_;  // the first size_ are pending; the rest is room
  std::size_t size_ = 0;
  bool is_heap_ = false;
  std::uint64_t next_sequence_ = 1;
};

}  // namespace headroom
