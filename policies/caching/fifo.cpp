// FIFO: the resident that came first goes, used or not.
//
//   hit: nothing; evict: the old end. O(1) each
//
// Source:  libCacheSim FIFO.
// Differs: nothing.
#include "policies/caching/slot_queue.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Fifo final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Fifo(const Options&, const Context&) {}

  void insert(Slot slot, std::uint64_t, Bytes) override { queue_.push_young(slot); }
  void hit(Slot) override {}
  Slot evict() override { return queue_.pop_oldest(); }
  Slot next_to_go() const override { return queue_.oldest(); }
  void remove(Slot slot) override { queue_.take_out(slot); }
  void clear() override { queue_.clear(); }

 private:
  std::vector<SlotLink> links_;
  SlotQueue queue_{links_};
};

const bool offered = offer<CachePolicy, Fifo>("fifo", "the resident that came first goes");

}  // namespace
}  // namespace headroom
