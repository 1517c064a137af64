// Queues of cache slots, oldest to youngest, without allocation per operation: links live in one array indexed by slot, which
// grows with the slots. A slot is in at most one queue over the same links. Shared by the policies of this folder; no policy.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "sim/seams/cache_policy.hpp"

namespace headroom {

// Bytes of a queue that may have a share of the cache.
inline std::int64_t share_of(Bytes capacity, Ratio share) {
  return static_cast<std::int64_t>(static_cast<double>(capacity.count) * share.value);
}

struct SlotLink {
  CachePolicy::Slot older;
  CachePolicy::Slot younger;
};

class SlotQueue {
 public:
  using Slot = CachePolicy::Slot;
  static constexpr Slot none = std::numeric_limits<Slot>::max();

  // `links` outlives the queue.
  explicit SlotQueue(std::vector<SlotLink>& links) : links_{links} {}

  bool empty() const { return oldest_ == none; }
  Slot oldest() const { return oldest_; }
  Slot youngest() const { return youngest_; }
  // None past the young end.
  Slot younger_than(Slot slot) const { return links_[slot].younger; }
  // The slot is in no queue.
  void push_young(Slot slot) {
    if (slot >= links_.size()) links_.resize(std::max<std::size_t>(std::size_t{slot} + 1, links_.size() * 2), {none, none});
    links_[slot] = {youngest_, none};
    (youngest_ == none ? oldest_ : links_[youngest_].younger) = slot;
    youngest_ = slot;
  }
  // The slot is in this queue.
  void take_out(Slot slot) {
    const SlotLink link = links_[slot];
    (link.older == none ? oldest_ : links_[link.older].younger) = link.younger;
    (link.younger == none ? youngest_ : links_[link.younger].older) = link.older;
  }
  Slot pop_oldest() {
    const Slot slot = oldest_;
    take_out(slot);
    return slot;
  }
  void make_youngest(Slot slot) {
    if (slot == youngest_) return;
    take_out(slot);
    push_young(slot);
  }
  void clear() { oldest_ = youngest_ = none; }

 private:
  std::vector<SlotLink>& links_;
  Slot oldest_ = none;
  Slot youngest_ = none;
};

}  // namespace headroom
