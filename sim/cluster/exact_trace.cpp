// What the plane tells a RequestTrace. None of this runs unless one is attached.
#include "sim/cluster/exact_request_plane.hpp"

namespace headroom {

void ExactRequestPlane::attach(RequestTrace& trace) {
  trace_ = &trace;
  trace.attach(program_);
}

void ExactRequestPlane::trace_sent(Index request) {
  const Index caller = tasks_[request].parent;
  const bool by_session = caller != no_index && tasks_[caller].kind == TaskKind::session;
  const bool by_user = caller == no_index || (by_session && tasks_.wait(caller).attempt == 1);
  trace_->sent(request, tasks_[request], by_user, now_);
}

void ExactRequestPlane::trace_published(Index message, Index queue) {
  const Task& task = tasks_[message];
  trace_->published(message, task, queue, task.user_request && task.delivery == 0, now_);
}

void ExactRequestPlane::trace_delivered(Index message, Index delivery) { trace_->delivered(message, delivery); }
void ExactRequestPlane::trace_branched(Index branch) { trace_->branched(branch, tasks_[branch], now_); }
void ExactRequestPlane::trace_served(Index task) { trace_->served(task, tasks_[task], now_); }
void ExactRequestPlane::trace_step(Index task, const char* name) { trace_->step(task, name, now_); }
void ExactRequestPlane::trace_moment(Index task, const char* name) { trace_->moment(task, name, now_); }
void ExactRequestPlane::trace_ended(Index task, TaskOutcome outcome) { trace_->ended(task, tasks_[task], outcome, now_); }

}  // namespace headroom
