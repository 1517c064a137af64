// CachePolicy: which resident of a cache tier has to go. The tier owns keys, sizes and expiry; the policy orders slots.
//
// Life of a slot: insert (new resident), hit any number of times, then either evict() returns it or remove() names it; after
// that the slot may come back with another key. Slots are dense, 0 … Context::slots-1; no allocation per call after warm-up.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/core/units.hpp"

namespace headroom {

class CachePolicy {
 public:
  static constexpr std::string_view seam = "caching";
  static constexpr std::string_view discriminator = "policy";
  using Slot = std::uint32_t;
  struct Context {
    Bytes capacity;  // of the tier; unit-size objects count 1 byte each in tests
  };

  virtual ~CachePolicy() = default;
  // Whether an object of this size may enter at all (smaller than the capacity is checked by the tier).
  virtual bool admits(Bytes size) const { (void)size; return true; }
  virtual void insert(Slot slot, std::uint64_t key, Bytes size) = 0;
  virtual void hit(Slot slot) = 0;
  // Chooses a resident, forgets it and returns it. At least one resident.
  virtual Slot evict() = 0;
  // The resident left for another reason (expired, invalidated).
  virtual void remove(Slot slot) = 0;
  // Everything is gone (flush, restart).
  virtual void clear() = 0;
};

}  // namespace headroom
