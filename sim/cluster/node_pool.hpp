// NodePool: the nodes of one pool, which pods are on them, and which wait for room.
//
// Placement is by requests (CPU, memory, number of pods), never by what is in use. Pods that fit nowhere wait in order of
// arrival; one that does not fit holds up no other.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/node.hpp"
#include "sim/measure/recorder.hpp"
#include "sim/seams/node_autoscaler.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom {

class NodePool {
 public:
  // `hosts`: as Network::slots_of_type says.
  // A pool without a placement policy takes "best-fit"; std::invalid_argument if that is not offered.
  NodePool(const NodePoolBlueprint& blueprint, std::vector<simgrid::s4u::Host*> hosts, Recorder& recorder);

  const NodePoolBlueprint& blueprint() const { return blueprint_; }

  // A new node, booting, bought as the pool's purchases say; nullptr when all hosts are taken.
  Node* ask_for_node(SimTime now, std::uint32_t type = 0);
  void node_is_up(Node& node, SimTime now);
  void start_draining(Node& node) { node.stage = NodeStage::draining; }
  // The node is empty.
  void give_back(Node& node, SimTime now);
  Node* find(std::uint32_t id);
  const std::map<std::uint32_t, std::unique_ptr<Node>>& nodes() const { return nodes_; }
  int nodes_kept() const;  // all but those being drained
  void note_interruption() { interruptions_->add(); }

  // Puts the pod on a node, or at the end of those that wait. True when it found room.
  bool place(Pod& pod, SimTime now);
  // Those that wait and now have found room, in order.
  std::vector<Pod*> place_pending(SimTime now);
  // Off its node, or out of those that wait.
  void remove(Pod& pod, SimTime now);

  // Where it is, if its node has room for that; else it stays as it was.
  bool resize(Pod& pod, const PodShape& shape, SimTime now);

  // Cores × seconds that its replicas have used up to now.
  void show_used(SimTime now, double core_seconds) { cpu_used_.part.bring_to(now, 0.0, core_seconds * 1e9, 0.0); }
  // GPUs × seconds that its replicas were at work with.
  void show_used_gpus(SimTime now, double gpu_seconds) {
    if (gpus_used_ != nullptr) gpus_used_->part.bring_to(now, 0.0, gpu_seconds * 1e9, 0.0);
  }
  double requested_gpu_seconds(SimTime now) const { return gpus_requested_.integral_seconds(now); }

  // The spans are valid until the next call.
  NodePoolView view(SimTime now);

  std::uint64_t nodes_asked_for() const { return next_id_; }
  std::uint64_t nodes_given_back() const { return given_back_; }

 private:
  const NodeType& type_of(const Node& node) const { return types_[node.type()]; }
  Purchase next_purchase(std::uint32_t type) const;
  DollarsPerSecond price_of(const Node& node) const;
  void count_pods_by_zone(Index service);
  bool fits(const Node& node, const PodShape& shape) const;
  bool try_to_place(Pod& pod, SimTime now);
  void note_requests(SimTime now);
  void count_node(const Node& node, int change);
  void count_pod(const PodShape& shape, int change, SimTime now);
  void find_pods_that_fit_elsewhere();

  const NodePoolBlueprint& blueprint_;
  std::vector<NodeType> types_;
  std::vector<NodeTypeView> type_views_;
  std::vector<simgrid::s4u::Host*> hosts_;
  std::vector<bool> host_taken_;
  std::unique_ptr<PlacementPolicy> placement_;
  std::map<std::uint32_t, std::unique_ptr<Node>> nodes_;  // by identifier
  std::vector<Pod*> pending_;
  std::uint32_t next_id_ = 0;
  std::uint64_t given_back_ = 0;
  int up_ = 0;
  double cpu_requested_ = 0.0, cpu_up_ = 0.0;
  Bytes memory_requested_, memory_up_;
  Gauge gpus_requested_;
  int gpus_up_ = 0;

  Gauge& nodes_gauge_;
  Gauge& pending_gauge_;
  LevelShare& cpu_share_;
  LevelShare& cpu_used_;
  LevelShare& memory_share_;
  LevelShare* gpu_share_ = nullptr;     // where nodes have GPUs …
  LevelShare* gpus_used_ = nullptr;     // … as well
  Counter* interruptions_ = nullptr;  // where there are spot nodes

  std::vector<PlacementView> fitting_;
  std::vector<std::uint32_t> pods_by_zone_;
  std::vector<NodeView> node_views_;
  std::vector<PodRequest> pending_views_;
};

}  // namespace headroom
