// Replication: when the other nodes of a shard have a write, which reads do not see it, and which writes a failover loses.
//
// Every node applies the writes of its shard in the order of their commits, each so long after its commit as is drawn for it and
// not before the one before. A read sees what its node has applied when it begins; it is stale when that is not the newest
// committed write of its key, unless nobody is told of a write before all have it. A write is answered at its commit, or when
// the first or the last replica has applied it, and holds its connection until then; with no replica left nobody is waited for.
// When a primary fails for good, the replica that has most is promoted, and what it has not applied by then is gone. Source:
// PostgreSQL documentation, "High Availability, Load Balancing, and Replication" (synchronous_commit = remote_apply); MySQL
// reference manual, "Semisynchronous Replication". Differs: what was received and not yet applied counts as lost; a
// semi-synchronous write waits for the application.
#include <algorithm>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

std::optional<Replication> ExactRequestPlane::make_replication(const DatabaseBlueprint& database, RandomStreams& streams,
                                                               Recorder& recorder) {
  if (!database.replication) return std::nullopt;
  const std::vector<Label> labels{{"database", database.name}};
  return Replication{.lag = {database.replication->lag, streams.key_of("databases/" + database.name + "/lag")},
                     .acknowledged = database.replication->acknowledged,
                     .delay = &recorder.durations("replication_lag", labels),
                     .stale_reads = &recorder.share("stale_reads", labels),
                     .lost_writes = &recorder.counter("lost_writes", labels)};
}

void ExactRequestPlane::remember_route(Index slot, const QueryRoute& route) { query_routes_.begin(slot) = route; }

void ExactRequestPlane::take_snapshot(Index slot, Index index) {
  Database& database = databases_[index];
  const QueryRoute& route = query_routes_[slot];
  Shard& shard = database.shards[route.shard];
  database.replication->stale_reads->whole += 1.0;
  if (database.replication->acknowledged == Acknowledged::by_all) return;
  if (route.copy != shard.primary && shard.log.is_behind(route.copy, route.key, now_))
    database.replication->stale_reads->part += 1.0;
}

// True if the answer now waits for replicas.
bool ExactRequestPlane::commit(Index slot, Index index) {
  Database& database = databases_[index];
  const Replication& replication = *database.replication;
  const QueryRoute& route = query_routes_[slot];
  Shard& shard = database.shards[route.shard];
  shard.log.commit(route.key, now_);
  SimTime first = end_of_time, last = now_;
  for (Index copy = 0; copy < servers_[service_count_ + index].copies; ++copy) {
    if (copy == route.copy || node_of(index, route.shard, copy) == no_index) continue;
    const SimTime arrival = now_ + to_duration(replication.lag.draw(mix(tasks_[slot].draw_id, copy)));
    const SimTime applied = shard.log.ship(copy, arrival);
    replication.delay->record(applied - now_);
    first = std::min(first, applied);
    last = std::max(last, applied);
  }
  const bool waits = replication.acknowledged != Acknowledged::at_once && last > now_;
  const SimTime answered = replication.acknowledged == Acknowledged::by_first ? first : last;
  if (waits) sleep(slot, answered - now_, woken, "replication");
  return waits;
}

// Of the replicas that are there; none: there is none.
Index ExactRequestPlane::most_advanced(Index index, Index shard_index) {
  Shard& shard = databases_[index].shards[shard_index];
  Index best = no_index;
  for (Index copy = 0; copy < servers_[service_count_ + index].copies; ++copy) {
    if (node_of(index, shard_index, copy) == no_index) continue;
    const bool keeps_log = databases_[index].replication.has_value();
    if (best == no_index || (keeps_log && shard.log.unapplied(copy, now_) < shard.log.unapplied(best, now_))) best = copy;
  }
  return best;
}

// What is acknowledged only once replicas have it is not among what they miss.
std::uint64_t ExactRequestPlane::lose_unapplied(Index index, Index shard_index) {
  const Index leader = most_advanced(index, shard_index);
  if (leader == no_index) return 0;
  Database& database = databases_[index];
  ReplicationLog& log = database.shards[shard_index].log;
  const std::uint64_t unapplied = log.unapplied(leader, now_);
  log.forget_unapplied(leader, now_);
  if (database.replication->acknowledged != Acknowledged::at_once) return 0;
  database.replication->lost_writes->add(static_cast<double>(unapplied));
  return unapplied;
}

}  // namespace headroom
