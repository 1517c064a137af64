// The life of a request: sent, balanced, queued, served, answered; with time-outs and retries on the caller's side.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/cluster/exact_hot_path.hpp"
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
    case TaskOutcome::dead_letter: return "dead_letter";
    case TaskOutcome::lock_held: return "lock_held";
    case TaskOutcome::throttled: return "throttled";
    case TaskOutcome::abandoned: return "abandoned";
  }
  return "";
}

void ExactRequestPlane::refuse_more_tasks() const {
  throw IncompleteRun{
      fmt::format("32,000,000 requests are in flight {:.1f} s into the run: the load is far beyond what the "
                  "system serves; bound a backlog or a queue, or shorten the run",
                  to_seconds(now_))};
}

Index ExactRequestPlane::region_of(const Task& task) const {
  return task.replica == no_index ? home_of(arrivals_[task.workload], task.subject)
                                  : servers_[replicas_[task.replica].server].region;
}

// ---- the caller's side -------------------------------------------------------------------------------------------------------

void ExactRequestPlane::try_call(Index caller) {
  const Index request = new_task(TaskKind::request);
  Task& task = tasks_[caller];
  const CallSite& site = program_.calls[task.call];
  TaskWait& wait = tasks_.wait(caller);
  ++wait.attempt;
  wait.deadline = end_of_time;
  task.state = TaskState::calling;
  task.child = request;
  task.timer = 0;
  if (site.timeout > Duration{}) {
    wait.deadline = (site.client == no_index ? now_ : client_calls_[caller].begun) + site.timeout;
    task.timer = events_.schedule(wait.deadline, timed_out, caller);
  }
  if (site.patience) [[unlikely]] {
    const SimTime leaves = leaves_at(caller, site);
    if (leaves < wait.deadline) {
      wait.deadline = leaves;
      task.timer = events_.schedule(leaves, patience_over, caller);
    }
  }
  ask_callee(request, caller, wait.attempt);
}

[[gnu::always_inline]] inline void ExactRequestPlane::finish_call(Index caller, TaskOutcome outcome) {
  Task& task = tasks_[caller];
  const CallSite& site = program_.calls[task.call];
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.call_over(caller, outcome);
  task.call = no_index;
  bool stays = outcome == TaskOutcome::completed || site.ignore_failure;
  if (belongs_to_user(task)) {
    const TaskWait& wait = tasks_.wait(caller);
    count_users_request(task.workload, task.subject, outcome, Histogram::Entry{now_ - wait.call_begun});
    if (arrivals_[task.workload].late != nullptr) [[unlikely]]
      count_lateness(task, now_ - wait.call_begun);
    // A member of a closed population does not leave because a request failed: it goes on with its journey.
    stays = stays || arrivals_[task.workload].workload->repeats();
  }
  if (!stays) return site.fallback == no_index ? end_task(caller, outcome) : ClientCalls{*this}.fall_back(caller, site);
  ++task.pc;
  make_runnable(caller, task);
}

void ExactRequestPlane::resume_caller(Index caller, TaskOutcome outcome) {
  Task& task = tasks_[caller];
  const CallSite& site = program_.calls[task.call];
  const RetryPolicy& retry = site.retry;
  task.timer = 0;
  task.child = no_index;
  if (site.client != no_index) [[unlikely]]
    ClientCalls{*this}.end_try(caller, outcome);
  const int attempt = tasks_.wait(caller).attempt;
  if (outcome == TaskOutcome::completed || attempt >= retry.attempts) return finish_call(caller, outcome);
  if (site.client != no_index && !ClientCalls{*this}.may_retry(caller)) return finish_call(caller, outcome);
  double seconds = std::min(to_seconds(retry.cap), to_seconds(retry.base) * std::pow(retry.factor, attempt - 1));
  if (retry.full_jitter)
    seconds *= Draws{site.jitter_key, mix(task.draw_id, static_cast<std::uint64_t>(attempt))}.uniform();
  const SimTime again = now_ + to_duration(seconds);
  if (!site.patience) return sleep(caller, again - now_, retry_due);
  const SimTime leaves = leaves_at(caller, site);
  sleep(caller, std::min(again, leaves) - now_, leaves < again ? patience_over : retry_due);
}

SimTime ExactRequestPlane::leaves_at(Index caller, const CallSite& site) const {
  return tasks_.wait(caller).call_begun + to_duration(site.patience->draw(tasks_[caller].draw_id));
}

// A user has waited long enough and leaves. The callee goes on.
void ExactRequestPlane::on_patience_over(Index caller) {
  leave_callee(caller, TaskOutcome::abandoned);
  tasks_[caller].child = no_index;
  tasks_[caller].timer = 0;
  finish_call(caller, TaskOutcome::abandoned);
}

// The caller gives up on this try. The callee does not learn of it and goes on.
void ExactRequestPlane::on_timeout(Index caller) {
  leave_callee(caller, TaskOutcome::timeout);
  resume_caller(caller, TaskOutcome::timeout);
}

void ExactRequestPlane::leave_callee(Index caller, TaskOutcome why) {
  const Task& task = tasks_[caller];
  if (task.child != no_index) {
    Task& callee = tasks_[task.child];
    callee.parent = no_index;
    if (!callee.counted) {
      count_request(callee, why, Histogram::Entry{now_ - callee.begun});
      callee.counted = true;
    }
  }
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.left(caller, why);
}

// ---- the server's side -------------------------------------------------------------------------------------------------------

void ExactRequestPlane::on_waited_too_long(Index slot) {
  const Index index = tasks_[slot].replica;
  if (has_gates_ && index != no_index && replicas_[index].gate != nullptr)
    return refuse(slot, servers_[replicas_[index].server], Refusal::waited);
  end_task(slot, TaskOutcome::wait_limit);
}

void ExactRequestPlane::check_memory(Index index) {
  Replica& replica = replicas_[index];
  const Bytes limit = replica.memory_limit;
  if (limit.count > 0 && memory_of(replica) > limit) doom(replica, index);
}

void ExactRequestPlane::doom(Replica& replica, Index index) {
  if (replica.doomed) return;
  replica.doomed = true;
  doomed_.push_back(index);
}

// How long the answer travels; within the server's region when nobody waits for it any more.
Duration ExactRequestPlane::way_back(const Task& request, Index caller) const {
  if (regions_ == 1) return one_way_.front();
  const Index from = targets_[request.target].server->region;
  if (request.user_request) return one_way(from, arrivals_[request.workload].region);
  return one_way(from, caller == no_index ? from : region_of(tasks_[caller]));
}

// For who else is on its way. How long the answer travels: what never left its client does not.
Duration ExactRequestPlane::note_answer(Index request, Index caller, TaskOutcome outcome) {
  if (transfers_ != nullptr && outcome == TaskOutcome::completed) count_answer_bytes(request);
  if (!load_balancers_.empty()) leave_load_balancer(request, outcome);
  if (tells_balancers_) tell_balancer(tasks_[request]);
  if (has_gates_) leave_gate(request, outcome);
  return tasks_[request].state == TaskState::connecting ? Duration{} : way_back(tasks_[request], caller);
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
  const Duration delay = notes_answers_ ? note_answer(request, caller, outcome) : way_back(task, caller);
  const Histogram::Entry latency{now_ + delay - task.begun};
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.answered(request, caller, outcome, delay);
  if (!task.counted) {
    count_request(task, outcome, latency);
    task.counted = true;
  }
  if (task.user_request) {
    count_users_request(task.workload, task.subject, outcome, latency);
    if (task.kind == TaskKind::request && arrivals_[task.workload].has_sessions) arrivals_[task.workload].concurrent.leave(now_);
    if (arrivals_[task.workload].late != nullptr) [[unlikely]]
      count_lateness(task, now_ + delay - task.begun);
    return;
  }
  if (caller == no_index) return;
  if (has_hedges_ && !ClientCalls{*this}.is_final(request, caller, outcome, delay)) return;
  if (delay == Duration{}) return resume_caller(caller, outcome);
  Task& waiting = tasks_[caller];
  waiting.child = no_index;
  if (now_ + delay >= tasks_.wait(caller).deadline) return;  // too late: the time-out comes first
  waiting.state = TaskState::answered;
  waiting.outcome = outcome;
  waiting.timer = events_.schedule(now_ + delay, answer_due, caller);
}

void ExactRequestPlane::end_task(Index slot, TaskOutcome outcome) {
  Task& task = tasks_[slot];
  if (outcome != TaskOutcome::completed) [[unlikely]] {
    if (!locks_.empty()) release_locks_around(slot);
    if (has_flights_) abandon_loads_around(slot);
    if (has_connections_) give_back_connection(slot);
    if (has_visits_) leave_visit(slot);
  }
  if (task.kind == TaskKind::branch) return end_branch(slot, outcome);
  if (task.followed) [[unlikely]]
    ExactTrace{*this}.ended(slot, outcome);

  ++books_[static_cast<std::size_t>(task.kind)].ended[static_cast<std::size_t>(outcome)];
  const Index index = task.replica;
  const bool held_slot = task.in_slot;
  if (index != no_index) {
    Replica& replica = replicas_[index];
    Server& server = servers_[replica.server];
    if (!held_slot && task.state == TaskState::queued) {
      replica.backlog.remove(tasks_, slot);
      server.waiting.leave(now_);
      if (server.kind == Server::Kind::serverless) settle_instance(server, index);
    }
    if (task.kind == TaskKind::request) server.requests.leave(now_);
  }
  // The table of tasks may have moved after either of the last two.
  if (task.kind == TaskKind::message) {
    queues_[servers_[replicas_[index].server].queue].taken.leave(now_);
    count_message(task, outcome);
  } else if (task.kind == TaskKind::delivery) {
    finish_delivery(slot, outcome);
  } else if (task.kind == TaskKind::request && !task.responded) {
    answer(slot, outcome);
  } else if (task.kind == TaskKind::background) {
    end_background(slot, outcome);
  } else if (task.kind == TaskKind::session) {
    arrivals_[task.workload].concurrent.leave(now_);
  } else if (task.kind == TaskKind::visit) {
    end_visit(slot, outcome);
  }
  tasks_.release(slot);
  if (held_slot) vacate_slot(servers_[replicas_[index].server], replicas_[index], index);
}

}  // namespace headroom
