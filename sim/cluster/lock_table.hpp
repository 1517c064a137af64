// LockTable: who holds which key of a lock, until when. A lease that is over is noticed when somebody asks for its key: nothing
// has to happen for it to end. No allocation once as many keys have been held as are held at a time.
#pragma once

#include <cstdint>

#include "sim/cluster/blueprint.hpp"
#include "sim/core/probing_table.hpp"
#include "sim/core/time.hpp"

namespace headroom {

// A task, for as long as it lives.
struct LockHolder {
  Index slot = no_index;
  std::uint64_t draw_id = 0;
  bool operator==(const LockHolder&) const = default;
};

class LockTable {
 public:
  enum class Answer : std::uint8_t { taken, taken_over, held };  // taken over: from a holder whose lease had run out

  Answer take(std::uint64_t key, LockHolder holder, Duration lease, Duration renew, SimTime now);
  // False if it is another's by now, or was meanwhile: the lease had run out.
  bool release(std::uint64_t key, LockHolder holder);
  // Whoever is_gone(holder) no longer renews and never releases: their keys are held until their leases run out.
  template <class IsGone>
  void abandon(SimTime now, const IsGone& is_gone) {
    leases_.for_each([&](std::uint64_t, Lease& lease) {
      if (lease.is_abandoned || !is_gone(lease.holder)) return;
      lease.is_abandoned = true;
      if (lease.renew > Duration{})
        lease.expires = lease.taken + ((now - lease.taken) / lease.renew) * lease.renew + lease.length;
    });
  }
  std::size_t size() const { return leases_.size(); }

 private:
  struct Lease {
    LockHolder holder;
    SimTime taken{};
    Duration length{}, renew{};  // renew zero: never
    SimTime expires{};           // end_of_time while its holder renews it
    bool is_abandoned = false;
    bool in_use() const { return holder.slot != no_index; }
  };

  ProbingTable<Lease> leases_;
};

}  // namespace headroom
