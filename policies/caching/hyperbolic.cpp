// Hyperbolic caching: of some residents looked at, the one used least often for the time that it has been here goes.
//
//   priority = uses / requests since it came; evict: the lowest of 64 drawn at random, with repetition. O(64)
//
// Source:  Blankstein, Sen and Freedman, "Hyperbolic caching: flexible caching for web applications", USENIX ATC 2017, as
//          libCacheSim Hyperbolic with its 64 samples.
// Differs: requests that are not admitted are not counted.
#include <vector>

#include "policies/caching/slot_values.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Hyperbolic final : public CachePolicy {
 public:
  struct Options {
    int samples = 64;

    void describe(Fields& field) { field("samples", samples, "residents looked at for an eviction", between(1, 1024)); }
  };
  Hyperbolic(const Options& options, const Context& context) : samples_{options.samples}, random_{context.random_key} {}

  void announce(std::uint64_t, Bytes) override { ++requests_; }
  void insert(Slot slot, std::uint64_t, Bytes) override {
    objects_.set(slot, {residents_.size(), 1, requests_});
    residents_.push_back(slot);
  }
  void hit(Slot slot) override {
    ++requests_;
    ++objects_[slot].uses;
  }
  Slot evict() override {
    Slot worst = draw();
    for (int i = 1; i < samples_; ++i) {
      const Slot other = draw();
      if (priority_of(other) < priority_of(worst)) worst = other;
    }
    remove(worst);
    return worst;
  }
  void remove(Slot slot) override {
    const std::size_t place = objects_[slot].place;
    residents_[place] = residents_.back();
    objects_[residents_[place]].place = place;
    residents_.pop_back();
  }
  void clear() override { residents_.clear(); }

 private:
  struct Object {
    std::size_t place = 0;  // in residents_
    std::uint64_t uses = 0;
    std::uint64_t came = 0;  // number of the request
  };
  Slot draw() { return residents_[random_.below(residents_.size())]; }
  // What has only just come has an age of one request.
  double priority_of(Slot slot) const {
    const Object& object = objects_[slot];
    return static_cast<double>(object.uses) / static_cast<double>(std::max<std::uint64_t>(requests_ - object.came, 1));
  }

  int samples_;
  RandomStream random_;
  std::uint64_t requests_ = 0;
  std::vector<Slot> residents_;
  SlotValues<Object> objects_;
};

const bool offered = offer<CachePolicy, Hyperbolic>("hyperbolic", "of a sample, what is used least for its time here goes");

}  // namespace
}  // namespace headroom
