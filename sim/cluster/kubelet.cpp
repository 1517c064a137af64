#include "sim/cluster/kubelet.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace headroom {
namespace {

constexpr Duration polling_period{std::chrono::seconds{1}};

}  // namespace

Kubelet::Kubelet(const Blueprint& blueprint, SimulationEngine& engine, const Network& network, RequestPlane& plane,
                 RandomStreams& streams, Recorder& recorder, RunNotes& notes, Events events)
    : blueprint_{blueprint}, engine_{engine}, network_{network}, plane_{plane}, notes_{notes}, events_{std::move(events)} {
  for (const ServiceBlueprint& service : blueprint.services) {
    start_up_keys_.push_back(streams.key_of("services/" + service.name + "/start_up"));
    watches_memory_ = watches_memory_ || service.memory.count > 0;
    const auto restarts = [&](const char* reason) {
      return &recorder.counter("restarts", {{"reason", reason}, {"service", service.name}});
    };
    restarts_.push_back(
        {service.memory.count > 0 ? restarts("out_of_memory") : nullptr, service.liveness ? restarts("liveness") : nullptr});
  }
}

// ---- up ----------------------------------------------------------------------------------------------------------------------

void Kubelet::adopt(Pod& pod) {
  if (pod.node != nullptr) {
    pod.node->images[pod.service].present = true;
    pod.node->weights[blueprint_.services[pod.service].language_model].present = true;
  }
  pod.started = pod.up = engine_.now();
  register_replica(pod);
}

void Kubelet::start(Pod& pod) {
  pod.ascent.placed = engine_.now();
  start_actor(pod, [this, &pod](ActorClock& clock) { bring_up(pod, clock); });
}

void Kubelet::bring_up(Pod& pod, ActorClock& clock) {
  if (pod.node != nullptr) {
    const ServiceBlueprint& service = blueprint_.services[pod.service];
    wait_for(pod.node->images[pod.service], service.image, service.name, pod, clock);
    wait_for(pod.node->weights[service.language_model], weights_of(pod.service), "weights of " + service.name, pod, clock);
  }
  run_container(pod, clock);
}

Bytes Kubelet::weights_of(Index service) const {
  const Index model = blueprint_.services[service].language_model;
  if (model == no_index || !blueprint_.language_models[model].engine) return {};
  return blueprint_.language_models[model].engine->weights;
}

void Kubelet::wait_for(NodeImage& image, Bytes size, const std::string& name, Pod& pod, ActorClock& clock) {
  if (image.present || size.count <= 0) return;
  pod.stage = PodStage::pulling;
  if (!image.arrived) {
    image.arrived = simgrid::s4u::Semaphore::create(0);
    pull(image, size, name, *pod.node);
  }
  ++image.waiting;
  clock.finish_turn();
  image.arrived->acquire();
  clock.sleep_until(clock.now());  // its turn again
}

// An actor on the node itself: it ends with the node, not with the pod that asked first.
void Kubelet::pull(NodeImage& image, Bytes size, const std::string& name, Node& node) {
  engine_.start_actor_without_turns("pull " + name, node.host(), [this, &image, size, &node] {
    network_.pull_image(size, node.host());
    image.present = true;
    for (; image.waiting > 0; --image.waiting) image.arrived->release();
  });
}

void Kubelet::run_container(Pod& pod, ActorClock& clock) {
  pod.stage = PodStage::starting;
  const SimTime started = clock.now();
  pod.started = started;
  if (!pod.ascent.pulled) pod.ascent.pulled = started;
  SimTime ready = started + draw_start_up(pod);
  if (const auto killed = killed_while_starting(pod, ready)) {
    clock.sleep_until(*killed);
    return restart(pod, restarts_[pod.service].liveness);
  }
  pod.up = ready;
  // Probes come at multiples of the period after the container's start; those that find it up register it.
  if (const auto& probe = blueprint_.services[pod.service].readiness) {
    const Duration period = probe->period;
    ready = started + ((ready - started + period - Duration{1}) / period + probe->successes - 1) * period;
  }
  clock.sleep_until(ready);
  pod.ascent.passed = ready;
  if (const Duration registration = blueprint_.services[pod.service].registration; registration > Duration{})
    clock.sleep_for(registration);
  pod.actor = {};
  register_replica(pod);
}

Duration Kubelet::draw_start_up(const Pod& pod) const {
  Draws draws{start_up_keys_[pod.service], mix(pod.number, static_cast<std::uint64_t>(pod.restarts))};
  return to_duration(blueprint_.services[pod.service].start_up.sample(draws));
}

void Kubelet::register_replica(Pod& pod) {
  pod.replica = plane_.add_replica(pod.service, pod.node == nullptr ? no_index : pod.node->zone(), std::move(pod.disk));
  if (blueprint_.services[pod.service].vertical_autoscaler.chosen()) resize(pod);
  if (pod.node != nullptr) {
    const Index pool = blueprint_.services[pod.service].node_pool;
    const std::uint32_t type = pod.node->type();
    const double cores = type == 0 ? 0.0 : blueprint_.node_pools[pool].other_types[type - 1].cpu;
    plane_.run_on(ref(pod), {pool, pod.node->id(), cores});
  }
  registered_[{pod.service, pod.replica}] = &pod;
  pod.busy_seen = 0.0;
  pod.seen = *pod.started;
  change_readiness(pod, PodStage::ready);
  start_probes(pod);
}

void Kubelet::change_readiness(Pod& pod, PodStage stage) {
  const bool was_ready = pod.ready();
  pod.stage = stage;
  if (pod.ready() == was_ready) return;
  pod.ready_changed = engine_.now();
  events_.readiness_changed(pod);
}

void Kubelet::resize(const Pod& pod) {
  if (pod.replica == no_index) return;
  const ServiceBlueprint& service = blueprint_.services[pod.service];
  plane_.resize(ref(pod), {service.cpu * (pod.shape.cpu / service.requested_cpu()), pod.shape.cpu, pod.shape.memory});
}

// The first value of a container covers all of its time, also that before it was ready; one younger than this has none yet.
// Source: kubernetes-sigs/metrics-server, pkg/storage/pod.go (freshContainerMinMetricsResolution).
constexpr Duration youngest_container = std::chrono::seconds{10};

void Kubelet::scrape(Pod& pod) {
  const SimTime now = engine_.now();
  if (pod.replica == no_index || pod.deleting() || now <= pod.seen) return;
  const Duration window = now - pod.seen;
  if (pod.seen == pod.started && window < youngest_container) return;
  const ReplicaSample sample = plane_.sample(ref(pod));
  pod.cpu = PodSample{(sample.busy_core_seconds - pod.busy_seen) / to_seconds(window), now, window};
  pod.memory = PodSample{static_cast<double>(sample.memory.count), now, window};
  pod.busy_seen = sample.busy_core_seconds;
  pod.seen = now;
}

// ---- down --------------------------------------------------------------------------------------------------------------------

void Kubelet::stop(Pod& pod) { engine_.end_actor(pod.actor); }

void Kubelet::lose(Pod& pod) {
  notice_killed();
  engine_.end_actor(pod.actor);
  end_draining(pod, "its machine is gone");
}

void Kubelet::drain(Pod& pod) {
  pod.probed.reset();
  plane_.drain_replica(ref(pod));
  start_actor(pod, [this, &pod](ActorClock& clock) { wait_until_idle(pod, clock); });
}

void Kubelet::wait_until_idle(Pod& pod, ActorClock& clock) {
  const SimTime deadline = clock.now() + blueprint_.services[pod.service].drain_limit;
  notice_killed();
  while (pod.replica != no_index && !plane_.is_idle(ref(pod)) && clock.now() < deadline) {
    clock.sleep_until(std::min(clock.now() + polling_period, deadline));
    notice_killed();
  }
  end_draining(pod, "grace period over");
}

void Kubelet::end_draining(Pod& pod, const char* why) {
  if (pod.replica != no_index) {
    if (const auto left = plane_.sample(ref(pod)).in_flight; left > 0) {
      notes_.add(engine_.now(), "services/" + blueprint_.services[pod.service].name,
                 fmt::format("{}: a replica goes with {} in flight", why, left));
    }
    registered_.erase({pod.service, pod.replica});
    plane_.remove_replica(ref(pod));
  }
  pod.actor = {};
  events_.gone(pod);
}

void Kubelet::notice_killed() {
  if (!watches_memory_) return;
  for (const ReplicaRef& killed : plane_.take_killed()) {
    const auto found = registered_.find({killed.service, killed.replica});
    if (found == registered_.end()) continue;
    Pod& pod = *found->second;
    registered_.erase(found);
    pod.disk = plane_.take_disk(killed);
    pod.replica = no_index;
    notes_.add(engine_.now(), "services/" + blueprint_.services[pod.service].name, "a replica was killed: out of memory");
    if (pod.started) pod.killed = OutOfMemoryKill{engine_.now(), engine_.now() - *pod.started};
    if (pod.deleting()) continue;  // whoever waits for it to be idle sees that it is gone
    restart(pod, restarts_[pod.service].out_of_memory);
  }
}

// Its container is dead, and its replica gone from the plane.
void Kubelet::restart(Pod& pod, Counter* why) {
  why->add();
  pod.probed.reset();
  pod.cpu.reset();
  pod.memory.reset();
  pod.ascent.passed.reset();
  ++pod.restarts;
  pod.restart_at = pod.back_off.restart_at(engine_.now());
  change_readiness(pod, PodStage::crashed);
  start_actor(pod, [this, &pod](ActorClock& clock) {
    clock.sleep_until(pod.restart_at);
    run_container(pod, clock);
  });
}

void Kubelet::start_actor(Pod& pod, std::function<void(ActorClock&)> body) {
  const TurnOrder order{Turn::pods, (static_cast<std::uint64_t>(pod.service) << 40U) + pod.number};
  pod.actor = engine_.start_actor("pod of " + blueprint_.services[pod.service].name, network_.control(), order, std::move(body));
}

}  // namespace headroom
