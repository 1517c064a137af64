// 2Q: what comes once passes through a FIFO queue; what comes back after that goes to an LRU queue.
//
//   in: FIFO, a quarter of the bytes; main: LRU, the rest; out: keys that left in, worth half of the capacity
//   insert: to main if the key is in out (main makes room of its own), else to in. hit: in: nothing; main: to the young end
//   evict: from in if it is above its share, and its key goes to out; else from main. O(1)
//   An object larger than the share of in is not admitted.
//
// Source:  Johnson and Shasha, "2Q: a low overhead high performance buffer management replacement algorithm", VLDB 1994, the full
//          version, with the shares and the order of libCacheSim TwoQ.
// Differs: nothing in what is evicted. Without anything in main, in gives way even below its share.
#include "policies/caching/dropped_slots.hpp"
#include "policies/caching/ghost_queue.hpp"
#include "policies/caching/slot_queue.hpp"
#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class TwoQueues final : public CachePolicy {
 public:
  struct Options {
    Ratio in{0.25};
    Ratio out{0.5};

    void describe(Fields& field) {
      field("in", in, "share of the capacity for what was not seen before", between(0.001, 0.999))(
          "out", out, "what the remembered keys are worth, of the capacity", between(0.0, 10.0));
    }
  };
  TwoQueues(const Options& options, const Context& context)
      : in_share_{share_of(context.capacity, options.in)},
        main_share_{context.capacity.count - in_share_},
        out_share_{share_of(context.capacity, options.out)} {}

  bool admits(Bytes size) const override { return size.count <= in_share_; }
  void announce(std::uint64_t key, Bytes) override { comes_back_ = out_.take(key); }
  void insert(Slot slot, std::uint64_t key, Bytes size) override {
    while (comes_back_ && main_bytes_ + size.count > main_share_ && !main_.empty()) dropped_.push(leave(main_));
    objects_.set(slot, {key, size.count, comes_back_});
    queue_of(slot).push_young(slot);
    bytes_in(slot) += size.count;
    comes_back_ = false;
  }
  void hit(Slot slot) override {
    if (objects_[slot].in_main) main_.make_youngest(slot);
  }
  Slot evict() override {
    if (in_bytes_ <= in_share_ && !main_.empty()) return leave(main_);
    const Slot slot = leave(in_);
    if (objects_[slot].bytes <= out_share_) out_.push(objects_[slot].key, objects_[slot].bytes);
    out_.shrink_to(out_share_);
    return slot;
  }
  bool drops() const override { return true; }
  Slot dropped() override { return dropped_.take(); }
  void remove(Slot slot) override {
    queue_of(slot).take_out(slot);
    bytes_in(slot) -= objects_[slot].bytes;
  }
  void clear() override {
    in_.clear();
    main_.clear();
    out_.clear();
    in_bytes_ = main_bytes_ = 0;
  }

 private:
  struct Object {
    std::uint64_t key = 0;
    std::int64_t bytes = 0;
    bool in_main = false;
  };
  SlotQueue& queue_of(Slot slot) { return objects_[slot].in_main ? main_ : in_; }
  std::int64_t& bytes_in(Slot slot) { return objects_[slot].in_main ? main_bytes_ : in_bytes_; }
  Slot leave(SlotQueue& queue) {
    const Slot slot = queue.oldest();
    remove(slot);
    return slot;
  }

  std::int64_t in_share_, main_share_, out_share_;
  std::vector<SlotLink> links_;
  SlotQueue in_{links_}, main_{links_};
  std::int64_t in_bytes_ = 0, main_bytes_ = 0;
  GhostQueue out_;
  SlotValues<Object> objects_;
  bool comes_back_ = false;  // what was announced
  DroppedSlots dropped_;
};

const bool offered = offer<CachePolicy, TwoQueues>("2q", "what comes once passes through FIFO, what comes back goes to LRU");

}  // namespace
}  // namespace headroom
