// Random: any resident goes, each as likely as the others.
//
//   evict: uniform over the residents. O(1)
//
// Source:  libCacheSim Random; King, "Analysis of demand paging algorithms", IFIP 1971.
// Differs: nothing.
#include <vector>

#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class RandomEviction final : public CachePolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  RandomEviction(const Options&, const Context& context) : random_{context.random_key} {}

  void insert(Slot slot, std::uint64_t, Bytes) override {
    places_.set(slot, residents_.size());
    residents_.push_back(slot);
  }
  void hit(Slot) override {}
  Slot evict() override {
    const Slot slot = residents_[random_.below(residents_.size())];
    remove(slot);
    return slot;
  }
  void remove(Slot slot) override {
    const std::size_t place = places_[slot];
    residents_[place] = residents_.back();
    places_[residents_[place]] = place;
    residents_.pop_back();
  }
  void clear() override { residents_.clear(); }

 private:
  RandomStream random_;
  std::vector<Slot> residents_;
  SlotValues<std::size_t> places_;  // in residents_
};

const bool offered = offer<CachePolicy, RandomEviction>("random", "any resident goes, each as likely as the others");

}  // namespace
}  // namespace headroom
