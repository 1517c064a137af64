// Kubelet: what happens to a pod on its way up and down: image pull, load of weights, start-up, readiness probe, registration
// with the balancer; probes (kubelet_probes.cpp); draining; restarts after a kill. It talks to the request plane, and says when a
// pod's readiness changes or it is gone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/cluster/network.hpp"
#include "sim/cluster/node.hpp"
#include "sim/cluster/pod.hpp"
#include "sim/cluster/request_plane.hpp"
#include "sim/cluster/run_notes.hpp"
#include "sim/cluster/simulation_engine.hpp"
#include "sim/core/random.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

class Kubelet {
 public:
  struct Events {
    std::function<void(Pod&)> readiness_changed;  // ready() is the new state
    std::function<void(Pod&)> gone;               // may be destroyed in the call
  };
  Kubelet(const Blueprint& blueprint, SimulationEngine& engine, const Network& network, RequestPlane& plane,
          RandomStreams& streams, Recorder& recorder, RunNotes& notes, Events events);

  // Ready at once, its image in place: a replica that is there when the run starts.
  void adopt(Pod& pod);
  // The pod has its node, or needs none.
  void start(Pod& pod);
  // Not ready: ends what is happening to it. Says nothing.
  void stop(Pod& pod);
  // Draining, out of the balancer at once; gone when it is idle (looked at every second) or when its grace period is over.
  void drain(Pod& pod);
  // Its machine is gone: what it had in flight is lost. Says gone.
  void lose(Pod& pod);
  // Its request is another: what its replica may use follows in proportion.
  void resize(const Pod& pod);
  // Reads what each ready pod used since it was last looked at, as the metrics pipeline would.
  void scrape(Pod& pod);

  // Whether the balancer sends it any: one that counts its members, or waits for checks of its own, may not yet, or never.
  bool gets_requests(const Pod& pod) const { return pod.replica != no_index && plane_.gets_requests(ref(pod)); }

  // Whether replicas can be killed for their memory: then the plane is asked every second.
  bool watches_memory() const { return watches_memory_; }
  // Finds replicas that the plane killed, and has them restarted after a back-off (CrashLoopBackOff).
  void notice_killed();

 private:
  void bring_up(Pod& pod, ActorClock& clock);
  void wait_for(NodeImage& image, Bytes size, const std::string& name, Pod& pod, ActorClock& clock);
  void pull(NodeImage& image, Bytes size, const std::string& name, Node& node);
  Bytes weights_of(Index service) const;
  void run_container(Pod& pod, ActorClock& clock);
  void wait_until_idle(Pod& pod, ActorClock& clock);
  void register_replica(Pod& pod);
  void end_draining(Pod& pod, const char* why);
  void change_readiness(Pod& pod, PodStage stage);
  void start_actor(Pod& pod, std::function<void(ActorClock&)> body);
  void restart(Pod& pod, Counter* why);

  // kubelet_probes.cpp
  std::optional<SimTime> killed_while_starting(const Pod& pod, SimTime up) const;
  void start_probes(Pod& pod);
  void start_probe(Pod& pod, const char* name, const ProbeBlueprint& probe, std::function<void(Pod&, bool passed)> tell);
  bool send_probe(const Pod& pod, const ProbeBlueprint& probe, const std::weak_ptr<const bool>& goes_on, ActorClock& clock);
  void liveness_is(Pod& pod, bool passed);
  void readiness_is(Pod& pod, bool passed);
  Duration draw_start_up(const Pod& pod) const;
  static ReplicaRef ref(const Pod& pod) { return {pod.service, pod.replica}; }

  const Blueprint& blueprint_;
  SimulationEngine& engine_;
  const Network& network_;
  RequestPlane& plane_;
  RunNotes& notes_;
  Events events_;
  std::vector<std::uint64_t> start_up_keys_;  // by service
  struct Restarts {
    Counter* out_of_memory = nullptr;  // where it can happen
    Counter* liveness = nullptr;
  };
  std::vector<Restarts> restarts_;                      // by service
  std::map<std::pair<Index, Index>, Pod*> registered_;  // by service and replica
  bool watches_memory_ = false;
};

}  // namespace headroom
