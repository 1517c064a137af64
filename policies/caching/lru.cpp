// LRU: the resident that was not used for the longest time goes.
//
//   hit: to the young end; evict: the old end. O(1) each
//
// Source:  libCacheSim LRU; Mattson et al., IBM Systems Journal 9(2), 1970.
// Differs: nothing.
#include "policies/caching/slot_queue.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Lru final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Lru(const Options&, const Context&) {}

  void insert(Slot slot, std::uint64_t, Bytes) override { queue_.push_young(slot); }
  void hit(Slot slot) override { queue_.make_youngest(slot); }
  Slot evict() override { return queue_.pop_oldest(); }
  Slot next_to_go() const override { return queue_.oldest(); }
  void remove(Slot slot) override { queue_.take_out(slot); }
  void clear() override { queue_.clear(); }

 private:
  std::vector<SlotLink> links_;
  SlotQueue queue_{links_};
};

const bool offered = offer<CachePolicy, Lru>("lru", "the resident not used for the longest time goes");

}  // namespace
}  // namespace headroom
