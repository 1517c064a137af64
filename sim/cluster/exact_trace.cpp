// What the plane tells of requests that are followed: to a RequestTrace, if one is attached, of all; to CriticalPaths of a sample.
// None of this runs for a request that is not.
#include "sim/cluster/exact_request_plane.hpp"

namespace headroom {

// ---- who is followed ---------------------------------------------------------------------------------------------------------

void ExactRequestPlane::attach(RequestTrace& trace) {
  trace_ = &trace;
  trace.attach(program_);
  for (Target& target : targets_) target.until_followed = 1;
  for (MessageQueue& queue : queues_) queue.until_followed = 1;
}

void ExactRequestPlane::follow_requests(const Blueprint& blueprint) {
  paths_ = std::make_unique<CriticalPaths>(blueprint);
  for (Index i = 0; i < blueprint.endpoints.size(); ++i) targets_[i].until_followed = paths_->sample().wait_for_next(i, false);
  for (Index i = 0; i < queues_.size(); ++i)
    queues_[i].until_followed = paths_->sample().wait_for_next(static_cast<Index>(blueprint.endpoints.size()) + i, false);
}

std::vector<CriticalPath> ExactRequestPlane::critical_paths(SimTime from) const {
  return paths_ == nullptr ? std::vector<CriticalPath>{} : paths_->sample().summary(from);
}

// A user's request, or the session that calls.
void ExactRequestPlane::follow(Index slot, std::uint64_t& until, Index kind, Index workload, Index home) {
  until = 1;
  tasks_[slot].followed = trace_ != nullptr;
  if (paths_ == nullptr) return;
  if (const std::uint64_t number = paths_->sample().choose(kind); number != 0) {
    tasks_[slot].followed = true;
    paths_->begin(slot, kind, number, workload, home, now_);
  }
  until = paths_->sample().wait_for_next(kind, trace_ != nullptr);
}

void ExactRequestPlane::follow_request(Index slot, Index target, Index workload) {
  const Index home = paths_ == nullptr ? 0 : paths_->sample().component_of(StationKind::server, program_.targets[target].server);
  follow(slot, targets_[target].until_followed, target, workload, home);
}

void ExactRequestPlane::follow_message(Index message, Index queue, Index workload) {
  const Index home = paths_ == nullptr ? 0 : paths_->sample().component_of(StationKind::queue, queue);
  const auto kind = paths_ == nullptr ? 0 : static_cast<Index>(paths_->sample().kinds() - queues_.size()) + queue;
  follow(message, queues_[queue].until_followed, kind, workload, home);
}

// Whether it is at work on what a cache did not have.
bool ExactRequestPlane::stands_in_load(Index task) const { return program_.load_around[tasks_[task].pc] != no_index; }

// The server that it runs on, or is sent to.
Index ExactRequestPlane::home_of(Index slot) const {
  const Task& task = tasks_[slot];
  const Index server = task.replica != no_index ? replicas_[task.replica].server : program_.targets[task.target].server;
  return paths_->sample().component_of(StationKind::server, server);
}

// ---- the life of a request ---------------------------------------------------------------------------------------------------

void ExactRequestPlane::trace_called(Index request, bool is_hedge) {
  if (paths_ == nullptr) return;
  const Index caller = tasks_[request].parent;
  paths_->called(request, caller, home_of(request), is_hedge, stands_in_load(caller), now_);
}

void ExactRequestPlane::trace_sent(Index request, Duration delay) {
  if (paths_ != nullptr) {
    const PathActivity on_its_way{PathCause::network, home_of(request), delay, PathCause::queueing};
    paths_->does(request, on_its_way, false, now_);
  }
  if (trace_ == nullptr) return;
  const Index caller = tasks_[request].parent;
  const bool by_session = caller != no_index && tasks_[caller].kind == TaskKind::session;
  const bool by_user = caller == no_index || (by_session && tasks_.wait(caller).attempt == 1);
  trace_->sent(request, tasks_[request], by_user, now_);
}

void ExactRequestPlane::trace_published(Index message, Index queue) {
  const Task& task = tasks_[message];
  if (paths_ != nullptr) trace_wait(message, StationKind::queue, queue);
  if (trace_ != nullptr) trace_->published(message, task, queue, task.user_request && task.delivery == 0, now_);
}

void ExactRequestPlane::trace_rejected(Index message) {
  if (paths_ != nullptr) paths_->forget(message);
}

void ExactRequestPlane::trace_delivered(Index message, Index delivery) {
  if (paths_ != nullptr) {
    const Index queue = tasks_[message].call;
    paths_->delivered(message, delivery, paths_->sample().component_of(StationKind::queue, queue), now_);
  }
  if (trace_ != nullptr) trace_->delivered(message, delivery);
}

void ExactRequestPlane::trace_branched(Index branch) {
  if (paths_ != nullptr) paths_->branched(branch, tasks_[branch].parent, now_);
  if (trace_ != nullptr) trace_->branched(branch, tasks_[branch], now_);
}

void ExactRequestPlane::trace_served(Index task) {
  if (paths_ != nullptr) paths_->served(task, home_of(task), now_);
  if (trace_ != nullptr) trace_->served(task, tasks_[task], now_);
}

void ExactRequestPlane::trace_left(Index caller, TaskOutcome why) {
  if (paths_ != nullptr) paths_->left(caller, now_);
  trace_moment(caller, to_text(why));
}

// Of a user's call this is the end of his request.
void ExactRequestPlane::trace_call_over(Index caller, TaskOutcome outcome) {
  if (paths_ != nullptr) paths_->call_over(caller, outcome, now_);
  if (!belongs_to_user(tasks_[caller])) return;
  if (paths_ != nullptr) paths_->finish(caller, outcome, Duration{}, now_);
  tasks_[caller].followed = false;
}

void ExactRequestPlane::trace_responds(Index task) {
  if (paths_ != nullptr) paths_->responds(task);
}

void ExactRequestPlane::trace_answered(Index request, Index caller, TaskOutcome outcome, Duration delay) {
  if (paths_ == nullptr) return;
  if (tasks_[request].user_request) return paths_->finish(request, outcome, delay, now_);
  paths_->answered(request, caller, outcome, delay, now_);
}

void ExactRequestPlane::trace_ended(Index slot, TaskOutcome outcome) {
  const Task& task = tasks_[slot];
  if (trace_ != nullptr) trace_->ended(slot, task, outcome, now_);
  if (paths_ == nullptr) return;
  if (task.kind == TaskKind::branch) return paths_->branch_ended(slot, task.parent, outcome, now_);
  if (task.kind == TaskKind::delivery && outcome == TaskOutcome::completed)
    return paths_->delivery_done(slot, task.parent, now_);
  const bool is_answered = task.kind == TaskKind::request && !task.responded;
  const bool is_users_message = task.kind == TaskKind::message && task.user_request;
  if (!is_answered && !is_users_message) return paths_->forget(slot);
  paths_->ended(slot, outcome, now_);
  if (is_users_message) paths_->finish(slot, outcome, Duration{}, now_);
}

// ---- what it does, and waits for ---------------------------------------------------------------------------------------------

void ExactRequestPlane::trace_moment(Index task, const char* name) {
  if (trace_ != nullptr) trace_->moment(task, name, now_);
}

// `name`: none, if it does already what the trace says it does.
void ExactRequestPlane::trace_step(Index task, const char* name, const PathActivity& activity, bool in_load) {
  if (paths_ != nullptr) paths_->does(task, activity, in_load, now_);
  if (trace_ != nullptr && name != nullptr) trace_->step(task, name, now_);
}

PathActivity ExactRequestPlane::path_activity(PathCause cause, StationKind kind, Index station) const {
  if (paths_ == nullptr) return {};
  return {.cause = cause, .component = paths_->sample().component_of(kind, station)};
}

// For longer than its demand, where others share the core.
void ExactRequestPlane::trace_compute(Index task, double core_seconds) {
  const Index server = replicas_[tasks_[task].replica].server;
  PathActivity computes = path_activity(PathCause::service, StationKind::server, server);
  computes.first = to_duration(core_seconds);
  computes.then = PathCause::cpu_contention;
  trace_step(task, "compute", computes, stands_in_load(task));
}

// A wait that is no back-off belongs to the server, until more is told of it.
void ExactRequestPlane::trace_sleep(Index task, EventKind kind, const char* what) {
  const bool backs_off = kind == retry_due || kind == patience_over;
  if (paths_ != nullptr && backs_off) paths_->backs_off(task, now_);
  if (paths_ != nullptr && !backs_off && tasks_[task].replica != no_index)
    trace_service(task, StationKind::server, replicas_[tasks_[task].replica].server);
  if (trace_ != nullptr) trace_->step(task, kind == retry_due ? "back-off" : what, now_);
}

void ExactRequestPlane::trace_wait(Index task, StationKind kind, Index station) {
  trace_step(task, nullptr, path_activity(PathCause::queueing, kind, station), stands_in_load(task));
}

void ExactRequestPlane::trace_service(Index task, StationKind kind, Index station) {
  trace_step(task, nullptr, path_activity(PathCause::service, kind, station), stands_in_load(task));
}

// `turn`: until it has been served by a node that others ask too. Its position is past the look-up already.
void ExactRequestPlane::trace_look_up(Index task, const CacheSite& site, Duration turn) {
  PathActivity looks_up = path_activity(PathCause::queueing, StationKind::cache, site.cache);
  looks_up.first = turn == Duration{} ? turn : turn - caches_[site.cache].operation;
  looks_up.then = PathCause::service;
  trace_step(task, nullptr, looks_up, site.outer != no_index);
}

void ExactRequestPlane::trace_coalesced(Index task, const CacheSite& site) {
  trace_step(task, "load by another", path_activity(PathCause::cache_miss, StationKind::cache, site.cache), false);
}

void ExactRequestPlane::trace_store(Index task, Index store, Duration on_its_way) {
  PathActivity uses = path_activity(PathCause::network, StationKind::store, store);
  uses.first = on_its_way;
  uses.then = PathCause::service;
  trace_step(task, nullptr, uses, stands_in_load(task));
}

void ExactRequestPlane::trace_transfer(Index task, Index link) {
  trace_step(task, "transfer", path_activity(PathCause::network, StationKind::link, link), stands_in_load(task));
}

void ExactRequestPlane::trace_generate(Index task, Index model, bool is_served) {
  const PathCause cause = is_served ? PathCause::service : PathCause::queueing;
  trace_step(task, is_served ? nullptr : "generate", path_activity(cause, StationKind::language_model, model), stands_in_load(task));
}

void ExactRequestPlane::trace_bulkhead(Index caller, Index client) {
  trace_step(caller, "bulkhead", path_activity(PathCause::queueing, StationKind::client, client), stands_in_load(caller));
}

void ExactRequestPlane::trace_publish(Index publisher, Index queue) {
  trace_step(publisher, "publish", path_activity(PathCause::queueing, StationKind::queue, queue), stands_in_load(publisher));
}

void ExactRequestPlane::trace_cold_start(Index request) {
  const Index server = program_.targets[tasks_[request].target].server;
  trace_step(request, nullptr, path_activity(PathCause::cold_start, StationKind::server, server), false);
}

void ExactRequestPlane::trace_fork(Index task) {
  if (paths_ != nullptr) paths_->forks(task, stands_in_load(task), now_);
  if (trace_ != nullptr) trace_->step(task, "branches", now_);
}

}  // namespace headroom
