#include "sim/cluster/lock_table.hpp"

namespace headroom {

LockTable::Answer LockTable::take(std::uint64_t key, LockHolder holder, Duration length, Duration renew, SimTime now) {
  const Lease taken{holder, now, length, renew, renew > Duration{} ? end_of_time : now + length, false};
  if (Lease* const before = leases_.find(key); before != nullptr) {
    if (before->expires > now) return Answer::held;
    *before = taken;
    return Answer::taken_over;
  }
  // What was abandoned and not asked for since its lease ran out is forgotten.
  leases_.insert(key, taken, [now](const Lease& lease) { return lease.is_abandoned && lease.expires <= now; });
  return Answer::taken;
}

bool LockTable::release(std::uint64_t key, LockHolder holder) {
  const Lease* const lease = leases_.find(key);
  if (lease == nullptr || lease->holder != holder || lease->is_abandoned) return false;
  return leases_.erase(key);
}

}  // namespace headroom
