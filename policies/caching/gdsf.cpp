// GDSF: what is used seldom for its size goes, and everything ages.
//
//   priority = age + 10^6 × uses / bytes; age = priority of what was evicted last
//   evict: the lowest priority; of several the one that got it first. O(log n)
//
// Source:  Cherkasova, HP Laboratories HPL-98-69, 1998, with cost 1, as libCacheSim GDSF.
// Differs: nothing.
#include <algorithm>

#include "policies/caching/slot_heap.hpp"
#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Gdsf final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Gdsf(const Options&, const Context&) {}

  void insert(Slot slot, std::uint64_t, Bytes size) override {
    objects_.set(slot, {1, std::max<std::int64_t>(1, size.count)});
    residents_.push(slot, rank_of(objects_[slot]));
  }
  void hit(Slot slot) override {
    ++objects_[slot].uses;
    residents_.change(slot, rank_of(objects_[slot]));
  }
  Slot evict() override {
    age_ = residents_.rank_of(residents_.lowest()).priority;
    return residents_.pop_lowest();
  }
  void remove(Slot slot) override { residents_.take_out(slot); }
  void clear() override {
    residents_.clear();
    age_ = 0.0;
  }

 private:
  struct Object {
    std::int64_t uses = 0;
    std::int64_t bytes = 1;
  };
  struct Rank {
    double priority;
    std::uint64_t turn;
    bool operator<(const Rank& other) const {
      return priority < other.priority || (priority == other.priority && turn < other.turn);
    }
  };
  Rank rank_of(const Object& object) {
    return {age_ + 1.0e6 * static_cast<double>(object.uses) / static_cast<double>(object.bytes), ++turn_};
  }

  double age_ = 0.0;
  std::uint64_t turn_ = 0;
  SlotValues<Object> objects_;
  SlotHeap<Rank> residents_;
};

const bool offered = offer<CachePolicy, Gdsf>("gdsf", "greedy dual: what is used seldom for its size goes");

}  // namespace
}  // namespace headroom
