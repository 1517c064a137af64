// Residents that a policy lets go besides the one that it is asked for, until whoever has the objects comes for them
// (CachePolicy::dropped). Shared by the policies of this folder; no policy.
#pragma once

#include <vector>

#include "sim/seams/cache_policy.hpp"

namespace headroom {

class DroppedSlots {
 public:
  using Slot = CachePolicy::Slot;

  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }
  void push(Slot slot) { slots_.push_back(slot); }
  // The newest; CachePolicy::no_slot if there is none.
  Slot take() {
    if (slots_.empty()) return CachePolicy::no_slot;
    const Slot slot = slots_.back();
    slots_.pop_back();
    return slot;
  }

 private:
  std::vector<Slot> slots_;
};

}  // namespace headroom
