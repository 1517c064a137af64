// CacheTier: one instance of a cache: real keys and sizes, a capacity in bytes, an eviction policy, a time to live.
//
// Expiry is lazy: an entry past its time is a miss and leaves when it is looked up (or evicted); until then it takes room, as
// it does in a server that expires on access. Objects larger than the capacity, or refused by the policy, are not admitted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/cache_policy.hpp"

namespace headroom {

class CacheTier {
 public:
  CacheTier(Bytes capacity, std::unique_ptr<CachePolicy> policy, std::optional<Duration> time_to_live);

  // True on a hit.
  bool lookup(std::uint64_t key, SimTime now);
  // Puts the key in (renews it if it is there); evicts as needed. Returns the number of evictions. size >= 0.
  std::uint32_t fill(std::uint64_t key, Bytes size, SimTime now);
  void clear();

  Bytes used() const { return used_; }
  Bytes capacity() const { return capacity_; }
  std::uint32_t entries() const { return residents_; }

 private:
  using Slot = CachePolicy::Slot;
  static constexpr Slot no_slot = ~Slot{0};
  // Apart from the keys: a hit without a time to live never reads it.
  struct Entry {
    Bytes size;
    SimTime expires;
  };

  // Open addressing with linear probing and backward-shift deletion; at most half full. Half of the key's hash stands in the
  // table, so that entries are read only where the key is.
  struct Place {
    Slot slot = no_slot;
    std::uint32_t hash = 0;
  };
  static std::uint32_t hash_of(std::uint64_t key);
  std::size_t place_of(std::uint64_t key, std::uint32_t hash) const;  // of the key, or of the hole where it would go
  void erase(std::uint64_t key);
  void grow();
  void forget(Slot slot);

  Bytes capacity_;
  std::unique_ptr<CachePolicy> policy_;
  std::optional<Duration> time_to_live_;
  Bytes used_;
  std::uint32_t residents_ = 0;
  std::vector<std::uint64_t> keys_;  // by slot
  std::vector<Entry> entries_;       // by slot
  std::vector<Slot> free_;
  std::vector<Place> table_;  // size a power of two
};

}  // namespace headroom
