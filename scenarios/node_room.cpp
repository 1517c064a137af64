// Room that replicas find on the nodes of their pool.
#include <algorithm>
#include <cmath>
#include <vector>

#include "scenarios/resources.hpp"

namespace headroom {
namespace {

// What a node has left. Requests are sums of decimal fractions of cores: 10 × 0.1 must fit into 1.
struct Room {
  double cpu;
  Bytes memory;
  int pods;
  int gpus;

  int fitting(const ServiceBlueprint& service, int wanted) const {
    double count = std::min(wanted, pods);
    count = std::min(count, std::floor((cpu + 1e-9) / service.requested_cpu()));
    if (service.memory.count > 0)
      count = std::min(count, std::floor(static_cast<double>(memory.count) / static_cast<double>(service.memory.count)));
    if (service.gpus > 0) count = std::min(count, std::floor(static_cast<double>(gpus) / service.gpus));
    return std::max(0, static_cast<int>(count));
  }
  void take(const ServiceBlueprint& service, int count) {
    cpu -= service.requested_cpu() * count;
    memory = memory - Bytes{service.memory.count * count};
    pods -= count;
    gpus -= service.gpus * count;
  }
};

// Places as many as find room, node by node; returns how many.
int place(const ServiceBlueprint& service, int wanted, std::vector<Room>& nodes) {
  int placed = 0;
  for (Room& node : nodes) {
    const int here = node.fitting(service, wanted - placed);
    node.take(service, here);
    placed += here;
  }
  return placed;
}

// An empty node of the type that holds the most replicas of it; of several the first.
Room roomiest(const NodePoolBlueprint& pool, const ServiceBlueprint& service) {
  Room best{};
  int most = -1;
  for (const NodeType& type : pool.types()) {
    const Room room{type.cpu, type.memory, type.pods_per_node, type.gpus};
    if (const int held = room.fitting(service, type.pods_per_node); held > most) {
      most = held;
      best = room;
    }
  }
  return best;
}

}  // namespace

int replicas_with_room(const Blueprint& blueprint, Index index, int replicas) {
  const ServiceBlueprint& service = blueprint.services[index];
  if (service.node_pool == no_index || replicas == 0) return replicas;
  const NodePoolBlueprint& pool = blueprint.node_pools[service.node_pool];
  const int count = pool.autoscaler.chosen() ? std::max(pool.nodes, pool.maximum) : pool.nodes;
  std::vector<Room> nodes(static_cast<std::size_t>(std::max(0, count)), roomiest(pool, service));
  std::vector<const ServiceBlueprint*> others;
  for (Index i = 0; i < blueprint.services.size(); ++i) {
    if (i != index && blueprint.services[i].node_pool == service.node_pool) others.push_back(&blueprint.services[i]);
  }
  const auto size_of = [&](const ServiceBlueprint* other) {
    return other->requested_cpu() / pool.cpu +
           (pool.memory.count > 0 ? static_cast<double>(other->memory.count) / static_cast<double>(pool.memory.count) : 0.0);
  };
  std::stable_sort(others.begin(), others.end(), [&](const auto* a, const auto* b) { return size_of(a) > size_of(b); });
  for (const ServiceBlueprint* other : others) place(*other, other->replicas, nodes);
  return std::max(1, place(service, replicas, nodes));
}

}  // namespace headroom
