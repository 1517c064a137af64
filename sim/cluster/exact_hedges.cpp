// Hedges: a second request for an answer that is late, in the name of the same try of a call. The first answer that is none of a
// failure counts; a failure counts when no other request is under way. What is not answered then is cancelled: where it still
// waits for a slot it leaves the line, what has begun is done for nobody. A request that nobody has answered when the try times
// out is given up with it. Sources: Dean and Barroso, "The Tail at Scale", CACM 56(2), 2013 (hedged requests, after a
// percentile); Finagle, BackupRequestFilter (a budget of extra load); gRPC, proposal A6 (what is fatal is not waited for longer).
// Differs: one hedge for each try; of two answers on their way over the network the one that was sent first counts.
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

// The try has been sent, and may be over already.
void ClientCalls::plan_hedge(Index caller) {
  ClientCall& call = plane_.client_calls_[caller];
  if (!call.live) return;
  Task& task = plane_.tasks_[caller];
  ServiceClient& client = plane_.service_clients_[plane_.program_.calls[task.call].client];
  ServiceClient::Own& own = client.of_replica[task.replica];
  const HedgeBlueprint& hedge = *client.options.hedge;
  call.may_hedge = true;
  if (own.hedge_budget) own.hedge_budget->deposit(plane_.now_);
  Duration after = hedge.after.value_or(Duration{});
  if (own.latencies) {
    if (own.latencies->seen() < static_cast<std::size_t>(hedge.minimum_calls)) return;
    after = own.latencies->percentile();
  }
  if (task.state != TaskState::calling || plane_.now_ + after >= plane_.tasks_.wait(caller).deadline) return;
  call.hedge_at = plane_.now_ + after;
  task.timer = plane_.events_.schedule(call.hedge_at, plane_.hedge_due, caller);
}

void ClientCalls::on_hedge_due(Index caller) {
  const bool may = may_hedge(caller);
  ClientCall& call = plane_.client_calls_[caller];
  call.hedge_at = end_of_time;
  Task& task = plane_.tasks_[caller];
  const SimTime deadline = plane_.tasks_.wait(caller).deadline;
  if (call.answer_at != end_of_time && (!may || task.outcome == TaskOutcome::completed)) {
    task.state = TaskState::answered;
    task.timer = plane_.events_.schedule(call.answer_at, plane_.answer_due, caller);
  } else {
    call.answer_at = end_of_time;
    if (deadline != end_of_time) task.timer = plane_.events_.schedule(deadline, plane_.timed_out, caller);
  }
  if (may) send_hedge(caller);
}

// The budget and the bulkhead say; nobody waits for either.
bool ClientCalls::may_hedge(Index caller) {
  const Task& task = plane_.tasks_[caller];
  ServiceClient& client = plane_.service_clients_[plane_.program_.calls[task.call].client];
  ServiceClient::Own& own = client.of_replica[task.replica];
  client.hedges_denied->whole += 1.0;
  const bool has_place = !client.options.bulkhead || own.calls < static_cast<Index>(client.options.bulkhead->calls);
  if (!has_place || (own.hedge_budget && !own.hedge_budget->try_withdraw(plane_.now_))) {
    client.hedges_denied->part += 1.0;
    return false;
  }
  if (client.options.bulkhead) client.take_place(task.replica, plane_.client_calls_[caller], plane_.now_);
  plane_.client_calls_[caller].hedged = true;
  return true;
}

void ClientCalls::send_hedge(Index caller) {
  const Index request = plane_.new_task(TaskKind::request);
  plane_.client_calls_[caller].hedge = request;
  if (plane_.tasks_[caller].followed) [[unlikely]]
    ExactTrace{plane_}.moment(caller, "hedge");
  plane_.ask_callee(request, caller, ExactRequestPlane::second_request | plane_.tasks_.wait(caller).attempt);
}

bool ClientCalls::is_final(Index request, Index caller, TaskOutcome outcome, Duration delay) {
  Task& task = plane_.tasks_[caller];
  const Index client = plane_.program_.calls[task.call].client;
  if (client == no_index || !plane_.service_clients_[client].options.hedge) return true;
  ClientCall& call = plane_.client_calls_[caller];
  const bool is_good = outcome == TaskOutcome::completed, is_hedge = call.hedge == request;
  const SimTime arrives = plane_.now_ + delay;
  (is_hedge ? call.hedge : task.child) = no_index;
  const Index other = is_hedge ? task.child : call.hedge;
  if (!is_good && other != no_index) return false;
  if (is_hedge && call.answer_at != end_of_time && (!is_good || call.answer_at <= arrives)) return false;
  call.hedge_won = is_hedge && is_good;
  call.hedge = task.child = no_index;
  if (other != no_index) cancel(other);
  if (call.hedge_at >= arrives) return true;
  // The caller will have asked again by then.
  if (arrives < plane_.tasks_.wait(caller).deadline) {
    call.answer_at = arrives;
    task.outcome = outcome;
  }
  return false;
}

// What waits for a slot leaves the line; what has begun goes on. Neither is a request that failed.
void ClientCalls::cancel(Index request) {
  Task& task = plane_.tasks_[request];
  task.parent = no_index;
  if (task.state != TaskState::queued || task.in_slot) return;
  task.counted = true;
  plane_.end_task(request, TaskOutcome::abandoned);
}

void ClientCalls::forget(Index caller) {
  ClientCall* const call = plane_.client_calls_.find(caller);
  if (call == nullptr) return;
  if (call->hedge != no_index) plane_.tasks_[call->hedge].parent = no_index;
  *call = {};
}

}  // namespace headroom
