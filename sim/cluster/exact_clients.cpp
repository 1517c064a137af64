// Clients: what a replica keeps of the services it calls, so as not to ask too much of them nor to wait in vain.
//
// Each try of a call asks the circuit breaker, then the bulkhead, and is sent; when it has its answer, or its time is over, it
// gives back its place in the bulkhead and tells the circuit breaker. What either of them turns away is a failed try (rejected)
// like any other: it is tried again where the call says so, if the retry budget allows it. So the circuit breaker stands outside
// of the bulkhead, and the retries outside of both, as resilience4j orders its aspects. A call's time-out begins before it waits
// for the bulkhead. What was throttled tells the circuit breaker nothing: that is about who asked, not about the callee. The
// callee goes on with what nobody waits for any more, outside of the bulkhead. Sources: as of the classes; resilience4j,
// SemaphoreBulkhead.
#include "sim/cluster/exact_clients.hpp"

#include <algorithm>
#include <utility>

#include "sim/cluster/exact_hot_path.hpp"
#include "sim/cluster/steps.hpp"

namespace headroom {

void ClientCalls::make(const Blueprint& blueprint, Recorder& recorder) {
  for (const ClientBlueprint& described : blueprint.clients) {
    plane_.service_clients_.emplace_back(described, recorder);
    plane_.has_hedges_ |= described.hedge.has_value();
  }
  plane_.clients_of_.resize(blueprint.services.size() + blueprint.databases.size() + blueprint.load_balancers.size());
  plane_.degraded_.resize(blueprint.services.size());
  for (const EndpointBlueprint& endpoint : blueprint.endpoints) {
    std::vector<Index>& clients = plane_.clients_of_[endpoint.service];
    for_each_action<CallStep>(endpoint.steps, [&](const CallStep& step) {
      if (step.client != no_index && std::find(clients.begin(), clients.end(), step.client) == clients.end())
        clients.push_back(step.client);
      if (!step.fallback.empty())
        plane_.degraded_[endpoint.service] =
            &recorder.share("degraded", {{"service", blueprint.services[endpoint.service].name}});
    });
  }
}

void ClientCalls::begin(Index replica) {
  for (const Index client : plane_.clients_of_[plane_.replicas_[replica].server])
    plane_.service_clients_[client].begin(replica, plane_.now_);
}

void ClientCalls::end(Index replica) {
  for (const Index client : plane_.clients_of_[plane_.replicas_[replica].server])
    plane_.service_clients_[client].end(replica, plane_.now_);
}

// ---- a try -------------------------------------------------------------------------------------------------------------------

void ClientCalls::start_call(Index caller, Index site) {
  plane_.tasks_[caller].call = site;
  TaskWait& wait = plane_.tasks_.begin_wait(caller);
  wait.attempt = 0;
  wait.call_begun = plane_.now_;
  start_try(caller);
}

// The first one of a call, or another one.
void ClientCalls::start_try(Index caller) {
  const Task& task = plane_.tasks_[caller];
  ServiceClient& client = plane_.service_clients_[plane_.program_.calls[task.call].client];
  ServiceClient::Own& own = client.of_replica[task.replica];
  ClientCall& call = plane_.client_calls_.begin(caller);
  call = {.begun = plane_.now_, .live = true};
  if (own.retry_budget && plane_.tasks_.wait(caller).attempt == 0) own.retry_budget->deposit(plane_.now_);
  if (own.circuit_breaker) {
    const CircuitBreaker::State before = own.circuit_breaker->state();
    call.judged = own.circuit_breaker->try_acquire(plane_.now_);
    client.show_circuit(before, own.circuit_breaker->state(), plane_.now_);
    if (!call.judged) return reject_call(caller, *client.rejected_by_circuit, "circuit open");
    client.rejected_by_circuit->whole += 1.0;
  }
  if (client.options.bulkhead) return enter_bulkhead(caller);
  on_place(caller);
}

// Nothing holds the call up any more.
void ClientCalls::on_place(Index caller) {
  const Index client = plane_.program_.calls[plane_.tasks_[caller].call].client;
  plane_.try_call(caller);
  if (plane_.service_clients_[client].options.hedge) plan_hedge(caller);
}

void ClientCalls::reject_call(Index caller, Share& rejected, const char* why) {
  rejected.part += 1.0;
  rejected.whole += 1.0;
  ++plane_.tasks_.wait(caller).attempt;
  if (plane_.tasks_[caller].followed) [[unlikely]]
    ExactTrace{plane_}.moment(caller, why);
  plane_.resume_caller(caller, TaskOutcome::rejected);
}

void ClientCalls::enter_bulkhead(Index caller) {
  Task& task = plane_.tasks_[caller];
  const CallSite& site = plane_.program_.calls[task.call];
  ServiceClient& client = plane_.service_clients_[site.client];
  ServiceClient::Own& own = client.of_replica[task.replica];
  const BulkheadBlueprint& bulkhead = *client.options.bulkhead;
  if (own.calls < static_cast<Index>(bulkhead.calls)) {
    client.rejected_by_bulkhead->whole += 1.0;
    client.bulkhead_wait->record(Duration{});
    client.take_place(task.replica, plane_.client_calls_[caller], plane_.now_);
    return on_place(caller);
  }
  if (bulkhead.longest_wait == Duration{}) return reject_call(caller, *client.rejected_by_bulkhead, "bulkhead full");
  if (task.followed) [[unlikely]]
    ExactTrace{plane_}.waits_for_bulkhead(caller, site.client);
  task.state = TaskState::calling;
  own.line.push_back(plane_.tasks_, caller);
  const bool times_out = site.timeout > Duration{} && site.timeout < bulkhead.longest_wait;
  task.timer =
      plane_.events_.schedule(plane_.now_ + (times_out ? site.timeout : bulkhead.longest_wait), plane_.bulkhead_overdue, caller);
}

// It has waited as long as the bulkhead lets it, or until its time-out.
void ClientCalls::on_bulkhead_overdue(Index caller) {
  const Task& task = plane_.tasks_[caller];
  ServiceClient& client = plane_.service_clients_[plane_.program_.calls[task.call].client];
  const Duration waited = plane_.now_ - plane_.client_calls_[caller].begun;
  client.of_replica[task.replica].line.remove(plane_.tasks_, caller);
  client.bulkhead_wait->record(waited);
  if (waited == client.options.bulkhead->longest_wait) return reject_call(caller, *client.rejected_by_bulkhead, "bulkhead full");
  client.rejected_by_bulkhead->whole += 1.0;
  ++plane_.tasks_.wait(caller).attempt;
  plane_.resume_caller(caller, TaskOutcome::timeout);
}

// Whatever the caller does now.
void ClientCalls::end_try(Index caller, TaskOutcome outcome) {
  const Task& task = plane_.tasks_[caller];
  ServiceClient& client = plane_.service_clients_[plane_.program_.calls[task.call].client];
  const ClientCall call = std::exchange(plane_.client_calls_[caller], {});
  if (call.judged) {
    CircuitBreaker& breaker = *client.of_replica[task.replica].circuit_breaker;
    const CircuitBreaker::State before = breaker.state();
    if (outcome == TaskOutcome::throttled)
      breaker.release();
    else
      breaker.record(outcome != TaskOutcome::completed, plane_.now_ - call.begun, plane_.now_);
    client.show_circuit(before, breaker.state(), plane_.now_);
  }
  if (call.may_hedge) client.count_hedge(call);
  if (call.hedge != no_index && outcome == TaskOutcome::completed) cancel(call.hedge);
  if (call.hedge != no_index && outcome != TaskOutcome::completed) plane_.tasks_[call.hedge].parent = no_index;
  if (auto& latencies = client.of_replica[task.replica].latencies; latencies && outcome == TaskOutcome::completed)
    latencies->record(plane_.now_ - call.begun);
  for (Index place = 0; place < call.places; ++place) leave_bulkhead(client, task.replica);
}

// Whoever has waited longest is next, behind what else happens at this instant.
void ClientCalls::leave_bulkhead(ServiceClient& client, Index replica) {
  ServiceClient::Own& own = client.of_replica[replica];
  client.give_place(replica, plane_.now_);
  if (own.line.empty()) return;
  const Index next = own.line.pop_front(plane_.tasks_);
  client.bulkhead_wait->record(plane_.now_ - plane_.client_calls_[next].begun);
  client.rejected_by_bulkhead->whole += 1.0;
  client.take_place(replica, plane_.client_calls_[next], plane_.now_);
  plane_.tasks_[next].timer = plane_.events_.schedule(plane_.now_, plane_.place_due, next);
}

// ---- after a failure ---------------------------------------------------------------------------------------------------------

bool ClientCalls::may_retry(Index caller) {
  const Task& task = plane_.tasks_[caller];
  ServiceClient& client = plane_.service_clients_[plane_.program_.calls[task.call].client];
  if (!client.options.retry_budget) return true;
  client.retries_denied->whole += 1.0;
  if (client.of_replica[task.replica].retry_budget->try_withdraw(plane_.now_)) return true;
  client.retries_denied->part += 1.0;
  if (task.followed) [[unlikely]]
    ExactTrace{plane_}.moment(caller, "retry denied");
  return false;
}

// All tries have.
void ClientCalls::fall_back(Index caller, const CallSite& site) {
  Task& task = plane_.tasks_[caller];
  Share& degraded = *plane_.degraded_[plane_.replicas_[task.replica].server];
  degraded.part += 1.0;
  degraded.whole += 1.0;
  if (task.followed) [[unlikely]]
    ExactTrace{plane_}.moment(caller, "fallback");
  task.pc = site.fallback;
  plane_.make_runnable(caller, task);
}

}  // namespace headroom
