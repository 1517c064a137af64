// CacheTier: one instance of a cache: real keys and sizes, a capacity in bytes, an eviction policy, a time to live, a soft one.
//
// An entry may be dirty: the cache has a value that a writer has still to write to what lies behind. When such an entry leaves,
// its writer is among the unwritten, for the owner of the tier to see to. Expiry is lazy: an entry past its time is a miss and
// leaves when it is looked up (or evicted); until then it takes room, as it does in a server that expires on access. Objects
// larger than the capacity, or refused by the policy, are not admitted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/core/probing_table.hpp"
#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/cache_policy.hpp"

namespace headroom {

class CacheTier {
 public:
  // Ages from which an entry is gone, and from which it is stale.
  struct Limits {
    std::optional<Duration> time_to_live, soft_time_to_live;
  };
  enum class Found : std::uint8_t { nothing, fresh, stale };
  using Writer = std::uint32_t;
  static constexpr Writer no_writer = ~Writer{0};

  CacheTier(Bytes capacity, std::unique_ptr<CachePolicy> policy, const Limits& limits);

  Found lookup(std::uint64_t key, SimTime now);
  // Puts the key in (renews it if it is there); evicts as needed. Returns the number of evictions. size >= 0.
  // `owner`: of the generation that is part of the key.
  std::uint32_t fill(std::uint64_t key, Bytes size, SimTime now, std::optional<std::uint64_t> owner = {});
  // Whether it was there.
  bool remove(std::uint64_t key);
  void clear();

  // no_writer if the key is clean or not there.
  Writer writer_of(std::uint64_t key) const;
  // False if the key is not there.
  bool set_writer(std::uint64_t key, Writer writer);
  // What is dirty is clean from now on: its writers go on by themselves.
  void forget_writers();
  // Writers of entries that have left, since the last call.
  void take_unwritten(std::vector<Writer>& writers) { std::swap(writers, unwritten_); }
  bool has_unwritten() const { return !unwritten_.empty(); }

  // How often the owner of a key space has begun anew: part of the keys of its entries. Who has no entries here begins again at 0
  // when room is needed; so the numbers kept are at most four times as many as the entries have been.
  std::uint32_t generation_of(std::uint64_t owner) const {
    const OwnersGeneration* const found = generations_.find(owner);
    return found == nullptr ? 0 : found->number;
  }
  void begin_generation(std::uint64_t owner);
  std::size_t generations() const { return generations_.size(); }

  Bytes used() const { return used_; }
  Bytes capacity() const { return capacity_; }
  std::uint32_t entries() const { return residents_; }

 private:
  using Slot = CachePolicy::Slot;
  static constexpr Slot no_slot = ~Slot{0};
  // Apart from the keys: a hit without a time to live never reads it.
  struct Entry {
    Bytes size;
    SimTime filled;
    Writer writer = no_writer;
  };

  struct OwnersGeneration {
    std::uint32_t number = 0;
    bool has_entries = true;  // at the last look
    bool in_use() const { return number > 0; }
  };

  // As a ProbingTable, but half of the key's hash stands in the table instead of the key: of eight places in a cache line only
  // the one where the key is leads to its entry. Every look-up of a run goes through here.
  struct Place {
    Slot slot = no_slot;
    std::uint32_t hash = 0;
  };
  static std::uint32_t hash_of(std::uint64_t key);
  std::size_t place_of(std::uint64_t key, std::uint32_t hash) const;  // of the key, or of the hole where it would go
  void erase(std::uint64_t key);
  void grow();
  void forget(Slot slot);
  void look_who_has_entries();
  std::uint32_t forget_dropped();  // how many
  Slot slot_of(std::uint64_t key) const { return table_[place_of(key, hash_of(key))].slot; }

  Bytes capacity_;
  std::unique_ptr<CachePolicy> policy_;
  bool drops_;
  bool ages_;
  Duration time_to_live_, soft_time_to_live_;
  Bytes used_;
  std::uint32_t residents_ = 0;
  std::vector<std::uint64_t> keys_;    // by slot
  std::vector<Entry> entries_;         // by slot
  std::vector<std::uint64_t> owners_;  // by slot, where entries have generations; of a slot that is free, whose it was
  std::vector<Slot> free_;
  std::vector<Place> table_;  // size a power of two
  std::vector<Writer> unwritten_;
  ProbingTable<OwnersGeneration> generations_;  // of owners that ever began anew
};

// Which of the nodes of a cache has a key.
inline std::uint32_t cache_node(std::uint64_t key, std::uint32_t nodes) {
  return static_cast<std::uint32_t>(mix(key, 0x6e6f6465) % nodes);
}

}  // namespace headroom
