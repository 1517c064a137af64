#include "sim/cluster/object_store.hpp"

#include <algorithm>

#include "sim/cluster/tier_shares.hpp"

namespace headroom {
namespace {

constexpr double longest_age = 100.0 * 365.0 * 86'400.0;  // seconds; a draw from a heavy tail ends here

double seconds_of(double bytes, BytesPerSecond bandwidth) { return bandwidth.value > 0.0 ? bytes / bandwidth.value : 0.0; }

}  // namespace

ObjectStore::ObjectStore(const Blueprint& blueprint, const StoreBlueprint& described, RandomStreams& streams, Recorder& recorder)
    : key_{described.key},
      promotes_{described.promote_on_read},
      chain_{described.chain},
      described_{described},
      half_life_{to_seconds(described.half_life)} {
  const std::string path = "stores/" + described.name;
  const KeyBlueprint& key = blueprint.keys[described.key];
  ages_ = {described.ages, streams.key_of(path + "/ages")};
  mean_bytes_ = std::max(1.0, key.size.mean()) * chain_.stored_with(described.versions);
  resting_.enter(start_of_time, static_cast<double>(key.items));
  const std::vector<double> shares = tier_shares(described, 0.0);
  bool requests_cost = false, retrieval_costs = false;
  for (std::size_t i = 0; i < described.tiers.size(); ++i) {
    Tier& tier = tiers_.emplace_back();
    tier.described = described.tiers[i];
    tier.share = shares[i];
    tier.latency = {tier.described.latency, streams.key_of(path + "/" + tier.described.name + "/latency")};
    const std::vector<Label> labels{{"store", described.name}, {"tier", tier.described.name}};
    tier.requests = &recorder.counter("store_requests", labels);
    tier.stored = &recorder.gauge("stored", labels);
    if (tier.described.price > 0.0)
      tier.cost = &recorder.counter("cost", labels_of(part_of(CostKind::storage, storage_component(described.name, tier.described.name))));
    requests_cost = requests_cost || tier.described.read_price > 0.0 || tier.described.write_price > 0.0;
    retrieval_costs = retrieval_costs || tier.described.retrieval_price > 0.0;
  }
  time_ = &recorder.durations("store_time", {{"store", described.name}});
  if (requests_cost) request_cost_ = &recorder.counter("cost", labels_of(requests_part()));
  if (retrieval_costs) retrieval_cost_ = &recorder.counter("cost", labels_of(retrieval_part()));
}

// ---- using an object ---------------------------------------------------------------------------------------------------------

ObjectStore::Use ObjectStore::read(std::uint64_t key, Bytes size, std::uint64_t draw_id, SimTime now) {
  const Index index = touch(key, size, now);
  Object& object = objects_[index];
  Tier& tier = tiers_[object.tier];
  const double bytes = object.size * chain_.read_of(object.versions);
  const double latency = tier.latency.draw(draw_id);
  const double on_its_way = std::max(0.0, to_seconds(object.available - now));
  const double seconds = on_its_way + latency + seconds_of(bytes, tier.described.bandwidth);
  tier.reads += 1.0;
  tier.bytes_read += bytes;
  tier.requests->add();
  if (request_cost_ != nullptr) request_cost_->add(tier.described.read_price);
  if (retrieval_cost_ != nullptr) retrieval_cost_->add(bytes * tier.described.retrieval_price);
  count_use(object, now);
  promote(object, now, latency);
  look_again(index, now);
  time_->record(to_duration(seconds));
  return {seconds, bytes};
}

ObjectStore::Use ObjectStore::write(std::uint64_t key, Bytes size, std::uint64_t draw_id, SimTime now) {
  const Index index = touch(key, size, now);
  Object& object = objects_[index];
  count_use(object, now);
  if (object.tier > 0) move(object, 0, now);
  const double before = stored_bytes(object);
  if (chain_.snapshot_every > 1) ++object.versions;
  const double written = chain_.written_by(object.versions);
  if (written >= 1.0) object.available = now;
  Tier& tier = tiers_.front();
  tier.bytes.enter(now, stored_bytes(object) - before);
  tier.writes += 1.0;
  tier.requests->add();
  if (request_cost_ != nullptr) request_cost_->add(tier.described.write_price);
  const double bytes = object.size * written;
  const double seconds = tier.latency.draw(draw_id) + seconds_of(bytes, tier.described.bandwidth);
  look_again(index, now);
  time_->record(to_duration(seconds));
  return {seconds, bytes};
}

// With c = 2^((used - now) / half_life) uses counted till now: c + 1 = 2^((used' - now) / half_life).
void ObjectStore::count_use(Object& object, SimTime now) const {
  const double counted = half_life_ == 0.0 ? 0.0 : std::exp2(to_seconds(object.used - now) / half_life_);
  object.used = now + to_duration(half_life_ * std::log2(counted + 1.0));
}

void ObjectStore::promote(Object& object, SimTime now, double latency) {
  Index to = object.tier;
  if (half_life_ > 0.0) to = std::min(to, tier_at(now - object.used));
  if (promotes_) to = 0;
  if (to == object.tier) return;
  move(object, to, now);
  object.available = now + to_duration(latency);
}

BillPart ObjectStore::part_of(CostKind kind, const std::string& component) const {
  return {component, kind, {"store", described_.name}};
}

BillPart ObjectStore::requests_part() const {
  return part_of(CostKind::storage_requests, store_requests_component(described_.name));
}

BillPart ObjectStore::retrieval_part() const {
  return part_of(CostKind::storage_retrieval, retrieval_component(described_.name));
}

void ObjectStore::add_charges(SimTime now, std::vector<Charge>& charges) const {
  double requests = 0.0, retrieval = 0.0;
  const std::vector<double> shares = tier_shares(described_, to_seconds(now - start_of_time));
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    const Tier& tier = tiers_[i];
    requests += tier.reads * tier.described.read_price + tier.writes * tier.described.write_price;
    retrieval += tier.bytes_read * tier.described.retrieval_price;
    if (tier.cost == nullptr) continue;
    const double resting_seconds = tier.resting_seconds + 0.5 * (tier.share + shares[i]) * rested(now);
    const double byte_seconds = tier.bytes.integral(now) + resting_seconds * mean_bytes_;
    charges.push_back({part_of(CostKind::storage, storage_component(described_.name, tier.described.name)),
                       tier.described.price * byte_seconds + tier.early_departures});
  }
  if (request_cost_ != nullptr) charges.push_back({requests_part(), requests});
  if (retrieval_cost_ != nullptr) charges.push_back({retrieval_part(), retrieval});
}

Index ObjectStore::tier_at(Duration age) const {
  Index tier = 0;
  while (tier + 1 < tiers_.size() && age >= tiers_[tier + 1].described.after) ++tier;
  return tier;
}

Index ObjectStore::touch(std::uint64_t key, Bytes size, SimTime now) {
  settle(now);
  const TableIndex* const found = by_key_.find(key);
  return found == nullptr ? add_object(key, size, now) : found->index;
}

// From among those at rest.
Index ObjectStore::add_object(std::uint64_t key, Bytes size, SimTime now) {
  if (free_.empty()) {
    free_.push_back(static_cast<Index>(objects_.size()));
    objects_.emplace_back();
  }
  const Index index = free_.back();
  free_.pop_back();
  by_key_.insert(key, {index});
  Object& object = objects_[index] = {};
  object.key = key;
  object.size = static_cast<double>(size.count);
  object.versions = described_.versions;
  object.used = start_of_time - to_duration(std::min(ages_.draw(key), longest_age));
  object.tier = tier_at(now - object.used);
  object.entered = object.used + tiers_[object.tier].described.after;
  object.available = now;
  resting_.enter(now, -1.0);
  tiers_[object.tier].bytes.enter(now, stored_bytes(object));
  return index;
}

// ---- growing old -------------------------------------------------------------------------------------------------------------

void ObjectStore::look_again(Index index, SimTime now) {
  Object& object = objects_[index];
  const bool is_last = object.tier + 1 == tiers_.size();
  const SimTime due = is_last ? rests_at(object) : std::max(now, object.used + tiers_[object.tier + 1].described.after);
  if (is_last && due <= now) return forget(index, now);
  // Looked at earlier it is found to have been used since, and is looked at again; so each object is in the heap about once.
  if (object.due <= due) return;
  object.due = due;
  dues_.push_back({due, index});
  std::push_heap(dues_.begin(), dues_.end());
}

// When it is as one that nobody has touched, if it is left alone; it is in the last tier.
SimTime ObjectStore::rests_at(const Object& object) const {
  if (object.versions != described_.versions) return end_of_time;
  if (tiers_.size() == 1) return object.available;
  const SimTime rests = std::max(object.available, object.entered + tiers_.back().described.minimum);
  // By frequency until a thousandth is left of what was counted.
  return half_life_ == 0.0 ? rests : std::max(rests, object.used + tiers_.back().described.after + 10 * described_.half_life);
}

void ObjectStore::forget(Index index, SimTime at) {
  Object& object = objects_[index];
  tiers_.back().bytes.enter(at, -stored_bytes(object));
  resting_.enter(at, 1.0);
  by_key_.erase(object.key);
  object.due = end_of_time;  // so that no look at it is its own
  free_.push_back(index);
}

// Moves what has been left alone for long enough, each at its own instant.
void ObjectStore::settle(SimTime now) {
  while (!dues_.empty() && dues_.front().at <= now) {
    const Due due = dues_.front();
    std::pop_heap(dues_.begin(), dues_.end());
    dues_.pop_back();
    Object& object = objects_[due.object];
    if (object.due != due.at) continue;
    object.due = end_of_time;
    if (object.tier + 1 < tiers_.size() && object.used + tiers_[object.tier + 1].described.after <= due.at)
      move(object, object.tier + 1, due.at);
    look_again(due.object, due.at);
  }
}

void ObjectStore::move(Object& object, Index to, SimTime at) {
  Tier& from = tiers_[object.tier];
  const double bytes = stored_bytes(object);
  const SimTime paid_until = object.entered + from.described.minimum;
  if (paid_until > at) from.early_departures += from.described.price * bytes * to_seconds(paid_until - at);
  from.bytes.enter(at, -bytes);
  tiers_[to].bytes.enter(at, bytes);
  object.tier = to;
  object.entered = at;
}

// Between two refreshes the shares of those at rest go straight from one value to the other.
void ObjectStore::refresh(SimTime now) {
  settle(now);
  const std::vector<double> shares = tier_shares(described_, to_seconds(now - start_of_time));
  const double passed = rested(now);
  resting_before_ += passed;
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    Tier& tier = tiers_[i];
    tier.resting_seconds += 0.5 * (tier.share + shares[i]) * passed;
    tier.share = shares[i];
    tier.stored->set(now, std::round(tier.bytes.level + tier.share * resting_.level * mean_bytes_));
    if (tier.cost == nullptr) continue;
    const double byte_seconds = tier.bytes.integral(now) + tier.resting_seconds * mean_bytes_;
    tier.cost->total = tier.described.price * byte_seconds + tier.early_departures;
  }
}

}  // namespace headroom
