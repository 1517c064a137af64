// Emergency: when traffic is a multiple of what is usual, step up at once, stay, and come down by and by.
//
//   usual    = exponentially weighted mean of the metric, which stands still during an emergency
//   spike:   metric > spike × usual          -> replicas before × max(step, metric / usual), at once and never fewer meanwhile
//   normal:  metric <= normal × usual, for a while -> fewer by a share of the most every few minutes, back to those before
//   a spike that lasts longer than `longest` is what is usual from then on, and the replicas it takes stay
//
// In calm times it asks for nothing: beside other policies it overrides their cooldowns and holds their steps in back, no more.
//
// Source:  Roberts, Control chart tests based on geometric moving averages (1959), for what is usual; Knative's panic mode for
//          the spike of twice the usual and for not going down meanwhile (pkg/autoscaler/scaling/autoscaler.go).
// Differs: the threshold is a multiple, not a number of standard deviations: traffic by the hour is no stationary process.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "policies/autoscaling/own_metric.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Emergency final : public Autoscaler {
 public:
  struct Options {
    std::optional<MetricName> metric;
    double spike = 2.0, normal = 1.2, step = 2.0, least = 0.0;
    Duration memory{std::chrono::minutes{30}}, learning{std::chrono::minutes{10}};
    Duration calm{std::chrono::minutes{10}}, longest{std::chrono::hours{2}};
    Ratio descent{0.1};
    Duration descent_every{std::chrono::minutes{5}};
    IntegerRange replicas{1, 10'000};
    Duration period{std::chrono::seconds{15}};

    void describe(Fields& field);
    FieldProblems problems() const;
  };

  Emergency(const Options& options, const Context& context)
      : options_{options}, selector_{own_metric(options.metric ? options.metric->name : "rate requests", context)} {}

  Duration period() const override { return options_.period; }
  ScalingDecision decide(const ServiceView& service) override;
  std::vector<MetricSelector> watched() const override { return {selector_}; }

 private:
  enum class Mode { calm, emergency, descent };

  bool is_spike(double value) const;
  void learn(const ScrapedValue& seen);
  int times_before(double factor) const;
  ScalingDecision watch(const ScrapedValue& seen, const ServiceView& service);
  ScalingDecision stay_up(double value, const ServiceView& service);
  ScalingDecision come_down(double value, const ServiceView& service);
  ScalingDecision hold(std::string reason) const;
  ScalingDecision rest(const ServiceView& service, std::string reason) const;

  Options options_;
  MetricSelector selector_;
  Mode mode_ = Mode::calm;
  std::optional<SimTime> first_seen_, last_seen_;
  double usual_ = 0.0;
  int before_ = 0;  // replicas, when the spike came
  int most_ = 0;    // that it has taken
  int held_ = 0;    // not fewer than these now
  SimTime since_, next_descent_;
  std::optional<SimTime> normal_since_;
};

void Emergency::Options::describe(Fields& field) {
  const Range upkeep = between(Duration{0}, std::chrono::hours{24 * 7});
  field("metric", metric, "the traffic; rate requests of this service when it is not given")(
      "spike", spike, "times what is usual: above it is an emergency", between(1.01, 1000.0))(
      "normal", normal, "times what is usual: up to here traffic has become normal again", between(1.0, 1000.0))(
      "step", step, "times as many replicas at once, or as many more as there is more traffic", between(1.0, 1000.0))(
      "least", least, "of the metric, in its base unit: nothing below this is an emergency", at_least(0.0))(
      "memory", memory, "time over which what is usual follows the traffic", more_than(0.0))(
      "learning", learning, "of traffic before anything is a spike", upkeep)(
      "calm", calm, "traffic must have been normal for this long before the way down begins", upkeep)(
      "longest", longest, "a spike that lasts this long is what is usual", upkeep)(
      "descent", descent, "of the most replicas, that go at each step down; at least one", between(0.0, 1.0))(
      "descent_every", descent_every, "between two steps down", between(std::chrono::seconds{1}, std::chrono::hours{24}))(
      "replicas", replicas, "never fewer, never more", between(0, 100'000))(
      "period", period, "how often it looks", between(std::chrono::seconds{1}, std::chrono::hours{1}));
}

FieldProblems Emergency::Options::problems() const {
  if (normal >= spike)
    return {{"normal", fmt::format("is {:g}, not below the spike of {:g}; between the two an emergency goes on", normal, spike)}};
  return {};
}

bool Emergency::is_spike(double value) const {
  return usual_ > 0.0 && value > options_.spike * usual_ && value >= options_.least;
}

// The first value is what is usual; each later one counts by the time since the one before.
void Emergency::learn(const ScrapedValue& seen) {
  if (!first_seen_) {
    first_seen_ = seen.at;
    usual_ = seen.value;
  } else {
    const double share = -std::expm1(-to_seconds(seen.at - *last_seen_) / to_seconds(options_.memory));
    usual_ += share * (seen.value - usual_);
  }
  last_seen_ = seen.at;
}

// So many times the replicas from before the spike, within the range.
int Emergency::times_before(double factor) const {
  const double wanted = std::ceil(before_ * factor - 1e-9);
  return static_cast<int>(std::clamp(wanted, double(options_.replicas.low), double(options_.replicas.high)));
}

ScalingDecision Emergency::decide(const ServiceView& service) {
  const auto seen = service.metrics ? service.metrics->read(selector_) : std::nullopt;
  if (!seen) return mode_ == Mode::calm ? rest(service, "the metric has no value") : hold("the metric has no value");
  switch (mode_) {
    case Mode::calm: return watch(*seen, service);
    case Mode::emergency: return stay_up(seen->value, service);
    case Mode::descent: return come_down(seen->value, service);
  }
  return rest(service, {});
}

ScalingDecision Emergency::watch(const ScrapedValue& seen, const ServiceView& service) {
  const bool has_learnt = first_seen_ && seen.at - *first_seen_ >= options_.learning;
  if (!has_learnt || !is_spike(seen.value)) {
    if (!last_seen_ || seen.at > *last_seen_) learn(seen);
    return rest(service, fmt::format("{} {:.4g}, {:.4g} are usual", selector_.metric, seen.value, usual_));
  }
  mode_ = Mode::emergency;
  since_ = service.now;
  before_ = std::max(1, service.current_replicas);
  held_ = most_ = 0;
  return stay_up(seen.value, service);
}

ScalingDecision Emergency::stay_up(double value, const ServiceView& service) {
  if (value > options_.normal * usual_) {
    normal_since_.reset();
    // Between normal and spike nothing more is needed than what the spike has taken.
    if (is_spike(value)) most_ = std::max(most_, times_before(std::max(options_.step, value / usual_)));
    held_ = most_;
    if (service.now - since_ < options_.longest)
      return hold(fmt::format("emergency: {} {:.4g}, {:.4g} are usual", selector_.metric, value, usual_));
    before_ = times_before(value / usual_);
    usual_ = value;
  } else {
    if (!normal_since_) normal_since_ = service.now;
    if (service.now - *normal_since_ < options_.calm) return hold("emergency: traffic is normal again, but not for long");
  }
  mode_ = Mode::descent;
  next_descent_ = service.now;
  return come_down(value, service);
}

ScalingDecision Emergency::come_down(double value, const ServiceView& service) {
  if (is_spike(value)) {
    mode_ = Mode::emergency;
    since_ = service.now;
    return stay_up(value, service);
  }
  if (service.now >= next_descent_) {
    held_ -= std::max(1, static_cast<int>(std::ceil(options_.descent.value * most_ - 1e-9)));
    next_descent_ += options_.descent_every;
  }
  const bool is_down = held_ <= before_;
  if (!is_down) return hold("after the emergency");
  mode_ = Mode::calm;
  normal_since_.reset();
  last_seen_ = service.now;
  held_ = before_;
  return hold("the emergency is over");
}

ScalingDecision Emergency::hold(std::string reason) const {
  const int held = std::clamp(held_, options_.replicas.low, options_.replicas.high);
  return {held, fmt::format("{}: {} wanted", reason, held)};
}

ScalingDecision Emergency::rest(const ServiceView& service, std::string reason) const {
  return {.replicas = std::clamp(service.current_replicas, options_.replicas.low, options_.replicas.high),
          .reason = std::move(reason),
          .abstains = true};
}

const bool offered =
    offer<Autoscaler, Emergency>("emergency", "a spike of traffic: up at once, past all cooldowns; down by and by");

}  // namespace
}  // namespace headroom
