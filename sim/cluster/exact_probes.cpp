// Probes of a replica, without a request of their own.
//
// A probe stands in the replica's line, first come first served. As long as all slots have been taken since it was sent, it has
// had none if and only if nobody that came after it has one: whoever takes a slot, from the line or at once, would have come
// behind it.
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

ProbeAnswer ExactRequestPlane::answer_to_probe(ReplicaRef ref, SimTime sent) const {
  const Replica& replica = replicas_[ref.replica];
  const Server& server = servers_[replica.server];
  if (!replica.alive) return ProbeAnswer::refused;
  if (replica.busy_slots < server.concurrency || replica.served_to > sent) return ProbeAnswer::answered;
  const bool full = server.backlog_limit && replica.backlog.size() >= *server.backlog_limit;
  return full && sent == now_ ? ProbeAnswer::refused : ProbeAnswer::waits;
}

Index ExactRequestPlane::unanswered_in(Index replica) const {
  Index unanswered = 0;
  for (Index slot = 0; slot < tasks_.size(); ++slot) {
    const Task& task = tasks_[slot];
    unanswered += task.kind == TaskKind::request && task.replica == replica && !task.responded;
  }
  return unanswered;
}

// What it has not answered yet counts for the balancer again.
void ExactRequestPlane::restore_replica(ReplicaRef ref) {
  if (!replicas_[ref.replica].alive || replicas_[ref.replica].position != no_index) return;
  register_with_balancer(ref.replica, unanswered_in(ref.replica));
}

}  // namespace headroom
