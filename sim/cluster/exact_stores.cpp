// Objects in stores with tiers. A task reads or writes one and waits until its bytes have passed; what that moves and costs is
// settled when it begins. An object that a read brings back from a cold tier is on its way until the first byte has come: who
// asks for it meanwhile waits for that, instead of bringing it back once more. A store that lies in a region is a round trip away
// from others; its bytes are counted by where they go, and a zone is no matter to it.
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_stores(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  for (const StoreBlueprint& store : blueprint.stores) stores_.emplace_back(blueprint, store, streams, recorder);
}

// True if the task now waits for it.
bool ExactRequestPlane::use_store(Index slot, const StoreSite& site) {
  const Task& task = tasks_[slot];
  ObjectStore& store = stores_[site.store];
  const std::uint64_t key = key_of(store.key(), task);
  const Bytes size = size_of(store.key(), key);
  const std::uint64_t draw_id = mix(task.draw_id, task.pc);
  const ObjectStore::Use use = site.write ? store.write(key, size, draw_id, now_) : store.read(key, size, draw_id, now_);
  Duration takes = to_duration(use.seconds), on_its_way{};
  if (store.region() != no_index) {
    const CallerPlace caller = place_of(task);
    transfers_->count(caller, store.region(), no_index, use.bytes, !site.write);
    on_its_way = 2 * one_way(caller.region, store.region());
    takes += on_its_way;
  }
  if (takes <= Duration{}) return false;
  sleep(slot, takes, woken, "store");
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.uses_store(slot, site.store, on_its_way);
  return true;
}

}  // namespace headroom
