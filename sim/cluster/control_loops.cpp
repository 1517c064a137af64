#include "sim/cluster/control_loops.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>

namespace headroom {
namespace {

// Source: kubelet, pod lifecycle event generator (pkg/kubelet, plegRelistPeriod = 1 s).
constexpr Duration relist_period{std::chrono::seconds{1}};

// Ticks at period, 2 × period, …: before the end of the run.
void start_loop(const ControlPlane& control, const std::string& name, TurnOrder order, Duration period,
                std::function<void()> tick) {
  if (period <= Duration{}) throw std::logic_error{fmt::format("{}: the period must be more than 0", name)};
  SimulationEngine& engine = control.engine;
  engine.start_actor(name, control.infrastructure.control(), order, [&engine, period, tick = std::move(tick)](ActorClock& clock) {
    for (SimTime next = clock.now() + period; next < engine.end(); next += period) {
      clock.sleep_until(next);
      tick();
    }
  });
}

}  // namespace

std::optional<ScrapedValue> ScrapedMetrics::read(const MetricSelector& selector) const {
  const auto scraped = recorder_.scraped(selector);
  if (!scraped) return std::nullopt;
  return ScrapedValue{scraped->value, scraped->at, scraped->window};
}

std::vector<std::unique_ptr<Autoscaler>> make_autoscalers(const Blueprint& blueprint) {
  std::vector<std::unique_ptr<Autoscaler>> policies;
  for (const ServiceBlueprint& service : blueprint.services) {
    const Autoscaler::Context context{.service = service.name,
                                      .initial_replicas = service.replicas,
                                      .replicas = service.replica_limits,
                                      .memory = service.memory,
                                      .queue = service.queue == no_index ? std::string{} : blueprint.queues[service.queue].name};
    policies.push_back(service.autoscaler.chosen() ? RegistryOf<Autoscaler>::instance().make(service.autoscaler, context)
                                                   : nullptr);
  }
  return policies;
}

std::vector<std::unique_ptr<VerticalAutoscaler>> make_vertical_autoscalers(const Blueprint& blueprint) {
  const auto& registry = RegistryOf<VerticalAutoscaler>::instance();
  std::vector<std::unique_ptr<VerticalAutoscaler>> policies;
  for (const ServiceBlueprint& service : blueprint.services) {
    const VerticalAutoscaler::Context context{service.name, {service.requested_cpu(), service.memory}};
    const PolicyChoice& choice = service.vertical_autoscaler;
    policies.push_back(choice.chosen() ? registry.make(choice, context) : nullptr);
  }
  return policies;
}

std::vector<std::unique_ptr<NodeAutoscaler>> make_node_autoscalers(const Blueprint& blueprint) {
  std::vector<std::unique_ptr<NodeAutoscaler>> policies;
  for (const NodePoolBlueprint& pool : blueprint.node_pools) {
    policies.push_back(pool.autoscaler.chosen() ? RegistryOf<NodeAutoscaler>::instance().make(pool.autoscaler, {pool.name})
                                                : nullptr);
  }
  return policies;
}

void start_scraping(const ControlPlane& control) {
  start_loop(control, "scrape", {Turn::scraping, 0}, control.blueprint.scrape, [control] {
    control.infrastructure.scrape();
    control.plane.refresh_instruments();
    control.recorder.scrape(control.engine.now());
  });
}

void start_watching_memory(const ControlPlane& control) {
  start_loop(control, "memory watch", {Turn::pods, 0}, relist_period, [control] { control.infrastructure.notice_killed(); });
}

void start_autoscaling(const ControlPlane& control, Index service, Autoscaler& policy) {
  start_loop(control, "autoscaler of " + control.blueprint.services[service].name, {Turn::autoscaling, service}, policy.period(),
             [control, service, &policy] {
               const ServiceView observed = control.infrastructure.view_of_service(service, control.metrics);
               const ScalingDecision decision = policy.decide(observed);
               const IntegerRange limits = control.blueprint.services[service].replica_limits;
               // A wish below zero is a fault of the policy and is told as such by scale().
               const int allowed =
                   decision.replicas < 0 ? decision.replicas : std::clamp(decision.replicas, limits.low, limits.high);
               const std::string held =
                   allowed == decision.replicas ? "" : fmt::format("; held to {} by the service's replica_limits", allowed);
               const DecisionTiming timing{.now = observed.now, .period = policy.period(), .since = decision.since};
               control.infrastructure.scale(service, allowed, decision.reason + held, timing);
             });
}

// After the autoscalers of the number of replicas, where both look at once.
void start_vertical_autoscaling(const ControlPlane& control, Index service, VerticalAutoscaler& policy) {
  const TurnOrder order{Turn::autoscaling, control.blueprint.services.size() + service};
  start_loop(control, "vertical autoscaler of " + control.blueprint.services[service].name, order, policy.period(), [control, service, &policy] {
    control.infrastructure.resize(service, policy.decide(control.infrastructure.view_of_service(service, control.metrics)));
  });
}

void start_node_autoscaling(const ControlPlane& control, Index pool, NodeAutoscaler& policy) {
  start_loop(control, "node autoscaler of " + control.blueprint.node_pools[pool].name, {Turn::node_autoscaling, pool},
             policy.period(), [control, pool, &policy] {
               const NodePoolView observed = control.infrastructure.view_of_pool(pool);
               const NodeDecision decision = policy.decide(observed);
               control.infrastructure.apply(pool, decision);
             });
}

void start_recording(const ControlPlane& control, std::vector<SimTime> window_ends) {
  control.engine.start_main_actor("record", control.infrastructure.control(), {Turn::recording, 0},
                                  [control, window_ends = std::move(window_ends)](ActorClock& clock) {
                                    for (const SimTime end : window_ends) {
                                      clock.sleep_until(end);
                                      control.infrastructure.accrue();
                                      control.plane.refresh_instruments();
                                      control.recorder.record(end);
                                    }
                                  });
}

}  // namespace headroom
