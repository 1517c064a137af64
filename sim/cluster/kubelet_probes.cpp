// Liveness and readiness probes, in the order of the kubelet: a probe every period after the start of the container, one at a
// time; so many failures, or successes, in a row change what is thought of it.
//
// Source: Kubernetes, "Configure Liveness, Readiness and Startup Probes"; pkg/kubelet/prober/worker.go. Differs: an answer that
// does not come at once counts at the end of the time-out; a container that its liveness probe kills is gone at once, without a
// grace period; a new replica is ready after the first successes, whatever the failures before.
#include "sim/cluster/kubelet.hpp"

namespace headroom {

// While it starts nothing answers, and each liveness probe fails at once.
std::optional<SimTime> Kubelet::killed_while_starting(const Pod& pod, SimTime up) const {
  const auto& probe = blueprint_.services[pod.service].liveness;
  if (!probe) return std::nullopt;
  const SimTime last = *pod.started + probe->initial_delay + (probe->failures - 1) * probe->period;
  if (last >= up) return std::nullopt;
  return last;
}

void Kubelet::start_probes(Pod& pod) {
  const ServiceBlueprint& service = blueprint_.services[pod.service];
  if (!service.liveness && !service.readiness) return;
  pod.probed = std::make_shared<const bool>(true);
  if (service.liveness)
    start_probe(pod, "liveness", *service.liveness, [this](Pod& probed, bool passed) { liveness_is(probed, passed); });
  if (service.readiness)
    start_probe(pod, "readiness", *service.readiness, [this](Pod& probed, bool passed) { readiness_is(probed, passed); });
}

// `tell` hears of every probe that makes the failures or successes in a row as many as they need to be.
void Kubelet::start_probe(Pod& pod, const char* name, const ProbeBlueprint& probe, std::function<void(Pod&, bool passed)> tell) {
  const TurnOrder order{Turn::pods, (static_cast<std::uint64_t>(pod.service) << 40U) + pod.number};
  const std::weak_ptr<const bool> goes_on = pod.probed;
  const SimTime first = *pod.started + probe.initial_delay;
  const auto sent_already = std::max<std::int64_t>(0, (engine_.now() - first) / probe.period + (engine_.now() >= first ? 1 : 0));
  const SimTime next = first + sent_already * probe.period;
  const bool none_was_answered = next - probe.period < pod.up;
  const int failed_already = none_was_answered ? static_cast<int>(sent_already) : 0;
  engine_.start_actor(name + (" of " + blueprint_.services[pod.service].name), network_.control(), order,
                      [this, &pod, &probe, tell = std::move(tell), goes_on, next, failed_already](ActorClock& clock) {
                        int failures = failed_already, successes = 0;
                        for (SimTime sent = next; sent < engine_.end(); sent += probe.period) {
                          clock.sleep_until(sent);
                          if (goes_on.expired()) return;
                          const bool passed = send_probe(pod, probe, goes_on, clock);
                          if (goes_on.expired()) return;
                          failures = passed ? 0 : failures + 1;
                          successes = passed ? successes + 1 : 0;
                          if (passed ? successes >= probe.successes : failures >= probe.failures) tell(pod, passed);
                          if (goes_on.expired()) return;
                        }
                      });
}

// True if it was answered in time. The container may be gone when this returns.
bool Kubelet::send_probe(const Pod& pod, const ProbeBlueprint& probe, const std::weak_ptr<const bool>& goes_on,
                         ActorClock& clock) {
  const SimTime sent = clock.now();
  const ProbeAnswer at_once = plane_.answer_to_probe(ref(pod), sent);
  if (at_once != ProbeAnswer::waits) return at_once == ProbeAnswer::answered;
  clock.sleep_until(sent + probe.timeout);
  return !goes_on.expired() && plane_.answer_to_probe(ref(pod), sent) == ProbeAnswer::answered;
}

void Kubelet::liveness_is(Pod& pod, bool passed) {
  if (passed) return;
  const std::weak_ptr<const bool> goes_on = pod.probed;
  notice_killed();
  if (goes_on.expired()) return;  // killed for its memory meanwhile
  notes_.add(engine_.now(), "services/" + blueprint_.services[pod.service].name,
             "a replica was killed: its liveness probe failed");
  registered_.erase({pod.service, pod.replica});
  plane_.remove_replica(ref(pod));
  pod.disk = plane_.take_disk(ref(pod));
  pod.replica = no_index;
  restart(pod, restarts_[pod.service].liveness);
}

void Kubelet::readiness_is(Pod& pod, bool passed) {
  if (passed == pod.ready()) return;
  const std::weak_ptr<const bool> goes_on = pod.probed;
  notice_killed();
  if (goes_on.expired()) return;
  if (passed)
    plane_.restore_replica(ref(pod));
  else
    plane_.drain_replica(ref(pod));
  change_readiness(pod, passed ? PodStage::ready : PodStage::unready);
}

}  // namespace headroom
