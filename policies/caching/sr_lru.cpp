// SR-LRU: what is used once goes through half of the room, what is used again stays in the other half.
//
//   the lists of scan_resistant_lists.hpp. evict: the oldest of those used once; if there is none, of those used again
//   A miss lets what is above the half of those used once go, so they may leave though there is room. O(1) each
//
// Source:  Rodriguez et al., "Learning cache replacement with CACHEUS", FAST 2021; libCacheSim SR_LRU (aa0fc40).
// Differs: from the paper as libCacheSim does: the halves stay halves.
#include "policies/caching/dropped_slots.hpp"
#include "policies/caching/scan_resistant_lists.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class SrLru final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  SrLru(const Options&, const Context& context) : lists_{context.capacity.count} {}

  bool admits(Bytes size) const override { return lists_.admits(size); }
  void insert(Slot slot, std::uint64_t key, Bytes size) override {
    lists_.insert(slot, key, size.count, [this](Slot gone) { dropped_.push(gone); });
  }
  void hit(Slot slot) override { lists_.hit(slot); }
  Slot evict() override { return dropped_.empty() ? lists_.leave(lists_.first_to_go()) : dropped_.take(); }
  bool drops() const override { return true; }
  Slot dropped() override { return dropped_.take(); }
  void remove(Slot slot) override { lists_.take_out(slot); }
  void clear() override { lists_.clear(); }

 private:
  ScanResistantLists lists_;
  DroppedSlots dropped_;
};

const bool offered = offer<CachePolicy, SrLru>("sr-lru", "what is used once goes through half of the room");

}  // namespace
}  // namespace headroom
