// Serverless concurrency: Knative's pod autoscaler, which holds the requests in progress per replica, panics and goes to none.
//
//   target  = concurrency × utilization; averages over a stable window and a tenth of it        (kpa_arithmetic.hpp)
//   none    once none were wanted for the grace period, and not before a stable window since the first replica came
//
// Source:  knative/serving, pkg/autoscaler/scaling/autoscaler.go, pkg/reconciler/autoscaling/kpa/scaler.go; shipped numbers of
//          config-autoscaler.
// Differs: the windows hold the values scraped, not one of each second; where the short one holds none, the newest counts. The
//          activator is not modelled: while there are no replicas, the requests that wait are those the metric shows.
#include <fmt/format.h>

#include "policies/autoscaling/kpa_arithmetic.hpp"
#include "policies/autoscaling/own_metric.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class ServerlessConcurrency final : public Autoscaler {
 public:
  struct Options {
    std::optional<MetricName> metric;
    double target = 100.0;
    Ratio utilization{0.7};
    IntegerRange replicas{0, 10'000};
    Duration stable_window = kpa::Spec{}.stable_window;
    Ratio panic_window{0.1}, panic_threshold{kpa::Spec{}.panic_threshold};
    double max_scale_up_rate = kpa::Spec{}.max_scale_up_rate, max_scale_down_rate = kpa::Spec{}.max_scale_down_rate;
    Duration scale_down_delay = kpa::Spec{}.scale_down_delay;
    int activation_scale = kpa::Spec{}.activation_scale;
    Duration scale_to_zero_grace{std::chrono::seconds{30}}, last_replica_retention{};
    Duration period{std::chrono::seconds{2}};

    void describe(Fields& field);
  };

  ServerlessConcurrency(const Options& options, const Context& context)
      : options_{options}, selector_{own_metric(options.metric ? options.metric->name : "avg in_flight", context)} {}

  Duration period() const override { return options_.period; }
  ScalingDecision decide(const ServiceView& service) override;
  std::vector<MetricSelector> watched() const override { return {selector_}; }

 private:
  struct Sample {
    SimTime at;
    double value;
  };

  kpa::Spec spec() const;
  void scrape(const ServiceView& service);
  std::optional<kpa::Averages> averages(SimTime now) const;
  ScalingDecision towards_none(const ServiceView& service);

  Options options_;
  MetricSelector selector_;
  std::deque<Sample> samples_;  // oldest first
  std::optional<kpa::Decider> decider_;
  std::optional<SimTime> some_since_, none_wanted_since_;
};

void ServerlessConcurrency::Options::describe(Fields& field) {
  const Range upkeep = between(Duration{0}, std::chrono::hours{1});
  field("metric", metric, "of the whole service: avg in_flight when it is not given, or rate requests")(
      "target", target, "of the metric per replica, in its base unit, at full utilization", at_least(0.01))(
      "utilization", utilization, "of the target, that is aimed at", between(0.01, 1.0))(
      "replicas", replicas, "never fewer, never more", between(0, 100'000))(
      "stable_window", stable_window, "over which the metric is averaged in calm times",
      between(std::chrono::seconds{6}, std::chrono::hours{1}))(
      "panic_window", panic_window, "of the stable window, the share over which a surge is averaged", between(0.01, 1.0))(
      "panic_threshold", panic_threshold, "of the replicas that are ready, the share wanted that is a panic: 2 is twice as many",
      between(1.1, 10.0))("max_scale_up_rate", max_scale_up_rate, "times as many as are ready, at most", more_than(1.0))(
      "max_scale_down_rate", max_scale_down_rate, "the part of those ready that stays, at least: 2 is half of them",
      more_than(1.0))("scale_down_delay", scale_down_delay, "go down only to the most that was wanted in this time", upkeep)(
      "activation_scale", activation_scale, "at least so many while there is anything to do", between(1, 100'000))(
      "scale_to_zero_grace", scale_to_zero_grace, "none must have been wanted for this long before the last replica goes",
      upkeep)("last_replica_retention", last_replica_retention, "that the last replica stays beyond this", upkeep)(
      "period", period, "how often it looks", between(std::chrono::seconds{1}, std::chrono::minutes{1}));
}

kpa::Spec ServerlessConcurrency::spec() const {
  return {.target = options_.target * options_.utilization.value,
          .panic_threshold = options_.panic_threshold.value,
          .max_scale_up_rate = options_.max_scale_up_rate,
          .max_scale_down_rate = options_.max_scale_down_rate,
          .stable_window = options_.stable_window,
          .scale_down_delay = options_.scale_down_delay,
          .activation_scale = options_.activation_scale};
}

void ServerlessConcurrency::scrape(const ServiceView& service) {
  const auto scraped = service.metrics ? service.metrics->read(selector_) : std::nullopt;
  if (scraped && (samples_.empty() || samples_.back().at < scraped->at)) samples_.push_back({scraped->at, scraped->value});
  while (!samples_.empty() && service.now - samples_.front().at >= options_.stable_window) samples_.pop_front();
}

std::optional<kpa::Averages> ServerlessConcurrency::averages(SimTime now) const {
  if (samples_.empty()) return std::nullopt;
  const Duration panic_window = to_duration(to_seconds(options_.stable_window) * options_.panic_window.value);
  double all = 0.0, recent = 0.0;
  int recent_count = 0;
  for (const Sample& sample : samples_) {
    all += sample.value;
    if (now - sample.at >= panic_window) continue;
    recent += sample.value;
    ++recent_count;
  }
  return kpa::Averages{all / static_cast<double>(samples_.size()),
                       recent_count > 0 ? recent / recent_count : samples_.back().value};
}

ScalingDecision ServerlessConcurrency::decide(const ServiceView& service) {
  if (!decider_) decider_.emplace(spec(), service.ready_replicas, service.now);
  if (service.current_replicas == 0)
    some_since_.reset();
  else if (!some_since_)
    some_since_ = service.now;
  scrape(service);
  const auto seen = averages(service.now);
  if (!seen) return {service.current_replicas, "the metric has no value; left alone"};
  const kpa::Verdict verdict = decider_->decide(*seen, service.ready_replicas, service.now);
  const int wanted = std::clamp(verdict.replicas, options_.replicas.low, options_.replicas.high);
  if (wanted == 0 && service.current_replicas > 0) return towards_none(service);
  none_wanted_since_.reset();
  std::string reason = fmt::format("{} {:.4g} ({:.4g} lately) for {:.4g} per replica: {} wanted of {}", selector_.metric,
                                   seen->stable, seen->panic, spec().target, verdict.replicas, service.current_replicas);
  if (verdict.panics) reason += ", in panic";
  if (wanted != verdict.replicas) reason += fmt::format("; held to {}", wanted);
  return {wanted, std::move(reason)};
}

// The grace period counts from when the service could have been given up: a stable window after its first replica came.
ScalingDecision ServerlessConcurrency::towards_none(const ServiceView& service) {
  if (service.now - *some_since_ < options_.stable_window) return {1, "nothing to do; one stays for a stable window"};
  if (!none_wanted_since_) none_wanted_since_ = service.now;
  if (service.now - *none_wanted_since_ < options_.scale_to_zero_grace + options_.last_replica_retention)
    return {service.current_replicas, "nothing to do; within the grace period"};
  return {0, "nothing to do since the grace period began: none wanted"};
}

const bool offered = offer<Autoscaler, ServerlessConcurrency>(
    "serverless-concurrency", "Knative: requests in progress per replica, with a panic window, to none and back");

}  // namespace
}  // namespace headroom
