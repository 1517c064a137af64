#include "sim/cluster/replication_log.hpp"

#include <algorithm>

namespace headroom {

ReplicationLog::ReplicationLog(Index copies) : copies_(copies), times_(capacity_ * copies) {}

void ReplicationLog::commit(std::uint64_t key, SimTime now) {
  // A ring that is full loses first what everybody has applied.
  const std::uint64_t everywhere = applied_everywhere(now);
  if (last_ + 1 - everywhere >= capacity_) make_room(everywhere);
  ++last_;
  for (Index copy = 0; copy < copies_.size(); ++copy) time_of(last_, copy) = std::max(copies_[copy].last, now);
  remember(key, everywhere);
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
  const Newest* const newest = newest_.find(key);
  return newest != nullptr && newest->write > copies_[copy].applied;
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

void ReplicationLog::make_room(std::uint64_t everywhere) {
  ReplicationLog larger{static_cast<Index>(copies_.size())};
  larger.capacity_ = 2 * capacity_;
  larger.times_.resize(larger.capacity_ * copies_.size());
  for (std::uint64_t write = everywhere + 1; write <= last_; ++write) {
    for (Index copy = 0; copy < copies_.size(); ++copy) larger.time_of(write, copy) = time_of(write, copy);
  }
  capacity_ = larger.capacity_;
  times_.swap(larger.times_);
}

// Keys whose newest write is everywhere are forgotten before the table grows.
void ReplicationLog::remember(std::uint64_t key, std::uint64_t everywhere) {
  if (Newest* const newest = newest_.find(key); newest != nullptr) {
    newest->write = last_;
    return;
  }
  newest_.insert(key, {last_}, [everywhere](const Newest& newest) { return newest.write <= everywhere; });
}

}  // namespace headroom
