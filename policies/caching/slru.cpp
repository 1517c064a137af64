// SLRU: LRU in segments; every hit moves a resident one segment up, where what has no room sinks down again.
//
//   n segments of capacity / n. insert: the lowest segment with room, else the lowest
//   hit: to the young end of the next segment; above its share, its old end moves to the young end of the one below, and so on;
//        what sinks out of the lowest goes. evict: the old end of the lowest segment that is not empty. O(n)
//   An object larger than a segment is not admitted.
//
// Source:  Karedla, Love and Wherry, "Caching strategies to improve disk system performance", IEEE Computer 27(3), 1994; segments
//          as libCacheSim SLRU has them (aa0fc40), where four are the default.
// Differs: nothing.
#include "policies/caching/dropped_slots.hpp"
#include "policies/caching/segmented_lru.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Slru final : public CachePolicy {
 public:
  struct Options {
    int segments = 4;

    void describe(Fields& field) { field("segments", segments, "how many segments of equal size", between(1, 16)); }
  };
  Slru(const Options& options, const Context& context)
      : segments_{
            std::vector<std::int64_t>(static_cast<std::size_t>(options.segments), context.capacity.count / options.segments),
            links_} {}

  bool admits(Bytes size) const override { return size.count <= segments_.lowest_share(); }
  void insert(Slot slot, std::uint64_t, Bytes size) override { segments_.insert(slot, size.count); }
  void hit(Slot slot) override { segments_.hit(slot, dropped_); }
  Slot evict() override {
    const Slot slot = segments_.oldest();
    segments_.take_out(slot);
    return slot;
  }
  bool drops() const override { return true; }
  Slot dropped() override { return dropped_.take(); }
  void remove(Slot slot) override { segments_.take_out(slot); }
  void clear() override { segments_.clear(); }

 private:
  std::vector<SlotLink> links_;
  SegmentedLru segments_;
  DroppedSlots dropped_;
};

const bool offered = offer<CachePolicy, Slru>("slru", "LRU in segments: every hit moves a resident one up");

}  // namespace
}  // namespace headroom
