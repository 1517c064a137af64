#include "sim/cluster/token_table.hpp"

namespace headroom {

std::optional<Duration> TokenTable::take(std::uint64_t key, double tokens, Duration longest_wait, SimTime now) {
  constexpr double rounding = 1e-6;  // as of buckets
  if (tier_.quota) {
    const Use* const before = uses_.find(key);
    const double used = before != nullptr && before->period == period_at(now) ? before->tokens : 0.0;
    if (used + tokens > *tier_.quota + rounding) return std::nullopt;
  }
  TokenBucket* const bucket = tier_.rate.value > 0.0 ? &bucket_of(key, now) : nullptr;
  if (bucket != nullptr && bucket->wait_for(now, tokens) > longest_wait) return std::nullopt;
  if (tier_.quota && tokens > 0.0) use(key, tokens, now);
  return bucket != nullptr ? bucket->take(now, tokens) : Duration{};
}

TokenBucket& TokenTable::bucket_of(std::uint64_t key, SimTime now) {
  if (Bucket* const found = buckets_.find(key)) return *found->tokens;
  const auto is_full = [&](Bucket& other) { return other.tokens->is_full(now); };
  return *buckets_.insert(key, {TokenBucket{tier_.rate, tier_.burst}}, is_full).tokens;
}

void TokenTable::use(std::uint64_t key, double tokens, SimTime now) {
  const std::int64_t period = period_at(now);
  Use* found = uses_.find(key);
  if (found == nullptr) found = &uses_.insert(key, {0.0, period}, [&](const Use& other) { return other.period != period; });
  if (found->period != period) *found = {0.0, period};
  found->tokens += tokens;
}

}  // namespace headroom
