// A cache that requests of a recorded trace are put to, one after the other: which of them miss.
//
// A hit is looked for first; an object that may not enter changes nothing; then what is there goes until the object fits. An
// object keeps the size that it entered with.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/probing_table.hpp"
#include "sim/seams/offline_cache_policy.hpp"

namespace headroom {

struct CacheRequest {
  std::uint64_t key = 0;
  std::int64_t bytes = 1;
  std::int64_t next = OfflineCachePolicy::never;  // number of the object's next request
};

class ReplayedCache {
 public:
  // The choice is of CachePolicy or of OfflineCachePolicy. The key is of the policy's random numbers, if it draws any.
  ReplayedCache(const PolicyChoice& choice, std::int64_t capacity, std::uint64_t random_key = 1);

  // Whether it is a hit. Only offline policies look at `next`.
  bool request(const CacheRequest& request);
  void prefetch(std::uint64_t key) const { slots_.prefetch(key); }

  // Keys of objects that leave are put there, from now on; null: nowhere.
  void tell_who_leaves(std::vector<std::uint64_t>* keys) { left_ = keys; }

  std::int64_t capacity() const { return capacity_; }
  std::int64_t used() const { return used_; }
  std::uint64_t misses() const { return misses_; }
  std::int64_t missed_bytes() const { return missed_bytes_; }
  bool holds(std::uint64_t key) const {
    const TableIndex* const slot = slots_.find(key);
    return slot != nullptr && !leaving_[slot->index];
  }

 private:
  using Slot = CachePolicy::Slot;
  struct Object {
    std::uint64_t key;
    std::int64_t bytes;
  };
  // Who leaves is long unused, so whatever is known of it is far from the processor. It is asked for when the object leaves, and
  // the key is taken out of the table a few departures later.
  static constexpr std::size_t departures = 16, half_way = departures / 2;

  void enter(const CacheRequest& request);
  void leave(Slot slot);
  void leave_dropped();
  void forget(Slot slot);
  void forget_all();

  std::int64_t capacity_;
  std::unique_ptr<CachePolicy> policy_;
  OfflineCachePolicy* offline_ = nullptr;  // the same, if it is one
  bool drops_ = false;
  ProbingTable<TableIndex> slots_;
  std::vector<Object> objects_;  // by slot
  std::vector<Slot> free_;
  std::vector<bool> leaving_;  // by slot: has left, but is in the table still
  std::array<Slot, departures> departing_{};
  std::size_t departed_ = 0;   // ever; the last `departures` at most are in the table still
  std::size_t forgotten_ = 0;  // of those
  std::int64_t used_ = 0;
  std::int64_t requests_ = 0;
  std::uint64_t misses_ = 0;
  std::int64_t missed_bytes_ = 0;
  std::vector<std::uint64_t>* left_ = nullptr;
};

}  // namespace headroom
