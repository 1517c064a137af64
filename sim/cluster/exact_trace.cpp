// What the plane tells of requests that are followed: to a RequestTrace, if one is attached, of all; to CriticalPaths of a
// sample. None of this runs for a request that is not.
#include "sim/cluster/exact_trace.hpp"

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
void ExactTrace::follow(Index slot, std::uint64_t& until, Index kind, Index workload, Index home) {
  until = 1;
  plane_.tasks_[slot].followed = plane_.trace_ != nullptr;
  if (plane_.paths_ == nullptr) return;
  if (const std::uint64_t number = plane_.paths_->sample().choose(kind); number != 0) {
    plane_.tasks_[slot].followed = true;
    plane_.paths_->begin(slot, kind, number, workload, home, plane_.now_);
  }
  until = plane_.paths_->sample().wait_for_next(kind, plane_.trace_ != nullptr);
}

void ExactTrace::follow_request(Index slot, Index target, Index workload) {
  const Index home = plane_.paths_ == nullptr
                         ? 0
                         : plane_.paths_->sample().component_of(StationKind::server, plane_.program_.targets[target].server);
  follow(slot, plane_.targets_[target].until_followed, target, workload, home);
}

void ExactTrace::follow_message(Index message, Index queue, Index workload) {
  const Index home = plane_.paths_ == nullptr ? 0 : plane_.paths_->sample().component_of(StationKind::queue, queue);
  const auto kind =
      plane_.paths_ == nullptr ? 0 : static_cast<Index>(plane_.paths_->sample().kinds() - plane_.queues_.size()) + queue;
  follow(message, plane_.queues_[queue].until_followed, kind, workload, home);
}

// Whether it is at work on what a cache did not have.
bool ExactTrace::stands_in_load(Index task) const { return plane_.program_.load_around[plane_.tasks_[task].pc] != no_index; }

// The server that it runs on, or is sent to.
Index ExactTrace::home_of(Index slot) const {
  const Task& task = plane_.tasks_[slot];
  const Index server =
      task.replica != no_index ? plane_.replicas_[task.replica].server : plane_.program_.targets[task.target].server;
  return plane_.paths_->sample().component_of(StationKind::server, server);
}

// ---- the life of a request ---------------------------------------------------------------------------------------------------

void ExactTrace::called(Index request, bool is_hedge) {
  if (plane_.paths_ == nullptr) return;
  const Index caller = plane_.tasks_[request].parent;
  plane_.paths_->called(request, caller, home_of(request), is_hedge, stands_in_load(caller), plane_.now_);
}

void ExactTrace::sent(Index request, Duration delay) {
  if (plane_.paths_ != nullptr) {
    const PathActivity on_its_way{PathCause::network, home_of(request), delay, PathCause::queueing};
    plane_.paths_->does(request, on_its_way, false, plane_.now_);
  }
  if (plane_.trace_ == nullptr) return;
  const Index caller = plane_.tasks_[request].parent;
  const bool by_session = caller != no_index && plane_.tasks_[caller].kind == TaskKind::session;
  const bool by_user = caller == no_index || (by_session && plane_.tasks_.wait(caller).attempt == 1);
  plane_.trace_->sent(request, plane_.tasks_[request], by_user, plane_.now_);
}

void ExactTrace::published(Index message, Index queue) {
  const Task& task = plane_.tasks_[message];
  if (plane_.paths_ != nullptr) waits(message, StationKind::queue, queue);
  if (plane_.trace_ != nullptr)
    plane_.trace_->published(message, task, queue, task.user_request && task.delivery == 0, plane_.now_);
}

void ExactTrace::rejected(Index message) {
  if (plane_.paths_ != nullptr) plane_.paths_->forget(message);
}

void ExactTrace::delivered(Index message, Index delivery) {
  if (plane_.paths_ != nullptr) {
    const Index queue = plane_.tasks_[message].call;
    plane_.paths_->delivered(message, delivery, plane_.paths_->sample().component_of(StationKind::queue, queue), plane_.now_);
  }
  if (plane_.trace_ != nullptr) plane_.trace_->delivered(message, delivery);
}

void ExactTrace::branched(Index branch) {
  if (plane_.paths_ != nullptr) plane_.paths_->branched(branch, plane_.tasks_[branch].parent, plane_.now_);
  if (plane_.trace_ != nullptr) plane_.trace_->branched(branch, plane_.tasks_[branch], plane_.now_);
}

void ExactTrace::served(Index task) {
  if (plane_.paths_ != nullptr) plane_.paths_->served(task, home_of(task), plane_.now_);
  if (plane_.trace_ != nullptr) plane_.trace_->served(task, plane_.tasks_[task], plane_.now_);
}

void ExactTrace::left(Index caller, TaskOutcome why) {
  if (plane_.paths_ != nullptr) plane_.paths_->left(caller, plane_.now_);
  moment(caller, to_text(why));
}

// Of a user's call this is the end of his request.
void ExactTrace::call_over(Index caller, TaskOutcome outcome) {
  if (plane_.paths_ != nullptr) plane_.paths_->call_over(caller, outcome, plane_.now_);
  if (!plane_.belongs_to_user(plane_.tasks_[caller])) return;
  if (plane_.paths_ != nullptr) plane_.paths_->finish(caller, outcome, Duration{}, plane_.now_);
  plane_.tasks_[caller].followed = false;
}

void ExactTrace::responds(Index task) {
  if (plane_.paths_ != nullptr) plane_.paths_->responds(task);
}

void ExactTrace::answered(Index request, Index caller, TaskOutcome outcome, Duration delay) {
  if (plane_.paths_ == nullptr) return;
  if (plane_.tasks_[request].user_request) return plane_.paths_->finish(request, outcome, delay, plane_.now_);
  plane_.paths_->answered(request, caller, outcome, delay, plane_.now_);
}

void ExactTrace::ended(Index slot, TaskOutcome outcome) {
  const Task& task = plane_.tasks_[slot];
  if (plane_.trace_ != nullptr) plane_.trace_->ended(slot, task, outcome, plane_.now_);
  if (plane_.paths_ == nullptr) return;
  if (task.kind == TaskKind::branch) return plane_.paths_->branch_ended(slot, task.parent, outcome, plane_.now_);
  if (task.kind == TaskKind::delivery && outcome == TaskOutcome::completed)
    return plane_.paths_->delivery_done(slot, task.parent, plane_.now_);
  const bool is_answered = task.kind == TaskKind::request && !task.responded;
  const bool is_users_message = task.kind == TaskKind::message && task.user_request;
  if (!is_answered && !is_users_message) return plane_.paths_->forget(slot);
  plane_.paths_->ended(slot, outcome, plane_.now_);
  if (is_users_message) plane_.paths_->finish(slot, outcome, Duration{}, plane_.now_);
}

// ---- what it does, and waits for ---------------------------------------------------------------------------------------------

void ExactTrace::moment(Index task, const char* name) {
  if (plane_.trace_ != nullptr) plane_.trace_->moment(task, name, plane_.now_);
}

// `name`: none, if it does already what the trace says it does.
void ExactTrace::step(Index task, const char* name, const PathActivity& activity, bool in_load) {
  if (plane_.paths_ != nullptr) plane_.paths_->does(task, activity, in_load, plane_.now_);
  if (plane_.trace_ != nullptr && name != nullptr) plane_.trace_->step(task, name, plane_.now_);
}

PathActivity ExactTrace::activity_of(PathCause cause, StationKind kind, Index station) const {
  if (plane_.paths_ == nullptr) return {};
  return {.cause = cause, .component = plane_.paths_->sample().component_of(kind, station)};
}

// For longer than its demand, where others share the core.
void ExactTrace::computes(Index task, double core_seconds) {
  const Index server = plane_.replicas_[plane_.tasks_[task].replica].server;
  PathActivity computes = activity_of(PathCause::service, StationKind::server, server);
  computes.first = to_duration(core_seconds);
  computes.then = PathCause::cpu_contention;
  step(task, "compute", computes, stands_in_load(task));
}

// A wait that is no back-off belongs to the server, until more is told of it.
void ExactTrace::sleeps(Index task, ExactRequestPlane::EventKind kind, const char* what) {
  const bool backs_off = kind == ExactRequestPlane::retry_due || kind == ExactRequestPlane::patience_over;
  if (plane_.paths_ != nullptr && backs_off) plane_.paths_->backs_off(task, plane_.now_);
  if (plane_.paths_ != nullptr && !backs_off && plane_.tasks_[task].replica != no_index)
    uses(task, StationKind::server, plane_.replicas_[plane_.tasks_[task].replica].server);
  if (plane_.trace_ != nullptr) plane_.trace_->step(task, kind == ExactRequestPlane::retry_due ? "back-off" : what, plane_.now_);
}

void ExactTrace::waits(Index task, StationKind kind, Index station) {
  step(task, nullptr, activity_of(PathCause::queueing, kind, station), stands_in_load(task));
}

void ExactTrace::uses(Index task, StationKind kind, Index station) {
  step(task, nullptr, activity_of(PathCause::service, kind, station), stands_in_load(task));
}

// `turn`: until it has been served by a node that others ask too. Its position is past the look-up already.
void ExactTrace::looks_up(Index task, const CacheSite& site, Duration turn) {
  PathActivity looks_up = activity_of(PathCause::queueing, StationKind::cache, site.cache);
  looks_up.first = turn == Duration{} ? turn : turn - plane_.caches_[site.cache].operation;
  looks_up.then = PathCause::service;
  step(task, nullptr, looks_up, site.outer != no_index);
}

void ExactTrace::waits_for_load(Index task, const CacheSite& site) {
  step(task, "load by another", activity_of(PathCause::cache_miss, StationKind::cache, site.cache), false);
}

void ExactTrace::uses_store(Index task, Index store, Duration on_its_way) {
  PathActivity uses = activity_of(PathCause::network, StationKind::store, store);
  uses.first = on_its_way;
  uses.then = PathCause::service;
  step(task, nullptr, uses, stands_in_load(task));
}

void ExactTrace::transfers(Index task, Index link) {
  step(task, "transfer", activity_of(PathCause::network, StationKind::link, link), stands_in_load(task));
}

void ExactTrace::generates(Index task, Index model, bool is_served) {
  const PathCause cause = is_served ? PathCause::service : PathCause::queueing;
  step(task, is_served ? nullptr : "generate", activity_of(cause, StationKind::language_model, model), stands_in_load(task));
}

void ExactTrace::waits_for_bulkhead(Index caller, Index client) {
  step(caller, "bulkhead", activity_of(PathCause::queueing, StationKind::client, client), stands_in_load(caller));
}

void ExactTrace::waits_for_room(Index publisher, Index queue) {
  step(publisher, "publish", activity_of(PathCause::queueing, StationKind::queue, queue), stands_in_load(publisher));
}

void ExactTrace::waits_for_start(Index request) {
  const Index server = plane_.program_.targets[plane_.tasks_[request].target].server;
  step(request, nullptr, activity_of(PathCause::cold_start, StationKind::server, server), false);
}

void ExactTrace::forks(Index task) {
  if (plane_.paths_ != nullptr) plane_.paths_->forks(task, stands_in_load(task), plane_.now_);
  if (plane_.trace_ != nullptr) plane_.trace_->step(task, "branches", plane_.now_);
}

}  // namespace headroom
