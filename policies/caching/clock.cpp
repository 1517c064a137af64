// CLOCK: FIFO that gives what was used a second chance.
//
//   insert: bit 0. hit: bit 1
//   evict: look at the old end; bit 1 is cleared and the resident moves to the young end, bit 0 goes. O(1) amortised
//
// Source:  Corbató, MIT Project MAC memo 384, 1968, as libCacheSim Clock with one bit.
// Differs: nothing.
#include "policies/caching/slot_queue.hpp"
#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Clock final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Clock(const Options&, const Context&) {}

  void insert(Slot slot, std::uint64_t, Bytes) override {
    used_.set(slot, 0);
    queue_.push_young(slot);
  }
  void hit(Slot slot) override { used_[slot] = 1; }
  Slot evict() override {
    while (used_[queue_.oldest()] != 0) {
      used_[queue_.oldest()] = 0;
      queue_.make_youngest(queue_.oldest());
    }
    return queue_.pop_oldest();
  }
  void remove(Slot slot) override { queue_.take_out(slot); }
  void clear() override { queue_.clear(); }

 private:
  std::vector<SlotLink> links_;
  SlotQueue queue_{links_};
  SlotValues<std::uint8_t> used_;
};

const bool offered = offer<CachePolicy, Clock>("clock", "FIFO with a second chance for what was used");

}  // namespace
}  // namespace headroom
