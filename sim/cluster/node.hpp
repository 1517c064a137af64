// Node: a machine of a pool for as long as it is paid for: what its pods request, and which images and weights it has.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <simgrid/s4u.hpp>

#include "sim/cluster/pod.hpp"

namespace headroom {

enum class NodeStage : std::uint8_t { booting, up, draining };

// An image, or the weights of a language model, on a node: asked for once, however many pods wait for it.
struct NodeImage {
  bool present = false;
  int waiting = 0;
  simgrid::s4u::SemaphorePtr arrived;
};

class Node {
 public:
  struct Machine {
    std::uint32_t type = 0;  // among the pool's
    std::uint32_t slot = 0;
    std::uint32_t zone = 0;
    simgrid::s4u::Host* host = nullptr;
  };
  Node(std::uint32_t id, const Machine& machine, SimTime created, Purchase purchase)
      : id_{id}, machine_{machine}, created_{created}, purchase_{purchase} {}

  std::uint32_t id() const { return id_; }      // never used again in a run
  std::uint32_t type() const { return machine_.type; }
  std::uint32_t slot() const { return machine_.slot; }  // of the pool's hosts; used again
  std::uint32_t zone() const { return machine_.zone; }
  simgrid::s4u::Host* host() const { return machine_.host; }
  SimTime created() const { return created_; }
  Purchase purchase() const { return purchase_; }

  NodeStage stage = NodeStage::booting;
  ActorHandle boot;
  std::map<Index, NodeImage> images;   // by service
  std::map<Index, NodeImage> weights;  // by language model

  void take(Pod& pod);
  void release(Pod& pod);
  const std::set<Pod*, bool (*)(const Pod*, const Pod*)>& pods() const { return pods_; }
  std::uint32_t pods_of(Index service) const;
  double cpu_requested() const { return cpu_requested_; }
  Bytes memory_requested() const { return memory_requested_; }
  int gpus_requested() const { return gpus_requested_; }

 private:
  static bool earlier(const Pod* a, const Pod* b);

  std::uint32_t id_;
  Machine machine_;
  SimTime created_;
  Purchase purchase_;
  std::set<Pod*, bool (*)(const Pod*, const Pod*)> pods_{&Node::earlier};
  std::map<Index, std::uint32_t> pods_by_service_;
  double cpu_requested_ = 0.0;
  Bytes memory_requested_;
  int gpus_requested_ = 0;
};

}  // namespace headroom
