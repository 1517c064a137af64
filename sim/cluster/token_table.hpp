// TokenTable: the token bucket and the quota of each key of a limit. A key that has all its tokens again is as one that never
// asked, and is forgotten when room is needed; so memory goes with those who ask within the time that a bucket takes to fill, or
// within the period of the quota: 24 bytes a place there, two to four places a key. No allocation once as many have been there.
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
  // Keys with a bucket and keys with a quota.
  std::size_t size() const { return buckets_.size() + uses_.size(); }

 private:
  struct Bucket {
    std::optional<TokenBucket> tokens;
    bool in_use() const { return tokens.has_value(); }
  };
  // Of the quota.
  struct Use {
    double tokens = 0.0;
    std::int64_t period = -1;  // its number, in which they were taken; below 0: none
    bool in_use() const { return period >= 0; }
  };

  std::int64_t period_at(SimTime now) const { return now.time_since_epoch() / tier_.period; }
  TokenBucket& bucket_of(std::uint64_t key, SimTime now);
  void use(std::uint64_t key, double tokens, SimTime now);

  LimitTier tier_;
  ProbingTable<Bucket> buckets_;  // where there is a rate
  ProbingTable<Use> uses_;        // where there is a quota
};

}  // namespace headroom
