// How replicas of a service come to another request: their replacement, or a change where they are.
#include <fmt/core.h>

#include "sim/cluster/infrastructure.hpp"

namespace headroom {

void Infrastructure::resize(Index service, const ResizeDecision& decision) {
  if (!decision.request) return;
  ReplicaSet& set = services_[service];
  PodShape shape = set.shape();
  shape.cpu = decision.request->cpu;
  shape.memory = decision.request->memory;
  set.request(shape);
  if (decision.evict.empty() && decision.resize.empty()) return;
  kubelet_.notice_killed();
  int resized = 0, evicted = 0;
  for (const std::uint64_t number : decision.resize) {
    Pod* const pod = set.find(number);
    resized += pod != nullptr && !pod->deleting() && resize_in_place(*pod, shape) ? 1 : 0;
  }
  for (const std::uint64_t number : decision.evict) {
    Pod* const pod = set.find(number);
    if (pod == nullptr || pod->deleting()) continue;
    delete_pod(*pod);
    ++evicted;
  }
  fill(set);
  notes_.add(engine_.now(), "services/" + blueprint_.services[service].name,
             fmt::format("{} resized in place, {} evicted: {}", resized, evicted, decision.reason));
}

bool Infrastructure::resize_in_place(Pod& pod, const PodShape& shape) {
  NodePool* const pool = pool_of(pod);
  if (pod.node == nullptr)
    pod.shape = shape;
  else if (!pool->resize(pod, shape, engine_.now()))
    return false;
  kubelet_.resize(pod);
  if (pool != nullptr) start_pending(*pool);
  return true;
}

}  // namespace headroom
