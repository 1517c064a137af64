// What every request goes through, for the files of the exact plane to inline: its way to a slot, its time on a core, the counts
// it leaves. As calls these steps cost as much again for saving registers (a sixth of a run).
#pragma once

#include "sim/cluster/exact_clients.hpp"
#include "sim/cluster/exact_request_plane.hpp"
#include "sim/cluster/exact_trace.hpp"

namespace headroom {

[[gnu::always_inline]] inline void ExactRequestPlane::find_next_arrival() {
  next_arrival_ = end_of_time;
  for (std::size_t i = 0; i < arrivals_.size(); ++i) {
    const ArrivalQueue& arrivals = arrivals_[i];
    if (arrivals.next < arrivals.filled && arrivals.batch[arrivals.next].at < next_arrival_) {
      next_arrival_ = arrivals.batch[arrivals.next].at;
      next_workload_ = i;
    }
  }
}

[[gnu::always_inline]] inline void ExactRequestPlane::make_runnable(Index slot, Task& task) {
  task.state = TaskState::runnable;
  ready_.push(slot);
}

// For what an event alone makes runnable: nothing else is ready at that moment, so it need not line up.
[[gnu::always_inline]] inline void ExactRequestPlane::resume(Index slot, Task& task) {
  task.state = TaskState::runnable;
  run(slot);
}

[[gnu::always_inline]] inline void ExactRequestPlane::count_request(const Task& request, TaskOutcome outcome,
                                                                    Histogram::Entry latency) {
  targets_[request.target].count->count(outcome, latency);
}

[[gnu::always_inline]] inline void ExactRequestPlane::count_users_request(Index workload, std::uint64_t subject,
                                                                          TaskOutcome outcome, Histogram::Entry latency) {
  ArrivalQueue& arrivals = arrivals_[workload];
  arrivals.in_flight.leave(now_);
  arrivals.users.count(outcome, latency);
  if (!users_by_region_.empty()) count_by_region(arrivals, subject, outcome, latency);
  if (outcome != TaskOutcome::completed) arrivals.failures[static_cast<std::size_t>(outcome)]->add();
}

// Of a task whose slot is counted as taken.
[[gnu::always_inline]] inline void ExactRequestPlane::start_service(Index slot, Task& task, Server& server, Replica& replica) {
  task.timer = 0;
  task.in_slot = true;
  task.pc = targets_[task.target].entry;
  server.queue_wait->record(now_ - task.queued_at);
  if (server.queue != no_index) {
    const MessageQueue& queue = queues_[server.queue];
    queue.queue_wait[queue.class_of(task)]->record(now_ - task.begun);
  }
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.served(slot);
  make_runnable(slot, task);
  if (!server.watches_starts) return;
  replica.served_to = task.queued_at;
  if (server.memory_limit.count > 0 && memory_of(replica) > replica.memory_limit) doom(replica, task.replica);
}

[[gnu::always_inline]] inline void ExactRequestPlane::occupy(Index slot, Task& task, Server& server, Replica& replica) {
  ++replica.busy_slots;
  server.taken_slots.enter(now_);
  start_service(slot, task, server, replica);
}

// The slot of a task that has ended is its successor's, the next in the backlog; without one it is free, and a worker asks its
// queue for more. A replica that is dying has no successors.
[[gnu::always_inline]] inline void ExactRequestPlane::vacate_slot(Server& server, Replica& replica, Index index) {
  if (replica.alive && !replica.backlog.empty()) {
    if (replica.gate != nullptr) [[unlikely]]
      return hand_on_slot(server, index);
    const Index slot = replica.backlog.pop(tasks_);
    server.waiting.leave(now_);
    return start_service(slot, tasks_[slot], server, replica);
  }
  --replica.busy_slots;
  server.taken_slots.leave(now_);
  if (server.kind >= Server::Kind::worker && replica.alive) {
    if (server.kind == Server::Kind::serverless) return settle_instance(server, index);
    offer_vacancy(index);
    dispatch(server.queue);
  }
}

[[gnu::always_inline]] inline void ExactRequestPlane::queue_up(Index slot, Task& task, Server& server, Replica& replica) {
  task.state = TaskState::queued;
  replica.backlog.push(tasks_, slot);
  server.waiting.enter(now_);
  if (server.wait_limit)
    task.timer = events_.schedule(now_ + to_duration(server.wait_limit->draw(task.draw_id)), waited_too_long, slot);
}

[[gnu::always_inline]] inline void ExactRequestPlane::admit(Index slot, Task& request, Server& server, Index index) {
  Replica& replica = replicas_[index];
  request.replica = index;
  if (transfers_ != nullptr) [[unlikely]]
    count_request_bytes(slot);
  server.requests.enter(now_);
  request.queued_at = now_;
  if (replica.busy_slots < server.concurrency) return occupy(slot, request, server, replica);
  if (server.backlog_limit && replica.backlog.size() >= *server.backlog_limit) return end_task(slot, TaskOutcome::rejected);
  queue_up(slot, request, server, replica);
}

[[gnu::always_inline]] inline void ExactRequestPlane::route(Index slot, Task& request) {
  Server& server = *targets_[request.target].server;
  if (server.kind != Server::Kind::balanced) {
    if (server.kind == Server::Kind::fronted) return enter_load_balancer(slot, request, server);
    if (server.kind == Server::Kind::attentive) return route_attentively(slot, request, server);
    if (server.kind == Server::Kind::serverless) return route_to_instance(slot, server);
    return route_query(slot, request, server);
  }
  if (server.registered.empty()) return end_task(slot, TaskOutcome::unavailable);
  const std::size_t position = server.balancer->pick(server.in_flight, server.random);
  ++server.in_flight[position];
  admit(slot, request, server, server.registered[position]);
}

[[gnu::always_inline]] inline void ExactRequestPlane::send(Index slot, Task& request, Duration delay) {
  if (request.followed) [[unlikely]]
    ExactTrace{*this}.sent(slot, delay);
  if (delay == Duration{}) return route(slot, request);
  request.state = TaskState::travelling;
  request.timer = events_.schedule(now_ + delay, delivered, slot);
}

// number: of the request among those of the call.
[[gnu::always_inline]] inline void ExactRequestPlane::ask_callee(Index request, Index caller, Index number) {
  Task& callee = tasks_[request];
  const Task& task = tasks_[caller];
  const CallSite& site = program_.calls[task.call];
  callee.parent = caller;
  callee.target = site.target;
  callee.call = task.call;
  hand_over(task, callee);
  // A message that is delivered again does the same work; what it asks of others is another try.
  callee.draw_id = mix(task.draw_id, (std::uint64_t{task.pc} << 32) | (std::uint32_t{task.delivery} << 16) | number);
  if (belongs_to_user(task)) callee.root_id = mix(task.draw_id, std::uint64_t{task.pc} << 32);
  callee.begun = now_;
  if (site.route != no_index) [[unlikely]]
    callee.target = routed_target(site.route, task, callee);
  if (transfers_ != nullptr) [[unlikely]]
    note_caller(request, task, site.sizes);
  if (callee.followed) [[unlikely]]
    ExactTrace{*this}.called(request, (number & second_request) != 0);
  if (site.pooled) [[unlikely]]
    return ask_for_connection(request);
  send(request, callee, one_way(task, targets_[callee.target].server->region));
}

[[gnu::always_inline]] inline Index ExactRequestPlane::new_task(TaskKind kind) {
  // A bound on memory: a system that far behind its load is not simulated further.
  constexpr Index most_in_flight = 32'000'000;
  if (tasks_.live() >= most_in_flight) [[unlikely]]
    refuse_more_tasks();
  const Index slot = tasks_.acquire();
  tasks_[slot].kind = kind;
  ++books_[static_cast<std::size_t>(kind)].entered;
  return slot;
}

// Of a user who has come.
[[gnu::always_inline]] inline void ExactRequestPlane::begin_for(Task& task, Index workload, const Arrival& arrival,
                                                                std::uint64_t identity) {
  task.workload = static_cast<std::uint16_t>(workload);
  task.subject = arrival.subject;
  task.arrival_key = arrival.key;
  task.priority = arrival.priority;
  task.draw_id = task.root_id = identity;
}

[[gnu::always_inline]] inline void ExactRequestPlane::send_users_request(Index workload, const Arrival& arrival, Index site,
                                                                         std::uint64_t identity) {
  const Index request = new_task(TaskKind::request);
  Task& task = tasks_[request];
  task.user_request = true;
  begin_for(task, workload, arrival, identity);
  task.target = program_.calls[site].target;
  task.call = site;
  task.begun = now_;
  ArrivalQueue& arrivals = arrivals_[workload];
  arrivals.in_flight.enter(now_);
  if (arrivals.has_sessions) arrivals.concurrent.enter(now_);
  if (--targets_[task.target].until_followed == 0) [[unlikely]]
    ExactTrace{*this}.follow_request(request, task.target, workload);
  send(request, task, one_way(arrivals.region, targets_[task.target].server->region));
}

// After a computation of the replica began or ended.
[[gnu::always_inline]] inline void ExactRequestPlane::reschedule_processor(Index index) {
  if (NodeCores* const node = replicas_[index].node; node != nullptr) [[unlikely]]
    return share_cores(*node);
  schedule_processor(index);
}

[[gnu::always_inline]] inline void ExactRequestPlane::compute(Index slot, Task& task, double core_seconds) {
  Replica& replica = replicas_[task.replica];
  task.state = TaskState::computing;
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.computes(slot, core_seconds);
  if (replica.dedicated_cores) {
    task.timer = events_.schedule(now_ + to_duration(core_seconds), computed, slot);
    replica.computing.enter(now_);
  } else {
    replica.processor.start(now_, core_seconds, slot);
    reschedule_processor(task.replica);
  }
}

[[gnu::always_inline]] inline void ExactRequestPlane::end_computation(Index slot, Task& task) {
  replicas_[task.replica].computing.leave(now_);
  resume(slot, task);
}

[[gnu::always_inline]] inline void ExactRequestPlane::start_call(Index slot, Index site) {
  Task& task = tasks_[slot];
  task.call = site;
  TaskWait& wait = tasks_.begin_wait(slot);
  wait.attempt = 0;
  wait.call_begun = now_;
  if (belongs_to_user(task)) {
    arrivals_[task.workload].in_flight.enter(now_);
    const Index target = program_.calls[site].target;  // of a route the first
    if (--targets_[target].until_followed == 0) [[unlikely]]
      ExactTrace{*this}.follow_request(slot, target, task.workload);
  }
  try_call(slot);
}

}  // namespace headroom
