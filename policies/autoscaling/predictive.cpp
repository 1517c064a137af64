// Predictive: replicas for the demand that a forecaster expects while a new replica would still be on its way.
//
//   every step:   mean of the metric into the history, and a forecast of it
//   trusted:      its errors, `horizon` ahead over the last `judged` steps, are less than those of the naive forecast
//   replicas =    max(ceil(largest forecast within the horizon × (1 + margin) / per_replica), those of the reactive policy)
//   otherwise:    those of the reactive policy alone
//
// The reactive policy is any other, as {"policy": "hpa", …}; without one it is ceil(newest value / per_replica).
//
// Source:  Amazon EC2 Auto Scaling user guide, "Predictive scaling": capacity for the forecast load ahead of time, the larger of
//          forecast and dynamic scaling counts. Hyndman and Koehler (2006) for errors relative to those of the naive forecast.
// Differs: there a person compares and decides whether a forecast acts; here it falls back by itself, and says so. Forecasts are
//          made anew every step, not once a day.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "policies/autoscaling/own_metric.hpp"
#include "policies/autoscaling/rhythm.hpp"
#include "policies/autoscaling/step_means.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/back_test.hpp"

namespace headroom {
namespace {

class Predictive final : public Autoscaler {
 public:
  struct Options {
    std::optional<MetricName> metric;
    double per_replica = 0.0;
    PolicyChoice forecaster = choice_of<Forecaster>("holt-winters");
    PolicyChoice reactive = choice_of<Autoscaler>();
    Duration horizon{std::chrono::minutes{5}}, step{std::chrono::minutes{1}};
    Duration history{std::chrono::hours{24 * 7}};
    int judged = 30;
    Ratio margin{0.0};
    IntegerRange replicas{1, 10'000};
    Duration period{std::chrono::seconds{15}};

    void describe(Fields& field);
    FieldProblems problems() const;
  };

  Predictive(const Options& options, const Context& context);

  Duration period() const override;
  ScalingDecision decide(const ServiceView& service) override;
  FieldProblems problems() const override;
  std::vector<MetricSelector> watched() const override;

 private:
  // Of one value, `horizon` steps before it was seen.
  struct Foretold {
    double forecast = 0.0, naive = 0.0;
  };

  void observe(std::optional<double> value);
  void judge(double value);
  std::string doubt() const;  // why the forecast is not trusted; empty: it is
  int replicas_for(double demand) const;
  ScalingDecision react(const ServiceView& service);

  Options options_;
  StepMeans means_;
  std::unique_ptr<Forecaster> forecaster_;
  std::unique_ptr<Autoscaler> reactive_;  // none: by the newest value
  Rhythm looking_, reacting_;
  std::size_t ahead_;                             // steps of the horizon
  std::vector<double> history_;                   // oldest first
  std::deque<std::optional<Foretold>> foretold_;  // of the next `ahead_` steps, the nearest first; none: no forecast
  std::deque<Foretold> errors_;                   // absolute, of the last `judged`
  std::optional<double> largest_;                 // of the newest forecast
  bool is_blind_ = false;                         // the last step had no value
  std::optional<ScalingDecision> last_reaction_;  // none until it has first looked
};

void Predictive::Options::describe(Fields& field) {
  field("metric", metric, "the demand on the whole service; rate requests of this service when it is not given")
      .required("per_replica", per_replica, "of the metric that a replica carries, in its base unit", more_than(0.0));
  field("forecaster", forecaster, "what foretells the metric")(
      "reactive", reactive, "policy that it never goes below and falls back on; without it, the newest value by per_replica")(
      "horizon", horizon, "how far ahead: as long as a replica takes to be ready, its node included", more_than(0.0))(
      "step", step, "of the history: its values are means of so long", between(std::chrono::seconds{1}, std::chrono::hours{24}))(
      "history", history, "that the forecaster is given", more_than(0.0))(
      "judged", judged, "steps over which its errors are compared with those of the naive forecast", between(1, 10'000))(
      "margin", margin, "on top of the forecast", between(0.0, 10.0))("replicas", replicas, "never fewer, never more",
                                                                      between(0, 100'000))(
      "period", period, "how often it reads the metric and decides", between(std::chrono::seconds{1}, std::chrono::hours{1}));
}

FieldProblems Predictive::Options::problems() const {
  FieldProblems found;
  if (step.count() % period.count() != 0)
    found.emplace_back("period", fmt::format("is {}, of which a step of {} is no whole number", to_text(period), to_text(step)));
  if (horizon < step)
    found.emplace_back("horizon",
                       fmt::format("is {}, less than a step of {}; shorten the step", to_text(horizon), to_text(step)));
  if (history / step > 100'000)
    found.emplace_back("history", fmt::format("is {}, more than 100000 steps of {}", to_text(history), to_text(step)));
  return found;
}

Predictive::Predictive(const Options& options, const Context& context)
    : options_{options},
      means_{own_metric(options.metric ? options.metric->name : "rate requests", context), options.step},
      forecaster_{RegistryOf<Forecaster>::instance().make(options.forecaster, {.step = options.step})},
      reactive_{options.reactive.chosen() ? RegistryOf<Autoscaler>::instance().make(options.reactive, context) : nullptr},
      looking_{options.period},
      reacting_{reactive_ ? reactive_->period() : options.period},
      ahead_{static_cast<std::size_t>(std::max(1.0, std::ceil(to_seconds(options.horizon) / to_seconds(options.step) - 1e-9)))},
      foretold_(ahead_) {}

Duration Predictive::period() const { return Duration{std::gcd(looking_.period().count(), reacting_.period().count())}; }

FieldProblems Predictive::problems() const {
  FieldProblems found;
  for (auto& [field, sentence] : forecaster_->problems()) found.emplace_back("forecaster/" + field, std::move(sentence));
  if (!reactive_) return found;
  for (auto& [field, sentence] : reactive_->problems()) found.emplace_back("reactive/" + field, std::move(sentence));
  return found;
}

std::vector<MetricSelector> Predictive::watched() const {
  std::vector<MetricSelector> all = reactive_ ? reactive_->watched() : std::vector<MetricSelector>{};
  if (std::ranges::find(all, means_.selector()) == all.end()) all.push_back(means_.selector());
  return all;
}

// ---- the forecast ------------------------------------------------------------------------------------------------------------

void Predictive::judge(double value) {
  if (const std::optional<Foretold>& of_now = foretold_.front()) {
    errors_.push_back({std::abs(value - of_now->forecast), std::abs(value - of_now->naive)});
    if (static_cast<int>(errors_.size()) > options_.judged) errors_.pop_front();
  }
}

// A step without a value goes on as the one before, is not judged, and nothing is trusted meanwhile.
void Predictive::observe(std::optional<double> value) {
  is_blind_ = !value;
  if (is_blind_ && history_.empty()) return;
  if (value) judge(*value);
  history_.push_back(value.value_or(history_.empty() ? 0.0 : history_.back()));
  const auto most = static_cast<std::size_t>(std::max<Duration::rep>(1, options_.history / options_.step));
  if (history_.size() > most) history_.erase(history_.begin());
  const std::vector<double> forecast = forecaster_->forecast(history_, ahead_);
  foretold_.pop_front();
  foretold_.push_back(forecast.empty() ? std::nullopt : std::optional{Foretold{forecast.back(), history_.back()}});
  largest_ = forecast.empty() ? std::nullopt : std::optional{*std::ranges::max_element(forecast)};
}

std::string Predictive::doubt() const {
  if (is_blind_) return "the metric has no value";
  if (!largest_) return "too short a history to forecast";
  if (static_cast<int>(errors_.size()) < options_.judged)
    return fmt::format("forecast judged by {} of {} steps", errors_.size(), options_.judged);
  Foretold sum;
  for (const Foretold& error : errors_) sum = {sum.forecast + error.forecast, sum.naive + error.naive};
  if (sum.forecast < sum.naive) return {};
  return fmt::format("forecast no better than naive ({:.2f} of its error)", relative_error(sum.forecast, sum.naive));
}

int Predictive::replicas_for(double demand) const {
  const double wanted = std::ceil(std::max(0.0, demand) / options_.per_replica - 1e-9);
  return static_cast<int>(std::clamp(wanted, double(options_.replicas.low), double(options_.replicas.high)));
}

// ---- the decision ------------------------------------------------------------------------------------------------------------

ScalingDecision Predictive::react(const ServiceView& service) {
  if (reactive_) {
    if (reacting_.is_due(service.now)) last_reaction_ = reactive_->decide(service);
    ScalingDecision reaction = last_reaction_.value_or(ScalingDecision{.abstains = true});
    if (reaction.abstains) reaction.replicas = service.current_replicas;
    if (reaction.bounds) reaction.replicas = std::clamp(reaction.replicas, reaction.bounds->low, reaction.bounds->high);
    return reaction;
  }
  const auto scraped = service.metrics ? service.metrics->read(means_.selector()) : std::nullopt;
  if (!scraped) return {service.current_replicas, "no value to react to"};
  return {replicas_for(scraped->value), fmt::format("{} {:.4g}", means_.selector().metric, scraped->value)};
}

ScalingDecision Predictive::decide(const ServiceView& service) {
  for (const std::optional<double>& value : means_.read(service.metrics, service.now)) observe(value);
  ScalingDecision reaction = react(service);
  reaction.replicas = std::clamp(reaction.replicas, options_.replicas.low, options_.replicas.high);
  if (const std::string why_not = doubt(); !why_not.empty()) {
    reaction.reason = fmt::format("{}; reactive: {}: {} wanted", why_not, reaction.reason, reaction.replicas);
    return reaction;
  }
  int foreseen = replicas_for(*largest_ * (1.0 + options_.margin.value));
  if (reaction.bounds) foreseen = std::clamp(foreseen, reaction.bounds->low, reaction.bounds->high);
  const std::string forecast = fmt::format("up to {:.4g} foretold within {} by {}: {} wanted", *largest_,
                                           to_text(options_.horizon), options_.forecaster.name, foreseen);
  if (reaction.abstains || foreseen >= reaction.replicas)
    return {.replicas = foreseen, .reason = forecast, .bounds = reaction.bounds};
  reaction.reason = fmt::format("{}; reactive: {}: {} wanted", forecast, reaction.reason, reaction.replicas);
  return reaction;
}

const bool offered = offer<Autoscaler, Predictive>(
    "predictive", "for the demand foretold; falls back to a reactive policy when that is no better");

}  // namespace
}  // namespace headroom
