#include "sim/cluster/replication_log.hpp"

#include <algorithm>

#include "sim/core/random.hpp"

namespace headroom {

ReplicationLog::ReplicationLog(Index copies) : copies_(copies), times_(capacity_ * copies), newest_(16) {}

void ReplicationLog::commit(std::uint64_t key, SimTime now) {
  // A ring that is full loses first what everybody has applied.
  if (last_ + 1 - applied_everywhere(now) >= capacity_) make_room(now);
  ++last_;
  for (Index copy = 0; copy < copies_.size(); ++copy) time_of(last_, copy) = std::max(copies_[copy].last, now);
  remember(key, now);
}

SimTime ReplicationLog::ship(Index copy, SimTime arrival) {
  SimTime& applied = time_of(last_, copy);
  applied = std::max(applied, arrival);
  return copies_[copy].last = applied;
}

std::uint64_t ReplicationLog::unapplied(Index copy, SimTime now) {
  bring(copy, now);
  return last_ - copies_[copy].applied;
}

bool ReplicationLog::is_behind(Index copy, std::uint64_t key, SimTime now) {
  bring(copy, now);
  return newest_[place_of(key)].write > copies_[copy].applied;
}

void ReplicationLog::forget_unapplied(Index leader, SimTime now) {
  bring(leader, now);
  const std::uint64_t kept = copies_[leader].applied;
  for (Index copy = 0; copy < copies_.size(); ++copy) {
    bring(copy, now);
    const bool has_all = copies_[copy].applied >= kept;
    const SimTime last_kept = has_all ? now : time_of(kept, copy);
    for (std::uint64_t write = std::max(kept, copies_[copy].applied) + 1; write <= last_; ++write)
      time_of(write, copy) = last_kept;
    copies_[copy].last = last_kept;
  }
}

void ReplicationLog::catch_up(Index copy, SimTime now) {
  copies_[copy].applied = last_;
  copies_[copy].last = now;
}

void ReplicationLog::bring(Index copy, SimTime now) {
  Copy& at = copies_[copy];
  while (at.applied < last_ && time_of(at.applied + 1, copy) <= now) ++at.applied;
}

// The number of the last write that all copies have.
std::uint64_t ReplicationLog::applied_everywhere(SimTime now) {
  std::uint64_t least = last_;
  for (Index copy = 0; copy < copies_.size(); ++copy) {
    bring(copy, now);
    least = std::min(least, copies_[copy].applied);
  }
  return least;
}

void ReplicationLog::make_room(SimTime now) {
  const std::uint64_t first = applied_everywhere(now) + 1;
  ReplicationLog larger{static_cast<Index>(copies_.size())};
  larger.capacity_ = 2 * capacity_;
  larger.times_.resize(larger.capacity_ * copies_.size());
  for (std::uint64_t write = first; write <= last_; ++write) {
    for (Index copy = 0; copy < copies_.size(); ++copy) larger.time_of(write, copy) = time_of(write, copy);
  }
  capacity_ = larger.capacity_;
  times_.swap(larger.times_);
}

// Where the key is, or would be.
std::size_t ReplicationLog::place_of(std::uint64_t key) const {
  std::size_t place = mix(key, 0) & (newest_.size() - 1);
  while (newest_[place].write != 0 && newest_[place].key != key) place = (place + 1) & (newest_.size() - 1);
  return place;
}

// Keys whose newest write is everywhere are forgotten before the table grows.
void ReplicationLog::remember(std::uint64_t key, SimTime now) {
  std::size_t place = place_of(key);
  if (newest_[place].write == 0 && 2 * (keys_ + 1) > newest_.size()) {
    const std::uint64_t everywhere = applied_everywhere(now);
    const auto counts = [&](const Newest& entry) { return entry.write > everywhere; };
    spare_.assign(newest_.begin(), newest_.end());
    keys_ = static_cast<std::size_t>(std::count_if(spare_.begin(), spare_.end(), counts));
    const std::size_t size = 4 * (keys_ + 1) > newest_.size() ? 2 * newest_.size() : newest_.size();
    newest_.assign(size, {});
    for (const Newest& entry : spare_) {
      if (counts(entry)) newest_[place_of(entry.key)] = entry;
    }
    place = place_of(key);
  }
  if (newest_[place].write == 0) ++keys_;
  newest_[place] = {key, last_};
}

}  // namespace headroom
