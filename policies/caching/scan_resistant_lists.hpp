// Residents in two halves, those used once and those used again, and a history of as many bytes as the cache that counts the uses
// of what has left. Shared by SR-LRU and CACHEUS, whose first expert it is; no policy.
//
//   SR (once), R (again): queues by last use, half of the capacity each; H: what has left, oldest first
//   hit in R: youngest. hit in SR: to R. a key in H comes to R, others to SR. R above its half: its oldest go to the young end of
//   SR, which may be above its half until the next miss; then its oldest leave.
//
// Source: Rodriguez et al., "Learning cache replacement with CACHEUS", FAST 2021, SR-LRU; in bytes as libCacheSim SR_LRU
// (aa0fc40).
#pragma once

#include <cstdint>
#include <vector>

#include "policies/caching/slot_queue.hpp"
#include "policies/caching/slot_values.hpp"
#include "sim/core/probing_table.hpp"

namespace headroom {

class ScanResistantLists {
 public:
  using Slot = CachePolicy::Slot;

  explicit ScanResistantLists(std::int64_t capacity) : capacity_{capacity}, half_{capacity / 2} {}

  std::int64_t half() const { return half_; }
  bool admits(Bytes size) const { return size.count <= half_; }
  // Uses of a resident, with those before it left and came back.
  std::int64_t uses_of(Slot slot) const { return residents_[slot].uses; }
  std::uint64_t key_of(Slot slot) const { return residents_[slot].key; }
  std::int64_t bytes_of(Slot slot) const { return residents_[slot].bytes; }

  // gone(slot): a resident that had to leave.
  template <class Gone>
  void insert(Slot slot, std::uint64_t key, std::int64_t bytes, const Gone& gone) {
    const TableIndex* const before = history_of_.find(key);
    residents_.set(slot, {key, bytes, before == nullptr ? 1 : history_[before->index].uses + 1, before != nullptr});
    if (before != nullptr) {
      forget(before->index);
      enter_reused(slot);
    } else {
      once_.push_young(slot);
      once_bytes_ += bytes;
    }
    while (once_bytes_ > half_) gone(leave(once_.oldest()));
  }
  void hit(Slot slot) {
    ++residents_[slot].uses;
    if (residents_[slot].reused) return reused_.make_youngest(slot);
    take_out(slot);
    residents_[slot].reused = true;
    enter_reused(slot);
  }
  // Who goes first; there is a resident.
  Slot first_to_go() const { return once_.empty() ? reused_.oldest() : once_.oldest(); }
  // The resident goes into the history.
  Slot leave(Slot slot) {
    take_out(slot);
    remember(residents_[slot]);
    return slot;
  }
  // The resident goes without a trace.
  void take_out(Slot slot) {
    Resident& resident = residents_[slot];
    (resident.reused ? reused_ : once_).take_out(slot);
    (resident.reused ? reused_bytes_ : once_bytes_) -= resident.bytes;
  }
  void clear() {
    while (!left_.empty()) forget(left_.oldest());
    once_.clear();
    reused_.clear();
    once_bytes_ = reused_bytes_ = 0;
  }

 private:
  struct Resident {
    std::uint64_t key = 0;
    std::int64_t bytes = 0;
    std::int64_t uses = 0;
    bool reused = false;
  };
  using Node = std::uint32_t;

  void enter_reused(Slot slot) {
    const std::int64_t bytes = residents_[slot].bytes;
    while (reused_bytes_ + bytes > half_) {
      const Slot oldest = reused_.oldest();
      take_out(oldest);
      residents_[oldest].reused = false;
      once_.push_young(oldest);
      once_bytes_ += residents_[oldest].bytes;
    }
    reused_.push_young(slot);
    reused_bytes_ += bytes;
  }
  void remember(const Resident& resident) {
    if (free_nodes_.empty()) {
      free_nodes_.push_back(static_cast<Node>(history_.size()));
      history_.emplace_back();
    }
    const Node node = free_nodes_.back();
    free_nodes_.pop_back();
    history_[node] = resident;
    left_.push_young(node);
    history_of_.insert(resident.key, {node});
    history_bytes_ += resident.bytes;
    while (history_bytes_ >= capacity_) forget(left_.oldest());
  }
  void forget(Node node) {
    left_.take_out(node);
    history_of_.erase(history_[node].key);
    history_bytes_ -= history_[node].bytes;
    free_nodes_.push_back(node);
  }

  std::int64_t capacity_, half_;
  std::int64_t once_bytes_ = 0, reused_bytes_ = 0, history_bytes_ = 0;
  SlotValues<Resident> residents_;
  std::vector<SlotLink> links_, history_links_;
  SlotQueue once_{links_}, reused_{links_};
  std::vector<Resident> history_;  // by node
  std::vector<Node> free_nodes_;
  SlotQueue left_{history_links_};       // of nodes
  ProbingTable<TableIndex> history_of_;  // by key
};

}  // namespace headroom
