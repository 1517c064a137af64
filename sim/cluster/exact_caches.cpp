// Caches: keys and their sizes, look-ups, fills, invalidations.
//
// A look-up decides at its beginning and takes its latency; the other operations have their effect at the end of theirs. An
// invalidation reaches the tier that its task would look into (of a cache in each replica, or each region: that one alone), and
// no load that is under way: what that fills is what it had read before, and stays until its time to live ends or another
// invalidation. Generations are numbers in the keys of entries (namespaces, in memcached's documentation): a new one costs
// nothing, and what it leaves behind takes room until it is evicted. Where a node can do so many operations per second, each
// takes its turn there, first come first served; a look-up waits for its turn, a fill or an invalidation is sent and not waited
// for.
#include <algorithm>
#include <cmath>
#include <optional>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

std::uint64_t ExactRequestPlane::key_of(Index key_space, const Task& task) const {
  const KeySpace& space = keys_[key_space];
  if (space.per == KeyPer::arrival) return task.arrival_key;
  if (space.own_items > 0) return task.subject % space.own_items;
  Draws draws{space.key, drawn_for(space.per, task)};
  return space.popularity.sample(draws);
}

Bytes ExactRequestPlane::size_of(Index key_space, std::uint64_t key) const {
  const KeySpace& space = keys_[key_space];
  constexpr double largest = 1e15;  // bytes; a draw from a heavy tail ends here
  return {std::max<std::int64_t>(1, std::llround(std::min(space.size.draw(key), largest)))};
}

// Of the node that has the key, among the tiers of a cache that is not in replicas; of the first node if it is about no key.
std::size_t ExactRequestPlane::place_of(const CacheSite& site, const Task& task) const {
  const Cache& cache = caches_[site.cache];
  const std::size_t instance = cache.scope == CacheScope::region ? region_of(task) : 0;
  if (cache.nodes == 1) return instance;
  return instance * cache.nodes + (site.key == no_index ? 0 : cache_node(key_of(site.key, task), cache.nodes));
}

CacheTier* ExactRequestPlane::tier_of(const CacheSite& site, const Task& task) {
  Cache& cache = caches_[site.cache];
  if (cache.asks_replica) {
    if (CacheTier* const own = own_tier(site.cache, task)) return own;
  }
  return cache.tiers[place_of(site, task)].get();
}

// How long until it has been served, where operations take time.
Duration ExactRequestPlane::take_turn(const CacheSite& site, const Task& task) {
  Cache& cache = caches_[site.cache];
  if (cache.is_away || (cache.asks_replica && own_tier(site.cache, task) != nullptr)) return {};
  Cache::Node& node = cache.lines[place_of(site, task)];
  node.free_at = std::max(node.free_at, now_) + cache.operation;
  node.busy += cache.operation;
  return node.free_at - now_;
}

// The share is that of the node that was busiest since the last time.
void ExactRequestPlane::show_nodes(Cache& cache) {
  double most = 0.0;
  for (Cache::Node& node : cache.lines) {
    const double busy = to_seconds(node.busy - std::max(Duration{}, node.free_at - now_));
    most = std::max(most, busy - node.shown);
    node.shown = busy;
  }
  cache.node_utilization->part += most;
  cache.node_utilization->whole += to_seconds(now_ - cache.shown_at);
  cache.shown_at = now_;
}

std::uint64_t ExactRequestPlane::generation_key(const CacheSite& site, const Task& task) const {
  return mix(site.generation, key_of(site.generation, task));
}

// Keys of different spaces may meet in one cache.
std::uint64_t ExactRequestPlane::entry_key(const CacheSite& site, const Task& task) {
  const std::uint64_t key = (std::uint64_t{site.key} << 54) ^ key_of(site.key, task);
  if (site.generation == no_index) return key;
  const std::uint64_t owner = generation_key(site, task);
  return mix(key, mix(owner, tier_of(site, task)->generation_of(owner)));
}

void ExactRequestPlane::show_bytes(Cache& cache, const CacheTier& tier, Bytes before) {
  if (tier.used() != before) cache.bytes->add(now_, static_cast<double>((tier.used() - before).count));
}

// True if the task now waits for the look-up, or for another's load.
bool ExactRequestPlane::look_up(Index slot, const Instruction& instruction) {
  const CacheSite& site = program_.cache_sites[instruction.a];
  Task& task = tasks_[slot];
  Cache& cache = caches_[site.cache];
  CacheTier& tier = *tier_of(site, task);
  const Bytes before = tier.used();
  const CacheTier::Found found = tier.lookup(entry_key(site, task), now_);
  const bool hit = found != CacheTier::Found::nothing;
  show_bytes(cache, tier, before);  // it had expired
  cache.hit_ratio->whole += 1.0;
  if (hit) cache.hit_ratio->part += 1.0;
  if (!cache.key_hit_ratios.empty()) {
    cache.key_hit_ratios[site.key]->whole += 1.0;
    if (hit) cache.key_hit_ratios[site.key]->part += 1.0;
  }
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.moment(slot, hit ? "cache hit" : "cache miss");
  if (site.sizes != no_index) [[unlikely]]
    count_cache_bytes(site, task, true, hit);
  const Index next = hit ? instruction.b : task.pc + 1;
  const double seconds = cache.latency.value.is_zero() ? 0.0 : cache.latency.draw(mix(task.draw_id, next));
  const Duration takes = to_duration(seconds) + (cache.lines.empty() ? Duration{} : take_turn(site, task));
  if (!hit && cache.coalesces && join_flight(slot, site, takes)) return true;
  task.pc = next;
  if (takes > Duration{}) sleep(slot, takes, woken);
  if (takes > Duration{} && task.followed) [[unlikely]]
    ExactTrace{*this}.looks_up(slot, site, takes - to_duration(seconds));
  // The table of tasks may move from here on.
  if (found == CacheTier::Found::stale) refresh(slot, instruction);
  if (tier.has_unwritten()) [[unlikely]]
    write_evicted(tier);
  return takes > Duration{};
}

void ExactRequestPlane::fill_cache(Index slot, Index index) {
  const CacheSite& site = program_.cache_sites[index];
  const Task& task = tasks_[slot];
  Cache& cache = caches_[site.cache];
  CacheTier& tier = *tier_of(site, task);
  const Bytes before = tier.used();
  std::optional<std::uint64_t> owner;
  if (site.generation != no_index) owner = generation_key(site, task);
  const std::uint32_t evicted = tier.fill(entry_key(site, task), size_of(site.key, key_of(site.key, task)), now_, owner);
  if (evicted > 0) cache.evictions->add(evicted);
  if (!cache.lines.empty()) take_turn(site, task);
  if (site.sizes != no_index) [[unlikely]]
    count_cache_bytes(site, task, false, true);
  show_bytes(cache, tier, before);
  if (cache.scope == CacheScope::replica) check_memory(task.replica);
  if (cache.has_flights) land(slot, site);
  if (tier.has_unwritten()) [[unlikely]]
    write_evicted(tier);
}

void ExactRequestPlane::invalidate(Index slot, Index index) {
  const CacheSite& site = program_.cache_sites[index];
  const Task& task = tasks_[slot];
  Cache& cache = caches_[site.cache];
  CacheTier& tier = *tier_of(site, task);
  cache.invalidations->add();
  if (!cache.lines.empty()) take_turn(site, task);
  if (site.key == no_index) {
    // Each node keeps the number: what belongs to an owner is spread over all.
    const std::uint64_t owner = generation_key(site, task);
    if (cache.asks_replica && own_tier(site.cache, task) != nullptr) return tier.begin_generation(owner);
    const std::size_t first = place_of(site, task);
    for (std::size_t node = 0; node < cache.nodes; ++node) cache.tiers[first + node]->begin_generation(owner);
    return;
  }
  const Bytes before = tier.used();
  tier.remove(entry_key(site, task));
  show_bytes(cache, tier, before);
  if (tier.has_unwritten()) [[unlikely]]
    write_evicted(tier);
}

}  // namespace headroom
