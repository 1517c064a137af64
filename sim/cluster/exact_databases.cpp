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

Index ExactRequestPlane::shard_of(Server& server, const Task& request) const {
  if (server.shards == 1) return 0;
  const Index key = program_.calls[request.call].key;
  if (key == no_index) return server.next_shard++ % server.shards;
  // The key is the caller's: a branch of a for_each has its own.
  const Task& owner = request.parent == no_index ? request : tasks_[request.parent];
  return server.shard_map->shard_of(key_of(key, owner));
}

// The next in turn of those that are there.
Index ExactRequestPlane::reading_node(Server& server, Index shard) const {
  for (Index tried = 0; tried < server.copies; ++tried) {
    const Index node = server.nodes[shard * server.copies + server.next_copy++ % server.copies];
    if (node != no_index) return node;
  }
  return no_index;
}

void ExactRequestPlane::route_query(Index slot, Task& request, Server& server) {
  const Index shard = shard_of(server, request);
  Index node = no_index;
  if (targets_[request.target].write || server.copies == 1) {
    const Index primary = databases_[&server - &servers_[service_count_]].shards[shard].primary;
    if (primary != no_index) node = server.nodes[shard * server.copies + primary];
  } else {
    node = reading_node(server, shard);
  }
  if (node == no_index) return turn_away(slot, request, TaskOutcome::unavailable);
  admit(slot, request, server, node);
}

// ---- failover ----------------------------------------------------------------------------------------------------------------

void ExactRequestPlane::set_primary(Index database, Index shard, Index copy) {
  databases_[database].shards[shard].primary = copy;
  double down = 0.0;
  for (const Shard& each : databases_[database].shards) down += each.primary == no_index ? 1.0 : 0.0;
  databases_[database].shards_down->set(now_, down);
}

void ExactRequestPlane::fail_primary(Index index, Index shard) {
  Database& database = databases_[index];
  const std::string subject = "databases/" + database.name;
  const Index copy = database.shards[shard].primary;
  if (copy == no_index) return note(subject, fmt::format("shard {} has no primary that could fail", shard));
  note(subject, fmt::format("the primary of shard {} fails", shard));
  Index& node = servers_[service_count_ + index].nodes[shard * servers_[service_count_ + index].copies + copy];
  const Index gone = std::exchange(node, no_index);
  set_primary(index, shard, no_index);
  kill(gone, TaskOutcome::lost);
  free_replicas_.push_back(gone);
  if (database.failover) {
    const SimTime promoted = now_ + database.failover->detection + database.failover->promotion;
    changes_.add({promoted, ChangeKind::promotion, index, shard});
    if (database.failover->recovery)
      changes_.add({promoted + *database.failover->recovery, ChangeKind::node_returns, index, shard, copy});
  } else if (database.repair) {
    changes_.add({now_ + *database.repair, ChangeKind::node_returns, index, shard, copy});
  }
}

void ExactRequestPlane::promote(Index index, Index shard) {
  const Server& server = servers_[service_count_ + index];
  const std::string subject = "databases/" + databases_[index].name;
  for (Index copy = 0; copy < server.copies; ++copy) {
    if (server.nodes[shard * server.copies + copy] == no_index) continue;
    note(subject, fmt::format("shard {}: a replica is promoted", shard));
    return set_primary(index, shard, copy);
  }
  note(subject, fmt::format("shard {} has no replica left to promote", shard));
}

void ExactRequestPlane::return_node(const PlannedChange& change) {
  const Index server = service_count_ + change.station;
  const Index replica = new_replica(server);
  servers_[server].nodes[change.shard * servers_[server].copies + change.copy] = replica;
  const bool leads = databases_[change.station].shards[change.shard].primary == no_index;
  if (leads) set_primary(change.station, change.shard, change.copy);
  note("databases/" + databases_[change.station].name,
       fmt::format("shard {}: the failed node is back{}", change.shard, leads ? "" : " as a replica"));
}

}  // namespace headroom
