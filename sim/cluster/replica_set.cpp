#include "sim/cluster/replica_set.hpp"

#include <algorithm>
#include <tuple>

#include "sim/cluster/node.hpp"

namespace headroom {
namespace {

// Smaller goes first. A pod that never was ready, and one that is not, count as ready for no time.
auto deletion_rank(const Pod& pod, std::uint32_t alike_on_node) {
  const SimTime ready_since = pod.ready() ? *pod.ready_changed : end_of_time;
  return std::tuple{pod.node != nullptr,
                    pod.phase() == PodPhase::running,
                    pod.ready(),
                    -static_cast<std::int64_t>(alike_on_node),
                    -ready_since.time_since_epoch().count(),
                    -pod.restarts,
                    -static_cast<std::int64_t>(pod.created.time_since_epoch().count()),
                    -static_cast<std::int64_t>(pod.number)};
}

}  // namespace

ReplicaSet::ReplicaSet(Index service, const std::string& name, const PodShape& shape, Recorder& recorder)
    : service_{service},
      shape_{shape},
      replicas_gauge_{recorder.gauge("replicas", {{"service", name}})},
      wanted_gauge_{recorder.gauge("replicas_wanted", {{"service", name}})} {}

void ReplicaSet::want(int replicas, SimTime now) {
  wanted_ = replicas;
  wanted_gauge_.set(now, replicas);
}

Pod& ReplicaSet::create(SimTime now) {
  auto pod = std::make_unique<Pod>();
  pod->number = next_number_++;
  pod->service = service_;
  pod->created = now;
  pod->shape = shape_;
  return *pods_.emplace(pod->number, std::move(pod)).first->second;
}

Pod* ReplicaSet::find(std::uint64_t number) const {
  const auto found = pods_.find(number);
  return found == pods_.end() ? nullptr : found->second.get();
}

void ReplicaSet::start_deleting(Pod& pod) {
  pod.stage = PodStage::draining;
  ++deleting_;
}

void ReplicaSet::remove(Pod& pod) {
  if (pod.deleting()) --deleting_;
  ++gone_;
  pods_.erase(pod.number);
}

void ReplicaSet::readiness_changed(const Pod& pod, SimTime now) {
  ready_ += pod.ready() ? 1 : -1;
  replicas_gauge_.set(now, ready_);
}

std::vector<Pod*> ReplicaSet::first_to_delete(std::size_t count) const {
  std::map<const Node*, std::uint32_t> active_on;
  std::vector<Pod*> active_pods;
  for (const auto& [number, pod] : pods_) {
    if (pod->deleting()) continue;
    active_pods.push_back(pod.get());
    if (pod->node != nullptr) ++active_on[pod->node];
  }
  const auto rank = [&](const Pod* pod) { return deletion_rank(*pod, pod->node == nullptr ? 0 : active_on.at(pod->node)); };
  std::sort(active_pods.begin(), active_pods.end(), [&](const Pod* a, const Pod* b) { return rank(a) < rank(b); });
  active_pods.resize(std::min(count, active_pods.size()));
  return active_pods;
}

const std::vector<PodView>& ReplicaSet::views() {
  views_.clear();
  for (const auto& [number, pod] : pods_) views_.push_back(view_of(*pod));
  return views_;
}

}  // namespace headroom
