#include "sim/cluster/serverless.hpp"

namespace headroom {

void InstancePool::add(Index replica, const Instance& instance) {
  if (replica >= instances_.size()) instances_.resize(static_cast<std::size_t>(replica) + replica / 2 + 8);
  instances_[replica] = instance;
  ++size_;
}

void InstancePool::remove(Index replica) {
  put(replica, Line::none);
  --size_;
}

void InstancePool::leave_line(Index replica) {
  const Instance& instance = instances_[replica];
  if (instance.line == Line::none) return;
  (instance.previous == no_index ? front(instance.line) : instances_[instance.previous].next) = instance.next;
  if (instance.next != no_index) instances_[instance.next].previous = instance.previous;
}

void InstancePool::put(Index replica, Line line) {
  Instance& instance = instances_[replica];
  if (instance.line == line) return;
  leave_line(replica);
  instance.line = line;
  if (line == Line::none) return;
  instance.previous = no_index;
  instance.next = front(line);
  if (instance.next != no_index) instances_[instance.next].previous = replica;
  front(line) = replica;
}

Index InstancePool::pick() const {
  for (const Index first : fronts_) {
    if (first != no_index) return first;
  }
  return no_index;
}

}  // namespace headroom
