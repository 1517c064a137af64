// Kubernetes Horizontal Pod Autoscaler (autoscaling/v2), resource metrics: replicas in proportion to usage over target.
//
//   proposal = ceil(ready pods × usage / target), unless usage / target lies within the tolerance; of several metrics the largest
//   without behavior: at most max(2 × current, 4) up at a time; down to the highest proposal of the last 300 s
//   with behavior:    rate limits and windows of its own, each way
//
// Source:  kubernetes/kubernetes, pkg/controller/podautoscaler/{horizontal,replica_calculator}.go, release 1.34; shipped numbers
//          (sync 15 s, tolerance 10 %, initialisation 5 min, initial readiness delay 30 s). Rate limits of a behavior that says
//          nothing are those of the code (per 15 s), not of the generated comments (per 60 s).
// Differs: a pod's start is the start of its container (there: when the node accepted it, before the image was pulled).
//          Releases up to 1.32 compare |1 - ratio| with the tolerance, so that rounding scales at exactly 110 % of the target;
//          here both bounds are within. Tolerances per direction exist there from 1.33 on. No object, pods or external metrics.
#include <cmath>

#include <fmt/format.h>

#include "policies/autoscaling/hpa_arithmetic.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

struct MetricOption {
  static constexpr std::string_view type_name = "hpa_metric";
  std::string resource = "cpu";
  std::optional<Ratio> target;
  std::optional<double> average;
  std::optional<Bytes> average_memory;

  void describe(Fields& field) {
    constexpr std::string_view goal = "target, average or average_memory";
    field.choice("resource", resource, "what is measured", {"cpu", "memory"});
    field({.name = "target",
           .meaning = "mean utilization to hold, of the request; whole percents",
           .range = between(0.01, 5.0),  // beyond that "target": 60 is meant, which would be 6,000 %
           .one_of = goal},
          target);
    field({.name = "average", .meaning = "cores in use per pod to hold", .range = at_least(0.001), .one_of = goal}, average);
    field({.name = "average_memory", .meaning = "memory in use per pod to hold", .range = at_least(1), .one_of = goal},
          average_memory);
  }
  hpa::Resource kind() const { return resource == "cpu" ? hpa::Resource::cpu : hpa::Resource::memory; }
  hpa::Target goal() const {
    if (target) return {hpa::TargetKind::utilization, std::llround(target->value * 100.0)};
    if (average) return {hpa::TargetKind::average, hpa::to_milli(*average)};
    return {hpa::TargetKind::average, hpa::narrowed(hpa::WideInteger{average_memory->count} * 1000)};
  }
};

struct Behavior {
  static constexpr std::string_view type_name = "hpa_behavior";
  hpa::ScalingRules scale_up = hpa::default_scale_up();
  hpa::ScalingRules scale_down = hpa::default_scale_down();

  void describe(Fields& field) {
    field("scale_up", scale_up, "limits on the way up; default: 100 % or 4 pods per 15 s, the larger")(
        "scale_down", scale_down, "limits on the way down; default: 100 % per 15 s");
  }
};

class Hpa final : public Autoscaler {
 public:
  struct Options {
    std::vector<MetricOption> metrics{{.resource = "cpu", .target = Ratio{0.8}, .average = {}, .average_memory = {}}};
    IntegerRange replicas{1, 10'000};
    Ratio tolerance{0.1};
    Duration sync{std::chrono::seconds{15}};
    Duration stabilization{std::chrono::seconds{300}};
    Duration initialization{std::chrono::seconds{300}};
    Duration initial_readiness_delay{std::chrono::seconds{30}};
    std::optional<Behavior> behavior;

    void describe(Fields& field);
    FieldProblems problems() const;
  };

  Hpa(const Options& options, const Context&);

  Duration period() const override { return options_.sync; }
  ScalingDecision decide(const ServiceView& service) override;
  FieldProblems problems() const override;

 private:
  struct Wish {
    std::optional<int> replicas;  // none: nothing may be changed
    std::string reason;
  };
  Wish largest_proposal(const ServiceView& service) const;
  hpa::Tolerance tolerance() const;
  ScalingDecision normalize(const ServiceView& service, int wanted, std::string reason);
  ScalingDecision rescaled(const ServiceView& service, int replicas, std::string reason);

  Options options_;
  bool service_has_memory_;
  Behavior behavior_;  // complete; counts only if options_.behavior is given
  std::vector<hpa::Recommendation> log_;
  hpa::ScaleEvents events_;
};

void Hpa::Options::describe(Fields& field) {
  const Range upkeep = between(Duration{0}, std::chrono::hours{1});
  field("metrics", metrics, "resources to hold at a target; the one that wants the most replicas counts")(
      "replicas", replicas, "never fewer, never more", between(1, 100'000))(
      "tolerance", tolerance, "leave alone while usage over target is this near to 1", between(0.0, 100.0))(
      "sync", sync, "how often it looks", between(std::chrono::seconds{1}, std::chrono::hours{1}))(
      "stabilization", stabilization, "go down only to the highest proposal of this span", upkeep)(
      "initialization", initialization, "for this long after its start a pod's CPU counts only over a window of readiness",
      upkeep)("initial_readiness_delay", initial_readiness_delay, "unready since within this of its start: was never ready",
              upkeep)("behavior", behavior, "rate limits and windows of one's own, in place of the built-in ones");
}

void add_metric_problems(const MetricOption& metric, const std::string& place, FieldProblems& problems) {
  const int goals = int{metric.target.has_value()} + int{metric.average.has_value()} + int{metric.average_memory.has_value()};
  if (goals != 1) problems.emplace_back(place, "give exactly one of target, average and average_memory");
  if (metric.resource == "memory" && metric.average)
    problems.emplace_back(place + "/average", "is in cores, but the resource is memory; write \"average_memory\": \"2 GiB\"");
  if (metric.resource == "cpu" && metric.average_memory)
    problems.emplace_back(place + "/average_memory", "is a size, but the resource is cpu; write \"average\": 0.5, in cores");
  if (!metric.target) return;
  const double percent = metric.target->value * 100.0;
  if (std::abs(percent - std::round(percent)) > 1e-6)
    problems.emplace_back(
        place + "/target",
        fmt::format("is {:g} %; the autoscaler knows whole percents only, write \"{:.0f} %\"", percent, percent));
}

FieldProblems Hpa::Options::problems() const {
  FieldProblems problems;
  if (metrics.empty())
    problems.emplace_back("metrics", "has no metric; give at least one, as {\"resource\": \"cpu\", \"target\": \"70 %\"}");
  for (std::size_t i = 0; i < metrics.size(); ++i) add_metric_problems(metrics[i], fmt::format("metrics/{}", i), problems);
  if (replicas.low > replicas.high)
    problems.emplace_back("replicas", fmt::format("is from {} to {}; the first is the minimum", replicas.low, replicas.high));
  if (replicas.low < 1)
    problems.emplace_back("replicas", "starts below 1; without a pod there is no resource metric to come back by");
  if (behavior && behavior->scale_up.policies.empty())
    problems.emplace_back("behavior/scale_up/policies", "is empty; give at least one, or \"select\": \"disabled\"");
  if (behavior && behavior->scale_down.policies.empty())
    problems.emplace_back("behavior/scale_down/policies", "is empty; give at least one, or \"select\": \"disabled\"");
  return problems;
}

Hpa::Hpa(const Options& options, const Context& context)
    : options_{options}, service_has_memory_{context.memory.count > 0}, behavior_{options.behavior.value_or(Behavior{})} {}

// Without a request there is no utilization, and memory that is not modelled has no samples.
FieldProblems Hpa::problems() const {
  FieldProblems problems;
  for (std::size_t i = 0; i < options_.metrics.size(); ++i) {
    if (service_has_memory_ || options_.metrics[i].kind() != hpa::Resource::memory) continue;
    problems.emplace_back(fmt::format("metrics/{}/resource", i),
                          "is memory, but the service declares none, so that the metric would never act; give the service "
                          "\"memory\": \"4 GiB\", or measure the cpu");
  }
  return problems;
}

ScalingDecision Hpa::decide(const ServiceView& service) {
  const int current = service.current_replicas;
  const IntegerRange& range = options_.replicas;
  // The size met first counts as a recommendation, so a restarted autoscaler does not shrink at once.
  if (log_.empty()) log_.push_back({current, service.now});
  if (current == 0 && range.low > 0) return {0, "switched off by hand: 0 replicas"};
  if (current > range.high) return rescaled(service, range.high, fmt::format("above the maximum of {}", range.high));
  if (current < range.low) return rescaled(service, range.low, fmt::format("below the minimum of {}", range.low));
  Wish wish = largest_proposal(service);
  if (!wish.replicas) return {current, std::move(wish.reason)};
  return normalize(service, *wish.replicas, std::move(wish.reason));
}

hpa::Tolerance Hpa::tolerance() const {
  return {behavior_.scale_up.tolerance.value_or(options_.tolerance).value,
          behavior_.scale_down.tolerance.value_or(options_.tolerance).value};
}

std::string comparison_text(const MetricOption& metric, const hpa::Proposal& proposal) {
  const hpa::Target goal = metric.goal();
  if (goal.kind == hpa::TargetKind::utilization)
    return fmt::format("{} {} % against {} %", metric.resource, proposal.seen, goal.value);
  if (metric.average_memory) {
    return fmt::format("memory {} against {} per pod", to_text(Bytes{proposal.seen / 1000}), to_text(*metric.average_memory));
  }
  return fmt::format("cpu {:g} against {:g} cores per pod", static_cast<double>(proposal.seen) / 1000.0, *metric.average);
}

// A metric that cannot be computed blocks the way down: the others may ask for more, never for less.
Hpa::Wish Hpa::largest_proposal(const ServiceView& service) const {
  Wish wish;
  std::string failure;
  for (const MetricOption& metric : options_.metrics) {
    const hpa::Proposal proposal =
        hpa::propose(service.pods, metric.kind(), metric.goal(), tolerance(),
                     {options_.initialization, options_.initial_readiness_delay}, service.now, service.current_replicas);
    if (!proposal.failure.empty()) {
      if (failure.empty()) failure = fmt::format("{}: {}", metric.resource, proposal.failure);
    } else if (!wish.replicas || *wish.replicas == 0 || proposal.replicas > *wish.replicas) {
      wish = {proposal.replicas,
              fmt::format("{}: {} wanted of {}", comparison_text(metric, proposal), proposal.replicas, service.current_replicas)};
    }
  }
  const bool blocked = !failure.empty() && (!wish.replicas || *wish.replicas < service.current_replicas);
  return blocked ? Wish{std::nullopt, failure + "; left alone"} : wish;
}

ScalingDecision Hpa::normalize(const ServiceView& service, int wanted, std::string reason) {
  const int current = service.current_replicas;
  int stable = 0, allowed = 0;
  if (options_.behavior) {
    stable = hpa::stabilize(log_, current, wanted, behavior_.scale_up.stabilization.value_or(Duration{0}),
                            behavior_.scale_down.stabilization.value_or(options_.stabilization), service.now);
    allowed = hpa::limit_rate(current, stable, options_.replicas, events_, behavior_.scale_up, behavior_.scale_down, service.now);
  } else {
    stable = hpa::stabilize(log_, wanted, options_.stabilization, service.now);
    allowed = hpa::limit_legacy(current, stable, options_.replicas);
  }
  if (stable != wanted) reason += fmt::format("; {} by earlier proposals", stable);
  if (allowed != stable) reason += fmt::format("; limited to {}", allowed);
  return rescaled(service, allowed, std::move(reason));
}

ScalingDecision Hpa::rescaled(const ServiceView& service, int replicas, std::string reason) {
  const int change = replicas - service.current_replicas;
  if (options_.behavior && change > 0) hpa::store_event(events_.up, behavior_.scale_up, change, service.now);
  if (options_.behavior && change < 0) hpa::store_event(events_.down, behavior_.scale_down, -change, service.now);
  return {replicas, std::move(reason)};
}

const bool offered = offer<Autoscaler, Hpa>("hpa", "Kubernetes Horizontal Pod Autoscaler: hold resource usage at a target");

}  // namespace
}  // namespace headroom
