// LRU in segments of given shares, the last one for what was used most often of late. Shared by the policies of this folder; no
// policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/caching/dropped_slots.hpp"
#include "policies/caching/slot_queue.hpp"
#include "policies/caching/slot_values.hpp"

namespace headroom {

class SegmentedLru {
 public:
  using Slot = CachePolicy::Slot;

  // Shares in bytes, lowest segment first. `links` outlives it.
  SegmentedLru(const std::vector<std::int64_t>& shares, std::vector<SlotLink>& links) {
    for (const std::int64_t share : shares) segments_.push_back({SlotQueue{links}, 0, share});
  }

  std::int64_t lowest_share() const { return segments_.front().share; }
  std::int64_t bytes() const { return bytes_; }
  bool empty() const { return bytes_ == 0 && oldest() == SlotQueue::none; }
  std::int64_t bytes_of(Slot slot) const { return objects_[slot].bytes; }

  // To the lowest segment that has room; none has: to the lowest.
  void insert(Slot slot, std::int64_t bytes) {
    std::uint32_t place = 0;
    while (place < segments_.size() && segments_[place].bytes + bytes > segments_[place].share) ++place;
    objects_.set(slot, {bytes, place < segments_.size() ? place : 0});
    enter(slot);
  }
  // One segment up; what has no room there sinks segment by segment, and out of the lowest into `dropped`.
  void hit(Slot slot, DroppedSlots& dropped) {
    take_out(slot);
    if (objects_[slot].segment + 1 < segments_.size()) ++objects_[slot].segment;
    enter(slot);
    for (std::uint32_t place = objects_[slot].segment; is_above(place);) sink(place, dropped);
  }
  // Of the lowest segment that is not empty; none if all are.
  Slot oldest() const {
    for (const Segment& segment : segments_) {
      if (!segment.queue.empty()) return segment.queue.oldest();
    }
    return SlotQueue::none;
  }
  void take_out(Slot slot) {
    Segment& segment = segments_[objects_[slot].segment];
    segment.queue.take_out(slot);
    segment.bytes -= objects_[slot].bytes;
    bytes_ -= objects_[slot].bytes;
  }
  void clear() {
    for (Segment& segment : segments_) {
      segment.queue.clear();
      segment.bytes = 0;
    }
    bytes_ = 0;
  }

 private:
  struct Segment {
    SlotQueue queue;
    std::int64_t bytes;
    std::int64_t share;
  };
  struct Object {
    std::int64_t bytes = 0;
    std::uint32_t segment = 0;
  };
  bool is_above(std::uint32_t place) const { return segments_[place].bytes > segments_[place].share; }
  void enter(Slot slot) {
    Segment& segment = segments_[objects_[slot].segment];
    segment.queue.push_young(slot);
    segment.bytes += objects_[slot].bytes;
    bytes_ += objects_[slot].bytes;
  }
  // The old end of a segment moves one down.
  void sink(std::uint32_t place, DroppedSlots& dropped) {
    const Slot slot = segments_[place].queue.oldest();
    take_out(slot);
    if (place == 0) return dropped.push(slot);
    objects_[slot].segment = place - 1;
    enter(slot);
    while (is_above(place - 1)) sink(place - 1, dropped);
  }

  std::vector<Segment> segments_;
  std::int64_t bytes_ = 0;
  SlotValues<Object> objects_;
};

}  // namespace headroom
