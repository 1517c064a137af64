// What comes again: monitors that look at the same source every period. Has it changed since, and was it done in time?
#include <cmath>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

// Changes are a Poisson process, so the chance that there was one does not depend on what was seen before: nothing is kept.
void ExactRequestPlane::when_changed(Index slot, const ChangeSite& site) {
  Task& task = tasks_[slot];
  const Duration since = site.since > Duration{} ? site.since : arrivals_[task.workload].workload->rhythm_of(task.subject);
  const double chance = since > Duration{} ? -std::expm1(-site.rate * to_seconds(since)) : 1.0;
  task.pc = Draws{site.key, task.draw_id}.uniform() < chance ? task.pc + 1 : site.after;
}

// Against its schedule and its deadline: of a request of a user, by message or by call, that has ended. `task` is what began
// when the workload said so: the request, the message or the session.
void ExactRequestPlane::count_lateness(const Task& task, Duration latency) {
  const ArrivalQueue& arrivals = arrivals_[task.workload];
  const Duration allowed = arrivals.workload->deadline_of(task.subject);
  if (allowed == Duration{}) return;
  const Duration late = latency + (task.begun - arrivals.workload->due(task.subject, task.begun));
  arrivals.lateness->record(late);
  arrivals.late->whole += 1.0;
  if (late > allowed) arrivals.late->part += 1.0;
}

}  // namespace headroom
