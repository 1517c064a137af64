#include "models/caches/replayed_cache.hpp"

#include "sim/core/registry.hpp"

namespace headroom {

ReplayedCache::ReplayedCache(const PolicyChoice& choice, std::int64_t capacity) : capacity_{capacity} {
  const CachePolicy::Context context{.capacity = Bytes{capacity}, .random_key = 1};
  if (choice.registry == &RegistryOf<OfflineCachePolicy>::instance()) {
    auto made = RegistryOf<OfflineCachePolicy>::instance().make(choice, context);
    offline_ = made.get();
    policy_ = std::move(made);
  } else {
    policy_ = RegistryOf<CachePolicy>::instance().make(choice, context);
  }
  drops_ = policy_->drops();
}

bool ReplayedCache::request(const CacheRequest& request) {
  if (offline_ != nullptr) offline_->foresee(requests_, request.next);
  ++requests_;
  if (const TableIndex* const slot = slots_.find(request.key)) {
    policy_->hit(slot->index);
    if (drops_) leave_dropped();
    return true;
  }
  ++misses_;
  missed_bytes_ += request.bytes;
  if (request.bytes <= capacity_ && policy_->admits(Bytes{request.bytes})) enter(request);
  return false;
}

void ReplayedCache::enter(const CacheRequest& request) {
  policy_->announce(request.key, Bytes{request.bytes});
  while (used_ + request.bytes > capacity_) leave(policy_->evict());
  if (free_.empty()) {
    free_.push_back(static_cast<Slot>(objects_.size()));
    objects_.emplace_back();
  }
  const Slot slot = free_.back();
  free_.pop_back();
  objects_[slot] = {request.key, request.bytes};
  slots_.insert(request.key, {slot});
  used_ += request.bytes;
  policy_->insert(slot, request.key, Bytes{request.bytes});
  if (drops_) leave_dropped();
}

void ReplayedCache::leave(Slot slot) {
  if (left_ != nullptr) left_->push_back(objects_[slot].key);
  slots_.erase(objects_[slot].key);
  used_ -= objects_[slot].bytes;
  free_.push_back(slot);
}

void ReplayedCache::leave_dropped() {
  for (Slot slot = policy_->dropped(); slot != CachePolicy::no_slot; slot = policy_->dropped()) leave(slot);
}

}  // namespace headroom
