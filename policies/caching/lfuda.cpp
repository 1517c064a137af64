// LFUDA: least frequently used with dynamic ageing, so that what was popular once does not stay for ever.
//
//   insert: count = age + 1. hit: count = count + age. age = the lowest count when something was last evicted or moved up
//   evict: the lowest count that is not below the age; of several the one that reached it first. O(log n)
//
// Source:  Arlitt et al., HP Laboratories HPL-98-173, 1999, as libCacheSim LFUDA runs it (aa0fc40).
// Differs: from the paper (hit: age + uses) in what the source does: a hit adds the age, and a resident that was overtaken by the
//          age on a hit is passed over until its next hit. Where only such are left, the one that was overtaken first goes.
//          Counts of what is hit again and again double; they end at 2^61, where the source's would wrap.
#include <algorithm>

#include "policies/caching/slot_heap.hpp"
#include "policies/caching/slot_queue.hpp"
#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

constexpr std::int64_t highest_count = std::int64_t{1} << 61U;

class Lfuda final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Lfuda(const Options&, const Context&) {}

  void insert(Slot slot, std::uint64_t, Bytes) override {
    counts_.set(slot, age_ + 1);
    enter(slot);
  }
  void hit(Slot slot) override {
    const std::int64_t before = counts_[slot];
    remove(slot);
    counts_[slot] = std::min(before + age_, highest_count);
    if (before == age_) follow_lowest();
    enter(slot);
  }
  Slot evict() override {
    if (residents_.empty()) return overtaken_.pop_oldest();
    const Slot slot = residents_.pop_lowest();
    age_ = counts_[slot];
    follow_lowest();
    return slot;
  }
  void remove(Slot slot) override {
    if (residents_.contains(slot))
      residents_.take_out(slot);
    else
      overtaken_.take_out(slot);
  }
  void clear() override {
    residents_.clear();
    overtaken_.clear();
    age_ = 0;
  }

 private:
  struct Rank {
    std::int64_t count;
    std::uint64_t turn;
    auto operator<=>(const Rank&) const = default;
  };
  void enter(Slot slot) {
    if (counts_[slot] < age_)
      overtaken_.push_young(slot);
    else
      residents_.push(slot, {counts_[slot], ++turn_});
  }
  void follow_lowest() {
    if (!residents_.empty()) age_ = residents_.rank_of(residents_.lowest()).count;
  }

  std::int64_t age_ = 0;
  std::uint64_t turn_ = 0;
  SlotValues<std::int64_t> counts_;
  SlotHeap<Rank> residents_;
  std::vector<SlotLink> links_;
  SlotQueue overtaken_{links_};
};

const bool offered = offer<CachePolicy, Lfuda>("lfuda", "least frequently used, with ageing");

}  // namespace
}  // namespace headroom
