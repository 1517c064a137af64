// Kubernetes Horizontal Pod Autoscaler (autoscaling/v2): replicas in proportion to a metric over its target.
//
//   of each pod (resource, pods):        ceil(ready pods × usage / target), unless usage / target lies within the tolerance
//   of something else (object, external): ceil(metric / average), or ceil(ready pods × metric / value)
//   of several metrics the largest; then, without behavior: at most max(2 × current, 4) up at a time, down to the highest
//   proposal of the last 300 s; with behavior: rate limits and windows of its own, each way
//
// Source:  kubernetes/kubernetes, pkg/controller/podautoscaler/{horizontal,replica_calculator}.go, release 1.34; shipped numbers
//          (sync 15 s, tolerance 10 %, initialisation 5 min, initial readiness delay 30 s). Rate limits of a behavior that says
//          nothing are those of the code (per 15 s), not of the generated comments (per 60 s).
// Differs: a pod's start is the start of its container (there: when the node accepted it, before the image was pulled). A pod has
//          one container, named as its service. A release up to 1.32 compares |1 - ratio| with its one tolerance, so that
//          rounding scales at exactly 110 % of the target; later both bounds are within, and each direction may have its own
//          (option version). That a pod may request as a whole (from 1.34 on) changes nothing with one container.
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "policies/autoscaling/hpa_arithmetic.hpp"
#include "sim/core/metric_name.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

enum class MetricSource { resource, pods, object, external };

struct MetricOption {
  static constexpr std::string_view type_name = "hpa_metric";
  std::optional<std::string> resource, container;
  std::optional<MetricName> pods, object, external;
  std::optional<Ratio> target;
  std::optional<double> average, value;
  std::optional<Bytes> average_memory;

  void describe(Fields& field);
  MetricSource source() const {
    if (pods) return MetricSource::pods;
    if (object) return MetricSource::object;
    return external ? MetricSource::external : MetricSource::resource;
  }
  const std::string& text() const {
    static const std::string cpu = "cpu";
    for (const auto* one : {&pods, &object, &external}) {
      if (*one) return (*one)->name;
    }
    return resource ? *resource : cpu;
  }
  bool is_memory() const { return source() == MetricSource::resource && text() == "memory"; }
  hpa::Target goal() const {
    if (target) return {hpa::TargetKind::utilization, std::llround(target->value * 100.0)};
    if (value) return {hpa::TargetKind::value, hpa::to_milli(*value)};
    if (average) return {hpa::TargetKind::average, hpa::to_milli(*average)};
    return {hpa::TargetKind::average, hpa::narrowed(hpa::WideInteger{average_memory->count} * 1000)};
  }
};

MetricOption cpu_at(Ratio target) {
  MetricOption metric;
  metric.resource = "cpu";
  metric.target = target;
  return metric;
}

void MetricOption::describe(Fields& field) {
  field({.name = "resource", .meaning = "what of each pod is measured; default: cpu", .choices = {"cpu", "memory"}}, resource)(
      "container", container, "whose use of the resource counts; a service has one container, of its own name");
  field("pods", pods,
        "a metric that each pod has: of what the service itself has together (in_flight{service=…}) a pod has an equal share; "
        "any other "
        "number, as queue_length{queue=…}, is read by every pod as its own")(
      "object", object, "a metric of one thing in the cluster, as queue_length{queue=jobs}")(
      "external", external, "a metric from outside, as queue_length{queue=jobs}");
  constexpr std::string_view goal = "target, average, average_memory or value";
  field({.name = "target",
         .meaning = "mean utilization to hold, of the request; whole percents",
         .range = between(0.01, 5.0),  // beyond that "target": 60 is meant, which would be 6,000 %
         .one_of = goal},
        target);
  field({.name = "average",
         .meaning = "to hold per pod: cores in use, or the metric in its base unit (messages, seconds, requests per second)",
         .range = at_least(0.001),
         .one_of = goal},
        average);
  field({.name = "average_memory", .meaning = "memory in use per pod to hold", .range = at_least(1), .one_of = goal},
        average_memory);
  field({.name = "value",
         .meaning = "of the whole object or external metric to hold, in its base unit; replicas in proportion to the ready pods",
         .range = at_least(0.001),
         .one_of = goal},
        value);
}

class Hpa final : public Autoscaler {
 public:
  struct Options {
    std::vector<MetricOption> metrics{cpu_at(Ratio{0.8})};
    IntegerRange replicas{1, 10'000};
    Ratio tolerance{0.1};
    Duration sync{std::chrono::seconds{15}};
    Duration stabilization{std::chrono::seconds{300}};
    Duration initialization{std::chrono::seconds{300}};
    Duration initial_readiness_delay{std::chrono::seconds{30}};
    std::optional<hpa::Behavior> behavior;
    std::string version = "1.33";

    void describe(Fields& field);
    FieldProblems problems() const;
  };

  Hpa(const Options& options, const Context&);

  Duration period() const override { return options_.sync; }
  ScalingDecision decide(const ServiceView& service) override;
  FieldProblems problems() const override;
  std::vector<MetricSelector> watched() const override;

 private:
  struct Metric {
    MetricOption option;
    MetricSelector selector;  // of pods, object and external
    bool is_shared = false;   // of pods: each has a part of it
  };
  std::vector<hpa::MetricOutcome> measure(const ServiceView& service) const;
  hpa::MetricOutcome measure(const Metric& metric, const ServiceView& service) const;
  hpa::PodMetric resource_of_pods(const Metric& metric, const ServiceView& service) const;
  std::string reason(const hpa::Outcome& outcome, const std::vector<hpa::MetricOutcome>& seen, int current) const;

  Options options_;
  std::string service_;
  bool service_has_memory_;
  hpa::Settings settings_;
  hpa::Tolerance tolerance_;
  hpa::ReadinessRules readiness_;
  std::vector<Metric> metrics_;
  hpa::Controller controller_;
};

void Hpa::Options::describe(Fields& field) {
  const Range upkeep = between(Duration{0}, std::chrono::hours{1});
  field("metrics", metrics, "what to hold at a target; the metric that wants the most replicas counts")(
      "replicas", replicas, "never fewer, never more; from 0 with an object or external metric", between(0, 100'000))(
      "tolerance", tolerance, "leave alone while usage over target is this near to 1", between(0.0, 100.0))(
      "sync", sync, "how often it looks", between(std::chrono::seconds{1}, std::chrono::hours{1}))(
      "stabilization", stabilization, "go down only to the highest proposal of this span", upkeep)(
      "initialization", initialization, "for this long after its start a pod's CPU counts only over a window of readiness",
      upkeep)("initial_readiness_delay", initial_readiness_delay, "unready since within this of its start: was never ready",
              upkeep)("behavior", behavior, "rate limits and windows of one's own, in place of the built-in ones")
      .choice(
          "version", version,
          "release of Kubernetes; 1.32 stands for all up to it, which compare the distance of usage over target from 1 with one "
          "tolerance, 1.33 for those since, in which both bounds belong to it and each direction may have its own",
          {"1.32", "1.33"});
}

// ---- what is wrong with options ----------------------------------------------------------------------------------------------

void add_source_problems(const MetricOption& metric, const std::string& place, FieldProblems& problems) {
  const int sources = int{metric.resource.has_value()} + int{metric.pods.has_value()} + int{metric.object.has_value()} +
                      int{metric.external.has_value()};
  if (sources > 1) problems.emplace_back(place, "give one of resource, pods, object and external; each is a metric of its own");
  const bool is_resource = metric.source() == MetricSource::resource;
  if (metric.container && !is_resource)
    problems.emplace_back(place + "/container", "has no meaning without a resource; remove it");
  if (metric.target && !is_resource)
    problems.emplace_back(place + "/target", "is a share of a request, which only a resource has; write \"average\": 10");
  if (metric.average_memory && !is_resource)
    problems.emplace_back(place + "/average_memory",
                          "is of the resource memory; write \"average\": 10, in the metric's base unit");
  if (metric.value && (is_resource || metric.pods))
    problems.emplace_back(place + "/value", "is of an object or external metric; of what each pod has write \"average\"");
}

void add_goal_problems(const MetricOption& metric, const std::string& place, FieldProblems& problems) {
  const int goals = int{metric.target.has_value()} + int{metric.average.has_value()} + int{metric.average_memory.has_value()} +
                    int{metric.value.has_value()};
  if (goals != 1) problems.emplace_back(place, "give exactly one of target, average, average_memory and value");
  if (metric.is_memory() && metric.average)
    problems.emplace_back(place + "/average", "is in cores, but the resource is memory; write \"average_memory\": \"2 GiB\"");
  if (metric.source() == MetricSource::resource && !metric.is_memory() && metric.average_memory)
    problems.emplace_back(place + "/average_memory", "is a size, but the resource is cpu; write \"average\": 0.5, in cores");
  if (!metric.target) return;
  const double percent = metric.target->value * 100.0;
  if (std::abs(percent - std::round(percent)) > 1e-6)
    problems.emplace_back(
        place + "/target",
        fmt::format("is {:g} %; the autoscaler knows whole percents only, write \"{:.0f} %\"", percent, percent));
}

void add_direction_problems(const hpa::ScalingRules& rules, const std::string& place, const std::string& version,
                            FieldProblems& problems) {
  if (rules.policies.empty())
    problems.emplace_back(place + "/policies", "is empty; give at least one, or \"select\": \"disabled\"");
  if (rules.tolerance && version == "1.32")
    problems.emplace_back(place + "/tolerance", "exists from release 1.33 on; remove it, or write \"version\": \"1.33\"");
}

bool is_of_the_cluster(const MetricOption& metric) { return metric.object || metric.external; }

FieldProblems Hpa::Options::problems() const {
  FieldProblems problems;
  if (metrics.empty())
    problems.emplace_back("metrics", "has no metric; give at least one, as {\"resource\": \"cpu\", \"target\": \"70 %\"}");
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    add_source_problems(metrics[i], fmt::format("metrics/{}", i), problems);
    add_goal_problems(metrics[i], fmt::format("metrics/{}", i), problems);
  }
  if (replicas.low > replicas.high)
    problems.emplace_back("replicas", fmt::format("is from {} to {}; the first is the minimum", replicas.low, replicas.high));
  if (replicas.low < 1 && std::ranges::none_of(metrics, is_of_the_cluster))
    problems.emplace_back(
        "replicas",
        "starts below 1, but every metric is one of pods: without a pod there is none to come back by; start at 1, or "
        "give an object or external metric");
  if (behavior) add_direction_problems(behavior->scale_up, "behavior/scale_up", version, problems);
  if (behavior) add_direction_problems(behavior->scale_down, "behavior/scale_down", version, problems);
  return problems;
}

// ---- made for a service ------------------------------------------------------------------------------------------------------

// Numbers of a service that its pods have between them: in the sum of their parts nothing is lost.
bool adds_up(const MetricSelector& selector) {
  constexpr std::array<std::string_view, 6> metrics = {"requests",   "in_flight",           "queue_length",
                                                       "batch_size", "generations_waiting", "preemptions"};
  return selector.aggregation != Aggregation::percentile && std::ranges::find(metrics, selector.metric) != metrics.end();
}

Hpa::Hpa(const Options& options, const Context& context)
    : options_{options},
      service_{context.service},
      service_has_memory_{context.memory.count > 0},
      settings_{options.replicas, options.stabilization, options.behavior},
      tolerance_{hpa::tolerance_of(options.tolerance, options.behavior, options.version == "1.32")},
      readiness_{options.initialization, options.initial_readiness_delay} {
  for (const MetricOption& option : options.metrics) {
    ConditionError ignored;  // the reader has refused what is no metric
    Metric metric{option, {}, false};
    if (option.source() != MetricSource::resource)
      metric.selector = parse_selector(option.text(), ignored).value_or(MetricSelector{});
    metric.is_shared = metric.selector.labels == std::vector<Label>{{"service", context.service}} && adds_up(metric.selector);
    metrics_.push_back(std::move(metric));
  }
}

// Without a request there is no utilization, and memory that is not modelled has no samples.
FieldProblems Hpa::problems() const {
  FieldProblems problems;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const MetricOption& metric = metrics_[i].option;
    if (metric.container && *metric.container != service_)
      problems.emplace_back(
          fmt::format("metrics/{}/container", i),
          fmt::format("is \"{}\", but a replica has one container, named as its service; write \"{}\", or remove it",
                      *metric.container, service_));
    if (service_has_memory_ || !metric.is_memory()) continue;
    problems.emplace_back(fmt::format("metrics/{}/resource", i),
                          "is memory, but the service declares none, so that the metric would never act; give the service "
                          "\"memory\": \"4 GiB\", or measure the cpu");
  }
  return problems;
}

std::vector<MetricSelector> Hpa::watched() const {
  std::vector<MetricSelector> selectors;
  for (const Metric& metric : metrics_) {
    if (metric.option.source() != MetricSource::resource) selectors.push_back(metric.selector);
  }
  return selectors;
}

// ---- what it sees ------------------------------------------------------------------------------------------------------------

hpa::PodMetric Hpa::resource_of_pods(const Metric& metric, const ServiceView& service) const {
  const bool is_memory = metric.option.is_memory();
  hpa::PodMetric seen;
  seen.readiness_matters = !is_memory;
  for (const PodView& view : service.pods) {
    hpa::MeasuredPod& pod = seen.pods.emplace_back(hpa::state_of(view));
    const std::int64_t request = hpa::to_milli(is_memory ? static_cast<double>(view.memory_request.count) : view.cpu_request);
    hpa::Container container{.name = service_, .request = {}};
    if (request > 0) container.request = request;
    hpa::PodRequest requested =
        hpa::request_of({container}, {}, metric.option.container.value_or(""), metric.option.text(), service_);
    pod.request = requested.request;
    pod.request_failure = std::move(requested.failure);
    if (const auto& sample = is_memory ? view.memory : view.cpu)
      pod.sample = {hpa::to_milli(sample->value), sample->at, sample->window};
  }
  return seen;
}

// Every pod that the scraper has reached says the number, or its part of it.
hpa::PodMetric number_of_pods(const ServiceView& service, const ScrapedValue& number, bool is_shared) {
  const auto says = [](const PodView& pod) { return pod.cpu.has_value() && !pod.deleting; };
  const auto count = std::ranges::count_if(service.pods, says);
  hpa::PodMetric seen;
  for (const PodView& view : service.pods) {
    hpa::MeasuredPod& pod = seen.pods.emplace_back(hpa::state_of(view));
    const double value = is_shared ? number.value / static_cast<double>(count) : number.value;
    if (says(view)) pod.sample = {hpa::to_milli(value), number.at, number.window};
  }
  return seen;
}

hpa::MetricOutcome Hpa::measure(const Metric& metric, const ServiceView& service) const {
  const MetricOption& option = metric.option;
  const MetricSource source = option.source();
  const hpa::Target goal = option.goal();
  const auto by_pods = [&](const hpa::PodMetric& seen, std::string_view reason, const char* api) -> hpa::MetricOutcome {
    const bool answered = std::ranges::any_of(seen.pods, [](const hpa::MeasuredPod& pod) { return pod.sample.has_value(); });
    if (!answered)
      return {hpa::failed(fmt::format("unable to get metric {}: no metrics returned from {} metrics API", option.text(), api)),
              reason};
    return {hpa::propose_from_pods(seen, goal, tolerance_, readiness_, service.now, service.current_replicas), reason};
  };
  if (source == MetricSource::resource) {
    return by_pods(resource_of_pods(metric, service),
                   option.container ? "FailedGetContainerResourceMetric" : "FailedGetResourceMetric", "resource");
  }
  const auto number = service.metrics ? service.metrics->read(metric.selector) : std::nullopt;
  if (source == MetricSource::pods) {
    return by_pods(number ? number_of_pods(service, *number, metric.is_shared) : hpa::PodMetric{}, "FailedGetPodsMetric",
                   "custom");
  }
  const bool is_object = source == MetricSource::object;
  const std::string_view reason = is_object ? "FailedGetObjectMetric" : "FailedGetExternalMetric";
  if (!number)
    return {hpa::failed(
                fmt::format("unable to get {} metric {}: no metrics returned", is_object ? "object" : "external", option.text())),
            reason};
  const hpa::ReplicaNumbers replicas{service.current_replicas, service.status_replicas, hpa::ready_pods(service.pods)};
  return {hpa::propose_from_value(hpa::to_milli(number->value), goal, tolerance_, replicas), reason};
}

std::vector<hpa::MetricOutcome> Hpa::measure(const ServiceView& service) const {
  std::vector<hpa::MetricOutcome> outcomes;
  for (const Metric& metric : metrics_) outcomes.push_back(measure(metric, service));
  return outcomes;
}

// ---- what it says ------------------------------------------------------------------------------------------------------------

ScalingDecision Hpa::decide(const ServiceView& service) {
  std::vector<hpa::MetricOutcome> seen;
  const hpa::Outcome outcome =
      controller_.pass(settings_, service.current_replicas, service.now, [&] { return seen = measure(service); });
  return {outcome.replicas, reason(outcome, seen, service.current_replicas)};
}

std::string comparison_text(const MetricOption& metric, std::int64_t seen) {
  const hpa::Target goal = metric.goal();
  const std::string ratio = fmt::format(", ratio {:.2f}", static_cast<double>(seen) / static_cast<double>(goal.value));
  if (goal.kind == hpa::TargetKind::utilization)
    return fmt::format("{} {} % against {} %{}", metric.text(), seen, goal.value, ratio);
  if (metric.average_memory)
    return fmt::format("memory {} against {} per pod{}", to_text(Bytes{seen / 1000}), to_text(*metric.average_memory), ratio);
  const double has = static_cast<double>(seen) / 1000.0, wanted = static_cast<double>(goal.value) / 1000.0;
  const bool is_cpu = metric.source() == MetricSource::resource;
  if (goal.kind == hpa::TargetKind::value) return fmt::format("{} {:g} against {:g}{}", metric.text(), has, wanted, ratio);
  return fmt::format("{} {:g} against {:g}{} per pod{}", metric.text(), has, wanted, is_cpu ? " cores" : "", ratio);
}

std::string limit_text(const hpa::Limited& limited, bool has_behavior) {
  const std::string to = fmt::format("; limited to {}", limited.replicas);
  if (limited.reason == "TooManyReplicas") return to + ", the most allowed";
  if (limited.reason == "TooFewReplicas") return to + ", the fewest allowed";
  if (!has_behavior) return to + ", twice as many or 4";
  if (limited.by == nullptr)
    return to + (limited.reason == "ScaleUpLimit" ? ", scaling up is disabled" : ", scaling down is disabled");
  return to + fmt::format(" by policy {} {}/{}", limited.by->type, limited.by->value, to_text(limited.by->period));
}

std::string Hpa::reason(const hpa::Outcome& outcome, const std::vector<hpa::MetricOutcome>& seen, int current) const {
  if (outcome.conditions.scaling_active == "False/ScalingDisabled") return "switched off by hand: 0 replicas";
  if (current > options_.replicas.high) return fmt::format("above the maximum of {}", options_.replicas.high);
  if (current < options_.replicas.low) return fmt::format("below the minimum of {}", options_.replicas.low);
  if (!outcome.metric) return fmt::format("{}: {}; left alone", outcome.conditions.scaling_active.substr(6), outcome.failure);
  const hpa::Proposal& proposal = seen[*outcome.metric].proposal;
  std::string text = fmt::format("{}: {} wanted of {}", comparison_text(options_.metrics[*outcome.metric], proposal.seen),
                                 proposal.replicas, current);
  if (outcome.stable != proposal.replicas) text += fmt::format("; {} by earlier proposals", outcome.stable);
  if (outcome.limited.replicas != outcome.stable) text += limit_text(outcome.limited, settings_.behavior.has_value());
  if (outcome.is_error) text += fmt::format("; without a metric that failed: {}", outcome.failure);
  return text;
}

const bool offered =
    offer<Autoscaler, Hpa>("hpa", "Kubernetes Horizontal Pod Autoscaler: hold resources or other metrics at a target");

}  // namespace
}  // namespace headroom
