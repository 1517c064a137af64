// Locks with leases in a shared store: a task takes a key, does its steps, gives the key back.
//
// Each operation takes the store's latency, and has its effect at the end of it. The lease counts from the taking; whoever asks
// after it has run out gets the key, whether its holder is slow (both then work, and the first finds at the end that it was for
// nothing: a duplicate) or gone (the key stalls everybody until then). A holder that renews keeps the key for as long as it
// lives. A task that fails inside gives the key back; one that dies with its replica does not. Source: Burrows, "The Chubby lock
// service", OSDI'06 (leases); Redis documentation, "Distributed locks with Redis" (SET NX PX, release by the holder's token
// only).
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

std::uint64_t ExactRequestPlane::lock_key(const LockSite& site, const Task& task) const {
  return mix(site.key, key_of(site.key, task));
}

// True if it now waits for the store's answer.
bool ExactRequestPlane::ask_for_lock(Index slot, const LockSite& site) {
  Task& task = tasks_[slot];
  task.queued_at = now_;
  const double seconds = locks_[site.lock].latency.draw(mix(task.draw_id, task.pc));
  if (seconds <= 0.0) return false;
  sleep(slot, to_duration(seconds), woken, "lock");
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.uses(slot, StationKind::lock, site.lock);
  return true;
}

// True if the task goes on, with the key or past the steps; else it asks again later, or has failed.
bool ExactRequestPlane::take_lock(Index slot, const LockSite& site) {
  Task& task = tasks_[slot];
  Lock& lock = locks_[site.lock];
  const auto answer = lock.table.take(lock_key(site, task), {slot, task.draw_id}, site.lease, site.renew, now_);
  lock.contention->whole += 1.0;
  if (answer != LockTable::Answer::held) {
    if (answer == LockTable::Answer::taken_over) lock.expired->add();
    lock.wait->record(now_ - task.queued_at);
    ++task.pc;
    return true;
  }
  lock.contention->part += 1.0;
  switch (site.on_held) {
    case OnHeld::skip: task.pc = site.after; return true;
    case OnHeld::fail: end_task(slot, TaskOutcome::lock_held); return false;
    case OnHeld::wait: break;
  }
  const double seconds = lock.latency.draw(mix(task.draw_id, static_cast<std::uint64_t>(now_.time_since_epoch().count())));
  sleep(slot, site.poll + to_duration(seconds), woken, "lock");
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.waits(slot, StationKind::lock, site.lock);
  return false;
}

void ExactRequestPlane::release_lock(Index slot, const LockSite& site) {
  const Task& task = tasks_[slot];
  Lock& lock = locks_[site.lock];
  if (!lock.table.release(lock_key(site, task), {slot, task.draw_id})) lock.duplicates->add();
}

// Of a task that fails where it stands: the keys that it holds, and no others.
void ExactRequestPlane::release_locks_around(Index slot) {
  const Task& task = tasks_[slot];
  for (Index i = program_.lock_around[task.pc]; i != no_index; i = program_.lock_sites[i].outer) {
    const LockSite& site = program_.lock_sites[i];
    locks_[site.lock].table.release(lock_key(site, task), {slot, task.draw_id});
  }
}

// Before the tasks of a replica that dies are ended.
void ExactRequestPlane::abandon_locks(Index replica) {
  for (Lock& lock : locks_) {
    lock.table.abandon(now_, [&](const LockHolder& holder) {
      const Task& task = tasks_[holder.slot];
      return task.draw_id == holder.draw_id && task.replica == replica;
    });
  }
}

}  // namespace headroom
