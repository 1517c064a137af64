// Loads of a cache that others wait for, and loads that nobody waits for.
//
// A cache that coalesces has one load of a key under way at a time, its flight: who misses the key meanwhile waits until that has
// filled it, and goes on as if it had hit. When a load fails, the first who waits loads in turn; who has waited too long loads
// for itself. Source: nginx, ngx_http_proxy_module, proxy_cache_lock and proxy_cache_lock_timeout (5 s). Past its soft time to
// live an entry is served as it is, and the first who meets it leaves one refresh to its replica: on_miss, with the numbers that
// it would have drawn on a miss. Source: RFC 5861, stale-while-revalidate.
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

// One tier's, whatever the generation of its entries.
std::uint64_t ExactRequestPlane::flight_key(const CacheSite& site, const Task& task) const {
  const CacheScope scope = caches_[site.cache].scope;
  const Index tier = scope == CacheScope::shared ? 0 : scope == CacheScope::region ? region_of(task) : task.replica;
  const std::uint64_t place = (std::uint64_t{site.cache} << 32) | tier;
  return mix(place, mix(site.key, key_of(site.key, task)));
}

// True if the task now waits for another's load; else it begins one.
bool ExactRequestPlane::join_flight(Index slot, const CacheSite& site, Duration latency) {
  Task& task = tasks_[slot];
  const std::uint64_t key = flight_key(site, task);
  Flight* const flight = flights_.find(key);
  if (flight == nullptr) {
    flights_.insert(key, {slot, {}});
    return false;
  }
  const Cache& cache = caches_[site.cache];
  cache.coalesced->add();
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.waits_for_load(slot, site);
  flight->waiters.push_back(tasks_, slot);
  task.state = TaskState::coalesced;
  task.queued_at = now_ + latency;  // it does not go on before
  task.timer = events_.schedule(now_ + cache.coalesce_limit, load_overdue, slot);
  return true;
}

void ExactRequestPlane::refresh(Index slot, const Instruction& instruction) {
  const CacheSite& site = program_.cache_sites[instruction.a];
  const Cache& cache = caches_[site.cache];
  cache.stale_served->add();
  const std::uint64_t key = flight_key(site, tasks_[slot]);
  if (flights_.find(key) != nullptr) return;
  cache.refreshes->add();
  const auto lookup = static_cast<Index>(&instruction - program_.code.data());
  const Index loader = launch_background(slot, instruction.a, lookup + 1);
  flights_.insert(key, {loader, {}});
  make_runnable(loader, tasks_[loader]);
}

// The load has filled its key.
void ExactRequestPlane::land(Index loader, const CacheSite& site) {
  const std::uint64_t key = flight_key(site, tasks_[loader]);
  const Flight* const flight = flights_.find(key);
  if (flight == nullptr || flight->loader != loader) return;
  TaskList waiters = flight->waiters;
  flights_.erase(key);
  while (!waiters.empty()) {
    const Index waiter = waiters.pop_front(tasks_);
    go_on_from_flight(waiter, program_.code[tasks_[waiter].pc].b);
  }
}

// Where the look-up that it stands at would have led it.
void ExactRequestPlane::go_on_from_flight(Index slot, Index pc) {
  Task& task = tasks_[slot];
  task.pc = pc;
  task.timer = 0;
  if (task.queued_at > now_) return sleep(slot, task.queued_at - now_, woken);
  make_runnable(slot, task);
}

void ExactRequestPlane::leave_flight(Index slot) {
  const Task& task = tasks_[slot];
  const CacheSite& site = program_.cache_sites[program_.code[task.pc].a];
  flights_.find(flight_key(site, task))->waiters.remove(tasks_, slot);
}

void ExactRequestPlane::on_load_overdue(Index slot) {
  leave_flight(slot);
  go_on_from_flight(slot, tasks_[slot].pc + 1);
}

// Its loader is gone without a value.
void ExactRequestPlane::pass_flight(std::uint64_t key) {
  Flight& flight = *flights_.find(key);
  if (flight.waiters.empty()) {
    flights_.erase(key);
    return;
  }
  flight.loader = flight.waiters.pop_front(tasks_);
  go_on_from_flight(flight.loader, tasks_[flight.loader].pc + 1);
}

// Of a task that fails where it stands.
void ExactRequestPlane::abandon_loads_around(Index slot) {
  const Task& task = tasks_[slot];
  for (Index i = program_.load_around[task.pc]; i != no_index; i = program_.cache_sites[i].outer) {
    const CacheSite& site = program_.cache_sites[i];
    if (!caches_[site.cache].has_flights) continue;
    const std::uint64_t key = flight_key(site, task);
    if (const auto* flight = flights_.find(key); flight != nullptr && flight->loader == slot) pass_flight(key);
  }
}

// Before the tasks of a replica that dies are ended; those of them that waited have left.
void ExactRequestPlane::abandon_flights(Index replica) {
  std::vector<std::uint64_t> abandoned;
  flights_.for_each([&](std::uint64_t key, const Flight& flight) {
    if (tasks_[flight.loader].replica == replica) abandoned.push_back(key);
  });
  for (const std::uint64_t key : abandoned) pass_flight(key);
}

}  // namespace headroom
