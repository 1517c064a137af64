// Replicas of the exact plane: they come, are on the balancer or not, and go, with or without what they were at.
#include <algorithm>
#include <utility>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

Index ExactRequestPlane::new_replica(Index server_index, ReplicaDisk* disk) {
  Index index;
  if (free_replicas_.empty()) {
    index = static_cast<Index>(replicas_.size());
    replicas_.emplace_back();
  } else {
    index = free_replicas_.back();
    free_replicas_.pop_back();
    replicas_[index] = Replica{};
  }
  Server& server = servers_[server_index];
  Replica& replica = replicas_[index];
  replica.server = server_index;
  replica.alive = true;
  replica.dedicated_cores = server.dedicated_cores;
  replica.processor = Processor{server.cores};
  replica.cores = server.cores;
  replica.cpu_request = server.cpu_request;
  replica.memory_limit = server.memory_limit;
  replica.backlog = Backlog{server.discipline, server.fair_weights};
  if (!replica_caches_[server_index].empty()) make_replica_caches(index, disk);
  if (!service_clients_.empty()) ClientCalls{*this}.begin(index);
  if (server.language_model != no_index) start_engine(index);
  if (server.admission != nullptr) replica.gate = std::make_unique<AdmissionGate>(*server.admission, now_);
  server.replicas.push_back(index);
  server.cpu->whole.add(now_, server.cores);
  if (server.slots != nullptr) server.slots->whole.add(now_, server.concurrency);
  return index;
}

Index ExactRequestPlane::add_replica(Index service, Index zone, std::shared_ptr<ReplicaDisk> disk) {
  const Index index = new_replica(service, disk.get());
  replicas_[index].zone = zone;
  Server& server = servers_[service];
  register_with_balancer(index, 0);
  open_connections(index);
  if (server.kind == Server::Kind::worker) {
    offer_vacancy(index);
    dispatch(server.queue);
  }
  run_ready();
  return index;
}

void ExactRequestPlane::register_with_balancer(Index index, Index unanswered) {
  Server& server = servers_[replicas_[index].server];
  if (server.kind == Server::Kind::fronted) return join_fleet(index, unanswered);
  replicas_[index].position = static_cast<Index>(server.registered.size());
  server.registered.push_back(index);
  server.in_flight.push_back(unanswered);
  if (router_ != nullptr) router_->change(replicas_[index].server, true, now_);
}

void ExactRequestPlane::unregister(Index index) {
  Replica& replica = replicas_[index];
  Server& server = servers_[replica.server];
  if (server.kind == Server::Kind::fronted) return leave_fleet(index);
  if (replica.position == no_index) return;
  server.registered.erase(server.registered.begin() + replica.position);
  server.in_flight.erase(server.in_flight.begin() + replica.position);
  for (Index i = replica.position; i < server.registered.size(); ++i) replicas_[server.registered[i]].position = i;
  if (router_ != nullptr && server.registered.empty()) router_->change(replica.server, false, now_);
  replica.position = no_index;
  replica.vacant = false;
}

void ExactRequestPlane::drain_replica(ReplicaRef replica) {
  if (replicas_[replica.replica].alive) unregister(replica.replica);
}

// Another change at this instant may have been the end of it: then nobody needs to be told any more.
void ExactRequestPlane::remove_replica(ReplicaRef replica) {
  if (replicas_[replica.replica].alive) {
    kill(replica.replica, TaskOutcome::lost);
    run_ready();
  } else {
    std::erase_if(killed_, [&](const ReplicaRef& killed) { return killed.replica == replica.replica; });
  }
  free_replicas_.push_back(replica.replica);  // not before: its disk may be taken next, and an instance may start meanwhile
}

void ExactRequestPlane::kill(Index index, TaskOutcome why) {
  unregister(index);
  replicas_[index].alive = false;
  Server& server = servers_[replicas_[index].server];

  if (has_connections_ && server.kind != Server::Kind::sharded) close_connections(index);
  if (!locks_.empty()) abandon_locks(index);
  std::vector<Index> whole_tasks, branches;
  take_from_work(index, why, whole_tasks, branches);
  if (!service_clients_.empty()) ClientCalls{*this}.end(index);
  replicas_[index].backlog.append_to(tasks_, whole_tasks);
  if (has_flights_) abandon_flights(index);

  stop_computing(server, index);
  for (const Index slot : branches) {
    if (tasks_[slot].followed) ExactTrace{*this}.ended(slot, why);
    tasks_.release(slot);
  }
  for (const Index slot : whole_tasks) {
    const bool has_begun = tasks_[slot].in_slot || tasks_[slot].kind == TaskKind::background;
    tasks_[slot].state = has_begun ? TaskState::runnable : TaskState::queued;
    end_task(slot, why);
  }
  if (replicas_[index].gate != nullptr) replicas_[index].gate->close(now_);
  server.cpu->whole.add(now_, -replicas_[index].cores);
  server.slots->whole.add(now_, -static_cast<double>(server.concurrency));
  if (!replica_caches_[replicas_[index].server].empty()) end_replica_caches(index);
  std::erase(server.replicas, index);
}

// What a replica that dies is at, apart from its backlog; from here on no event wakes it. Only replicas that die at work pay for
// the search among all tasks, so that no request pays for a list of who is where.
void ExactRequestPlane::take_from_work(Index index, TaskOutcome why, std::vector<Index>& whole_tasks,
                                       std::vector<Index>& branches) {
  if (replicas_[index].busy_slots == 0 && replicas_[index].in_background == 0) return;
  const Index end = tasks_.size();
  for (Index slot = 0; slot < end; ++slot) {
    Task& task = tasks_[slot];
    const bool left_alone = task.kind == TaskKind::branch || task.kind == TaskKind::background;
    const bool at_work = left_alone || (task.kind != TaskKind::free && task.in_slot);
    if (!at_work || task.replica != index) continue;
    if (task.kind == TaskKind::background && hand_over_write(slot, index)) continue;
    if (task.state == TaskState::coalesced) leave_flight(slot);
    if (task.state == TaskState::transferring) abandon_transfer(slot);
    if (is_limited(task)) end_limit_wait(slot);
    if (task.state == TaskState::publishing) withdraw(std::exchange(task.child, no_index));
    if (task.state == TaskState::generating) abandon_generation(slot, why);
    // Nobody waits for what these had asked of others.
    if (task.child != no_index) tasks_[task.child].parent = no_index;
    task.child = no_index;
    if (!service_clients_.empty()) ClientCalls{*this}.forget(slot);
    task.timer = 0;
    (task.kind == TaskKind::branch ? branches : whole_tasks).push_back(slot);
  }
}

void ExactRequestPlane::stop_computing(Server& server, Index index) {
  if (server.language_model != no_index) stop_engine(index);
  Replica& replica = replicas_[index];
  replica.processor.clear(now_);
  replica.processor_event = 0;
  leave_node(index);
  replica.computing.leave_all(now_);
  server.past_core_nanoseconds += core_nanoseconds(replica);
}

void ExactRequestPlane::kill_doomed() {
  for (const Index index : std::exchange(doomed_, {})) {
    if (!replicas_[index].alive) continue;
    killed_.push_back({replicas_[index].server, index});
    kill(index, TaskOutcome::out_of_memory);
  }
}

std::vector<ReplicaRef> ExactRequestPlane::take_killed() {
  // Only now may their places be taken by others: until here the caller knew them by these.
  for (const ReplicaRef& replica : killed_) free_replicas_.push_back(replica.replica);
  return std::exchange(killed_, {});
}

}  // namespace headroom
