// MRU: the resident that was used last goes; right for scans that come round, wrong for nearly everything else.
//
//   hit: to the young end; evict: the young end. O(1) each
//
// Source:  libCacheSim MRU; Chou and DeWitt, VLDB 1985.
// Differs: nothing.
#include "policies/caching/slot_queue.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Mru final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Mru(const Options&, const Context&) {}

  void insert(Slot slot, std::uint64_t, Bytes) override { queue_.push_young(slot); }
  void hit(Slot slot) override { queue_.make_youngest(slot); }
  Slot evict() override {
    const Slot youngest = queue_.youngest();
    queue_.take_out(youngest);
    return youngest;
  }
  void remove(Slot slot) override { queue_.take_out(slot); }
  void clear() override { queue_.clear(); }

 private:
  std::vector<SlotLink> links_;
  SlotQueue queue_{links_};
};

const bool offered = offer<CachePolicy, Mru>("mru", "the resident that was used last goes");

}  // namespace
}  // namespace headroom
