// S3-FIFO: three queues; what is used once only passes through the small one, what comes back soon after goes to the main one.
//
//   small: 10 % of the bytes, main: the rest, ghost: keys that left small, worth 90 % of the capacity
//   insert: to main if the key is a ghost, else to small. hit: counter + 1
//   evict:  from main if it is above its share or small is empty, else from small
//           small: counter >= 2 moves to main with counter 0 and the search goes on; otherwise the key becomes a ghost and goes
//           main:  counter >= 1 goes back to the young end with min(counter, 3) - 1; otherwise it goes
//   All O(1) amortised.
//
// Source:  Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023, as libCacheSim runs it (S3FIFO.c,
//          aa0fc40). An object that does not leave room in the small share is not admitted at all, there and here.
// Differs: nothing in what is evicted. The ghost queue is cut to its size after the insertion that filled it, so that a key is
//          still found after the evictions that made room for it: there it is looked up before them.
#include <algorithm>
#include <vector>

#include "policies/caching/ghost_queue.hpp"
#include "policies/caching/slot_queue.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class S3Fifo final : public CachePolicy {
 public:
  struct Options {
    Ratio small{0.1};
    Ratio ghost{0.9};
    int move_to_main = 2;

    void describe(Fields& field) {
      field("small", small, "share of the capacity for the small queue", between(0.001, 0.999))(
          "ghost", ghost, "what the remembered keys are worth, of the capacity", between(0.0, 10.0))(
          "move_to_main", move_to_main, "hits in the small queue that earn a place in the main one", between(1, 3));
    }
  };

  S3Fifo(const Options& options, const Context& context)
      : small_share_{share_of(context.capacity, options.small)},
        main_share_{context.capacity.count - small_share_},
        ghost_share_{share_of(context.capacity, options.ghost)},
        move_to_main_{options.move_to_main} {}

  bool admits(Bytes size) const override { return size.count < small_share_; }

  void insert(Slot slot, std::uint64_t key, Bytes size) override {
    if (slot >= residents_.size()) residents_.resize(std::max<std::size_t>(std::size_t{slot} + 1, residents_.size() * 2));
    residents_[slot] = {key, size.count, 0, ghosts_.take(key)};
    queue_of(slot).push_young(slot);
    bytes_in(slot) += size.count;
    ghosts_.shrink_to(ghost_share_);
  }
  void hit(Slot slot) override {
    std::uint8_t& hits = residents_[slot].hits;
    if (hits < 3) ++hits;  // more make no difference
  }
  Slot evict() override {
    for (;;) {
      const bool from_main = main_bytes_ > main_share_ || small_.empty();
      const Slot victim = from_main ? evict_from_main() : evict_from_small();
      if (victim != SlotQueue::none) return victim;
    }
  }
  Slot next_to_go() const override { return small_.oldest(); }
  void remove(Slot slot) override { leave(slot); }
  void clear() override {
    small_.clear();
    main_.clear();
    ghosts_.clear();
    small_bytes_ = main_bytes_ = 0;
  }

 private:
  struct Resident {
    std::uint64_t key = 0;
    std::int64_t bytes = 0;
    std::uint8_t hits = 0;
    bool in_main = false;
  };

  SlotQueue& queue_of(Slot slot) { return residents_[slot].in_main ? main_ : small_; }
  std::int64_t& bytes_in(Slot slot) { return residents_[slot].in_main ? main_bytes_ : small_bytes_; }

  void leave(Slot slot) {
    queue_of(slot).take_out(slot);
    bytes_in(slot) -= residents_[slot].bytes;
  }
  // None if all that was small has moved to main.
  Slot evict_from_small() {
    while (!small_.empty()) {
      const Slot oldest = small_.oldest();
      Resident& resident = residents_[oldest];
      leave(oldest);
      if (resident.hits < move_to_main_) {
        if (resident.bytes <= ghost_share_) ghosts_.push(resident.key, resident.bytes);
        return oldest;
      }
      resident.hits = 0;
      resident.in_main = true;
      main_.push_young(oldest);
      main_bytes_ += resident.bytes;
    }
    return SlotQueue::none;
  }
  // Main is not empty.
  Slot evict_from_main() {
    for (;;) {
      const Slot oldest = main_.oldest();
      std::uint8_t& hits = residents_[oldest].hits;
      if (hits == 0) {
        leave(oldest);
        return oldest;
      }
      --hits;
      main_.make_youngest(oldest);
    }
  }

  std::int64_t small_share_, main_share_, ghost_share_;
  int move_to_main_;
  std::vector<SlotLink> links_;
  SlotQueue small_{links_}, main_{links_};
  std::int64_t small_bytes_ = 0, main_bytes_ = 0;
  std::vector<Resident> residents_;
  GhostQueue ghosts_;
};

const bool offered =
    offer<CachePolicy, S3Fifo>("s3-fifo", "small, main and ghost FIFO queues: quick demotion of what is used once");

}  // namespace
}  // namespace headroom
