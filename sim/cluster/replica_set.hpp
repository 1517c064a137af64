// ReplicaSet: the pods of one service, how many are wanted, and which go first when there are too many.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cluster/pod.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

class ReplicaSet {
 public:
  ReplicaSet(Index service, const std::string& name, const PodShape& shape, Recorder& recorder);

  int wanted() const { return wanted_; }
  void want(int replicas, SimTime now);

  // What pods request that are created from now on.
  const PodShape& shape() const { return shape_; }
  void request(const PodShape& shape) { shape_ = shape; }

  Pod& create(SimTime now);
  Pod* find(std::uint64_t number) const;
  void remove(Pod& pod);  // the pod is gone
  void readiness_changed(const Pod& pod, SimTime now);

  int active() const { return static_cast<int>(pods_.size()) - deleting_; }  // pods that exist and are not being deleted
  void start_deleting(Pod& pod);                                             // to be called once for a pod that drains
  int ready() const { return ready_; }
  const std::map<std::uint64_t, std::unique_ptr<Pod>>& pods() const { return pods_; }
  std::uint64_t created() const { return next_number_; }
  std::uint64_t gone() const { return gone_; }

  // The pods to delete first, in order. Source: Kubernetes, pkg/controller/controller_utils.go, ActivePodsWithRanks: without a node,
  // then pending, then not ready, then those with more of their kind on their node, then ready for a shorter time, then
  // restarted more often, then younger.
  // Differs: times are compared exactly, not in logarithmic buckets with ties broken by identifier; no deletion cost.
  std::vector<Pod*> first_to_delete(std::size_t count) const;
  // In order of creation; valid until the next call.
  const std::vector<PodView>& views();

 private:
  Index service_;
  PodShape shape_;
  int wanted_ = 0;
  int ready_ = 0;
  int deleting_ = 0;
  std::uint64_t next_number_ = 0;
  std::uint64_t gone_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Pod>> pods_;  // by number
  std::vector<PodView> views_;
  Gauge& replicas_gauge_;
  Gauge& wanted_gauge_;
};

}  // namespace headroom
