// Load balancers in front of services. A request takes one of the connections of an instance, to its answer, and time of its
// cores; then the service's own balancer policy picks one of the members that the load balancer knows of. A member that is not
// there refuses the connection at once.
//
// An instance is a replica of a server of its own, and the request is there, as it is later in the replica that serves it, but
// holds no slot: a connection is kept in `passages_`, because the request has gone on when it ends.
#include <algorithm>
#include <utility>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::make_load_balancers(const Blueprint& blueprint, RandomStreams& streams, Recorder& recorder) {
  replica_caches_.resize(replica_caches_.size() + blueprint.load_balancers.size());
  for (Index i = 0; i < blueprint.load_balancers.size(); ++i) {
    const LoadBalancerBlueprint& described = blueprint.load_balancers[i];
    const std::vector<Label> labels{{"load_balancer", described.name}};
    const auto own = static_cast<Index>(servers_.size());
    Server& server = servers_.emplace_back();
    server.region = described.region;
    server.cores = described.cpu;
    server.cpu = &recorder.level_share("load_balancer_cpu", labels);
    for (int n = 0; n < described.instances; ++n) {
      const Index instance = new_replica(own);
      servers_[own].nodes.push_back(instance);
    }

    LoadBalancer& balancer = load_balancers_.emplace_back();
    balancer.name = described.name;
    balancer.server = own;
    balancer.entry = program_.load_balancer_entries[i];
    balancer.instance_key = streams.key_of("load_balancers/" + described.name + "/instance");
    balancer.connections = described.connections;
    balancer.carried.resize(static_cast<std::size_t>(described.instances));
    balancer.retries = static_cast<std::size_t>(described.retries);
    balancer.checks = described.health_checks;
    balancer.connections_open = &recorder.gauge("load_balancer_connections", labels);
    balancer.members = &recorder.gauge("members", labels);
    balancer.forwarded = &recorder.counter("forwarded", labels);
    balancer.connections_refused = &recorder.counter("connections_refused", labels);
    balancer.connections_failed = &recorder.counter("connections_failed", labels);
    balancer.failed_checks = &recorder.counter("failed_checks", labels);
    make_fleets(blueprint, i);
    balancer.price_per_byte = described.price_per_byte;
    balancer.part = {passed_bytes_component(balancer.name), CostKind::load_balancer_bytes, labels.front()};
    if (transfers_ != nullptr && balancer.price_per_byte > 0.0) balancer.cost = &recorder.counter("cost", labels_of(balancer.part));
    if (balancer.checks) changes_.add({SimTime{balancer.checks->interval}, ChangeKind::health_check, i});
  }
}

void ExactRequestPlane::make_fleets(const Blueprint& blueprint, Index index) {
  LoadBalancer& balancer = load_balancers_[index];
  const bool fixed = blueprint.load_balancers[index].membership == Membership::fixed;
  for (Index i = 0; i < blueprint.services.size(); ++i) {
    if (blueprint.services[i].load_balancer != index) continue;
    Server& server = servers_[i];
    server.kind = Server::Kind::fronted;
    server.load_balancer = index;
    server.fleet = static_cast<Index>(balancer.fleets.size());
    server.watches_starts = server.watches_starts || balancer.checks;
    balancer.fleets.emplace_back(i, blueprint.services[i].name, server, fixed,
                                 static_cast<Index>(blueprint.services[i].replicas));
  }
  show_members(balancer);
}

// ---- the way through ---------------------------------------------------------------------------------------------------------

void ExactRequestPlane::enter_load_balancer(Index slot, Task& request, Server& server) {
  LoadBalancer& balancer = load_balancers_[server.load_balancer];
  Server& own = servers_[balancer.server];
  const auto instances = static_cast<Index>(own.nodes.size());
  Index instance = 0;
  if (instances > 1) {
    const double drawn = Draws{balancer.instance_key, request.draw_id}.uniform() * instances;
    instance = std::min(static_cast<Index>(drawn), instances - 1);
  }
  if (balancer.connections && balancer.carried[instance] >= *balancer.connections) {
    balancer.connections_refused->add();
    return end_task(slot, TaskOutcome::rejected);
  }
  ++balancer.carried[instance];
  own.taken_slots.enter(now_);
  own.requests.enter(now_);
  passages_.begin(slot) = {server.load_balancer, instance};
  request.replica = own.nodes[instance];
  request.pc = balancer.entry;
  make_runnable(slot, request);
}

// To a member. If that is not there, to those behind it, as often as it may be tried again.
void ExactRequestPlane::forward(Index slot) {
  Task& request = tasks_[slot];
  Server& server = *targets_[request.target].server;
  LoadBalancer& balancer = load_balancers_[server.load_balancer];
  Fleet& fleet = balancer.fleets[server.fleet];
  servers_[balancer.server].requests.leave(now_);
  request.replica = no_index;
  std::size_t left = std::min(balancer.retries + 1, fleet.size());
  std::size_t position = left == 0 ? 0 : pick_attentively(request, server);
  for (; left > 0; --left) {
    FleetMember& member = fleet.listed(position);
    if (member.replica != no_index) {
      if (balancer.checks && balancer.checks->passive) member.strikes = 0;
      balancer.forwarded->add();
      ++server.in_flight[position];
      return admit_at_gate(slot, server, member.replica);
    }
    balancer.connections_failed->add();
    const bool stays = !balancer.checks || !balancer.checks->passive || !strike(balancer, fleet, fleet.number_of(member));
    if (fleet.size() == 0) break;
    position = (position + (stays ? 1 : 0)) % fleet.size();
  }
  end_task(slot, TaskOutcome::unavailable);
}

void ExactRequestPlane::leave_load_balancer(Index slot, TaskOutcome outcome) {
  Passage* const carried = passages_.find(slot);
  if (carried == nullptr || carried->load_balancer == no_index) return;
  const Passage passage = std::exchange(*carried, {});
  LoadBalancer& balancer = load_balancers_[passage.load_balancer];
  --balancer.carried[passage.instance];
  servers_[balancer.server].taken_slots.leave(now_);
  if (balancer.cost == nullptr) return;
  const Task& request = tasks_[slot];
  double bytes = transfers_->request_bytes(request.target, request.draw_id);
  if (outcome == TaskOutcome::completed) bytes += transfers_->answer_bytes(request.target, request.draw_id);
  balancer.passed += bytes;
  balancer.cost->add(bytes * balancer.price_per_byte);
}

// ---- members -----------------------------------------------------------------------------------------------------------------

void ExactRequestPlane::join_fleet(Index replica, Index unanswered) {
  const Index service = replicas_[replica].server;
  Server& server = servers_[service];
  LoadBalancer& balancer = load_balancers_[server.load_balancer];
  balancer.fleets[server.fleet].join(server, replicas_, replica, unanswered);
  members_changed(balancer, service);
}

void ExactRequestPlane::leave_fleet(Index replica) {
  const Index service = replicas_[replica].server;
  Server& server = servers_[service];
  LoadBalancer& balancer = load_balancers_[server.load_balancer];
  balancer.fleets[server.fleet].leave(server, replicas_, replica);
  members_changed(balancer, service);
}

void ExactRequestPlane::members_changed(LoadBalancer& balancer, Index service) {
  const auto is_there = [](Index replica) { return replica != no_index; };
  if (router_ != nullptr) router_->change(service, std::ranges::any_of(servers_[service].registered, is_there), now_);
  show_members(balancer);
}

void ExactRequestPlane::show_members(LoadBalancer& balancer) {
  std::size_t members = 0;
  for (const Fleet& fleet : balancer.fleets) members += fleet.size();
  balancer.members->set(now_, static_cast<double>(members));
}

// ---- health checks -----------------------------------------------------------------------------------------------------------

// True if the member is struck off.
bool ExactRequestPlane::strike(LoadBalancer& balancer, Fleet& fleet, Index number) {
  FleetMember& member = fleet.members()[number];
  if (++member.strikes < balancer.checks->failures) return false;
  fleet.strike_off(servers_[fleet.service()], replicas_, number);
  if (!std::exchange(balancer.told, true))
    note("load_balancers/" + balancer.name, "a member of " + fleet.name() + " is struck off, the first of all");
  members_changed(balancer, fleet.service());
  return true;
}

void ExactRequestPlane::judge(LoadBalancer& balancer, Fleet& fleet, Index number, bool passed) {
  FleetMember& member = fleet.members()[number];
  if (!passed) {
    balancer.failed_checks->add();
    member.passes = 0;
    if (member.listed) strike(balancer, fleet, number);
    return;
  }
  member.strikes = 0;
  if (member.listed || ++member.passes < balancer.checks->successes) return;
  fleet.list(servers_[fleet.service()], replicas_, number, unanswered_in(member.replica));
  members_changed(balancer, fleet.service());
}

// Who has an answer at once is judged at once, the others after the time-out.
void ExactRequestPlane::check_members(Index index) {
  LoadBalancer& balancer = load_balancers_[index];
  balancer.checked_at = now_;
  bool some_wait = false;
  for (Fleet& fleet : balancer.fleets) {
    for (Index number = 0; number < fleet.members().size(); ++number) {
      FleetMember& member = fleet.members()[number];
      const auto answer =
          member.replica == no_index ? ProbeAnswer::refused : answer_to_probe({fleet.service(), member.replica}, now_);
      member.checked = answer == ProbeAnswer::waits ? member.replica : no_index;
      some_wait = some_wait || answer == ProbeAnswer::waits;
      if (answer != ProbeAnswer::waits) judge(balancer, fleet, number, answer == ProbeAnswer::answered);
    }
  }
  if (some_wait) changes_.add({now_ + balancer.checks->timeout, ChangeKind::health_verdict, index});
  changes_.add({now_ + balancer.checks->interval, ChangeKind::health_check, index});
}

void ExactRequestPlane::judge_those_that_wait(Index index) {
  LoadBalancer& balancer = load_balancers_[index];
  for (Fleet& fleet : balancer.fleets) {
    for (Index number = 0; number < fleet.members().size(); ++number) {
      FleetMember& member = fleet.members()[number];
      const Index checked = std::exchange(member.checked, no_index);
      if (checked == no_index) continue;
      const bool answered =
          member.replica == checked && answer_to_probe({fleet.service(), checked}, balancer.checked_at) == ProbeAnswer::answered;
      judge(balancer, fleet, number, answered);
    }
  }
}

}  // namespace headroom
