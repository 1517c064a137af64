// TokenTable: the token bucket and the quota of each key of a limit. A key that has all its tokens again is as one that never
// asked, and is forgotten when room is needed; so memory goes with those who ask within the time that a bucket takes to fill, or
// within the period of the quota. No allocation once as many have been there.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/cluster/station_blueprint.hpp"
#include "sim/cluster/token_bucket.hpp"
#include "sim/core/probing_table.hpp"

namespace headroom {

class TokenTable {
 public:
  TokenTable() : TokenTable{LimitTier{}} {}
  explicit TokenTable(const LimitTier& tier) : tier_{tier} {}

  // Takes tokens and says how long the taker has to wait for them; none, and nothing is taken, if that is longer than
  // `longest_wait` or the quota is used up, which nobody waits for.
  std::optional<Duration> take(std::uint64_t key, double tokens, Duration longest_wait, SimTime now);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    TokenBucket bucket;
    double used = 0.0;         // of the quota, in the period
    std::int64_t period = -1;  // its number; below 0: the entry is not in use
    bool in_use() const { return period >= 0; }
  };

  std::int64_t period_at(SimTime now) const { return tier_.quota ? now.time_since_epoch() / tier_.period : 0; }
  bool is_as_new(Entry& entry, SimTime now) const;

  LimitTier tier_;
  ProbingTable<Entry> entries_;
};

}  // namespace headroom
