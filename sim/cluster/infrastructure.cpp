#include "sim/cluster/infrastructure.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace headroom {
namespace {

PodShape shape_of(const ServiceBlueprint& service) { return {service.requested_cpu(), service.memory, service.gpus}; }

}  // namespace

Infrastructure::Infrastructure(const Blueprint& blueprint, SimulationEngine& engine, RequestPlane& plane, RandomStreams& streams,
                               Recorder& recorder, RunNotes& notes, std::vector<SimTime> load_rises)
    : blueprint_{blueprint},
      engine_{engine},
      notes_{notes},
      plane_{plane},
      network_{blueprint.network, blueprint.node_pools, blueprint.databases},
      cost_{blueprint, recorder},
      energy_{blueprint, recorder},
      kubelet_{blueprint,
               engine,
               network_,
               plane,
               streams,
               recorder,
               notes,
               {.readiness_changed = [this](Pod& pod) { readiness_changed(pod); },
                .gone = [this](Pod& pod) { finish_pod(pod); }}},
      scale_outs_{blueprint, std::move(load_rises), recorder},
      shard_copies_{blueprint, engine, network_, plane, cost_} {
  for (Index pool = 0; pool < blueprint.node_pools.size(); ++pool) {
    const NodePoolBlueprint& what = blueprint.node_pools[pool];
    pools_.push_back(std::make_unique<NodePool>(what, network_.node_hosts(pool), recorder));
    boot_keys_.push_back(streams.key_of("node_pools/" + what.name + "/boot"));
    interruption_keys_.push_back(streams.key_of("node_pools/" + what.name + "/interruption"));
  }
  for (Index service = 0; service < blueprint.services.size(); ++service) {
    services_.emplace_back(service, blueprint.services[service].name, shape_of(blueprint.services[service]), recorder);
  }
}

void Infrastructure::start() {
  for (Index pool = 0; pool < pools_.size(); ++pool) {
    for (int i = 0; i < blueprint_.node_pools[pool].nodes; ++i) {
      Node* node = pools_[pool]->ask_for_node(engine_.now());
      pay_for(pool, *node, +1);
      node->host()->turn_on();
      pools_[pool]->node_is_up(*node, engine_.now());
      expect_interruption(pool, *node);
    }
  }
  for (Index service = 0; service < services_.size(); ++service) {
    services_[service].want(blueprint_.services[service].replicas, engine_.now());
    for (int i = 0; i < blueprint_.services[service].replicas; ++i) {
      Pod& pod = create_pod(services_[service]);
      if (find_room(pod)) kubelet_.adopt(pod);
    }
  }
  shard_copies_.start();
}

// ---- services ----------------------------------------------------------------------------------------------------------------

void Infrastructure::scale(Index service, int replicas, std::string_view reason, const DecisionTiming& timing) {
  ReplicaSet& set = services_[service];
  const std::string& name = blueprint_.services[service].name;
  if (replicas < 0) throw std::logic_error{fmt::format("the autoscaler of {} asked for {} replicas", name, replicas)};
  const Index scale_out = scale_outs_.decided(service, set.wanted(), replicas, timing);
  if (replicas == set.wanted()) return;
  kubelet_.notice_killed();
  notes_.add(engine_.now(), "services/" + name, fmt::format("scaled from {} to {}: {}", set.wanted(), replicas, reason));
  set.want(replicas, engine_.now());
  fill(set, scale_out);
  if (const int surplus = set.active() - replicas; surplus > 0) {
    for (Pod* pod : set.first_to_delete(static_cast<std::size_t>(surplus))) delete_pod(*pod);
  }
}

void Infrastructure::fill(ReplicaSet& set, Index scale_out) {
  while (set.active() < set.wanted()) {
    Pod& pod = create_pod(set);
    if (scale_out != no_index) scale_outs_.add(scale_out, pod);
    if (find_room(pod)) kubelet_.start(pod);
  }
  if (scale_out != no_index) scale_outs_.all_added(scale_out);
}

void Infrastructure::readiness_changed(Pod& pod) {
  services_[pod.service].readiness_changed(pod, engine_.now());
  if (pod.ready() && kubelet_.gets_requests(pod)) scale_outs_.registered(pod, engine_.now());
}

Pod& Infrastructure::create_pod(ReplicaSet& replicas) {
  Pod& pod = replicas.create(engine_.now());
  cost_.add_replica(pod.service, engine_.now(), +1);
  return pod;
}

bool Infrastructure::find_room(Pod& pod) {
  NodePool* pool = pool_of(pod);
  return pool == nullptr || pool->place(pod, engine_.now());
}

NodePool* Infrastructure::pool_of(const Pod& pod) {
  const Index pool = blueprint_.services[pod.service].node_pool;
  return pool == no_index ? nullptr : pools_[pool].get();
}

void Infrastructure::delete_pod(Pod& pod) {
  scale_outs_.gone(pod);
  ReplicaSet& set = services_[pod.service];
  if (pod.replica == no_index) {
    kubelet_.stop(pod);
    finish_pod(pod);
    return;
  }
  const bool was_ready = pod.ready();
  set.start_deleting(pod);
  if (was_ready) set.readiness_changed(pod, engine_.now());
  kubelet_.drain(pod);
}

// The pod leaves the world, and its node may have room for another or be empty at last.
void Infrastructure::finish_pod(Pod& pod) {
  const Index service = pod.service;
  NodePool* pool = pool_of(pod);
  Node* node = pod.node;
  if (pool != nullptr) pool->remove(pod, engine_.now());
  cost_.add_replica(service, engine_.now(), -1);
  scale_outs_.gone(pod);
  services_[service].remove(pod);
  if (node == nullptr) return;
  give_back_if_empty(blueprint_.services[service].node_pool, *node);
  start_pending(*pool);
}

void Infrastructure::start_pending(NodePool& pool) {
  for (Pod* pod : pool.place_pending(engine_.now())) kubelet_.start(*pod);
}

// ---- nodes -------------------------------------------------------------------------------------------------------------------

void Infrastructure::apply(Index pool, const NodeDecision& decision) {
  for (const std::uint32_t id : decision.remove) {
    if (pools_[pool]->nodes_kept() <= blueprint_.node_pools[pool].minimum) break;
    Node* node = pools_[pool]->find(id);
    if (node != nullptr && node->stage != NodeStage::draining) remove_node(pool, *node, decision.reason);
  }
  // Those being drained, also by this very decision, hold their hosts until they are empty.
  const int room = blueprint_.node_pools[pool].maximum - static_cast<int>(pools_[pool]->nodes().size());
  const int add = std::min(decision.add, room);
  if (add <= 0) return;
  notes_.add(engine_.now(), "node_pools/" + blueprint_.node_pools[pool].name,
             fmt::format("asked for {} more: {}", add, decision.reason));
  for (std::size_t i = 0; std::cmp_less(i, add); ++i) add_node(pool, decision.types.empty() ? 0 : decision.types.at(i));
}

void Infrastructure::add_node(Index pool, std::uint32_t type) {
  Node* node = pools_[pool]->ask_for_node(engine_.now(), type);
  if (node == nullptr) return;  // no host is free
  pay_for(pool, *node, +1);
  Draws draws{boot_keys_[pool], node->id()};
  const SimTime up = engine_.now() + to_duration(blueprint_.node_pools[pool].boot.sample(draws));
  const TurnOrder order{Turn::nodes, (static_cast<std::uint64_t>(pool) << 40U) + node->id()};
  node->boot = engine_.start_actor("boot of " + blueprint_.node_pools[pool].name, network_.control(), order,
                                   [this, pool, node, up](ActorClock& clock) {
                                     clock.sleep_until(up);
                                     node->boot = {};
                                     node_up(pool, *node);
                                   });
}

void Infrastructure::node_up(Index pool, Node& node) {
  node.host()->turn_on();
  pools_[pool]->node_is_up(node, engine_.now());
  note_node(pool, node, "up");
  expect_interruption(pool, node);
  start_pending(*pools_[pool]);
}

// Its pods are replaced first, and finish what they have; the node is given back when the last one is gone.
void Infrastructure::remove_node(Index pool, Node& node, std::string_view reason) {
  note_node(pool, node, fmt::format("is being removed: {}", reason));
  kubelet_.notice_killed();
  if (node.stage == NodeStage::booting) engine_.end_actor(node.boot);
  if (node.stage == NodeStage::up) pools_[pool]->start_draining(node);
  const std::vector<Pod*> evicted{node.pods().begin(), node.pods().end()};
  if (evicted.empty()) return give_back(pool, node);
  for (Pod* pod : evicted) {
    if (pod->deleting()) continue;
    Pod& replacement = create_pod(services_[pod->service]);
    if (pod->ascent.scale_out != no_index) scale_outs_.add(pod->ascent.scale_out, replacement);
    if (find_room(replacement)) kubelet_.start(replacement);
    delete_pod(*pod);
  }
}

void Infrastructure::pay_for(Index pool, const Node& node, int change) {
  cost_.add_node(pool, node, engine_.now(), change);
  energy_.add_node(pool, node, engine_.now(), change);
}

void Infrastructure::give_back_if_empty(Index pool, Node& node) {
  if (node.stage == NodeStage::draining && node.pods().empty()) give_back(pool, node);
}

void Infrastructure::give_back(Index pool, Node& node) {
  note_node(pool, node, "given back");
  if (node.stage != NodeStage::booting) node.host()->turn_off();
  pay_for(pool, node, -1);
  pools_[pool]->give_back(node, engine_.now());
  // As a scaling group does; with an autoscaler that is its affair.
  const NodePoolBlueprint& what = blueprint_.node_pools[pool];
  if (!what.autoscaler.chosen() && pools_[pool]->nodes_kept() < what.minimum) add_node(pool);
}

// ---- spot nodes --------------------------------------------------------------------------------------------------------------

void Infrastructure::expect_interruption(Index pool, const Node& node) {
  const PurchaseMix& mix = blueprint_.node_pools[pool].purchase;
  if (node.purchase() != Purchase::spot || !(mix.interruptions.value > 0.0)) return;
  Draws draws{interruption_keys_[pool], node.id()};
  const SimTime told = engine_.now() + to_duration(-std::log(draws.uniform()) / mix.interruptions.value);
  if (told >= engine_.end()) return;
  const TurnOrder order{Turn::nodes, (static_cast<std::uint64_t>(pool) << 40U) + node.id()};
  engine_.start_actor("spot node of " + blueprint_.node_pools[pool].name, network_.control(), order,
                      [this, pool, id = node.id(), told, notice = mix.notice](ActorClock& clock) {
                        clock.sleep_until(told);
                        Node* const present = pools_[pool]->find(id);
                        if (present == nullptr) return;
                        pools_[pool]->note_interruption();
                        if (present->stage != NodeStage::draining)
                          remove_node(pool, *present, "the provider takes the spot node back");
                        clock.sleep_until(told + notice);
                        if (Node* left = pools_[pool]->find(id)) take_away(pool, *left);
                      });
}

// With whatever is still on it. The last pod that goes takes the node along.
void Infrastructure::take_away(Index pool, Node& node) {
  note_node(pool, node, "is gone");
  const std::vector<Pod*> lost{node.pods().begin(), node.pods().end()};
  for (Pod* pod : lost) kubelet_.lose(*pod);
}

void Infrastructure::note_node(Index pool, const Node& node, std::string_view what) {
  notes_.add(engine_.now(), "node_pools/" + blueprint_.node_pools[pool].name, fmt::format("node {} {}", node.id(), what));
}

// ---- what is seen ------------------------------------------------------------------------------------------------------------

void Infrastructure::scrape() {
  kubelet_.notice_killed();
  for (const ReplicaSet& set : services_) {
    for (const auto& [number, pod] : set.pods()) {
      kubelet_.scrape(*pod);
      if (pod->ascent.scale_out != no_index && pod->ready() && kubelet_.gets_requests(*pod))
        scale_outs_.registered(*pod, engine_.now());
    }
  }
  accrue();
}

void Infrastructure::accrue() {
  const SimTime now = engine_.now();
  cost_.accrue(now);
  std::vector<double> used(pools_.size(), 0.0), gpus_used(pools_.size(), 0.0);  // core-seconds, GPU-seconds
  for (Index i = 0; i < blueprint_.services.size(); ++i) {
    const ServiceBlueprint& service = blueprint_.services[i];
    if (service.node_pool == no_index) continue;
    used[service.node_pool] += plane_.core_seconds(i);
    if (service.gpus > 0) gpus_used[service.node_pool] += service.gpus * plane_.busy_replica_seconds(i);
  }
  for (Index pool = 0; pool < pools_.size(); ++pool) {
    pools_[pool]->show_used(now, used[pool]);
    pools_[pool]->show_used_gpus(now, gpus_used[pool]);
    if (energy_.meters(pool)) energy_.accrue(pool, now, used[pool], pools_[pool]->requested_gpu_seconds(now));
  }
}

ServiceView Infrastructure::view_of_service(Index service, const MetricsView& metrics) {
  ReplicaSet& set = services_[service];
  return {.now = engine_.now(),
          .current_replicas = set.wanted(),
          .status_replicas = set.active(),
          .ready_replicas = set.ready(),
          .pods = set.views(),
          .metrics = &metrics};
}

std::vector<LedgerEntry> Infrastructure::ledger() const {
  std::vector<LedgerEntry> entries;
  LedgerEntry pods;
  pods.name = "pods";
  for (const ReplicaSet& set : services_) {
    pods.entered += set.created();
    pods.completed += set.gone();
    pods.in_flight += set.pods().size();
  }
  entries.push_back(pods);
  if (pools_.empty()) return entries;
  LedgerEntry nodes;
  nodes.name = "nodes";
  for (const auto& pool : pools_) {
    nodes.entered += pool->nodes_asked_for();
    nodes.completed += pool->nodes_given_back();
    nodes.in_flight += pool->nodes().size();
  }
  entries.push_back(nodes);
  return entries;
}

}  // namespace headroom
