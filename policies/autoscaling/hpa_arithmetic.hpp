// The arithmetic of the Horizontal Pod Autoscaler: one pass of its controller, from what its metrics propose to the replicas it
// asks for and the conditions it reports. What one metric proposes is in hpa_proposals.hpp, rate limits and windows in
// hpa_limits.hpp.
//
// Headers beside a policy are an exception: upstream tests these steps one by one (a log afterwards, an event replaced), and
// those facts cannot be seen through decide(). Others that act through an autoscaler of this kind use them too.
//
// Source: kubernetes/kubernetes, pkg/controller/podautoscaler/horizontal.go.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/autoscaling/hpa_limits.hpp"
#include "policies/autoscaling/hpa_proposals.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/time.hpp"

namespace headroom::hpa {

struct Behavior {
  static constexpr std::string_view type_name = "hpa_behavior";
  ScalingRules scale_up = default_scale_up();
  ScalingRules scale_down = default_scale_down();

  void describe(Fields& field) {
    field("scale_up", scale_up, "limits on the way up; default: 100 % or 4 pods per 15 s, the larger")(
        "scale_down", scale_down, "limits on the way down; default: 100 % per 15 s");
  }
};

// A direction that says none has the common one. Up to release 1.32 there is only that, `of_the_distance` from 1.
inline Tolerance tolerance_of(Ratio common, const std::optional<Behavior>& behavior, bool of_the_distance = false) {
  if (!behavior) return {common.value, common.value, of_the_distance};
  return {behavior->scale_up.tolerance.value_or(common).value, behavior->scale_down.tolerance.value_or(common).value,
          of_the_distance};
}

struct Settings {
  IntegerRange replicas{1, 10'000};
  Duration stabilization{std::chrono::minutes{5}};  // on the way down, unless the behavior says
  std::optional<Behavior> behavior;
};

// What one metric came to. `failure_reason` is the condition's ("FailedGetResourceMetric") if the proposal failed.
struct MetricOutcome {
  Proposal proposal;
  std::string_view failure_reason;
};

// Conditions as `kubectl describe hpa` prints them, "True/SucceededRescale"; empty: a pass did not get as far.
struct Conditions {
  std::string able_to_scale, scaling_active, scaling_limited;
};

// What the cluster did not give a pass. A simulated one gives everything; a recorded one may not.
enum class Fault { none, get_scale, selector_missing, ambiguous_selector, update_scale };

// What a pass came to. `replicas` is asked for, unless that failed: then all stays.
struct Outcome {
  int replicas = 0;
  Conditions conditions{};
  bool is_error = false;
  std::optional<std::size_t> metric{};  // whose proposal counted
  int stable = 0;                       // that proposal after stabilisation
  Limited limited{};                    // and after its limits
  std::string failure{};                // of the first metric that failed
};

// The largest proposal; of metrics that fail, the others may ask for more, never for less.
inline Outcome largest_proposal(const std::vector<MetricOutcome>& metrics, int current) {
  Outcome outcome{.replicas = current};
  const MetricOutcome* failure = nullptr;
  int largest = 0;
  std::size_t failures = 0;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const Proposal& proposal = metrics[i].proposal;
    if (!proposal.failure.empty()) {
      failure = failure == nullptr ? &metrics[i] : failure;
      ++failures;
    } else if (largest == 0 || proposal.replicas > largest) {
      largest = proposal.replicas;
      outcome.metric = i;
    }
  }
  outcome.is_error = failures > 0;
  if (failure != nullptr) outcome.failure = failure->proposal.failure;
  outcome.conditions.scaling_active = "True/ValidMetricFound";
  if (failure != nullptr && (failures == metrics.size() || largest < current)) {
    outcome.conditions.scaling_active = "False/" + std::string{failure->failure_reason};
    outcome.metric.reset();
  }
  return outcome;
}

class Controller {
 public:
  Controller() = default;
  // With a history; recommendations none: the size met first becomes one, so that a restarted autoscaler does not shrink at once.
  Controller(std::optional<std::vector<Recommendation>> log, ScaleEvents events)
      : log_{log.value_or(std::vector<Recommendation>{})}, events_{std::move(events)}, knows_its_past_{log.has_value()} {}

  // `measure()` gives a std::vector<MetricOutcome>; asked only where the metrics are looked at.
  template <class Measure>
  Outcome pass(const Settings& settings, int current, SimTime now, Measure&& measure, Fault fault = Fault::none) {
    Outcome outcome{.replicas = current};
    if (fault == Fault::get_scale) {
      outcome.conditions.able_to_scale = "False/FailedGetScale";
      outcome.is_error = true;
      return outcome;
    }
    outcome.conditions.able_to_scale = "True/SucceededGetScale";
    if (!std::exchange(knows_its_past_, true)) log_.push_back({current, now});
    const IntegerRange& range = settings.replicas;
    if (current == 0 && range.low != 0) {
      outcome.conditions.scaling_active = "False/ScalingDisabled";
      return outcome;
    }
    if (current > range.high || current < range.low) {
      return ask_for(current > range.high ? range.high : range.low, std::move(outcome), settings, current, now, fault);
    }
    if (fault == Fault::selector_missing || fault == Fault::ambiguous_selector) {
      outcome.conditions.scaling_active = fault == Fault::selector_missing ? "False/InvalidSelector" : "False/AmbiguousSelector";
      outcome.is_error = true;
      return outcome;
    }
    const std::vector<MetricOutcome> metrics = measure();
    outcome = largest_proposal(metrics, current);
    outcome.conditions.able_to_scale = "True/SucceededGetScale";
    if (!outcome.metric) return outcome;
    normalize(metrics[*outcome.metric].proposal.replicas, outcome, settings, current, now);
    const int wanted = outcome.limited.replicas;
    return wanted == current ? outcome : ask_for(wanted, std::move(outcome), settings, current, now, fault);
  }

 private:
  void normalize(int wanted, Outcome& outcome, const Settings& settings, int current, SimTime now) {
    std::string_view stabilised = "ScaleDownStabilized";
    if (settings.behavior) {
      const Behavior& behavior = *settings.behavior;
      outcome.stable = stabilize(log_, current, wanted, behavior.scale_up.stabilization.value_or(Duration{0}),
                                 behavior.scale_down.stabilization.value_or(settings.stabilization), now);
      outcome.limited =
          limit_rate(current, outcome.stable, settings.replicas, events_, behavior.scale_up, behavior.scale_down, now);
      if (wanted >= current) stabilised = "ScaleUpStabilized";
    } else {
      outcome.stable = stabilize(log_, wanted, settings.stabilization, now);
      outcome.limited = limit_legacy(current, outcome.stable, settings.replicas);
    }
    outcome.conditions.able_to_scale = "True/" + std::string{outcome.stable == wanted ? "ReadyForNewScale" : stabilised};
    const bool within = outcome.limited.replicas == outcome.stable;
    outcome.conditions.scaling_limited = (within ? "False/" : "True/") + std::string{outcome.limited.reason};
  }

  Outcome ask_for(int replicas, Outcome outcome, const Settings& settings, int current, SimTime now, Fault fault) {
    if (fault == Fault::update_scale) {
      outcome.conditions.able_to_scale = "False/FailedUpdateScale";
      outcome.is_error = true;
      return outcome;
    }
    outcome.replicas = replicas;
    outcome.conditions.able_to_scale = "True/SucceededRescale";
    if (settings.behavior && replicas > current) store_event(events_.up, settings.behavior->scale_up, replicas - current, now);
    if (settings.behavior && replicas < current)
      store_event(events_.down, settings.behavior->scale_down, current - replicas, now);
    return outcome;
  }

  std::vector<Recommendation> log_;
  ScaleEvents events_;
  bool knows_its_past_ = false;
};

}  // namespace headroom::hpa
