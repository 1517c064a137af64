// A value for each cache slot, in an array that grows with the slots. Shared by the policies of this folder; no policy.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/seams/cache_policy.hpp"

namespace headroom {

template <class Value>
class SlotValues {
 public:
  // Grows to the slot if need be.
  void set(CachePolicy::Slot slot, const Value& value) {
    if (slot >= values_.size()) values_.resize(std::max<std::size_t>(std::size_t{slot} + 1, values_.size() * 2));
    values_[slot] = value;
  }
  Value& operator[](CachePolicy::Slot slot) { return values_[slot]; }
  const Value& operator[](CachePolicy::Slot slot) const { return values_[slot]; }

 private:
  std::vector<Value> values_;
};

}  // namespace headroom
