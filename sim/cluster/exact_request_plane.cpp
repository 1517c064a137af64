#include "sim/cluster/exact_hot_path.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/cluster/simulation.hpp"

namespace headroom {

// ---- the event loop ----------------------------------------------------------------------------------------------------------

void ExactRequestPlane::simulate_requests_to(SimTime until) {
  run_ready();  // what a change at this instant made runnable
  for (;;) {
    const SimTime next_event = events_.next_time();
    const SimTime next = std::min(next_arrival_, next_event);
    if (next > until) break;
    if (next != now_) {
      now_ = next;
      steps_at_this_instant_ = 0;
    }
    if (next_arrival_ <= next_event)
      on_arrival();
    else
      on_event(events_.pop());
    if (!ready_.empty() || !doomed_.empty()) run_ready();
  }
  if (until > now_) {
    now_ = until;
    steps_at_this_instant_ = 0;
  }
}

[[gnu::always_inline]] inline void ExactRequestPlane::run_ready() {
  constexpr std::uint64_t most_steps_at_one_instant = 50'000'000;
  do {
    while (!ready_.empty()) {
      const Index slot = ready_.pop();
      // A replica that died in between may have taken the task with it.
      if (tasks_[slot].kind == TaskKind::free || tasks_[slot].state != TaskState::runnable) continue;
      run(slot);
      if (++steps_at_this_instant_ > most_steps_at_one_instant) [[unlikely]]
        refuse_to_go_round();
    }
    if (!doomed_.empty()) kill_doomed();
  } while (!ready_.empty());
}

void ExactRequestPlane::refuse_to_go_round() const {
  throw IncompleteRun{
      fmt::format("time stands still at {:.6f} s: something goes round without taking time, a journey that starts over "
                  "(let its users think) or a worker that publishes to its own queue",
                  to_seconds(now_))};
}

[[gnu::always_inline]] inline void ExactRequestPlane::on_event(Event event) {
  if (event.kind == processor_due) {
    if (replicas_[event.slot].processor_event == event.sequence) on_processor(event.slot);
    return;
  }
  // An event with another sequence than the task waits for is stale: the task went on, or is somebody else by now.
  Task& task = tasks_[event.slot];
  if (task.timer != event.sequence) return;
  task.timer = 0;
  switch (static_cast<EventKind>(event.kind)) {
    case computed: return end_computation(event.slot, task);
    case woken: return resume(event.slot, task);
    case timed_out: return on_timeout(event.slot);
    case retry_due:
      if (program_.calls[task.call].client != no_index) return ClientCalls{*this}.start_try(event.slot);
      return try_call(event.slot);
    case delivered: return route(event.slot, task);
    case answer_due: return resume_caller(event.slot, task.outcome);
    case waited_too_long: return on_waited_too_long(event.slot);
    case visible: return on_visible(event.slot);
    case generation_due: return on_generation(event.slot);
    case step_done: return end_step(event.slot);
    case patience_over: return on_patience_over(event.slot);
    case load_overdue: return on_load_overdue(event.slot);
    case transfer_due: return on_transfer(event.slot);
    case tokens_due: return on_tokens(event.slot);
    case instance_up: return on_instance_up(event.slot);
    case instance_idle: return on_instance_idle(event.slot);
    case bulkhead_overdue: return ClientCalls{*this}.on_bulkhead_overdue(event.slot);
    case place_due: return ClientCalls{*this}.on_place(event.slot);
    case hedge_due: return ClientCalls{*this}.on_hedge_due(event.slot);
    case processor_due: return;
  }
}

void ExactRequestPlane::refill(ArrivalQueue& arrivals) {
  arrivals.next = 0;
  arrivals.filled = arrivals.workload->next(arrivals.batch);
}

[[gnu::always_inline]] inline void ExactRequestPlane::on_arrival() {
  const auto workload = static_cast<Index>(next_workload_);
  ArrivalQueue& arrivals = arrivals_[workload];
  const Arrival arrival = arrivals.batch[arrivals.next++];
  if (arrivals.next == arrivals.filled) refill(arrivals);
  const std::uint64_t identity = mix(arrivals.key, arrivals.count++);
  find_next_arrival();

  const JourneyCode& code = arrivals.journeys[arrival.journey];
  if (code.only_call != no_index) return send_users_request(workload, arrival, code.only_call, identity);
  if (code.only_publish != no_index) return publish_users_message(workload, arrival, code.only_publish, identity);
  const Index slot = new_task(TaskKind::session);
  Task& session = tasks_[slot];
  begin_for(session, workload, arrival, identity);
  session.begun = now_;
  arrivals.concurrent.enter(now_);
  session.pc = code.entry;
  make_runnable(slot, session);
}

// ---- observation -------------------------------------------------------------------------------------------------------------

bool ExactRequestPlane::is_idle(ReplicaRef ref) const {
  const Replica& replica = replicas_[ref.replica];
  return replica.busy_slots == 0 && replica.backlog.empty();
}

Bytes ExactRequestPlane::memory_of(const Replica& replica) const {
  const Server& server = servers_[replica.server];
  Bytes memory = server.memory_base + Bytes{server.memory_per_task.count * static_cast<std::int64_t>(replica.busy_slots)};
  for (Index cache = 0; cache < replica.caches.size(); ++cache) {
    const bool in_memory = !caches_[cache].persistent;  // what outlives the container lies on its disk
    if (in_memory && replica.caches[cache] != nullptr) memory += replica.caches[cache]->used();
  }
  return memory;
}

double ExactRequestPlane::busy_cores(const Replica& replica) const {
  return replica.dedicated_cores ? static_cast<double>(replica.computing.level()) : replica.processor.busy();
}

double ExactRequestPlane::core_nanoseconds(const Replica& replica) const {
  return replica.dedicated_cores ? replica.computing.integral_nanoseconds(now_) : replica.processor.core_nanoseconds(now_);
}

ReplicaSample ExactRequestPlane::sample(ReplicaRef ref) const {
  const Replica& replica = replicas_[ref.replica];
  return {core_nanoseconds(replica) / 1e9, memory_of(replica), replica.busy_slots + replica.backlog.size()};
}

double ExactRequestPlane::core_seconds(Index service) const {
  const Server& server = servers_[service];
  double core_time = server.past_core_nanoseconds;
  for (const Index replica : server.replicas) core_time += core_nanoseconds(replicas_[replica]);
  return core_time / 1e9;
}

double ExactRequestPlane::busy_replica_seconds(Index service) const {
  const Server& server = servers_[service];
  const bool runs_engines = server.language_model != no_index;
  const double busy = runs_engines ? engine_instruments_[service].stepping.integral_nanoseconds(now_)
                                   : server.taken_slots.integral_nanoseconds(now_) / server.concurrency;
  return busy / 1e9;
}

void ExactRequestPlane::refresh_instruments() {
  for (Server& server : servers_) {
    double busy = 0.0, core_time = server.past_core_nanoseconds;
    for (const Index replica : server.replicas) {
      busy += busy_cores(replicas_[replica]);
      core_time += core_nanoseconds(replicas_[replica]);
    }
    server.cpu->part.bring_to(now_, busy, core_time, busy);
    if (server.slots == nullptr) continue;
    server.taken_slots.bring(server.slots->part, now_);
    server.waiting.bring(*server.queue_length, now_);
    if (server.requests_in_flight != nullptr) server.requests.bring(*server.requests_in_flight, now_);
    if (server.platform != nullptr) show_platform(*server.platform);
    if (server.memory == nullptr) continue;
    double used = 0.0, limit = 0.0;
    for (const Index replica : server.replicas) {
      used += static_cast<double>(memory_of(replicas_[replica]).count);
      limit += static_cast<double>(replicas_[replica].memory_limit.count);
    }
    server.memory->part.set(now_, used);
    server.memory->whole.set(now_, limit);
  }
  for (MessageQueue& queue : queues_) {
    SimTime oldest = now_;
    for (const TaskList& list : queue.classes) {
      if (!list.empty()) oldest = std::min(oldest, tasks_[list.first()].begun);
    }
    queue.queue_age->set(now_, to_seconds(now_ - oldest));
    queue.waiting.bring(*queue.queue_length, now_);
    queue.taken.bring(*queue.in_flight, now_);
    queue.blocked.bring(*queue.publishers_waiting, now_);
  }
  for (ArrivalQueue& arrivals : arrivals_) {
    arrivals.in_flight.bring(*arrivals.in_flight_gauge, now_);
    if (arrivals.has_sessions)
      arrivals.concurrent.bring(*arrivals.concurrent_users, now_);
    else
      *arrivals.concurrent_users = *arrivals.in_flight_gauge;
    arrivals.users.bring();
    if (arrivals.accounts != nullptr) arrivals.accounts->set(now_, arrivals.workload->users_at(now_));
    if (arrivals.tenants != nullptr) arrivals.tenants->set(now_, arrivals.workload->users_at(now_));
    arrivals.sessions->total = static_cast<double>(arrivals.count);
  }
  for (const RequestCount& count : request_counts_) count.bring();
  for (ObjectStore& store : stores_) store.refresh(now_);
  for (Cache& cache : caches_) {
    if (cache.node_utilization != nullptr) show_nodes(cache);
  }
  for (Link& link : links_) show_link(link);
  for (LoadBalancer& balancer : load_balancers_) servers_[balancer.server].taken_slots.bring(*balancer.connections_open, now_);
}

std::vector<PhaseResult> ExactRequestPlane::phases() const {
  std::vector<PhaseResult> all;
  for (std::size_t i = 0; i < arrivals_.size(); ++i) {
    for (const Phase& phase : arrivals_[i].workload->phases()) {
      all.push_back({workload_names_[i], phase.name, to_seconds(phase.begin), to_seconds(phase.end)});
    }
  }
  return all;
}

double ExactRequestPlane::users() const {
  double total = 0.0;
  for (const ArrivalQueue& arrivals : arrivals_) total += arrivals.workload->users();
  return total;
}

bool ExactRequestPlane::stationary() const {
  return std::all_of(arrivals_.begin(), arrivals_.end(),
                     [](const ArrivalQueue& arrivals) { return arrivals.workload->stationary(); });
}

void ExactRequestPlane::finish(RunResult& result) {
  if (trace_ != nullptr) trace_->finish(tasks_, now_);
  std::array<std::uint64_t, task_kind_count> alive{};  // counted one by one
  for (Index slot = 0; slot < tasks_.size(); ++slot) ++alive[static_cast<std::size_t>(tasks_[slot].kind)];
  const auto enter = [&](const char* name, TaskKind kind) {
    const Books& books = books_[static_cast<std::size_t>(kind)];
    if (books.entered == 0) return;
    LedgerEntry entry{name, books.entered, books.ended.front(), {}, alive[static_cast<std::size_t>(kind)]};
    for (std::size_t i = 1; i < outcome_count; ++i) {
      if (books.ended[i] > 0) entry.failed[to_text(static_cast<TaskOutcome>(i))] = books.ended[i];
    }
    result.ledger.push_back(std::move(entry));
  };
  enter("requests", TaskKind::request);
  enter("messages", TaskKind::message);
  enter("deliveries", TaskKind::delivery);
  enter("sessions", TaskKind::session);
  enter("background", TaskKind::background);
  enter("visits", TaskKind::visit);
  enter_generations(result);
  result.notes.insert(result.notes.end(), notes_.begin(), notes_.end());
  result.events = events_.scheduled();
  for (const ArrivalQueue& arrivals : arrivals_) result.events += arrivals.count;
}

std::unique_ptr<RequestPlane> make_exact_request_plane(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  return std::make_unique<ExactRequestPlane>(blueprint, streams, recorder);
}

}  // namespace headroom
