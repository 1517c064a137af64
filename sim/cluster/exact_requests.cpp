// The life of a request: sent, balanced, queued, served, answered; with time-outs and retries on the caller's side.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/cluster/exact_request_plane.hpp"
#include "sim/cluster/simulation.hpp"

namespace headroom {

const char* to_text(TaskOutcome outcome) {
  switch (outcome) {
    case TaskOutcome::completed: return "completed";
    case TaskOutcome::timeout: return "timeout";
    case TaskOutcome::rejected: return "rejected";
    case TaskOutcome::wait_limit: return "wait_limit";
    case TaskOutcome::unavailable: return "unavailable";
    case TaskOutcome::lost: return "lost";
    case TaskOutcome::out_of_memory: return "out_of_memory";
  }
  return "";
}

Index ExactRequestPlane::new_task(TaskKind kind) {
  // A bound on memory: a system that far behind its load is not simulated further.
  constexpr Index most_in_flight = 32'000'000;
  if (tasks_.live() >= most_in_flight) [[unlikely]]
    refuse_more_tasks();
  const Index slot = tasks_.acquire();
  tasks_[slot].kind = kind;
  Books& books = kind == TaskKind::session ? sessions_ : kind == TaskKind::message ? messages_ : requests_;
  if (kind != TaskKind::branch) ++books.entered;
  return slot;
}

void ExactRequestPlane::refuse_more_tasks() const {
  throw IncompleteRun{
      fmt::format("32,000,000 requests are in flight {:.1f} s into the run: the load is far beyond what the "
                  "system serves; bound a backlog or a queue, or shorten the run",
                  to_seconds(now_))};
}

Index ExactRequestPlane::region_of(const Task& task) const {
  return task.replica == no_index ? arrivals_[task.workload].region : servers_[replicas_[task.replica].server].region;
}

// ---- the caller's side -------------------------------------------------------------------------------------------------------

void ExactRequestPlane::start_call(Index slot, Index site) {
  Task& task = tasks_[slot];
  task.call = site;
  TaskWait& wait = tasks_.begin_wait(slot);
  wait.attempt = 0;
  wait.call_begun = now_;
  if (belongs_to_user(task)) arrivals_[task.workload].in_flight.enter(now_);
  try_call(slot);
}

void ExactRequestPlane::try_call(Index caller) {
  const Index request = new_task(TaskKind::request);
  Task& callee = tasks_[request];
  Task& task = tasks_[caller];
  const CallSite& site = program_.calls[task.call];
  TaskWait& wait = tasks_.wait(caller);
  ++wait.attempt;
  wait.deadline = end_of_time;
  task.state = TaskState::calling;
  task.child = request;
  task.timer = 0;
  if (site.timeout > Duration{}) {
    wait.deadline = now_ + site.timeout;
    task.timer = events_.schedule(wait.deadline, timed_out, caller);
  }
  callee.parent = caller;
  callee.target = site.target;
  callee.call = task.call;
  callee.workload = task.workload;
  callee.priority = task.priority;
  callee.subject = task.subject;
  callee.arrival_key = task.arrival_key;
  callee.draw_id = mix(task.draw_id, (std::uint64_t{task.pc} << 32) | wait.attempt);
  callee.root_id = belongs_to_user(task) ? mix(task.draw_id, std::uint64_t{task.pc} << 32) : task.root_id;
  callee.begun = now_;
  send(request, one_way(task, servers_[program_.targets[site.target].server].region));
}

void ExactRequestPlane::send_users_request(Index workload, const Arrival& arrival, Index site, std::uint64_t identity) {
  const Index request = new_task(TaskKind::request);
  Task& task = tasks_[request];
  task.user_request = true;
  task.workload = static_cast<std::uint16_t>(workload);
  task.target = program_.calls[site].target;
  task.call = site;
  task.priority = arrival.priority;
  task.subject = arrival.subject;
  task.arrival_key = arrival.key;
  task.draw_id = task.root_id = identity;
  task.begun = now_;
  arrivals_[workload].in_flight.enter(now_);
  send(request, one_way(arrivals_[workload].region, servers_[program_.targets[task.target].server].region));
}

void ExactRequestPlane::resume_caller(Index caller, TaskOutcome outcome) {
  Task& task = tasks_[caller];
  const RetryPolicy& retry = program_.calls[task.call].retry;
  task.timer = 0;
  task.child = no_index;
  const int attempt = tasks_.wait(caller).attempt;
  if (outcome == TaskOutcome::completed || attempt >= retry.attempts) return finish_call(caller, outcome);
  double seconds = std::min(to_seconds(retry.cap), to_seconds(retry.base) * std::pow(retry.factor, attempt - 1));
  if (retry.full_jitter)
    seconds *= Draws{program_.calls[task.call].jitter_key, mix(task.draw_id, static_cast<std::uint64_t>(attempt))}.uniform();
  sleep(caller, to_duration(seconds), retry_due);
}

void ExactRequestPlane::finish_call(Index caller, TaskOutcome outcome) {
  Task& task = tasks_[caller];
  const bool ignore_failure = program_.calls[task.call].ignore_failure;
  task.call = no_index;
  bool stays = outcome == TaskOutcome::completed || ignore_failure;
  if (belongs_to_user(task)) {
    const TaskWait& wait = tasks_.wait(caller);
    count_users_request(task.workload, outcome, now_ - wait.call_begun, wait.callee_turned_away);
    // A member of a closed population does not leave because a request failed: it goes on with its journey.
    stays = stays || arrivals_[task.workload].workload->repeats();
  }
  if (!stays) return end_task(caller, outcome);
  ++task.pc;
  make_runnable(caller);
}

// The caller gives up on this try. The callee does not learn of it and goes on.
void ExactRequestPlane::on_timeout(Index caller) {
  Task& task = tasks_[caller];
  if (task.child != no_index) {
    Task& callee = tasks_[task.child];
    callee.parent = no_index;
    if (!callee.counted) {
      count_request(callee, TaskOutcome::timeout, now_ - callee.begun);
      callee.counted = true;
    }
  }
  if (trace_ != nullptr) [[unlikely]]
    trace_moment(caller, "timeout");
  tasks_.wait(caller).callee_turned_away = false;
  resume_caller(caller, TaskOutcome::timeout);
}

// ---- the server's side -------------------------------------------------------------------------------------------------------

void ExactRequestPlane::send(Index request, Duration delay) {
  if (trace_ != nullptr) [[unlikely]]
    trace_sent(request);
  if (delay == Duration{}) return route(request);
  Task& task = tasks_[request];
  task.state = TaskState::travelling;
  task.timer = events_.schedule(now_ + delay, delivered, request);
}

void ExactRequestPlane::route(Index request) {
  Task& task = tasks_[request];
  task.timer = 0;
  Server& server = servers_[program_.targets[task.target].server];
  if (server.kind == Server::Kind::sharded) return admit(request, shard_node(server, task));
  if (server.registered.empty()) return turn_away(request, TaskOutcome::unavailable);
  const std::size_t position = server.balancer->pick(server.in_flight, server.random);
  ++server.in_flight[position];
  admit(request, server.registered[position]);
}

Index ExactRequestPlane::shard_node(Server& server, const Task& request) {
  Index shard = 0;
  if (const Index key = program_.calls[request.call].key; key != no_index && server.shards > 1) {
    // The key is the caller's: a branch of a for_each has its own.
    const Task& owner = request.parent == no_index ? request : tasks_[request.parent];
    shard = server.shard_map->shard_of(key_of(key, owner));
  } else if (server.shards > 1) {
    shard = server.next_shard++ % server.shards;
  }
  const bool primary = program_.targets[request.target].write || server.copies == 1;
  return server.nodes[shard * server.copies + (primary ? 0 : server.next_copy++ % server.copies)];
}

void ExactRequestPlane::turn_away(Index request, TaskOutcome outcome) {
  tasks_[request].turned_away = true;
  end_task(request, outcome);
}

void ExactRequestPlane::admit(Index request, Index replica) {
  Server& server = servers_[replicas_[replica].server];
  Task& task = tasks_[request];
  task.replica = replica;
  server.requests.enter(now_);
  task.queued_at = now_;
  if (replicas_[replica].busy_slots < server.concurrency) return occupy(request, replica);
  if (server.backlog_limit && replicas_[replica].backlog.size() >= *server.backlog_limit)
    return turn_away(request, TaskOutcome::rejected);
  queue_up(request, replica);
}

void ExactRequestPlane::queue_up(Index slot, Index replica) {
  Server& server = servers_[replicas_[replica].server];
  Task& task = tasks_[slot];
  task.state = TaskState::queued;
  replicas_[replica].backlog.push_back(tasks_, slot);
  server.waiting.enter(now_);
  if (server.wait_limit) {
    Draws draws{server.wait_limit->key, task.draw_id};
    task.timer = events_.schedule(now_ + to_duration(server.wait_limit->value.sample(draws)), waited_too_long, slot);
  }
}

void ExactRequestPlane::on_waited_too_long(Index slot) { end_task(slot, TaskOutcome::wait_limit); }

void ExactRequestPlane::occupy(Index slot, Index index) {
  Replica& replica = replicas_[index];
  Server& server = servers_[replica.server];
  Task& task = tasks_[slot];
  task.replica = index;
  task.timer = 0;
  task.in_slot = true;
  task.pc = program_.targets[task.target].entry;
  ++replica.busy_slots;
  server.taken_slots.enter(now_);
  server.queue_wait->record(now_ - task.queued_at);
  if (task.kind == TaskKind::message) queues_[server.queue].queue_wait->record(now_ - task.begun);
  if (trace_ != nullptr) [[unlikely]]
    trace_served(slot);
  make_runnable(slot);
  if (server.memory_limit.count > 0) check_memory(index);
}

void ExactRequestPlane::check_memory(Index index) {
  Replica& replica = replicas_[index];
  const Bytes limit = servers_[replica.server].memory_limit;
  if (limit.count == 0 || replica.doomed || memory_of(replica) <= limit) return;
  replica.doomed = true;
  doomed_.push_back(index);
}

void ExactRequestPlane::leave_slot(Index slot) {
  Task& task = tasks_[slot];
  Replica& replica = replicas_[task.replica];
  task.in_slot = false;
  --replica.busy_slots;
  servers_[replica.server].taken_slots.leave(now_);
}

void ExactRequestPlane::serve_backlog(Index index) {
  Replica& replica = replicas_[index];
  Server& server = servers_[replica.server];
  while (!replica.backlog.empty() && replica.busy_slots < server.concurrency) {
    const Index slot = replica.backlog.pop_front(tasks_);
    server.waiting.leave(now_);
    occupy(slot, index);
  }
  if (server.kind == Server::Kind::worker && replica.backlog.empty() && replica.busy_slots < server.concurrency) {
    offer_vacancy(index);
    dispatch(server.queue);
  }
}

// How long the answer travels; within the server's region when nobody waits for it any more.
Duration ExactRequestPlane::way_back(const Task& request, Index caller) const {
  if (regions_ == 1) return one_way_.front();
  const Index from = servers_[program_.targets[request.target].server].region;
  if (request.user_request) return one_way(from, arrivals_[request.workload].region);
  return one_way(from, caller == no_index ? from : region_of(tasks_[caller]));
}

// Tells the caller, whoever it is; the request itself may go on.
void ExactRequestPlane::answer(Index request, TaskOutcome outcome) {
  Task& task = tasks_[request];
  const Index caller = task.parent;
  task.responded = true;
  task.parent = no_index;
  if (task.replica != no_index) {
    const Replica& replica = replicas_[task.replica];
    if (replica.position != no_index) --servers_[replica.server].in_flight[replica.position];
  }
  const Duration delay = way_back(task, caller);
  if (!task.counted) {
    count_request(task, outcome, now_ + delay - task.begun);
    task.counted = true;
  }
  if (task.user_request) return count_users_request(task.workload, outcome, now_ + delay - task.begun, task.turned_away);
  if (caller == no_index) return;
  TaskWait& wait = tasks_.wait(caller);
  wait.callee_turned_away = task.turned_away;
  if (delay == Duration{}) return resume_caller(caller, outcome);
  Task& waiting = tasks_[caller];
  waiting.child = no_index;
  if (now_ + delay >= wait.deadline) return;  // too late: the time-out comes first
  waiting.state = TaskState::answered;
  waiting.outcome = outcome;
  waiting.timer = events_.schedule(now_ + delay, answer_due, caller);
}

void ExactRequestPlane::end_task(Index slot, TaskOutcome outcome) {
  Task& task = tasks_[slot];
  if (task.kind == TaskKind::branch) return end_branch(slot, outcome);
  if (trace_ != nullptr) [[unlikely]]
    trace_ended(slot, outcome);

  Books& books = task.kind == TaskKind::session ? sessions_ : task.kind == TaskKind::message ? messages_ : requests_;
  if (outcome == TaskOutcome::completed)
    ++books.completed;
  else
    ++books.failed[static_cast<std::size_t>(outcome)];

  const Index index = task.replica;
  if (index != no_index) {
    Replica& replica = replicas_[index];
    Server& server = servers_[replica.server];
    if (task.in_slot) {
      leave_slot(slot);
    } else if (task.state == TaskState::queued) {
      replica.backlog.remove(tasks_, slot);
      server.waiting.leave(now_);
    }
    if (task.kind == TaskKind::request) server.requests.leave(now_);
  }
  if (task.kind == TaskKind::request && !task.responded) answer(slot, outcome);
  if (task.kind == TaskKind::message) {
    count_request(tasks_[slot], outcome, now_ - tasks_[slot].begun);
    if (tasks_[slot].user_request) count_users_request(tasks_[slot].workload, outcome, now_ - tasks_[slot].begun, false);
  }
  tasks_.release(slot);
  if (index != no_index && replicas_[index].alive) serve_backlog(index);
}

// ---- what is counted ---------------------------------------------------------------------------------------------------------

void ExactRequestPlane::count_request(const Task& request, TaskOutcome outcome, Duration latency) {
  target_counts_[request.target]->count(outcome == TaskOutcome::completed, latency, request.turned_away);
}

void ExactRequestPlane::count_users_request(Index workload, TaskOutcome outcome, Duration latency, bool turned_away) {
  ArrivalQueue& arrivals = arrivals_[workload];
  arrivals.in_flight.leave(now_);
  arrivals.users.count(outcome == TaskOutcome::completed, latency, turned_away);
  if (outcome != TaskOutcome::completed) arrivals.failures[static_cast<std::size_t>(outcome)]->add();
}

}  // namespace headroom
