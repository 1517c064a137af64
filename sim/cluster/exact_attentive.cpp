// Balancers that look further than at what is in flight: what they are shown when they pick, and what they are told of answers.
#include <algorithm>

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
  BalancingView view{server.in_flight, server.registered, now_, request.subject};
  if (server.balancer->looks_at_zones()) show_zones(request, server, view);
  return server.balancer->pick(view, server.random);
}

// An empty place of a load balancer is in no zone.
void ExactRequestPlane::show_zones(const Task& request, const Server& server, BalancingView& view) {
  static_assert(no_index == BalancingView::no_zone);
  const auto zone_at = [this](Index replica) { return replica == no_index ? no_index : replicas_[replica].zone; };
  zones_shown_.resize(server.registered.size());
  std::ranges::transform(server.registered, zones_shown_.begin(), zone_at);
  view.zones = zones_shown_;
  if (request.parent != no_index) view.zone = zone_at(tasks_[request.parent].replica);
}

// Refusals count as answers: to whoever measures response times a replica that refuses at once looks fast.
void ExactRequestPlane::tell_balancer(const Task& request) {
  if (request.replica == no_index || replicas_[request.replica].position == no_index) return;
  const Server& server = servers_[replicas_[request.replica].server];
  if (server.balancer != nullptr) server.balancer->answered(request.replica, now_ - request.begun, now_);
}

}  // namespace headroom
