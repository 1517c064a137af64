#include "sim/cluster/node.hpp"

#include <tuple>

namespace headroom {

PodView view_of(const Pod& pod) {
  return PodView{.phase = pod.phase(),
                 .deleting = pod.deleting(),
                 .ready = pod.ready(),
                 .started = pod.started,
                 .ready_changed = pod.ready_changed,
                 .cpu_request = pod.shape.cpu,
                 .memory_request = pod.shape.memory,
                 .cpu = pod.cpu,
                 .memory = pod.memory,
                 .number = pod.number,
                 .killed = pod.killed};
}

bool Node::earlier(const Pod* a, const Pod* b) { return std::tie(a->service, a->number) < std::tie(b->service, b->number); }

void Node::take(Pod& pod) {
  pod.node = this;
  pods_.insert(&pod);
  ++pods_by_service_[pod.service];
  cpu_requested_ += pod.shape.cpu;
  memory_requested_ += pod.shape.memory;
  gpus_requested_ += pod.shape.gpus;
}

void Node::release(Pod& pod) {
  pods_.erase(&pod);
  --pods_by_service_[pod.service];
  memory_requested_ -= pod.shape.memory;
  gpus_requested_ -= pod.shape.gpus;
  cpu_requested_ = pods_.empty() ? 0.0 : cpu_requested_ - pod.shape.cpu;  // an empty node carries no rounding on
  pod.node = nullptr;
}

std::uint32_t Node::pods_of(Index service) const {
  const auto found = pods_by_service_.find(service);
  return found == pods_by_service_.end() ? 0 : found->second;
}

}  // namespace headroom
