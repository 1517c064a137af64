// Caches that are flushed, and caches that restart.
//
// A flush takes all that the instances of a cache hold. A cache that restarts is away for a while: look-ups take their latency
// and miss, what loads bring is not kept, invalidations do not reach it. It comes back empty, or, if it is persistent, with what
// it held; what was written or invalidated meanwhile is then out of date in it. Writes behind that wait are lost with the
// contents; those of a persistent cache are written at their time. Loads that others wait for go on: that is the clients' doing.
// Source: Redis documentation, "Redis persistence" (no persistence, append-only file with fsync at every write).
#include <algorithm>

#include <fmt/format.h>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_cache_faults(const Blueprint& blueprint, Recorder& recorder) {
  for (Index i = 0; i < caches_.size(); ++i) caches_[i].persistent = blueprint.caches[i].persistent;
  for (const FaultBlueprint& fault : blueprint.faults) {
    const auto* restart = std::get_if<RestartCache>(&fault.what);
    if (restart == nullptr || caches_[restart->cache].away != nullptr) continue;
    caches_[restart->cache].away = &recorder.gauge("caches_away", {{"cache", blueprint.caches[restart->cache].name}});
  }
}

// Returns how many writes behind are lost.
std::uint64_t ExactRequestPlane::empty_tier(CacheTier& tier) {
  unwritten_.clear();
  tier.clear();
  tier.take_unwritten(unwritten_);
  std::uint64_t lost = 0;
  for (const Index writer : unwritten_) {
    lost += writes_behind_[writer];
    tasks_[writer].timer = 0;
    tasks_[writer].state = TaskState::runnable;
    end_task(writer, TaskOutcome::lost);
  }
  return lost;
}

// Of all its instances, those included that are away.
std::uint64_t ExactRequestPlane::lose_contents(Index index) {
  Cache& cache = caches_[index];
  std::uint64_t lost = 0;
  Bytes gone;
  const auto lose = [&](CacheTier& tier) {
    gone += tier.used();
    lost += empty_tier(tier);
  };
  for (const auto& tier : cache.tiers) lose(*tier);
  for (const auto& tier : cache.kept) lost += empty_tier(*tier);
  if (cache.scope == CacheScope::replica) {
    for (Replica& replica : replicas_) {
      if (replica.alive && !replica.caches.empty() && replica.caches[index] != nullptr) lose(*replica.caches[index]);
    }
  }
  cache.bytes->add(now_, -static_cast<double>(gone.count));
  return lost;
}

void ExactRequestPlane::strike(const FlushCache& fault) {
  const std::uint64_t lost = lose_contents(fault.cache);
  note("caches/" + cache_names_[fault.cache],
       fmt::format("is flushed{}", lost == 0 ? "" : fmt::format(", {} writes behind are lost", lost)));
}

void ExactRequestPlane::replace_tiers(Cache& cache, std::vector<std::unique_ptr<CacheTier>> tiers) {
  Bytes change;
  for (const auto& tier : cache.tiers) change -= tier->used();
  for (const auto& tier : tiers) change += tier->used();
  cache.bytes->add(now_, static_cast<double>(change.count));
  std::swap(cache.tiers, tiers);
  if (cache.is_away) cache.kept = std::move(tiers);
}

void ExactRequestPlane::strike(const RestartCache& fault) {
  Cache& cache = caches_[fault.cache];
  const std::string subject = "caches/" + cache_names_[fault.cache];
  if (cache.is_away) return restart_again(cache, fault);
  std::uint64_t lost = 0;
  if (cache.persistent)
    for (const auto& tier : cache.tiers) tier->forget_writers();
  else
    lost = lose_contents(fault.cache);
  note(subject, fmt::format("restarts{}", lost == 0 ? "" : fmt::format(", {} writes behind are lost", lost)));
  if (fault.down == Duration{}) return;
  std::vector<std::unique_ptr<CacheTier>> without_room;
  while (without_room.size() < cache.tiers.size()) without_room.push_back(new_tier(fault.cache, Bytes{}));
  cache.is_away = true;
  cache.back_at = now_ + fault.down;
  replace_tiers(cache, std::move(without_room));
  cache.away->set(now_, 1.0);
  changes_.add({cache.back_at, ChangeKind::cache_returns, fault.cache});
}

// It holds nothing that it could lose once more, and is back when the last of its restarts has ended.
void ExactRequestPlane::restart_again(Cache& cache, const RestartCache& fault) {
  cache.back_at = std::max(cache.back_at, now_ + fault.down);
  changes_.add({cache.back_at, ChangeKind::cache_returns, fault.cache});
  note("caches/" + cache_names_[fault.cache],
       fmt::format("restarts again, and is away until {}", to_text(cache.back_at - start_of_time)));
}

void ExactRequestPlane::return_cache(Index index) {
  Cache& cache = caches_[index];
  if (!cache.is_away || now_ < cache.back_at) return;  // it has restarted again since this was planned
  cache.is_away = false;
  replace_tiers(cache, std::move(cache.kept));
  cache.kept.clear();
  cache.away->set(now_, 0.0);
  note("caches/" + cache_names_[index], cache.persistent ? "is back with what it held" : "is back, empty");
}

}  // namespace headroom
