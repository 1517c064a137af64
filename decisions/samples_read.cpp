#include "decisions/samples_read.hpp"

#include <vector>

#include "decisions/service_observation.hpp"
#include "sim/core/registry.hpp"

namespace headroom::decisions {
namespace {

ScalingDecision asked_about(const PolicyChoice& choice, const Autoscaler::Context& context, PodResource resource, double use) {
  constexpr std::int64_t gib = std::int64_t{1} << 30;
  const SimTime now = at_seconds(86'400.0), long_ago = at_seconds(0.0);
  const PodSample sample{use, now, std::chrono::seconds{15}}, calm{0.5, now, std::chrono::seconds{15}};
  PodView pod{.started = long_ago, .ready_changed = long_ago, .cpu_request = 1.0, .memory_request = {gib}};
  pod.cpu = resource == PodResource::cpu ? sample : calm;
  pod.memory = resource == PodResource::memory ? sample : PodSample{gib / 2.0, now, std::chrono::seconds{15}};
  const auto autoscaler = RegistryOf<Autoscaler>::instance().make(choice, context);
  GivenMetrics metrics;
  for (const MetricSelector& selector : autoscaler->watched()) metrics.set(selector, {1.0, now, {}});
  const int replicas = std::max(1, context.replicas.low);
  const std::vector<PodView> pods(static_cast<std::size_t>(replicas), pod);
  return autoscaler->decide({.now = now,
                             .current_replicas = replicas,
                             .status_replicas = replicas,
                             .ready_replicas = replicas,
                             .pods = pods,
                             .metrics = &metrics});
}

}  // namespace

bool reads_samples(const PolicyChoice& choice, const Autoscaler::Context& context, PodResource resource) {
  const double much = resource == PodResource::cpu ? 1e6 : 1e15;
  const ScalingDecision idle = asked_about(choice, context, resource, 0.0), busy = asked_about(choice, context, resource, much);
  return idle.replicas != busy.replicas || idle.reason != busy.reason;
}

}  // namespace headroom::decisions
