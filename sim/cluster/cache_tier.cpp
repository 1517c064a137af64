#include "sim/cluster/cache_tier.hpp"

#include <utility>

#include "sim/core/random.hpp"

namespace headroom {

CacheTier::CacheTier(Bytes capacity, std::unique_ptr<CachePolicy> policy, std::optional<Duration> time_to_live)
    : capacity_{capacity}, policy_{std::move(policy)}, time_to_live_{time_to_live}, table_(1024) {}

std::uint32_t CacheTier::hash_of(std::uint64_t key) { return static_cast<std::uint32_t>(mix(key)); }

std::size_t CacheTier::place_of(std::uint64_t key, std::uint32_t hash) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t place = hash & mask;
  while (table_[place].slot != no_slot && (table_[place].hash != hash || keys_[table_[place].slot] != key))
    place = (place + 1) & mask;
  return place;
}

bool CacheTier::lookup(std::uint64_t key, SimTime now) {
  const Slot slot = table_[place_of(key, hash_of(key))].slot;
  if (slot == no_slot) return false;
  if (time_to_live_ && entries_[slot].expires <= now) {
    policy_->remove(slot);
    forget(slot);
    return false;
  }
  policy_->hit(slot);
  return true;
}

std::uint32_t CacheTier::fill(std::uint64_t key, Bytes size, SimTime now) {
  const SimTime expires = time_to_live_ ? now + *time_to_live_ : end_of_time;
  const std::uint32_t hash = hash_of(key);
  if (const Slot present = table_[place_of(key, hash)].slot; present != no_slot) {
    entries_[present].expires = expires;
    return 0;
  }
  if (size > capacity_ || !policy_->admits(size)) return 0;
  std::uint32_t evictions = 0;
  while (used_ + size > capacity_) {
    forget(policy_->evict());
    ++evictions;
  }
  if (2 * (residents_ + 1) > table_.size()) grow();
  Slot slot;
  if (free_.empty()) {
    slot = static_cast<Slot>(keys_.size());
    keys_.push_back(key);
    entries_.push_back({});
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  keys_[slot] = key;
  entries_[slot] = {size, expires};
  table_[place_of(key, hash)] = {slot, hash};
  used_ += size;
  ++residents_;
  policy_->insert(slot, key, size);
  return evictions;
}

void CacheTier::clear() {
  policy_->clear();
  table_.assign(table_.size(), {});
  keys_.clear();
  entries_.clear();
  free_.clear();
  used_ = {};
  residents_ = 0;
}

void CacheTier::forget(Slot slot) {
  erase(keys_[slot]);
  used_ -= entries_[slot].size;
  --residents_;
  free_.push_back(slot);
}

void CacheTier::erase(std::uint64_t key) {
  const std::size_t mask = table_.size() - 1;
  std::size_t hole = place_of(key, hash_of(key));
  for (std::size_t place = (hole + 1) & mask; table_[place].slot != no_slot; place = (place + 1) & mask) {
    // The entry may move into the hole only if its home does not lie between the hole and itself.
    if (((place - table_[place].hash) & mask) < ((place - hole) & mask)) continue;
    table_[hole] = table_[place];
    hole = place;
  }
  table_[hole] = {};
}

void CacheTier::grow() {
  const std::vector<Place> old = std::exchange(table_, std::vector<Place>(2 * table_.size()));
  for (const Place& entry : old) {
    if (entry.slot != no_slot) table_[place_of(keys_[entry.slot], entry.hash)] = entry;
  }
}

}  // namespace headroom
