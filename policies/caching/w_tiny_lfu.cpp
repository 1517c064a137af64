// W-TinyLFU: a small LRU window before a segmented LRU; who leaves the window must be asked for more often than whom it replaces.
//
//   window: 1 % of the bytes, LRU; main: the rest, two LRU segments (1 : 4)
//   insert: into the window. hit: window: to the young end; main: one segment up
//   evict: the window's old end moves to main while that has room; else it replaces main's old end if its estimated count is
//          higher, and whoever lost goes. Without anything in the window, main's old end goes. O(1)
//   count: four rows of 4-bit counters, of the lowest ones each is raised (conservative update); all are halved after 32
//          counted requests per resident. A larger object than the window or main's first segment is not admitted.
//
// Source:  Einziger, Friedman and Manes, "TinyLFU: a highly efficient cache admission policy", ACM ToS 13(4), 2017, in the order
//          of libCacheSim WTinyLFU: hits in the window are not counted, and it fills the whole cache before main does.
// Differs: from libCacheSim in the counters (there a counting Bloom filter without an upper limit, halved after 32 requests per
//          byte of main); from the paper in having no doorkeeper.
#include <algorithm>
#include <array>

#include "policies/caching/dropped_slots.hpp"
#include "policies/caching/segmented_lru.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

// Estimates how often a key was counted, never too low but for the halving and the limit of 15.
class CountSketch {
 public:
  explicit CountSketch(int counters) {
    while (width_ < static_cast<std::size_t>(counters)) width_ *= 2;
    for (auto& row : rows_) row.assign(width_, 0);
  }
  std::uint8_t count_of(std::uint64_t key) const {
    std::uint8_t lowest = most;
    for (std::size_t row = 0; row < rows_.size(); ++row) lowest = std::min(lowest, rows_[row][place_of(key, row)]);
    return lowest;
  }
  void add(std::uint64_t key) {
    const std::uint8_t lowest = count_of(key);
    if (lowest == most) return;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      std::uint8_t& counter = rows_[row][place_of(key, row)];
      if (counter == lowest) ++counter;
    }
  }
  void halve() {
    for (auto& row : rows_) {
      for (std::uint8_t& counter : row) counter = static_cast<std::uint8_t>(counter / 2);
    }
  }
  void clear() {
    for (auto& row : rows_) std::ranges::fill(row, 0);
  }

 private:
  static constexpr std::uint8_t most = 15;
  std::size_t place_of(std::uint64_t key, std::size_t row) const { return mix(key, row) & (width_ - 1); }
  std::size_t width_ = 1024;
  std::array<std::vector<std::uint8_t>, 4> rows_;
};

class WTinyLfu final : public CachePolicy {
 public:
  struct Options {
    Ratio window{0.01};
    int counters = 262'144;

    void describe(Fields& field) {
      field("window", window, "share of the capacity for the window", between(0.0001, 0.999))(
          "counters", counters, "counters in each of the four rows; several per resident", between(1024, 1 << 26));
    }
  };
  WTinyLfu(const Options& options, const Context& context)
      : window_share_{share_of(context.capacity, options.window)},
        main_share_{context.capacity.count - window_share_},
        main_{{main_share_ / 5, main_share_ * 4 / 5}, links_},
        sketch_{options.counters} {}

  bool admits(Bytes size) const override { return size.count <= window_share_ && size.count <= main_.lowest_share(); }
  void insert(Slot slot, std::uint64_t key, Bytes size) override {
    objects_.set(slot, {key, size.count, false});
    window_.push_young(slot);
    ++residents_;
    count(key);
  }
  void hit(Slot slot) override {
    if (!objects_[slot].in_main) return window_.make_youngest(slot);
    const std::size_t before = dropped_.size();
    main_.hit(slot, dropped_);
    residents_ -= dropped_.size() - before;
    count(objects_[slot].key);
  }
  Slot evict() override {
    --residents_;
    while (!window_.empty()) {
      const Slot candidate = window_.pop_oldest();
      const Object& object = objects_[candidate];
      const Slot victim = main_.oldest();
      const bool has_room = main_.bytes() + object.bytes <= main_share_;
      const bool wins = has_room || (victim != no_slot && sketch_.count_of(object.key) > sketch_.count_of(objects_[victim].key));
      count(object.key);
      if (!wins) return candidate;
      if (!has_room) main_.take_out(victim);
      enter_main(candidate);
      if (!has_room) return victim;
    }
    const Slot victim = main_.oldest();
    main_.take_out(victim);
    return victim;
  }
  bool drops() const override { return true; }
  Slot dropped() override { return dropped_.take(); }
  void remove(Slot slot) override {
    --residents_;
    if (objects_[slot].in_main)
      main_.take_out(slot);
    else
      window_.take_out(slot);
  }
  void clear() override {
    window_.clear();
    main_.clear();
    sketch_.clear();
    residents_ = 0;
  }

 private:
  struct Object {
    std::uint64_t key = 0;
    std::int64_t bytes = 0;
    bool in_main = false;
  };
  // What replaces a smaller one may need more room than that left.
  void enter_main(Slot slot) {
    while (main_.bytes() + objects_[slot].bytes > main_share_) {
      const Slot oldest = main_.oldest();
      main_.take_out(oldest);
      dropped_.push(oldest);
      --residents_;
    }
    objects_[slot].in_main = true;
    main_.insert(slot, objects_[slot].bytes);
  }
  void count(std::uint64_t key) {
    sketch_.add(key);
    if (++counted_ < requests_per_resident * std::max<std::uint64_t>(residents_, 1)) return;
    counted_ = 0;
    sketch_.halve();
  }

  static constexpr std::uint64_t requests_per_resident = 32;
  std::int64_t window_share_, main_share_;
  std::vector<SlotLink> links_;
  SlotQueue window_{links_};
  SegmentedLru main_;
  CountSketch sketch_;
  SlotValues<Object> objects_;
  std::uint64_t residents_ = 0;
  std::uint64_t counted_ = 0;  // since the last halving
  DroppedSlots dropped_;
};

const bool offered = offer<CachePolicy, WTinyLfu>("w-tiny-lfu", "an LRU window, and entry to the rest by estimated frequency");

}  // namespace
}  // namespace headroom
