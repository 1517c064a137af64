// Pod: one replica of a service as the cluster sees it, from being asked for until it is gone.
//
//   pending -> (node found) pulling -> starting -> ready -> draining -> gone
//                                         ^ crashed <-' ^ unready <-'
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sim/cluster/crash_loop_back_off.hpp"
#include "sim/cluster/request_plane.hpp"
#include "sim/cluster/simulation_engine.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom {

class Node;

enum class PodStage : std::uint8_t {
  pending,   // no node has room
  pulling,   // on a node, its image or its model's weights are on the way
  starting,  // the container runs, not ready yet
  ready,     // registered with the balancer
  unready,   // off the balancer until its readiness probe passes again
  crashed,   // killed for its memory or by its liveness probe; will be restarted
  draining   // out of the balancer, finishing what it has
};

// What a pod asks of a node.
struct PodShape {
  double cpu = 0.0;  // cores
  Bytes memory;
  int gpus = 0;
};

// The way up of a replica that an autoscaler asked for, until the balancer sends it requests.
struct Ascent {
  Index scale_out = no_index;             // see ScaleOuts
  std::optional<SimTime> placed, pulled;  // it has its node; image and weights are there
  std::optional<SimTime> passed;          // its readiness probe, or its start-up is over where there is none
};

struct Pod {
  std::uint64_t number = 0;  // within its service, in order of creation: what it draws depends on nothing else
  Index service = no_index;
  PodShape shape;
  PodStage stage = PodStage::pending;
  Node* node = nullptr;
  Index replica = no_index;  // in the request plane, while ready, unready or draining
  SimTime created;
  std::optional<SimTime> started;  // of the container
  SimTime up;                      // its present container's start-up is over
  std::optional<SimTime> ready_changed;
  int restarts = 0;
  std::shared_ptr<ReplicaDisk> disk;  // when crashed: what its next container finds
  CrashLoopBackOff back_off;
  SimTime restart_at;                    // when crashed
  std::optional<PodSample> cpu, memory;  // newest scraped
  std::optional<OutOfMemoryKill> killed;  // the last time
  double busy_seen = 0.0;                // core-seconds at the last scrape (or start of the container) …
  SimTime seen;                          // … and when that was
  ActorHandle actor;                     // what is happening to it
  std::shared_ptr<const bool> probed;    // while probes of its present container go on: they end with this
  Ascent ascent;

  bool deleting() const { return stage == PodStage::draining; }
  bool ready() const { return stage == PodStage::ready; }
  // As Kubernetes' pod phase: pending until the container has been created.
  PodPhase phase() const { return started ? PodPhase::running : PodPhase::pending; }
};

// What its controllers may see of it.
PodView view_of(const Pod& pod);

}  // namespace headroom
