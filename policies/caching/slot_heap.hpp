// Cache slots in a binary heap, lowest rank on top, with the place of each slot known: O(log n) to change or take out any.
// Without allocation per operation: arrays grow with the slots. Shared by the policies of this folder; no policy.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/seams/cache_policy.hpp"

namespace headroom {

template <class Rank>
class SlotHeap {
 public:
  using Slot = CachePolicy::Slot;

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  bool contains(Slot slot) const { return slot < places_.size() && places_[slot] != nowhere; }
  Slot lowest() const { return heap_.front().slot; }
  const Rank& rank_of(Slot slot) const { return heap_[places_[slot]].rank; }

  // The slot is not here.
  void push(Slot slot, Rank rank) {
    if (slot >= places_.size()) places_.resize(std::max<std::size_t>(std::size_t{slot} + 1, places_.size() * 2), nowhere);
    heap_.push_back({rank, slot});
    rise(heap_.size() - 1);
  }
  void change(Slot slot, Rank rank) {
    const std::size_t place = places_[slot];
    heap_[place].rank = rank;
    settle(place);
  }
  void take_out(Slot slot) {
    const std::size_t place = places_[slot];
    places_[slot] = nowhere;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    heap_[place] = last;
    settle(place);
  }
  Slot pop_lowest() {
    const Slot slot = lowest();
    take_out(slot);
    return slot;
  }
  void clear() {
    for (const Entry& entry : heap_) places_[entry.slot] = nowhere;
    heap_.clear();
  }

 private:
  struct Entry {
    Rank rank;
    Slot slot;
  };
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

  void put(std::size_t place, const Entry& entry) {
    heap_[place] = entry;
    places_[entry.slot] = static_cast<std::uint32_t>(place);
  }
  void settle(std::size_t place) {
    if (place > 0 && heap_[place].rank < heap_[(place - 1) / 2].rank)
      rise(place);
    else
      sink(place);
  }
  void rise(std::size_t place) {
    const Entry entry = heap_[place];
    for (; place > 0 && entry.rank < heap_[(place - 1) / 2].rank; place = (place - 1) / 2) put(place, heap_[(place - 1) / 2]);
    put(place, entry);
  }
  void sink(std::size_t place) {
    const Entry entry = heap_[place];
    for (;;) {
      std::size_t child = 2 * place + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && heap_[child + 1].rank < heap_[child].rank) ++child;
      if (!(heap_[child].rank < entry.rank)) break;
      put(place, heap_[child]);
      place = child;
    }
    put(place, entry);
  }

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> places_;  // by slot
};

}  // namespace headroom
