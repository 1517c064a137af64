// LockTable: who holds which key of a lock, until when. A lease that is over is noticed when somebody asks for its key: nothing
// has to happen for it to end. No allocation once as many keys have been held as are held at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/blueprint.hpp"
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
  struct Entry {
    std::uint64_t key = 0;
    LockHolder holder;
    SimTime taken{};
    Duration lease{}, renew{};  // renew zero: never
    SimTime expires{};          // end_of_time while its holder renews it
    bool is_abandoned = false;
  };
  enum class Answer : std::uint8_t { taken, taken_over, held };  // taken over: from a holder whose lease had run out

  LockTable() : entries_(16) {}

  Answer take(std::uint64_t key, LockHolder holder, Duration lease, Duration renew, SimTime now);
  // False if it is another's by now, or was meanwhile: the lease had run out.
  bool release(std::uint64_t key, LockHolder holder);
  // Whoever is_gone(holder) no longer renews and never releases: their keys are held until their leases run out.
  template <class IsGone>
  void abandon(SimTime now, const IsGone& is_gone) {
    for (Entry& entry : entries_) {
      if (entry.holder.slot == no_index || entry.is_abandoned || !is_gone(entry.holder)) continue;
      entry.is_abandoned = true;
      if (entry.renew > Duration{}) entry.expires = entry.taken + ((now - entry.taken) / entry.renew) * entry.renew + entry.lease;
    }
  }
  std::size_t size() const { return in_use_; }

 private:
  std::size_t home_of(std::uint64_t key) const;
  std::size_t place_of(std::uint64_t key) const;
  void make_room(SimTime now);
  void erase(std::size_t hole);

  std::vector<Entry> entries_;  // linear probing; a power of two, at most half full
  std::size_t in_use_ = 0;
};

}  // namespace headroom
