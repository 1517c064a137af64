#include "sim/cluster/request_trace.hpp"

#include <algorithm>
#include <utility>

namespace headroom {

RequestTrace::RequestTrace(const Blueprint& blueprint, const Window& window, Sink sink)
    : window_{window}, sink_{std::move(sink)} {
  for (const ServiceBlueprint& service : blueprint.services) track_names_.push_back(service.name);
  for (const DatabaseBlueprint& database : blueprint.databases) track_names_.push_back(database.name);
  first_queue_ = static_cast<Index>(track_names_.size());
  for (const QueueBlueprint& queue : blueprint.queues) track_names_.push_back(queue.name);
  lanes_.resize(track_names_.size());
}

// The number of the user's request, 0 if it is not followed.
std::uint64_t RequestTrace::followed(std::uint64_t root, bool by_user, SimTime now) {
  if (const auto known = numbers_.find(root); known != numbers_.end()) return known->second;
  if (!by_user || now < window_.from || now >= window_.until) return 0;
  if (traced_ >= window_.requests) {
    ++passed_over_;
    return 0;
  }
  numbers_[root] = ++traced_;
  return traced_;
}

RequestTrace::Open* RequestTrace::find(Index slot) {
  const auto found = open_.find(slot);
  return found == open_.end() ? nullptr : &found->second;
}

// The lowest that is free, so that there are no more than overlap.
Index RequestTrace::take_lane(Index track) {
  std::vector<bool>& lanes = lanes_[track];
  const auto free = std::find(lanes.begin(), lanes.end(), false);
  const auto lane = static_cast<Index>(free - lanes.begin());
  if (free == lanes.end()) lanes.push_back(false);
  lanes[lane] = true;
  return lane;
}

RequestTrace::Open& RequestTrace::begin(Index slot, Index track, std::string name, std::uint64_t request, Index parent,
                                        SimTime now) {
  Open open;
  open.whole = {
      .kind = TraceSpan::Kind::request, .track = track, .lane = take_lane(track), .name = std::move(name), .begin = now};
  open.whole.request = request;
  open.whole.id = next_id_++;
  if (const Open* caller = parent == no_index ? nullptr : find(parent)) {
    open.whole.caller = caller->whole.id;
    open.whole.caller_track = caller->whole.track;
    open.whole.caller_lane = caller->whole.lane;
  }
  return open_[slot] = std::move(open);
}

void RequestTrace::sent(Index slot, const Task& request, bool by_user, SimTime now) {
  const std::uint64_t number = followed(request.root_id, by_user, now);
  if (number == 0) return;
  const CallTarget& target = program_->targets[request.target];
  begin(slot, target.server, target.name, number, request.parent, now);
  if (Open* const caller = request.parent == no_index ? nullptr : find(request.parent)) {
    step(request.parent, "call", now);
    caller->step_target = target.name;
  }
}

void RequestTrace::published(Index slot, const Task& message, Index queue, bool by_user, SimTime now) {
  const std::uint64_t number = followed(message.root_id, by_user, now);
  if (number != 0) begin(slot, first_queue_ + queue, "message in " + track_names_[first_queue_ + queue], number, no_index, now);
}

void RequestTrace::delivered(Index message, Index delivery) {
  const auto found = open_.find(message);
  if (found == open_.end()) return;
  Open open = std::move(found->second);
  open_.erase(found);
  open_[delivery] = std::move(open);
}

void RequestTrace::branched(Index slot, const Task& branch, SimTime now) {
  const Open* const owner = find(branch.parent);
  if (owner == nullptr) return;
  Open& open = begin(slot, owner->whole.track, "branch of " + owner->whole.name, owner->whole.request, branch.parent, now);
  open.served_at = now;
}

void RequestTrace::served(Index slot, const Task& task, SimTime now) {
  Open* open = find(slot);
  if (open == nullptr) return;
  const CallTarget& target = program_->targets[task.target];
  if (open->whole.track != target.server) {
    // A message: it leaves the queue for a worker.
    const TraceSpan waited = open->whole;
    close(slot, task, to_text(TaskOutcome::completed), now);
    open = &begin(slot, target.server, target.name, waited.request, no_index, now);
    open->whole.caller = waited.id;
    open->whole.caller_track = waited.track;
    open->whole.caller_lane = waited.lane;
  }
  open->served_at = now;
}

void RequestTrace::step(Index slot, const char* name, SimTime now) {
  Open* const open = find(slot);
  if (open == nullptr) return;
  end_step(*open, now);
  open->step = name;
  open->step_begun = now;
  open->step_target.clear();
}

void RequestTrace::end_step(Open& open, SimTime now) const {
  if (open.step == nullptr) return;
  const std::string name = open.step_target.empty() ? open.step : std::string{open.step} + " " + open.step_target;
  emit(open, TraceSpan::Kind::step, name, open.step_begun, now);
  open.step = nullptr;
}

void RequestTrace::moment(Index slot, std::string name, SimTime now) {
  if (const Open* const open = find(slot)) emit(*open, TraceSpan::Kind::moment, std::move(name), now, now);
}

void RequestTrace::ended(Index slot, const Task& task, TaskOutcome outcome, SimTime now) {
  close(slot, task, to_text(outcome), now);
}

void RequestTrace::emit(const Open& open, TraceSpan::Kind kind, std::string name, SimTime from, SimTime to) const {
  TraceSpan span = open.whole;
  span.kind = kind;
  span.name = std::move(name);
  span.begin = from;
  span.end = to;
  span.outcome.clear();
  sink_(span);
}

void RequestTrace::close(Index slot, const Task& task, const char* outcome, SimTime now) {
  const auto found = open_.find(slot);
  if (found == open_.end()) return;
  Open& open = found->second;
  end_step(open, now);
  const bool was_served = open.served_at != end_of_time;
  // In a queue from the beginning; at a server since it arrived there; on its way to one in no queue at all.
  const bool in_queue = open.whole.track >= first_queue_;
  const SimTime arrived = task.replica != no_index ? std::max(task.queued_at, open.whole.begin) : now;
  const SimTime queued_at = in_queue ? open.whole.begin : arrived;
  const SimTime left_queue = was_served ? open.served_at : now;
  if (left_queue > queued_at) emit(open, TraceSpan::Kind::queue, "queue", queued_at, left_queue);
  if (was_served) emit(open, TraceSpan::Kind::service, "service", open.served_at, now);
  open.whole.end = now;
  open.whole.outcome = outcome;
  sink_(open.whole);
  lanes_[open.whole.track][open.whole.lane] = false;
  open_.erase(found);
}

void RequestTrace::finish(const TaskTable& tasks, SimTime now) {
  std::vector<Index> slots;
  for (const auto& [slot, open] : open_) slots.push_back(slot);
  std::sort(slots.begin(), slots.end());
  for (const Index slot : slots) close(slot, tasks[slot], "in flight", now);
}

}  // namespace headroom
