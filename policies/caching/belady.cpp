// Belady: the resident whose next request is farthest away goes; the bound that no policy without a view of the future beats.
//
//   evict: the latest next request; never requested again is farthest of all. O(log n)
//
// Source:  Belady, IBM Systems Journal 5(2), 1966; Mattson et al., 1970 (OPT). With unit sizes nothing misses less.
// Differs: nothing.
#include "policies/caching/slot_heap.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/offline_cache_policy.hpp"

namespace headroom {
namespace {

class Belady final : public OfflineCachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Belady(const Options&, const Context&) {}

  void foresee(std::int64_t, std::int64_t next) override { next_ = next; }
  // The farthest is the lowest of the heap.
  void insert(Slot slot, std::uint64_t, Bytes) override { residents_.push(slot, -next_); }
  void hit(Slot slot) override { residents_.change(slot, -next_); }
  Slot evict() override { return residents_.pop_lowest(); }
  void remove(Slot slot) override { residents_.take_out(slot); }
  void clear() override { residents_.clear(); }

 private:
  std::int64_t next_ = never;
  SlotHeap<std::int64_t> residents_;
};

const bool offered = offer<OfflineCachePolicy, Belady>("belady", "the resident whose next request is farthest goes: a bound");

}  // namespace
}  // namespace headroom
