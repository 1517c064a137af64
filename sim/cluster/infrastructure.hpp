// Infrastructure: services as sets of pods, node pools, and what joins them: scaling, placement, boots, draining, cost.
//
// Its calls are made by control loops (actors) at the present instant; what takes time goes on in actors of its own.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "sim/cluster/cost_meter.hpp"
#include "sim/cluster/energy_meter.hpp"
#include "sim/cluster/kubelet.hpp"
#include "sim/cluster/network.hpp"
#include "sim/cluster/node_pool.hpp"
#include "sim/cluster/replica_set.hpp"
#include "sim/cluster/request_plane.hpp"
#include "sim/cluster/run_notes.hpp"
#include "sim/cluster/scale_outs.hpp"
#include "sim/cluster/shard_copies.hpp"
#include "sim/cluster/simulation_engine.hpp"
#include "sim/core/random.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

class Infrastructure {
 public:
  // Builds the nodes; std::invalid_argument for a pool that cannot be built. `load_rises`: see ScaleOuts.
  Infrastructure(const Blueprint& blueprint, SimulationEngine& engine, RequestPlane& plane, RandomStreams& streams,
                 Recorder& recorder, RunNotes& notes, std::vector<SimTime> load_rises);

  // The state at time 0: the initial nodes up, the initial replicas on them and ready; those without room are pending.
  void start();

  // How many replicas a service should have from now on; not negative (std::logic_error).
  void scale(Index service, int replicas, std::string_view reason, const DecisionTiming& timing);
  // What new pods request, and which have it now: replaced, or where they are if their nodes have room.
  void resize(Index service, const ResizeDecision& decision);
  // Adds and removes nodes, as far as the pool's minimum, maximum and hosts allow.
  void apply(Index pool, const NodeDecision& decision);

  // Reads the resource use of every ready pod; brings bill and meters up to date.
  void scrape();
  void accrue();
  bool watches_memory() const { return kubelet_.watches_memory(); }
  void notice_killed() { kubelet_.notice_killed(); }

  // What a controller sees; the spans are valid until the next call for the same service or pool.
  ServiceView view_of_service(Index service, const MetricsView& metrics);
  NodePoolView view_of_pool(Index pool) { return pools_[pool]->view(engine_.now()); }

  simgrid::s4u::Host* control() const { return network_.control(); }
  // Pods and nodes that entered, and what became of them.
  std::vector<LedgerEntry> ledger() const;
  std::vector<Charge> charges() const { return cost_.charges(engine_.now()); }
  std::vector<ScaleOut> scale_outs() const { return scale_outs_.finish(engine_.now()); }

 private:
  // `scale_out`: that asks for them, as ScaleOuts counts.
  void fill(ReplicaSet& set, Index scale_out = no_index);
  void readiness_changed(Pod& pod);
  bool resize_in_place(Pod& pod, const PodShape& shape);
  Pod& create_pod(ReplicaSet& replicas);
  bool find_room(Pod& pod);
  void delete_pod(Pod& pod);
  void finish_pod(Pod& pod);
  void start_pending(NodePool& pool);
  NodePool* pool_of(const Pod& pod);

  void add_node(Index pool, std::uint32_t type = 0);
  void pay_for(Index pool, const Node& node, int change);
  void remove_node(Index pool, Node& node, std::string_view reason);
  void node_up(Index pool, Node& node);
  void give_back_if_empty(Index pool, Node& node);
  void give_back(Index pool, Node& node);
  void expect_interruption(Index pool, const Node& node);
  void take_away(Index pool, Node& node);
  void note_node(Index pool, const Node& node, std::string_view what);

  const Blueprint& blueprint_;
  SimulationEngine& engine_;
  RunNotes& notes_;
  RequestPlane& plane_;
  Network network_;
  CostMeter cost_;
  EnergyMeter energy_;
  std::vector<std::unique_ptr<NodePool>> pools_;
  std::vector<ReplicaSet> services_;
  Kubelet kubelet_;
  ScaleOuts scale_outs_;
  ShardCopies shard_copies_;
  std::vector<std::uint64_t> boot_keys_, interruption_keys_;  // by pool
};

}  // namespace headroom
