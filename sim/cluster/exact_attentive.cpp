// Balancers that look further than at what is in flight: what they are shown when they pick, and what they are told of answers.
#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::route_attentively(Index slot, Task& request, Server& server) {
  if (server.registered.empty()) return end_task(slot, TaskOutcome::unavailable);
  const std::size_t position = pick_attentively(request, server);
  ++server.in_flight[position];
  admit_at_gate(slot, server, server.registered[position]);
}

std::size_t ExactRequestPlane::pick_attentively(const Task& request, Server& server) {
  if (!tells_balancers_) return server.balancer->pick(server.in_flight, server.random);
  return server.balancer->pick(BalancingView{server.in_flight, server.registered, now_, request.subject}, server.random);
}

// Refusals count as answers: to whoever measures response times a replica that refuses at once looks fast.
void ExactRequestPlane::tell_balancer(const Task& request) {
  if (request.replica == no_index || replicas_[request.replica].position == no_index) return;
  const Server& server = servers_[replicas_[request.replica].server];
  if (server.balancer != nullptr) server.balancer->answered(request.replica, now_ - request.begun, now_);
}

}  // namespace headroom
