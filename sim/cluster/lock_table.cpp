#include "sim/cluster/lock_table.hpp"

#include <algorithm>

#include "sim/core/random.hpp"

namespace headroom {

std::size_t LockTable::home_of(std::uint64_t key) const { return mix(key, 0) & (entries_.size() - 1); }

// Where the key is, or would be.
std::size_t LockTable::place_of(std::uint64_t key) const {
  std::size_t place = home_of(key);
  while (entries_[place].holder.slot != no_index && entries_[place].key != key) place = (place + 1) & (entries_.size() - 1);
  return place;
}

LockTable::Answer LockTable::take(std::uint64_t key, LockHolder holder, Duration lease, Duration renew, SimTime now) {
  std::size_t place = place_of(key);
  const bool was_held = entries_[place].holder.slot != no_index;
  if (was_held && entries_[place].expires > now) return Answer::held;
  if (!was_held) {
    if (2 * (in_use_ + 1) > entries_.size()) {
      make_room(now);
      place = place_of(key);
    }
    ++in_use_;
  }
  entries_[place] = {key, holder, now, lease, renew, renew > Duration{} ? end_of_time : now + lease, false};
  return was_held ? Answer::taken_over : Answer::taken;
}

bool LockTable::release(std::uint64_t key, LockHolder holder) {
  const std::size_t place = place_of(key);
  if (entries_[place].holder != holder || entries_[place].is_abandoned) return false;
  --in_use_;
  erase(place);
  return true;
}

// What was abandoned and not asked for since its lease ran out is forgotten first; only if that is little the table grows.
void LockTable::make_room(SimTime now) {
  const auto counts = [now](const Entry& entry) {
    return entry.holder.slot != no_index && !(entry.is_abandoned && entry.expires <= now);
  };
  std::vector<Entry> old(entries_.size());
  old.swap(entries_);
  in_use_ = static_cast<std::size_t>(std::count_if(old.begin(), old.end(), counts));
  if (4 * in_use_ > entries_.size()) entries_.resize(2 * entries_.size());
  for (const Entry& entry : old) {
    if (counts(entry)) entries_[place_of(entry.key)] = entry;
  }
}

// Those behind the hole move up, so that nobody is cut off from their home (Knuth, The Art of Computer Programming 3, 6.4,
// algorithm R).
void LockTable::erase(std::size_t hole) {
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t place = (hole + 1) & mask; entries_[place].holder.slot != no_index; place = (place + 1) & mask) {
    const std::size_t home = home_of(entries_[place].key);
    if (((place - home) & mask) < ((place - hole) & mask)) continue;  // its home lies behind the hole
    entries_[hole] = entries_[place];
    hole = place;
  }
  entries_[hole] = {};
}

}  // namespace headroom
