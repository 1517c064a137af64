#include "sim/cluster/token_table.hpp"

#include <utility>

#include "sim/core/random.hpp"

namespace headroom {

std::optional<Duration> TokenTable::take(std::uint64_t key, double tokens, Duration longest_wait, SimTime now) {
  constexpr double rounding = 1e-6;  // as of buckets
  Entry& entry = entry_of(key, now);
  if (entry.period != period_at(now)) {
    entry.period = period_at(now);
    entry.used = 0.0;
  }
  if (tier_.quota && entry.used + tokens > *tier_.quota + rounding) return std::nullopt;
  if (entry.bucket.wait_for(now, tokens) > longest_wait) return std::nullopt;
  entry.used += tokens;
  return entry.bucket.take(now, tokens);
}

TokenTable::Entry& TokenTable::entry_of(std::uint64_t key, SimTime now) {
  std::size_t place = place_of(key);
  if (entries_[place].period >= 0) return entries_[place];
  if (2 * (in_use_ + 1) > entries_.size()) {
    make_room(now);
    place = place_of(key);
  }
  ++in_use_;
  entries_[place] = {key, TokenBucket{tier_.rate, tier_.burst}, 0.0, period_at(now)};
  return entries_[place];
}

bool TokenTable::is_as_new(Entry& entry, SimTime now) const {
  return entry.bucket.is_full(now) && (entry.period != period_at(now) || entry.used == 0.0 || !tier_.quota);
}

// Where the key is, or would be.
std::size_t TokenTable::place_of(std::uint64_t key) const {
  std::size_t place = mix(key, 0) & (entries_.size() - 1);
  while (entries_[place].period >= 0 && entries_[place].key != key) place = (place + 1) & (entries_.size() - 1);
  return place;
}

// Forgets who has everything again; grows only if those are few.
void TokenTable::make_room(SimTime now) {
  std::size_t stay = 0;
  for (Entry& entry : entries_) stay += entry.period >= 0 && !is_as_new(entry, now);
  entries_.swap(spare_);
  if (4 * stay > entries_.size()) entries_.resize(2 * entries_.size());
  for (Entry& entry : spare_) {
    if (entry.period >= 0 && !is_as_new(entry, now)) entries_[place_of(entry.key)] = entry;
    entry = {};
  }
  spare_.resize(entries_.size());
  in_use_ = stay;
}

}  // namespace headroom
