#include "decisions/service_observation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/core/metric_name.hpp"

namespace headroom::decisions {
namespace {

const Range instants = between(-4e9, 4e9);  // what 64 bits of nanoseconds hold, with room for spans
constexpr Duration long_enough = std::chrono::hours{1};

constexpr std::string_view taken_at = "when it was taken, in seconds; default: at the line's time";

}  // namespace

void CpuSample::describe(Fields& field) {
  field.required("value", value, "cores in use, the mean over the window", at_least(0.0));
  field("at", at, taken_at, instants)("window", window, "the span that it covers", at_least(Duration{0}));
}

void MemorySample::describe(Fields& field) {
  field.required("value", value, "memory in use", at_least(0.0));
  field("at", at, taken_at, instants)("window", window, "the span that it covers", at_least(Duration{0}));
}

void KillObservation::describe(Fields& field) {
  field.required("at", at, "when, in seconds", instants);
  field("lived", lived, "for how long it had run", at_least(Duration{0}));
}

void PodObservation::describe(Fields& field) {
  field("count", count, "so many pods that are alike", between(1, 100'000));
  field.choice("phase", phase, "of the pod", {"pending", "running", "failed"});
  field("deleting", deleting, "on its way out")("ready", ready, "gets requests");
  field("started", started, "when its container started, in seconds; default: an hour before, but for a pending pod", instants)(
      "ready_changed", ready_changed, "when it became ready, or unready, in seconds; default: when it started", instants)(
      "cpu_request", cpu_request, "cores", at_least(0.0))("memory_request", memory_request, "memory; 0: it requests none",
                                                          at_least(0.0))(
      "cpu", cpu, "the newest sample of its cores in use, or only its value; default: none")(
      "memory", memory, "the newest sample of its memory in use, or only its value; default: none")(
      "number", number, "that stays with the pod; default: its place in the line, from 0", at_least(0.0))(
      "killed", killed, "the last time that it ran out of memory");
}

void MetricObservation::describe(Fields& field) {
  field.required("name", name, "as the policy's options name it: queue_length{queue=jobs}")
      .required("value", value, "the newest scraped value, in the metric's base unit");
  field("at", at, "when it was scraped, in seconds; default: at the line's time", instants)(
      "window", window, "the span between two scrapes that it covers; 0: it is a gauge", at_least(Duration{0}));
}

void ServiceObservation::describe(Fields& field) {
  field.required("time", time, "seconds of a clock that never goes back", instants);
  field("replicas", replicas, "asked for at present; default: what was decided on the line before", between(0, 100'000))(
      "existing_replicas", existing_replicas, "pods that exist; default: those of `pods` that are neither deleted nor failed",
      between(0, 100'000))("ready_replicas", ready_replicas, "default: the ready ones of `pods`", between(0, 100'000))(
      "pods", pods, "in order of creation; default: as many as replicas, all ready, without samples")(
      "metrics", metrics, "{name: value}, or a list of objects with these fields");
}

FieldProblems ServiceObservation::problems() const {
  FieldProblems found;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    ConditionError error;
    if (parse_selector(metrics[i].name, error)) continue;
    found.emplace_back(fmt::format("metrics/{}/name", i),
                       error.message + (error.suggestion.empty() ? "" : "; " + error.suggestion));
  }
  return found;
}

std::optional<ScrapedValue> GivenMetrics::read(const MetricSelector& selector) const {
  const auto found = values_.find(to_text(selector));
  return found == values_.end() ? std::nullopt : std::optional{found->second};
}

void GivenMetrics::set(const MetricSelector& selector, const ScrapedValue& value) { values_[to_text(selector)] = value; }

namespace {

PodView pod_view(const PodObservation& seen, double time) {
  PodView pod;
  pod.phase = seen.phase == "pending" ? PodPhase::pending : seen.phase == "failed" ? PodPhase::failed : PodPhase::running;
  pod.deleting = seen.deleting;
  pod.ready = seen.ready && pod.phase == PodPhase::running;
  if (seen.started)
    pod.started = at_seconds(*seen.started);
  else if (pod.phase != PodPhase::pending)
    pod.started = at_seconds(time) - long_enough;
  pod.ready_changed = seen.ready_changed ? std::optional{at_seconds(*seen.ready_changed)} : pod.started;
  pod.cpu_request = seen.cpu_request;
  pod.memory_request = seen.memory_request;
  if (seen.cpu) pod.cpu = PodSample{seen.cpu->value, at_seconds(seen.cpu->at.value_or(time)), seen.cpu->window};
  if (seen.memory)
    pod.memory =
        PodSample{static_cast<double>(seen.memory->value.count), at_seconds(seen.memory->at.value_or(time)), seen.memory->window};
  if (seen.killed) pod.killed = OutOfMemoryKill{at_seconds(seen.killed->at), seen.killed->lived};
  return pod;
}

}  // namespace

const ServiceView& ShownService::show(const ServiceObservation& observation, int replicas) {
  view_ = {};
  view_.now = at_seconds(observation.time);
  view_.current_replicas = observation.replicas.value_or(replicas);
  pods_.clear();
  std::vector<PodObservation> alike(1);
  alike.front().count = view_.current_replicas;
  for (const PodObservation& seen : observation.pods ? *observation.pods : alike) {
    for (int copy = 0; copy < seen.count; ++copy) {
      pods_.push_back(pod_view(seen, observation.time));
      if (marks_scraped_ && pods_.back().ready && !pods_.back().cpu)
        pods_.back().cpu = PodSample{0.0, view_.now, CpuSample{}.window};
      pods_.back().number = seen.number ? static_cast<std::uint64_t>(*seen.number + copy) : pods_.size() - 1;
    }
  }
  const auto exists = [](const PodView& pod) { return !pod.deleting && pod.phase != PodPhase::failed; };
  const auto is_ready = [](const PodView& pod) { return pod.ready && !pod.deleting; };
  view_.status_replicas = observation.existing_replicas.value_or(static_cast<int>(std::ranges::count_if(pods_, exists)));
  view_.ready_replicas = observation.ready_replicas.value_or(static_cast<int>(std::ranges::count_if(pods_, is_ready)));
  view_.pods = pods_;
  metrics_.clear();
  for (const MetricObservation& metric : observation.metrics) {
    ConditionError ignored;  // problems() has refused what is no metric
    if (const auto selector = parse_selector(metric.name, ignored))
      metrics_.set(*selector, {metric.value, at_seconds(metric.at.value_or(observation.time)), metric.window});
  }
  view_.metrics = &metrics_;
  return view_;
}

}  // namespace headroom::decisions
