// A bare cache tier around an eviction policy: keys to slots, bytes counted, the order of steps of a miss as in libCacheSim: hit
// test first; an object that may not enter changes nothing; then evictions until it fits; then the insertion.
#pragma once

#include <concepts>
#include <unordered_map>

#include "sim/seams/cache_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {

class CacheUnderTest {
 public:
  CacheUnderTest(const std::string& name, std::int64_t capacity) : CacheUnderTest{Json{{"policy", name}}, capacity} {}
  template <std::same_as<Json> Options>
  CacheUnderTest(const Options& options, std::int64_t capacity)
      : policy_{policy<CachePolicy>(options, {.capacity = {capacity}})}, capacity_{capacity} {}

  // Whether it was a hit.
  bool get(std::uint64_t key, std::int64_t size = 1) {
    if (const auto found = slots_.find(key); found != slots_.end()) {
      policy_->hit(found->second);
      release_dropped();
      return true;
    }
    if (size > capacity_ || !policy_->admits({size})) return false;
    policy_->announce(key, {size});
    while (used_ + size > capacity_) evict();
    insert(key, size);
    return false;
  }
  // 'H' or 'M' for each letter.
  std::string replay(const std::string& keys) {
    std::string result;
    for (const char key : keys) result += get(static_cast<std::uint64_t>(key)) ? 'H' : 'M';
    return result;
  }
  void forget(std::uint64_t key) {
    const auto slot = slots_.at(key);
    policy_->remove(slot);
    release(slot);
  }
  void flush() {
    policy_->clear();
    slots_.clear();
    objects_.clear();
    free_.clear();
    used_ = 0;
  }
  std::size_t residents() const { return slots_.size(); }
  bool holds(std::uint64_t key) const { return slots_.contains(key); }

 private:
  struct Object {
    std::uint64_t key;
    std::int64_t size;
  };
  void evict() {
    ASSERT_FALSE(slots_.empty());
    release(policy_->evict());
  }
  void release_dropped() {
    for (auto slot = policy_->dropped(); slot != CachePolicy::no_slot; slot = policy_->dropped()) release(slot);
  }
  void release(CachePolicy::Slot slot) {
    used_ -= objects_.at(slot).size;
    ASSERT_EQ(slots_.erase(objects_.at(slot).key), 1U) << "evicted a slot that is not resident";
    free_.push_back(slot);
  }
  void insert(std::uint64_t key, std::int64_t size) {
    if (free_.empty()) {
      free_.push_back(static_cast<CachePolicy::Slot>(objects_.size()));
      objects_.emplace_back();
    }
    const CachePolicy::Slot slot = free_.back();
    free_.pop_back();
    objects_.at(slot) = {key, size};
    slots_.emplace(key, slot);
    used_ += size;
    policy_->insert(slot, key, {size});
    release_dropped();
  }

  std::unique_ptr<CachePolicy> policy_;
  std::int64_t capacity_;
  std::int64_t used_ = 0;
  std::unordered_map<std::uint64_t, CachePolicy::Slot> slots_;
  std::vector<Object> objects_;
  std::vector<CachePolicy::Slot> free_;
};

}  // namespace headroom
