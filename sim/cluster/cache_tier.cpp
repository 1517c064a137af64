#include "sim/cluster/cache_tier.hpp"

#include <utility>

#include "sim/core/random.hpp"

namespace headroom {

CacheTier::CacheTier(Bytes capacity, std::unique_ptr<CachePolicy> policy, const Limits& limits)
    : capacity_{capacity},
      policy_{std::move(policy)},
      drops_{policy_->drops()},
      ages_{limits.time_to_live || limits.soft_time_to_live},
      time_to_live_{limits.time_to_live.value_or(Duration::max())},
      soft_time_to_live_{limits.soft_time_to_live.value_or(Duration::max())},
      table_(1024) {}

std::uint32_t CacheTier::hash_of(std::uint64_t key) { return static_cast<std::uint32_t>(mix(key)); }

std::size_t CacheTier::place_of(std::uint64_t key, std::uint32_t hash) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t place = hash & mask;
  while (table_[place].slot != no_slot && (table_[place].hash != hash || keys_[table_[place].slot] != key))
    place = (place + 1) & mask;
  return place;
}

CacheTier::Found CacheTier::lookup(std::uint64_t key, SimTime now) {
  const Slot slot = slot_of(key);
  if (slot == no_slot) return Found::nothing;
  if (!ages_) {
    policy_->hit(slot);
    if (drops_) forget_dropped();
    return Found::fresh;
  }
  const Duration age = now - entries_[slot].filled;
  if (age >= time_to_live_) {
    policy_->remove(slot);
    forget(slot);
    return Found::nothing;
  }
  policy_->hit(slot);
  if (drops_) forget_dropped();
  return age >= soft_time_to_live_ ? Found::stale : Found::fresh;
}

std::uint32_t CacheTier::fill(std::uint64_t key, Bytes size, SimTime now, std::optional<std::uint64_t> owner) {
  const std::uint32_t hash = hash_of(key);
  if (const Slot present = table_[place_of(key, hash)].slot; present != no_slot) {
    entries_[present].filled = now;
    return 0;
  }
  if (size > capacity_ || !policy_->admits(size)) return 0;
  policy_->announce(key, size);
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
  entries_[slot] = {size, now};
  if (owner) {
    if (slot >= owners_.size()) owners_.resize(keys_.capacity());
    owners_[slot] = *owner;
  }
  table_[place_of(key, hash)] = {slot, hash};
  used_ += size;
  ++residents_;
  policy_->insert(slot, key, size);
  if (drops_) evictions += forget_dropped();
  return evictions;
}

std::uint32_t CacheTier::forget_dropped() {
  std::uint32_t count = 0;
  for (Slot slot = policy_->dropped(); slot != no_slot; slot = policy_->dropped(), ++count) forget(slot);
  return count;
}

bool CacheTier::remove(std::uint64_t key) {
  const Slot slot = slot_of(key);
  if (slot == no_slot) return false;
  policy_->remove(slot);
  forget(slot);
  return true;
}

CacheTier::Writer CacheTier::writer_of(std::uint64_t key) const {
  const Slot slot = slot_of(key);
  return slot == no_slot ? no_writer : entries_[slot].writer;
}

bool CacheTier::set_writer(std::uint64_t key, Writer writer) {
  const Slot slot = slot_of(key);
  if (slot == no_slot) return false;
  entries_[slot].writer = writer;
  return true;
}

void CacheTier::clear() {
  for (const Place& place : table_) {
    if (place.slot != no_slot && entries_[place.slot].writer != no_writer) unwritten_.push_back(entries_[place.slot].writer);
  }
  policy_->clear();
  table_.assign(table_.size(), {});
  keys_.clear();
  entries_.clear();
  owners_.clear();
  free_.clear();
  used_ = {};
  residents_ = 0;
}

void CacheTier::begin_generation(std::uint64_t owner) {
  if (OwnersGeneration* const found = generations_.find(owner)) {
    ++found->number;
    return;
  }
  bool looked = false;
  generations_.insert(owner, {1}, [&](const OwnersGeneration& other) {
    if (!std::exchange(looked, true)) look_who_has_entries();
    return !other.has_entries;
  });
}

// Of those with a number. The last owner of a slot that is free counts as one with an entry: at most one for each slot.
void CacheTier::look_who_has_entries() {
  generations_.for_each([](std::uint64_t, OwnersGeneration& generation) { generation.has_entries = false; });
  for (const std::uint64_t owner : owners_) {
    if (OwnersGeneration* const found = generations_.find(owner)) found->has_entries = true;
  }
}

void CacheTier::forget_writers() {
  for (Entry& entry : entries_) entry.writer = no_writer;
}

void CacheTier::forget(Slot slot) {
  if (entries_[slot].writer != no_writer) unwritten_.push_back(entries_[slot].writer);
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
