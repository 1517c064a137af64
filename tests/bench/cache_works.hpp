// Look-ups in one cache: the engine's tier with its LRU policy, the replay of traces, and a bare loop that does nothing else.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/caches/replayed_cache.hpp"
#include "sim/cluster/cache_tier.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/registry.hpp"

namespace headroom::bench {

// Keys drawn beforehand, so that both are timed without the draw.
inline std::vector<std::uint64_t> zipf_keys(std::size_t count, std::uint64_t objects, double exponent) {
  const Zipf popularity{objects, exponent};
  RandomStream random{7};
  std::vector<std::uint64_t> keys(count);
  for (std::uint64_t& key : keys) key = popularity.sample(random);
  return keys;
}

// Look up, and fill on a miss; every object is one byte. Returns the hits.
inline std::uint64_t replay_tier(const std::vector<std::uint64_t>& keys, std::int64_t capacity) {
  CacheTier tier{Bytes{capacity},
                 RegistryOf<CachePolicy>::instance().make(choice_of<CachePolicy>("lru"), {.capacity = Bytes{capacity}}),
                 CacheTier::Limits{}};
  std::uint64_t hits = 0;
  for (const std::uint64_t key : keys) {
    if (tier.lookup(key, start_of_time) != CacheTier::Found::nothing)
      ++hits;
    else
      tier.fill(key, Bytes{1}, start_of_time);
  }
  return hits;
}

// The same through the replay that `headroom cache` makes.
inline std::uint64_t replay_policy(const std::vector<std::uint64_t>& keys, const char* policy, std::int64_t capacity) {
  ReplayedCache cache{choice_of<CachePolicy>(policy), capacity};
  constexpr std::size_t ahead = 16;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + ahead < keys.size()) cache.prefetch(keys[i + ahead]);
    cache.request({.key = keys[i]});
  }
  return keys.size() - cache.misses();
}

// Linear probing over (key, slot), and a ring of slots in order of use.
class BareLru {
 public:
  explicit BareLru(std::uint32_t capacity) : entries_(capacity + 1) {
    std::size_t size = 1;
    while (size < 2 * std::size_t{capacity}) size *= 2;
    table_.assign(size, none);
  }
  bool look_up_or_fill(std::uint64_t key) {
    std::size_t place = home_of(key);
    for (; table_[place] != none; place = (place + 1) & (table_.size() - 1)) {
      const std::uint32_t slot = table_[place];
      if (entries_[slot].key != key) continue;
      unlink(slot);
      link_young(slot);
      return true;
    }
    std::uint32_t slot;
    if (used_ + 1 < entries_.size()) {
      slot = ++used_;
    } else {
      slot = entries_[0].previous;  // slot 0 closes the ring: before it stands the oldest
      unlink(slot);
      erase(entries_[slot].key);
      for (place = home_of(key); table_[place] != none;) place = (place + 1) & (table_.size() - 1);
    }
    entries_[slot].key = key;
    table_[place] = slot;
    link_young(slot);
    return false;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t previous = 0, next = 0;
  };
  std::size_t home_of(std::uint64_t key) const { return ((key * 0x9e3779b97f4a7c15ULL) >> 32) & (table_.size() - 1); }
  void unlink(std::uint32_t slot) {
    entries_[entries_[slot].previous].next = entries_[slot].next;
    entries_[entries_[slot].next].previous = entries_[slot].previous;
  }
  void link_young(std::uint32_t slot) {
    const std::uint32_t youngest = entries_[0].next;
    entries_[slot].previous = 0;
    entries_[slot].next = youngest;
    entries_[youngest].previous = slot;
    entries_[0].next = slot;
  }
  void erase(std::uint64_t key) {
    const std::size_t mask = table_.size() - 1;
    std::size_t hole = home_of(key);
    while (entries_[table_[hole]].key != key) hole = (hole + 1) & mask;
    for (std::size_t place = (hole + 1) & mask; table_[place] != none; place = (place + 1) & mask) {
      if (((place - home_of(entries_[table_[place]].key)) & mask) < ((place - hole) & mask)) continue;
      table_[hole] = table_[place];
      hole = place;
    }
    table_[hole] = none;
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> table_;
  std::uint32_t used_ = 0;
};

inline std::uint64_t replay_bare(const std::vector<std::uint64_t>& keys, std::uint32_t capacity) {
  BareLru lru{capacity};
  std::uint64_t hits = 0;
  for (const std::uint64_t key : keys) hits += lru.look_up_or_fill(key);
  return hits;
}

}  // namespace headroom::bench
