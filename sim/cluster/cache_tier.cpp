#include "sim/cluster/cache_tier.hpp"

#include <utility>

#include "sim/core/random.hpp"

namespace headroom {

CacheTier::CacheTier(Bytes capacity, std::unique_ptr<CachePolicy> policy, std::optional<Duration> time_to_live)
    : capacity_{capacity}, policy_{std::move(policy)}, time_to_live_{time_to_live}, table_(1024, no_slot) {}

std::size_t CacheTier::home_of(std::uint64_t key) const { return mix(key) & (table_.size() - 1); }

std::size_t CacheTier::place_of(std::uint64_t key) const {
  std::size_t place = home_of(key);
  while (table_[place] != no_slot && slots_[table_[place]].key != key) place = (place + 1) & (table_.size() - 1);
  return place;
}

bool CacheTier::lookup(std::uint64_t key, SimTime now) {
  const Slot slot = table_[place_of(key)];
  if (slot == no_slot) return false;
  if (slots_[slot].expires <= now) {
    policy_->remove(slot);
    forget(slot);
    return false;
  }
  policy_->hit(slot);
  return true;
}

std::uint32_t CacheTier::fill(std::uint64_t key, Bytes size, SimTime now) {
  const SimTime expires = time_to_live_ ? now + *time_to_live_ : end_of_time;
  if (const Slot present = table_[place_of(key)]; present != no_slot) {
    slots_[present].expires = expires;
    return 0;
  }
  if (size > capacity_ || !policy_->admits(size)) return 0;
  std::uint32_t evictions = 0;
  while (used_ + size > capacity_) {
    forget(policy_->evict());
    ++evictions;
  }
  if (2 * (entries_ + 1) > table_.size()) grow();
  Slot slot;
  if (free_.empty()) {
    slot = static_cast<Slot>(slots_.size());
    slots_.push_back({});
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot] = {key, size, expires};
  table_[place_of(key)] = slot;
  used_ += size;
  ++entries_;
  policy_->insert(slot, key, size);
  return evictions;
}

void CacheTier::clear() {
  policy_->clear();
  table_.assign(table_.size(), no_slot);
  slots_.clear();
  free_.clear();
  used_ = {};
  entries_ = 0;
}

void CacheTier::forget(Slot slot) {
  erase(slots_[slot].key);
  used_ -= slots_[slot].size;
  --entries_;
  free_.push_back(slot);
}

void CacheTier::erase(std::uint64_t key) {
  const std::size_t mask = table_.size() - 1;
  std::size_t hole = place_of(key);
  for (std::size_t place = (hole + 1) & mask; table_[place] != no_slot; place = (place + 1) & mask) {
    const std::size_t home = home_of(slots_[table_[place]].key);
    // The entry may move into the hole only if its home does not lie between the hole and itself.
    if (((place - home) & mask) >= ((place - hole) & mask)) {
      table_[hole] = table_[place];
      hole = place;
    }
  }
  table_[hole] = no_slot;
}

void CacheTier::grow() {
  const std::vector<Slot> old = std::exchange(table_, std::vector<Slot>(2 * table_.size(), no_slot));
  for (const Slot slot : old) {
    if (slot != no_slot) table_[place_of(slots_[slot].key)] = slot;
  }
}

}  // namespace headroom
