// SIEVE: a FIFO queue in which a hand lets go what was not used since it last came by; nothing moves.
//
//   insert: at the young end with bit 0. hit: bit 1
//   evict: from where the hand stands (at first the old end) towards the young end; bit 1 is cleared, the first bit 0 goes, and
//          the hand stays at the next younger; past the young end it begins at the old one. O(1) amortised
//
// Source:  Zhang et al., "SIEVE is simpler than LRU", NSDI 2024; libCacheSim Sieve.
// Differs: nothing.
#include "policies/caching/slot_queue.hpp"
#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Sieve final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Sieve(const Options&, const Context&) {}

  void insert(Slot slot, std::uint64_t, Bytes) override {
    used_.set(slot, 0);
    queue_.push_young(slot);
  }
  void hit(Slot slot) override { used_[slot] = 1; }
  Slot evict() override {
    Slot candidate = hand_ == no_slot ? queue_.oldest() : hand_;
    while (used_[candidate] != 0) {
      used_[candidate] = 0;
      const Slot younger = queue_.younger_than(candidate);
      candidate = younger == no_slot ? queue_.oldest() : younger;
    }
    hand_ = candidate;
    remove(candidate);
    return candidate;
  }
  void remove(Slot slot) override {
    if (slot == hand_) hand_ = queue_.younger_than(slot);
    queue_.take_out(slot);
  }
  void clear() override {
    queue_.clear();
    hand_ = no_slot;
  }

 private:
  std::vector<SlotLink> links_;
  SlotQueue queue_{links_};
  SlotValues<std::uint8_t> used_;
  Slot hand_ = no_slot;  // none: at the old end
};

const bool offered = offer<CachePolicy, Sieve>("sieve", "FIFO with a hand that passes by what was used");

}  // namespace
}  // namespace headroom
