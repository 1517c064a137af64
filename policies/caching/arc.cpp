// ARC: recency and frequency share the room, and what comes back from their ghosts moves the border.
//
//   T1 seen once, T2 seen again, B1 and B2 their ghosts, all counted in bytes; p = target of T1, at first 0; C = capacity
//   hit: to the young end of T2
//   miss in B1: p = min(C, p + max(B2 / B1, 1)); in B2: p = max(0, p - max(B1 / B2, 1)); both enter T2, others T1
//   evict: a new object and T1 + B1 + size > C: the old end of B1 is forgotten and replace, or without B1 the old end of T1 goes
//          else (new, and all four hold 2 C or more: the old end of B2 is forgotten) replace
//   replace: from T1 if it is above p (at p for what came from B2) or T2 is empty, else from T2; its key becomes a ghost. O(1)
//
// Source:  Megiddo and Modha, "ARC: a self-tuning, low overhead replacement cache", FAST 2003, as libCacheSim ARC runs it.
// Differs: from the paper in that room is made only when it is needed, and that sizes are bytes (p still moves by ratios of
//          them: with large objects it hardly adapts).
#include <algorithm>

#include "policies/caching/ghost_queue.hpp"
#include "policies/caching/slot_queue.hpp"
#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Arc final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Arc(const Options&, const Context& context) : capacity_{context.capacity.count} {}

  void announce(std::uint64_t key, Bytes size) override {
    coming_ = size.count;
    came_from_ = From::nowhere;
    const double seen_once = static_cast<double>(once_.ghosts.bytes()), seen_again = static_cast<double>(again_.ghosts.bytes());
    if (once_.ghosts.take(key)) {
      came_from_ = From::once;
      target_ = std::min(target_ + std::max(seen_again / seen_once, 1.0), static_cast<double>(capacity_));
    } else if (again_.ghosts.take(key)) {
      came_from_ = From::again;
      target_ = std::max(target_ - std::max(seen_once / seen_again, 1.0), 0.0);
    }
  }
  void insert(Slot slot, std::uint64_t key, Bytes size) override {
    objects_.set(slot, {key, size.count, came_from_ != From::nowhere});
    enter(slot);
    came_from_ = From::nowhere;
  }
  void hit(Slot slot) override {
    remove(slot);
    objects_[slot].again = true;
    enter(slot);
  }
  Slot evict() override {
    if (came_from_ != From::nowhere) return replace();
    if (once_.bytes + once_.ghosts.bytes() + coming_ > capacity_) {
      if (!once_.ghosts.empty())
        once_.ghosts.drop_oldest();
      else if (!once_.queue.empty())
        return leave(once_);
    } else if (once_.bytes + once_.ghosts.bytes() + again_.bytes + again_.ghosts.bytes() >= 2 * capacity_) {
      if (!again_.ghosts.empty()) again_.ghosts.drop_oldest();
    }
    return replace();
  }
  void remove(Slot slot) override {
    Half& half = half_of(slot);
    half.queue.take_out(slot);
    half.bytes -= objects_[slot].bytes;
  }
  void clear() override {
    for (Half* half : {&once_, &again_}) {
      half->queue.clear();
      half->ghosts.clear();
      half->bytes = 0;
    }
    target_ = 0.0;
    came_from_ = From::nowhere;
  }

 private:
  struct Object {
    std::uint64_t key = 0;
    std::int64_t bytes = 0;
    bool again = false;
  };
  struct Half {
    explicit Half(std::vector<SlotLink>& links) : queue{links} {}
    SlotQueue queue;
    std::int64_t bytes = 0;
    GhostQueue ghosts;
  };
  enum class From : std::uint8_t { nowhere, once, again };

  Half& half_of(Slot slot) { return objects_[slot].again ? again_ : once_; }
  void enter(Slot slot) {
    Half& half = half_of(slot);
    half.queue.push_young(slot);
    half.bytes += objects_[slot].bytes;
  }
  Slot leave(Half& half) {
    const Slot slot = half.queue.oldest();
    remove(slot);
    return slot;
  }
  Slot replace() {
    const double once = static_cast<double>(once_.bytes);
    const bool above = once > target_ || (once == target_ && came_from_ == From::again);
    Half& half = (!once_.queue.empty() && above) || again_.queue.empty() ? once_ : again_;
    const Slot slot = leave(half);
    half.ghosts.push(objects_[slot].key, objects_[slot].bytes);
    return slot;
  }

  std::int64_t capacity_;
  std::vector<SlotLink> links_;
  Half once_{links_}, again_{links_};
  SlotValues<Object> objects_;
  double target_ = 0.0;  // of once_.bytes
  std::int64_t coming_ = 0;
  From came_from_ = From::nowhere;  // what was announced
};

const bool offered = offer<CachePolicy, Arc>("arc", "adaptive: recency and frequency share the room, ghosts move the border");

}  // namespace
}  // namespace headroom
