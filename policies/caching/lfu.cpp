// LFU: the resident that was used least often goes.
//
//   insert: count 1. hit: count + 1. A count is forgotten when its object leaves
//   evict: the lowest count; of several the one that reached it first (ties "newest": last, as CR-LFU). O(log n)
//
// Source:  libCacheSim LFU, CR_LFU; Rodriguez et al., "Learning cache replacement with CACHEUS", FAST 2021 (the newest first).
// Differs: nothing.
#include "policies/caching/slot_heap.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Lfu final : public CachePolicy {
 public:
  struct Options {
    std::string ties = "oldest";

    void describe(Fields& field) {
      field.choice("ties", ties, "which of the residents with the lowest count goes: that reached it first, or last",
                   {"oldest", "newest"});
    }
  };
  Lfu(const Options& options, const Context&) : newest_{options.ties == "newest"} {}

  void insert(Slot slot, std::uint64_t, Bytes) override { residents_.push(slot, {1, turn()}); }
  void hit(Slot slot) override { residents_.change(slot, {residents_.rank_of(slot).count + 1, turn()}); }
  Slot evict() override { return residents_.pop_lowest(); }
  void remove(Slot slot) override { residents_.take_out(slot); }
  void clear() override { residents_.clear(); }

 private:
  struct Rank {
    std::int64_t count;
    std::int64_t turn;
    auto operator<=>(const Rank&) const = default;
  };
  std::int64_t turn() { return newest_ ? --turn_ : ++turn_; }

  bool newest_;
  std::int64_t turn_ = 0;
  SlotHeap<Rank> residents_;
};

const bool offered = offer<CachePolicy, Lfu>("lfu", "the resident used least often goes");

}  // namespace
}  // namespace headroom
