// Writes behind a cache, and work in the background.
//
// A write behind puts the value into the cache, where its entry is dirty, and leaves the writing to a task in the background that
// waits for the delay; further writes of the key until then only renew the value. A dirty entry that leaves the cache (evicted,
// expired, invalidated) is written at once, and so is one that the cache does not take. The write is lost if it fails, and if the
// cache's instance goes: a cache in the replica with its replica. One whose shared cache stays is taken over by another replica
// of the service as long as it has not begun. Source: Oracle Coherence, developing applications, "write-behind caching".
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

// The table of tasks may have moved. It draws the numbers of its owner, which does not do this work itself.
Index ExactRequestPlane::launch_background(Index owner_slot, Index site, Index entry) {
  const Index slot = new_task(TaskKind::background);
  Task& task = tasks_[slot];
  const Task& owner = tasks_[owner_slot];
  hand_over(owner, task);
  task.draw_id = owner.draw_id;
  task.delivery = owner.delivery;
  task.replica = owner.replica;
  ++replicas_[task.replica].in_background;
  task.target = site;
  task.begun = now_;
  task.pc = entry;
  return slot;
}

void ExactRequestPlane::write_behind(Index slot, const Instruction& instruction) {
  const CacheSite& site = program_.cache_sites[instruction.a];
  const auto here = static_cast<Index>(&instruction - program_.code.data());
  CacheTier& tier = *tier_of(site, tasks_[slot]);
  const std::uint64_t key = entry_key(site, tasks_[slot]);
  const Index waiting = tier.writer_of(key);
  fill_cache(slot, instruction.a);
  tasks_[slot].pc = instruction.b;
  if (waiting != CacheTier::no_writer) {
    ++writes_behind_[waiting];
    return caches_[site.cache].coalesced_writes->add();
  }
  const Index writer = launch_background(slot, instruction.a, here + 1);
  writes_behind_.begin(writer) = 1;
  if (tier.set_writer(key, writer) && site.delay > Duration{}) return sleep(writer, site.delay, woken);
  make_runnable(writer, tasks_[writer]);
}

// What is written to the key from now on is for another.
void ExactRequestPlane::begin_write(Index writer, Index index) {
  const CacheSite& site = program_.cache_sites[index];
  const Task& task = tasks_[writer];
  // Where the entry is, though the replica that writes may have no connection to it.
  Cache& cache = caches_[site.cache];
  CacheTier& tier = cache.scope == CacheScope::replica ? *tier_of(site, task) : *cache.tiers[place_of(site, task)];
  const std::uint64_t key = entry_key(site, task);
  if (tier.writer_of(key) == writer) tier.set_writer(key, CacheTier::no_writer);
}

void ExactRequestPlane::write_evicted(CacheTier& tier) {
  unwritten_.clear();
  tier.take_unwritten(unwritten_);
  for (const Index writer : unwritten_) {
    Task& task = tasks_[writer];
    if (task.state == TaskState::runnable) continue;  // about to
    task.timer = 0;
    make_runnable(writer, task);
  }
}

// True if a task in the background of a replica that dies is a write that has not begun, and now another's.
bool ExactRequestPlane::hand_over_write(Index writer, Index replica) {
  Task& task = tasks_[writer];
  const Instruction& next = program_.code[task.pc];
  if (next.op != Op::begin_write || next.a != task.target) return false;
  const CacheSite& site = program_.cache_sites[task.target];
  if (caches_[site.cache].scope == CacheScope::replica) return false;
  const Server& server = servers_[replicas_[replica].server];
  const std::vector<Index>& others = server.kind == Server::Kind::serverless ? server.replicas : server.registered;
  for (std::size_t i = 0; i < others.size(); ++i) {
    const Index other = others[(writer + i) % others.size()];
    if (other == no_index || other == replica) continue;  // an empty place of a load balancer; itself
    --replicas_[replica].in_background;
    ++replicas_[other].in_background;
    task.replica = other;
    return true;
  }
  begin_write(writer, task.target);  // its entry stays, and nobody will write it
  return false;
}

void ExactRequestPlane::end_background(Index slot, TaskOutcome outcome) {
  --replicas_[tasks_[slot].replica].in_background;
  const CacheSite& site = program_.cache_sites[tasks_[slot].target];
  // All that were acknowledged for this one write.
  if (site.writes_behind && outcome != TaskOutcome::completed) caches_[site.cache].lost_writes->add(writes_behind_[slot]);
}

}  // namespace headroom
