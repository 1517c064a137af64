// Requests at the replicas of services with an admission policy: let in or refused when they arrive, served or dropped when their
// turn comes, and measured for the policy when they are answered. Services without one go another way (exact_hot_path.hpp).
#include <algorithm>
#include <optional>
#include <utility>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

// As admit(), by way of the gate. A request that is refused was never in the line.
void ExactRequestPlane::admit_at_gate(Index slot, Server& server, Index index) {
  if (server.admission == nullptr) return admit(slot, tasks_[slot], server, index);
  Replica& replica = replicas_[index];
  AdmissionGate& gate = *replica.gate;
  Task& request = tasks_[slot];
  request.replica = index;
  if (transfers_ != nullptr) count_request_bytes(slot);
  server.requests.enter(now_);
  request.queued_at = now_;
  if (slot >= entered_as_.size()) entered_as_.resize(tasks_.size());
  entered_as_[slot] = 0;
  const bool waits = replica.busy_slots >= server.concurrency;
  const AdmissionView view{now_, gate.in_flight(), replica.backlog.size()};
  if (waits && server.backlog_limit && view.waiting >= *server.backlog_limit) return refuse(slot, server, Refusal::line);
  if (!gate.policy().admits(view, request.priority)) return refuse(slot, server, Refusal::limit);
  entered_as_[slot] = gate.enter();
  if (waits) return wait_at_gate(slot, server, view);
  if (!gate.policy().serves(view, Duration{})) return refuse(slot, server, Refusal::dropped);
  occupy(slot, request, server, replica);
}

// In line no longer than the policy and the service allow.
void ExactRequestPlane::wait_at_gate(Index slot, Server& server, const AdmissionView& view) {
  Task& request = tasks_[slot];
  Replica& replica = replicas_[request.replica];
  std::optional<Duration> longest = replica.gate->policy().longest_wait(view);
  request.state = TaskState::queued;
  replica.backlog.push(tasks_, slot);
  server.waiting.enter(now_);
  if (server.wait_limit) {
    const Duration of_service = to_duration(server.wait_limit->draw(request.draw_id));
    longest = std::min(longest.value_or(of_service), of_service);
  }
  if (longest) request.timer = events_.schedule(now_ + *longest, waited_too_long, slot);
}

void ExactRequestPlane::refuse(Index slot, Server& server, Refusal why) {
  server.admission->refused[static_cast<std::size_t>(why)]->add();
  end_task(slot, why == Refusal::waited ? TaskOutcome::wait_limit : TaskOutcome::rejected);
}

// A slot that is free goes to the next in line whom the policy still serves. What ends on the way may end others, but nobody who
// could take this slot: it counts as taken meanwhile.
void ExactRequestPlane::hand_on_slot(Server& server, Index index) {
  while (!replicas_[index].backlog.empty()) {
    Replica& replica = replicas_[index];
    AdmissionPolicy& policy = replica.gate->policy();
    const Index slot = policy.newest_first(now_) ? replica.backlog.pop_last(tasks_) : replica.backlog.pop(tasks_);
    server.waiting.leave(now_);
    Task& task = tasks_[slot];
    const AdmissionView view{now_, replica.gate->in_flight() - 1, replica.backlog.size()};
    if (policy.serves(view, now_ - task.queued_at)) return start_service(slot, task, server, replica);
    task.state = TaskState::runnable;  // in no line any more
    refuse(slot, server, Refusal::dropped);
  }
  --replicas_[index].busy_slots;
  server.taken_slots.leave(now_);
}

// Of a request that came through a gate and is answered. A replica that is gone measures nothing.
void ExactRequestPlane::leave_gate(Index slot, TaskOutcome outcome) {
  const Task& request = tasks_[slot];
  if (request.replica == no_index || replicas_[request.replica].gate == nullptr) return;
  const std::uint32_t entered_as = std::exchange(entered_as_[slot], 0U);
  if (entered_as == 0) return;
  Replica& replica = replicas_[request.replica];
  if (!replica.alive) return replica.gate->gone();
  replica.gate->leave(entered_as, now_ - request.queued_at, outcome, now_);
}

}  // namespace headroom
