// Replicas that share the cores of their node: whenever one of them begins or ends a computation, the cores are divided anew.
#include <algorithm>
#include <utility>

#include "sim/cluster/exact_hot_path.hpp"

namespace headroom {

void ExactRequestPlane::run_on(ReplicaRef ref, NodeRef node) {
  const Server& server = servers_[ref.service];
  if (!server.node_cores) return;
  NodeCores& cores = nodes_[{node.pool, node.node}];
  cores.cores = node.cores > 0.0 ? node.cores : *server.node_cores;
  cores.shares.push_back({.replica = ref.replica, .weight = replicas_[ref.replica].cpu_request});
  replicas_[ref.replica].node = &cores;
  share_cores(cores);
}

void ExactRequestPlane::share_cores(NodeCores& node) {
  for (CoreShare& share : node.shares) {
    const Replica& replica = replicas_[share.replica];
    share.wanted = std::min(replica.cores, static_cast<double>(replica.processor.computations()));
  }
  divide_cores(node.cores, node.shares);
  for (const CoreShare& share : node.shares) {
    if (share.wanted > 0.0) replicas_[share.replica].processor.set_cores(now_, share.granted);
    schedule_processor(share.replica);
  }
}

void ExactRequestPlane::resize(ReplicaRef ref, const ReplicaSize& size) {
  Replica& replica = replicas_[ref.replica];
  if (!replica.alive) return;  // killed, and its kubelet has not heard of it yet
  servers_[ref.service].cpu->whole.add(now_, size.cores - replica.cores);
  replica.cores = size.cores;
  replica.cpu_request = size.cpu_request;
  replica.memory_limit = size.memory;
  if (replica.node == nullptr) {
    replica.processor.set_cores(now_, size.cores);
    schedule_processor(ref.replica);
    return;
  }
  for (CoreShare& share : replica.node->shares) {
    if (share.replica == ref.replica) share.weight = size.cpu_request;
  }
  share_cores(*replica.node);
}

// Of a replica that dies.
void ExactRequestPlane::leave_node(Index index) {
  NodeCores* const node = std::exchange(replicas_[index].node, nullptr);
  if (node == nullptr) return;
  std::erase_if(node->shares, [index](const CoreShare& share) { return share.replica == index; });
  if (node->shares.empty())
    std::erase_if(nodes_, [node](const auto& entry) { return &entry.second == node; });
  else
    share_cores(*node);
}

}  // namespace headroom
