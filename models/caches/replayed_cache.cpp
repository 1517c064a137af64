#include "models/caches/replayed_cache.hpp"

#include "sim/core/registry.hpp"

namespace headroom {

ReplayedCache::ReplayedCache(const PolicyChoice& choice, std::int64_t capacity, std::uint64_t random_key) : capacity_{capacity} {
  const CachePolicy::Context context{.capacity = Bytes{capacity}, .random_key = random_key};
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
    if (!leaving_[slot->index]) {
      policy_->hit(slot->index);
      if (drops_) leave_dropped();
      return true;
    }
    forget_all();
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
    leaving_.push_back(false);
  }
  const Slot slot = free_.back();
  free_.pop_back();
  objects_[slot] = {request.key, request.bytes};
  slots_.insert(request.key, {slot});
  used_ += request.bytes;
  policy_->insert(slot, request.key, Bytes{request.bytes});
  if (const Slot next = policy_->next_to_go(); next != CachePolicy::no_slot) __builtin_prefetch(&objects_[next]);
  if (drops_) leave_dropped();
}

void ReplayedCache::leave(Slot slot) {
  if (left_ != nullptr) left_->push_back(objects_[slot].key);
  used_ -= objects_[slot].bytes;
  leaving_[slot] = true;
  if (departed_ - forgotten_ == departures) forget(departing_[forgotten_++ % departures]);
  departing_[departed_++ % departures] = slot;
  if (departed_ - forgotten_ > half_way) slots_.prefetch(objects_[departing_[(departed_ - half_way) % departures]].key);
}

void ReplayedCache::forget(Slot slot) {
  slots_.erase(objects_[slot].key);
  leaving_[slot] = false;
  free_.push_back(slot);
}

void ReplayedCache::forget_all() {
  while (forgotten_ != departed_) forget(departing_[forgotten_++ % departures]);
}

void ReplayedCache::leave_dropped() {
  for (Slot slot = policy_->dropped(); slot != CachePolicy::no_slot; slot = policy_->dropped()) leave(slot);
}

}  // namespace headroom
