// Resharding of databases: who is asked while keys move from one shard to another, and what becomes of shards.
//
// From its begin until everything is copied, a query of a key that will have another shard goes to that one. A write goes to the
// present owner as well, at the same time. A read that does not find its key there yet is passed on to the present owner (a dual
// read). Either way the new owner answers: it keeps the query's connection until the other one has been asked. Of what moves from
// one shard to another the keys are copied in the order of a hash. Queries without a key are the present shards' until the end.
// Then the new map rules. Shards that it does not know take no more queries, and their nodes go when they are idle. Sources:
// MySQL at YouTube, Vitess documentation ("Resharding": copy, catch up, switch); Apache Cassandra documentation ("pending
// ranges": writes go to the old and to the new owner while a node joins). Differs: here reads try the new owner before the
// switch, which Redis Cluster does from the other side (ASK); the copy itself takes none of the nodes' time.
#include <algorithm>

#include <fmt/format.h>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_resharding(const DatabaseBlueprint& blueprint, Database& database, Recorder& recorder) {
  if (!blueprint.resharding) return;
  const std::vector<Label> labels{{"database", blueprint.name}};
  Resharding& resharding = database.resharding.emplace();
  resharding.shards = static_cast<Index>(blueprint.resharding->shards);
  resharding.map = RegistryOf<ShardPolicy>::instance().make(blueprint.sharding, {})->map(resharding.shards);
  resharding.plan = plan_resharding(blueprint);
  resharding.copied.assign(static_cast<std::size_t>(blueprint.shards) * resharding.shards, 1.0);
  resharding.progress = &recorder.level_share("resharding_progress", labels);
  resharding.progress->whole.set(now_, 1.0);
  resharding.time = &recorder.durations("resharding_time", labels);
  resharding.dual_reads = &recorder.counter("dual_reads", labels);
  resharding.dual_writes = &recorder.counter("dual_writes", labels);
  has_visits_ = true;
}

// ---- while keys move ---------------------------------------------------------------------------------------------------------

// From the present owner of the key to the coming one.
void ExactRequestPlane::follow_move(const Database& database, std::uint64_t key, QueryRoute& route) const {
  const Index to = database.resharding->map->shard_of(key);
  if (to == route.shard) return;
  route.other = std::exchange(route.shard, to);
}

bool ExactRequestPlane::is_copied(const Database& database, const QueryRoute& route) const {
  if (database.phase != ShardingPhase::copying) return true;
  const double place = static_cast<double>(route.key >> 11U) * 0x1.0p-53;  // in the order of copying
  return place < database.resharding->copied[route.other * database.resharding->shards + route.shard];
}

// A task of its own for the other owner of the query's key.
void ExactRequestPlane::visit_other_owner(Index query, Index index) {
  const Index visit = new_task(TaskKind::visit);
  Server& server = servers_[service_count_ + index];
  QueryRoute route = query_routes_[query];
  Task& task = tasks_[visit];
  const Task& asked = tasks_[query];
  hand_over(asked, task);
  task.parent = query;
  task.target = asked.target;
  task.call = asked.call;
  task.draw_id = mix(asked.draw_id, 1);
  task.root_id = asked.root_id;
  task.begun = now_;
  tasks_[query].child = visit;
  route.shard = std::exchange(route.other, no_index);
  choose_copy(server, databases_[index], task, route);
  remember_route(visit, route);
  if (tasks_[visit].followed) [[unlikely]]
    ExactTrace{*this}.sent(visit, Duration{});
  if (!is_served(databases_[index], server, task, route)) return end_task(visit, TaskOutcome::unavailable);
  admit(visit, task, server, server.nodes[route.shard * server.copies + route.copy]);
}

// Before a query ends. True if it waits for the other owner of its key, or has failed there.
bool ExactRequestPlane::await_other_owner(Index slot, Index index) {
  Task& query = tasks_[slot];
  if (query.kind == TaskKind::visit) return false;
  Resharding& resharding = *databases_[index].resharding;
  const QueryRoute& route = query_routes_[slot];
  const bool is_write = targets_[query.target].write;
  if (is_write && query.child == no_index) {
    if (query.outcome == TaskOutcome::completed) return false;
    end_task(slot, query.outcome);
    return true;
  }
  if (!is_write && (route.other == no_index || is_copied(databases_[index], route))) return false;
  query.state = TaskState::joining;
  if (is_write) return true;
  resharding.dual_reads->add();
  visit_other_owner(slot, index);
  return true;
}

void ExactRequestPlane::end_visit(Index slot, TaskOutcome outcome) {
  Task& visit = tasks_[slot];
  if (visit.replica != no_index) servers_[replicas_[visit.replica].server].requests.leave(now_);
  const Index query = std::exchange(visit.parent, no_index);
  if (query == no_index) return;
  Task& asked = tasks_[query];
  asked.child = no_index;
  if (outcome != TaskOutcome::completed) asked.outcome = outcome;
  if (asked.state != TaskState::joining) return;
  if (outcome == TaskOutcome::completed) return make_runnable(query, asked);
  end_task(query, outcome);
}

// Of a query that fails; the other owner goes on with it.
void ExactRequestPlane::leave_visit(Index query) {
  const Index visit = tasks_[query].child;
  if (visit == no_index || tasks_[visit].kind != TaskKind::visit || tasks_[visit].parent != query) return;
  tasks_[visit].parent = no_index;
  tasks_[query].child = no_index;
}

// ---- begin and end -----------------------------------------------------------------------------------------------------------

void ExactRequestPlane::begin_resharding(Index index) {
  Database& database = databases_[index];
  Resharding& resharding = *database.resharding;
  Server& server = servers_[service_count_ + index];
  database.phase = ShardingPhase::copying;
  resharding.begun = now_;
  for (const ShardMove& move : resharding.plan.moves) resharding.copied[move.from * resharding.shards + move.to] = 0.0;
  for (Index shard = server.shards; shard < resharding.shards; ++shard) {
    for (Index copy = 0; copy < server.copies; ++copy)
      server.nodes[shard * server.copies + copy] = new_replica(service_count_ + index);
    database.shards[shard].primary = 0;
  }
  database.shards_there = std::max(server.shards, resharding.shards);
  note("databases/" + database.name, fmt::format("resharding from {} to {} shards begins: {:.1f} % of the keys move",
                                                 server.shards, resharding.shards, 100.0 * resharding.plan.moved));
}

bool ExactRequestPlane::takes_writes(Index database, Index shard) const {
  return databases_[database].shards[shard].primary != no_index;
}

void ExactRequestPlane::copied(Index index, Index move, double share) {
  Resharding& resharding = *databases_[index].resharding;
  const ShardMove& what = resharding.plan.moves[move];
  double& present = resharding.copied[what.from * resharding.shards + what.to];
  resharding.done += (share - present) * what.share;
  present = share;
  resharding.progress->part.set(now_, std::min(1.0, resharding.done / resharding.plan.moved));
}

void ExactRequestPlane::end_resharding(Index index) {
  Database& database = databases_[index];
  Resharding& resharding = *database.resharding;
  Server& server = servers_[service_count_ + index];
  for (Index shard = resharding.shards; shard < server.shards; ++shard) {
    for (Index copy = 0; copy < server.copies; ++copy) {
      const Index node = std::exchange(server.nodes[shard * server.copies + copy], no_index);
      if (node != no_index) resharding.draining.push_back(node);
    }
    database.shards[shard].primary = no_index;
  }
  server.shard_map = std::move(resharding.map);
  server.shards = database.shards_there = resharding.shards;
  database.phase = ShardingPhase::resharded;
  show_shards_down(database);
  resharding.progress->part.set(now_, 1.0);
  resharding.time->record(now_ - resharding.begun);
  note("databases/" + database.name,
       fmt::format("the {} shards have all keys, after {:.1f} s", server.shards, to_seconds(now_ - resharding.begun)));
}

int ExactRequestPlane::draining_nodes(Index index) {
  std::vector<Index>& draining = databases_[index].resharding->draining;
  std::erase_if(draining, [this](Index node) {
    if (replicas_[node].busy_slots > 0 || !replicas_[node].backlog.empty()) return false;
    kill(node, TaskOutcome::lost);
    free_replicas_.push_back(node);
    return true;
  });
  return static_cast<int>(draining.size());
}

}  // namespace headroom
