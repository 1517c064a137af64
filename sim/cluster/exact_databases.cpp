// Databases: which node of which shard a query goes to, and what happens when a primary fails.
//
// Writes go to a shard's primary, reads are spread over all its nodes in turn. A primary that fails takes with it what it was
// working on and what waited for it (lost). Until a replica is promoted writes are refused (unavailable) and the other nodes
// serve reads; without replicas nothing is served until the node is repaired. What was committed is on the node's disk and comes
// back with it.
#include <fmt/format.h>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

// ---- routing -----------------------------------------------------------------------------------------------------------------

Index ExactRequestPlane::node_of(Index database, Index shard, Index copy) const {
  const Server& server = servers_[service_count_ + database];
  return server.nodes[shard * server.copies + copy];
}

// Which shard, and which of its copies; none where nobody is there to ask.
QueryRoute ExactRequestPlane::route_of(Server& server, const Database& database, const Task& request) const {
  const CallSite& site = program_.calls[request.call];
  QueryRoute route{.phase = database.phase};
  if (site.key != no_index && (server.shards > 1 || database.replication || database.resharding)) {
    // The key is the caller's: a branch of a for_each has its own.
    const Task& owner = request.parent == no_index ? request : tasks_[request.parent];
    const std::uint64_t key = key_of(site.key, owner);
    if (server.shards > 1) route.shard = shard_with(*server.shard_map, key, request);
    route.key = mix(site.key, key);
    if (database.phase == ShardingPhase::copying) follow_move(database, key, route);
  } else if (server.shards > 1 && !database.partition_period) {
    route.shard = server.next_shard++ % server.shards;
  }
  if (database.partition_period) route.shard = shard_of_then(database, site, request);
  choose_copy(server, database, request, route);
  return route;
}

void ExactRequestPlane::choose_copy(Server& server, const Database& database, const Task& request, QueryRoute& route) const {
  route.copy = database.shards[route.shard].primary;
  if (targets_[request.target].write || program_.calls[request.call].at_primary || server.copies == 1) return;
  // The next in turn of those that are there.
  for (Index tried = 0; tried < server.copies; ++tried) {
    route.copy = server.next_copy++ % server.copies;
    if (server.nodes[route.shard * server.copies + route.copy] != no_index) return;
  }
  route.copy = no_index;
}

// A read of a key that stands on several shards goes to any of them.
Index ExactRequestPlane::shard_with(const ShardMap& map, std::uint64_t key, const Task& request) const {
  const bool spread = !targets_[request.target].write && !program_.calls[request.call].at_primary;
  const std::uint32_t copies = spread ? map.copies_of(key) : 1;
  if (copies == 1) return map.shard_of(key);
  return map.shard_of_copy(key, static_cast<std::uint32_t>(mix(request.draw_id, key) % copies));
}

// The run begins with a partition of shard 0; those before it lie on the shards in the same turn.
Index ExactRequestPlane::shard_of_then(const Database& database, const CallSite& site, const Task& request) const {
  const Duration age = site.age == no_index ? Duration{} : to_duration(program_.demands[site.age].draw(request.draw_id));
  const std::int64_t then = (now_.time_since_epoch() - age).count(), period = database.partition_period->count();
  const std::int64_t partition = then / period - (then % period < 0 ? 1 : 0);
  const auto shards = static_cast<std::int64_t>(database.shards.size());
  return static_cast<Index>((partition % shards + shards) % shards);
}

// What was asked of a connection may have waited, or travelled, past a failover.
bool ExactRequestPlane::is_served(const Database& database, const Server& server, const Task& request,
                                  const QueryRoute& route) const {
  if (route.copy == no_index || server.nodes[route.shard * server.copies + route.copy] == no_index) return false;
  return !targets_[request.target].write || route.copy == database.shards[route.shard].primary;
}

void ExactRequestPlane::route_query(Index slot, Task& request, Server& server) {
  const auto index = static_cast<Index>(&server - &servers_[service_count_]);
  Database& database = databases_[index];
  // Who has waited for a connection may come to a shard that has the key no more, and is passed on.
  const bool is_chosen = database.clients && query_routes_[slot].phase == database.phase;
  const QueryRoute route = is_chosen ? query_routes_[slot] : route_of(server, database, request);
  if (!is_served(database, server, request, route)) return end_task(slot, TaskOutcome::unavailable);
  if (database.replication || database.resharding) remember_route(slot, route);
  const Index node = server.nodes[route.shard * server.copies + route.copy];
  if (database.paid_queries) [[unlikely]]
    database.paid_queries->take(targets_[request.target].write);
  if (route.other == no_index || !targets_[request.target].write) return admit(slot, request, server, node);
  if (!takes_writes(index, route.other)) return end_task(slot, TaskOutcome::unavailable);
  database.resharding->dual_writes->add();
  visit_other_owner(slot, index);
  admit(slot, tasks_[slot], server, node);
}

// ---- failover ----------------------------------------------------------------------------------------------------------------

void ExactRequestPlane::set_primary(Index database, Index shard, Index copy) {
  databases_[database].shards[shard].primary = copy;
  show_shards_down(databases_[database]);
}

void ExactRequestPlane::show_shards_down(Database& database) {
  double down = 0.0;
  for (Index shard = 0; shard < database.shards_there; ++shard) down += database.shards[shard].primary == no_index ? 1.0 : 0.0;
  if (database.shards_down != nullptr) database.shards_down->set(now_, down);
}

void ExactRequestPlane::fail_primary(Index index, Index shard) {
  Database& database = databases_[index];
  const std::string subject = "databases/" + database.name;
  const Index copy = database.shards[shard].primary;
  if (copy == no_index) return note(subject, fmt::format("shard {} has no primary that could fail", shard));
  Server& server = servers_[service_count_ + index];
  const Index gone = std::exchange(server.nodes[shard * server.copies + copy], no_index);
  set_primary(index, shard, no_index);
  ++database.shards[shard].failures;
  kill(gone, TaskOutcome::lost);
  free_replicas_.push_back(gone);
  const std::uint64_t lost = database.failover && database.replication ? lose_unapplied(index, shard) : 0;
  note(subject, fmt::format("the primary of shard {} fails{}", shard,
                            lost == 0 ? "" : fmt::format(", {} acknowledged writes are lost", lost)));
  if (database.failover) {
    const SimTime promoted = now_ + database.failover->detection + database.failover->promotion;
    changes_.add({promoted, ChangeKind::promotion, index, shard, copy, database.shards[shard].failures});
    if (database.failover->recovery)
      changes_.add({promoted + *database.failover->recovery, ChangeKind::node_returns, index, shard, copy});
  } else if (database.repair) {
    changes_.add({now_ + *database.repair, ChangeKind::node_returns, index, shard, copy});
  }
}

void ExactRequestPlane::promote(const PlannedChange& change) {
  const Index index = change.station, shard = change.shard;
  if (shard >= databases_[index].shards_there) return;  // there are fewer by now
  const Shard& waiting = databases_[index].shards[shard];
  if (waiting.primary != no_index) return;         // a node that is back leads
  if (waiting.failures != change.failure) return;  // it led, and has failed too: that is noticed later
  const std::string subject = "databases/" + databases_[index].name;
  const Index copy = most_advanced(index, shard);
  if (copy == no_index) return note(subject, fmt::format("shard {} has no replica left to promote", shard));
  set_primary(index, shard, copy);
  note(subject, fmt::format("shard {}: a replica is promoted", shard));
}

void ExactRequestPlane::return_node(const PlannedChange& change) {
  if (change.shard >= databases_[change.station].shards_there) return;
  const Index server = service_count_ + change.station;
  const Index replica = new_replica(server);
  servers_[server].nodes[change.shard * servers_[server].copies + change.copy] = replica;
  Shard& shard = databases_[change.station].shards[change.shard];
  if (databases_[change.station].replication) shard.log.catch_up(change.copy, now_);
  const bool leads = shard.primary == no_index;
  if (leads) set_primary(change.station, change.shard, change.copy);
  note("databases/" + databases_[change.station].name,
       fmt::format("shard {}: the failed node is back{}", change.shard, leads ? "" : " as a replica"));
}

}  // namespace headroom
