#include "sim/cluster/token_table.hpp"

namespace headroom {

std::optional<Duration> TokenTable::take(std::uint64_t key, double tokens, Duration longest_wait, SimTime now) {
  constexpr double rounding = 1e-6;  // as of buckets
  Entry* const found = entries_.find(key);
  Entry& entry = found != nullptr ? *found
                                  : entries_.insert(key, {TokenBucket{tier_.rate, tier_.burst}, 0.0, period_at(now)},
                                                    [&](Entry& other) { return is_as_new(other, now); });
  if (entry.period != period_at(now)) {
    entry.period = period_at(now);
    entry.used = 0.0;
  }
  if (tier_.quota && entry.used + tokens > *tier_.quota + rounding) return std::nullopt;
  if (entry.bucket.wait_for(now, tokens) > longest_wait) return std::nullopt;
  entry.used += tokens;
  return entry.bucket.take(now, tokens);
}

bool TokenTable::is_as_new(Entry& entry, SimTime now) const {
  return entry.bucket.is_full(now) && (entry.period != period_at(now) || entry.used == 0.0 || !tier_.quota);
}

}  // namespace headroom
