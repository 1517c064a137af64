// CACHEUS: SR-LRU and CR-LFU each name who should go; which of them is listened to is drawn with weights that learn from regret.
//
//   both name the same: it goes. Else SR-LRU's goes with probability w, CR-LFU's otherwise, and is remembered as that expert's
//   mistake to be (half of the capacity each); its key comes back: w_expert *= exp(-rate), then w + w' = 1
//   SR-LRU: scan_resistant_lists.hpp; CR-LFU: the lowest count of uses, of several the one that reached it last. O(log n)
//   rate: every window (as many requests as there are residents) delta = rate - rate before; if delta != 0: rate += or -=
//   |rate × delta|, + if the hit ratio moved the same way; within [0.001, 1]. Else drawn anew after ten windows without a better one
//
// Source:  Rodriguez et al., "Learning cache replacement with CACHEUS", FAST 2021, algorithms 1 to 3; libCacheSim Cacheus
//          (aa0fc40).
// Differs: the first rate is an option, libCacheSim draws it. Its window is as many requests as the cache has bytes.
#include <algorithm>
#include <cmath>
#include <utility>

#include "policies/caching/dropped_slots.hpp"
#include "policies/caching/ghost_queue.hpp"
#include "policies/caching/scan_resistant_lists.hpp"
#include "policies/caching/slot_heap.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

// How fast the weights learn, by what the last windows brought.
class LearningRate {
 public:
  explicit LearningRate(double rate) : rate_{rate} {}
  double value() const { return rate_; }

  void count(bool is_hit, std::size_t window, RandomStream& random) {
    hits_ += is_hit;
    if (++requests_ < window) return;
    adapt(static_cast<double>(hits_) / static_cast<double>(requests_), random);
    hits_ = requests_ = 0;
  }

 private:
  static constexpr double least = 0.001, most = 1.0;
  static constexpr int patience = 10;

  void adapt(double hit_ratio, RandomStream& random) {
    const double better = hit_ratio - std::exchange(hit_ratio_before_, hit_ratio);
    const double faster = rate_ - std::exchange(rate_before_, rate_);
    if (faster != 0.0) {
      const double step = std::abs(rate_ * faster);
      rate_ = std::clamp(better / faster > 0.0 ? rate_ + step : rate_ - step, least, most);
      windows_in_vain_ = 0;
    } else if ((hit_ratio == 0.0 || better <= 0.0) && ++windows_in_vain_ == patience) {
      rate_ = least + (most - least) * random.uniform();
      windows_in_vain_ = 0;
    }
  }

  double rate_;
  double rate_before_ = 0.0;
  double hit_ratio_before_ = 0.0;
  std::size_t hits_ = 0, requests_ = 0;
  int windows_in_vain_ = 0;
};

class Cacheus final : public CachePolicy {
 public:
  struct Options {
    double learning_rate = 0.5;

    void describe(Fields& field) {
      field("learning_rate", learning_rate, "how much one regret takes from an expert's weight, at first", between(0.001, 1.0));
    }
  };
  Cacheus(const Options& options, const Context& context)
      : lists_{context.capacity.count}, rate_{options.learning_rate}, random_{context.random_key} {}

  bool admits(Bytes size) const override { return lists_.admits(size); }
  void announce(std::uint64_t key, Bytes) override {
    const double lost = std::exp(-rate_.value());
    if (mistakes_of_recency_.take(key))
      weigh(recency_ * lost, 1.0 - recency_);
    else if (mistakes_of_frequency_.take(key))
      weigh(recency_, (1.0 - recency_) * lost);
    count(false);
  }
  void insert(Slot slot, std::uint64_t key, Bytes size) override {
    lists_.insert(slot, key, size.count, [this](Slot gone) {
      by_uses_.take_out(gone);
      dropped_.push(gone);
    });
    by_uses_.push(slot, {lists_.uses_of(slot), --turn_});
  }
  void hit(Slot slot) override {
    lists_.hit(slot);
    by_uses_.change(slot, {lists_.uses_of(slot), --turn_});
    count(true);
  }
  Slot evict() override {
    if (!dropped_.empty()) return dropped_.take();
    const Slot oldest = lists_.first_to_go();
    const Slot rarest = by_uses_.lowest();
    const bool by_recency = random_.uniform() < recency_;
    const Slot gone = by_recency ? oldest : rarest;
    if (oldest != rarest) remember(by_recency ? mistakes_of_recency_ : mistakes_of_frequency_, gone);
    by_uses_.take_out(gone);
    return lists_.leave(gone);
  }
  bool drops() const override { return true; }
  Slot dropped() override { return dropped_.take(); }
  void remove(Slot slot) override {
    by_uses_.take_out(slot);
    lists_.take_out(slot);
  }
  void clear() override {
    lists_.clear();
    by_uses_.clear();
    mistakes_of_recency_.clear();
    mistakes_of_frequency_.clear();
  }

 private:
  struct Rank {
    std::int64_t uses;
    std::int64_t turn;
    auto operator<=>(const Rank&) const = default;
  };
  void weigh(double recency, double frequency) { recency_ = recency / (recency + frequency); }
  void count(bool is_hit) { rate_.count(is_hit, std::max<std::size_t>(by_uses_.size(), 1), random_); }
  void remember(GhostQueue& mistakes, Slot slot) {
    if (lists_.bytes_of(slot) > lists_.half()) return;
    mistakes.shrink_to(lists_.half() - lists_.bytes_of(slot));
    mistakes.push(lists_.key_of(slot), lists_.bytes_of(slot));
  }

  ScanResistantLists lists_;
  SlotHeap<Rank> by_uses_;
  std::int64_t turn_ = 0;
  DroppedSlots dropped_;
  GhostQueue mistakes_of_recency_, mistakes_of_frequency_;
  double recency_ = 0.5;  // weight of SR-LRU; CR-LFU has the rest
  LearningRate rate_;
  RandomStream random_;
};

const bool offered = offer<CachePolicy, Cacheus>("cacheus", "two experts name who goes; their weights learn from regret");

}  // namespace
}  // namespace headroom
