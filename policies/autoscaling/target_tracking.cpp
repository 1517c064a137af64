// Target tracking: as many replicas as bring a metric that falls as they grow to its target.
//
//   wanted = ceil(replicas × metric / target)
//   out: once the metric has been above the target for 3 minutes in a row
//   in:  once it has been below 90 % of the target for 15 minutes in a row, and a cooldown is over
//   during the cooldown after a step out, wanted counts from the replicas before that step: only a larger step changes anything
//
// Source:  AWS Application Auto Scaling user guide, "How target tracking works" and "Define cooldown periods"; its alarms
// (minutes,
//          90 %) as it creates them for Amazon ECS services; cooldowns of 300 s.
// Differs: the arithmetic of a step is not published beyond "in proportion", rounded so that too many stay rather than too few.
//          A minute without a value breaks the row.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>

#include "policies/autoscaling/own_metric.hpp"
#include "policies/autoscaling/step_means.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class TargetTracking final : public Autoscaler {
 public:
  struct Options {
    std::optional<MetricName> metric;
    double target = 0.0;
    bool per_replica = false;
    IntegerRange replicas{1, 10'000};
    Duration scale_out_cooldown{std::chrono::seconds{300}}, scale_in_cooldown{std::chrono::seconds{300}};
    bool disable_scale_in = false;
    Duration period{std::chrono::seconds{60}}, sampling{std::chrono::seconds{15}};
    int out_periods = 3, in_periods = 15;
    Ratio in_below{0.9};

    void describe(Fields& field);
    FieldProblems problems() const;
  };

  TargetTracking(const Options& options, const Context& context)
      : options_{options}, means_{own_metric(options.metric ? options.metric->name : "avg cpu", context), options.period} {}

  Duration period() const override { return options_.sampling; }
  ScalingDecision decide(const ServiceView& service) override;
  std::vector<MetricSelector> watched() const override { return {means_.selector()}; }

 private:
  void keep(std::optional<double> point, const ServiceView& service);
  template <class Holds>
  bool last_all(int count, const Holds& holds) const;
  ScalingDecision evaluate(const ServiceView& service);
  ScalingDecision scale_out(const ServiceView& service);
  ScalingDecision scale_in(const ServiceView& service);
  ScalingDecision stay(const ServiceView& service, std::string reason) const;
  int wanted_from(int replicas) const;
  std::string seen() const;

  Options options_;
  StepMeans means_;
  std::deque<std::optional<double>> points_;  // oldest first
  std::optional<SimTime> out_since_, in_since_;
  int before_out_ = 0;  // replicas, when the cooldown after a step out began
};

void TargetTracking::Options::describe(Fields& field) {
  const Range upkeep = between(Duration{0}, std::chrono::hours{24});
  field("metric", metric, "what is held; avg cpu of this service when it is not given")
      .required("target", target, "of the metric, in its base unit: 0.7 for 70 %", more_than(0.0));
  field("per_replica", per_replica, "the metric is that of the whole service and is divided by the replicas that are ready")(
      "replicas", replicas, "never fewer, never more", between(0, 100'000))(
      "scale_out_cooldown", scale_out_cooldown, "after a step out only a larger one counts for this long", upkeep)(
      "scale_in_cooldown", scale_in_cooldown, "after a step in no other one for this long; a step out ends it", upkeep)(
      "disable_scale_in", disable_scale_in, "never fewer; fewer is then the affair of other policies")(
      "period", period, "of the datapoints of the alarms", between(std::chrono::seconds{1}, std::chrono::hours{1}))(
      "sampling", sampling, "how often it reads the metric, of which a datapoint is the mean",
      between(std::chrono::seconds{1}, std::chrono::hours{1}))(
      "out_periods", out_periods, "datapoints in a row above the target before a step out", between(1, 1000))(
      "in_periods", in_periods, "datapoints in a row below before a step in", between(1, 1000))(
      "in_below", in_below, "of the target, that all of them are below", between(0.01, 1.0));
}

FieldProblems TargetTracking::Options::problems() const {
  if (period.count() % sampling.count() != 0)
    return {{"sampling", fmt::format("is {}, of which a period of {} is no whole number; write \"{}\"", to_text(sampling),
                                     to_text(period), to_text(period))}};
  return {};
}

ScalingDecision TargetTracking::decide(const ServiceView& service) {
  const auto ended = means_.read(service.metrics, service.now);
  if (ended.empty()) return stay(service, "between two datapoints");
  for (const std::optional<double>& point : ended) keep(point, service);
  return evaluate(service);
}

void TargetTracking::keep(std::optional<double> point, const ServiceView& service) {
  if (options_.per_replica && point && service.current_replicas > 0)
    point = service.ready_replicas > 0 ? std::optional{*point / service.ready_replicas} : std::nullopt;
  points_.push_back(point);
  const auto most = static_cast<std::size_t>(std::max(options_.out_periods, options_.in_periods));
  if (points_.size() > most) points_.pop_front();
}

template <class Holds>
bool TargetTracking::last_all(int count, const Holds& holds) const {
  if (static_cast<int>(points_.size()) < count) return false;
  return std::all_of(points_.end() - count, points_.end(), [&](const auto& point) { return point && holds(*point); });
}

// Of none as of one, or none would ever come. Held to the range; one that lies outside it from the start is brought in without an
// alarm.
int TargetTracking::wanted_from(int replicas) const {
  constexpr double rounding = 1e-9;  // 3 × 0.7 / 0.7 is 3
  const double wanted = std::ceil(std::max(1, replicas) * *points_.back() / options_.target - rounding);
  return static_cast<int>(std::clamp(wanted, double(options_.replicas.low), double(options_.replicas.high)));
}

ScalingDecision TargetTracking::evaluate(const ServiceView& service) {
  const int current = service.current_replicas;
  if (const int bound = std::clamp(current, options_.replicas.low, options_.replicas.high); bound != current)
    return {bound, fmt::format("{} is outside {} to {}", current, options_.replicas.low, options_.replicas.high)};
  if (last_all(options_.out_periods, [this](double value) { return value > options_.target; })) return scale_out(service);
  const double low = options_.in_below.value * options_.target;
  if (last_all(options_.in_periods, [low](double value) { return value < low; })) return scale_in(service);
  return stay(service, points_.back() ? seen() + ": no alarm" : "the metric has no value");
}

ScalingDecision TargetTracking::scale_out(const ServiceView& service) {
  const int current = service.current_replicas;
  const bool cools = out_since_ && service.now - *out_since_ < options_.scale_out_cooldown;
  const int wanted = wanted_from(cools ? before_out_ : current);
  if (wanted <= current) return stay(service, seen() + (cools ? ": cooling down after a step out" : ": as many as may be"));
  if (!cools) before_out_ = current;
  out_since_ = service.now;
  in_since_.reset();
  return {wanted, fmt::format("{} for {} datapoints: {} wanted of {}", seen(), options_.out_periods, wanted, current)};
}

ScalingDecision TargetTracking::scale_in(const ServiceView& service) {
  const int current = service.current_replicas;
  if (options_.disable_scale_in) return stay(service, seen() + ": scaling in is disabled");
  if (in_since_ && service.now - *in_since_ < options_.scale_in_cooldown)
    return stay(service, seen() + ": cooling down after a step in");
  const int wanted = wanted_from(current);
  if (wanted >= current) return stay(service, seen() + ": one less would be too few");
  in_since_ = service.now;
  return {wanted, fmt::format("{} for {} datapoints: {} wanted of {}", seen(), options_.in_periods, wanted, current)};
}

// Without scaling in, the number there is speaks for itself: others may go below.
ScalingDecision TargetTracking::stay(const ServiceView& service, std::string reason) const {
  return {.replicas = service.current_replicas, .reason = std::move(reason), .abstains = options_.disable_scale_in};
}

std::string TargetTracking::seen() const {
  return fmt::format("{} {:.4g} against {:.4g}", means_.selector().metric, *points_.back(), options_.target);
}

const bool offered = offer<Autoscaler, TargetTracking>("target-tracking",
                                                       "AWS target tracking: in proportion, by alarms of minutes and cooldowns");

}  // namespace
}  // namespace headroom
