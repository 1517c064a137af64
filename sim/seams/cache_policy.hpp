// CachePolicy: which resident of a cache tier has to go. The tier owns keys, sizes and expiry; the policy orders slots.
//
// Life of a slot: insert (new resident), hit any number of times, then either evict() returns it or remove() names it; after
// that the slot may come back with another key. Slots are small numbers, given again; no allocation per call after warm-up.
//
// Room for an object is made in this order: admits(size), announce(key, size), evict() until it fits, insert().
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "sim/core/units.hpp"

namespace headroom {

class CachePolicy {
 public:
  static constexpr std::string_view seam = "caching";
  static constexpr std::string_view discriminator = "policy";
  using Slot = std::uint32_t;
  static constexpr Slot no_slot = std::numeric_limits<Slot>::max();
  struct Context {
    Bytes capacity;                // of the tier; unit-size objects count 1 byte each
    std::uint64_t random_key = 0;  // of the policy's own random numbers, if it needs any
  };

  virtual ~CachePolicy() = default;
  // Whether an object of this size may enter at all (smaller than the capacity is checked by the tier).
  virtual bool admits(Bytes size) const {
    (void)size;
    return true;
  }
  // An object that is not resident is going to be inserted, after the evictions that it needs.
  virtual void announce(std::uint64_t key, Bytes size) {
    (void)key;
    (void)size;
  }
  virtual void insert(Slot slot, std::uint64_t key, Bytes size) = 0;
  virtual void hit(Slot slot) = 0;
  // Chooses a resident, forgets it and returns it. At least one resident.
  virtual Slot evict() = 0;
  // A guess at whom evict() would return now, for its owner to fetch what it knows of it; no_slot: cannot say without work.
  virtual Slot next_to_go() const { return no_slot; }
  // Whether it lets residents go of its own accord; then the owner asks dropped() after every hit() and insert() until there is
  // none. What was dropped is forgotten here, as after evict(), which may return one of them first.
  virtual bool drops() const { return false; }
  virtual Slot dropped() { return no_slot; }
  // The resident left for another reason (expired, invalidated).
  virtual void remove(Slot slot) = 0;
  // Everything is gone (flush, restart).
  virtual void clear() = 0;
};

}  // namespace headroom
