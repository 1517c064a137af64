#include "decisions/dry_run.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "decisions/samples_read.hpp"
#include "decisions/service_observation.hpp"
#include "sim/core/metric_name.hpp"
#include "sim/core/registry.hpp"

namespace headroom::decisions {
namespace {

constexpr double before_the_history = -3600.0;  // pods of the beginning have been there for so long

using Values = std::vector<std::optional<double>>;

MetricSelector selector_of(const std::string& text) {
  ConditionError ignored;  // problems_of() compares with what the policy watches
  return parse_selector(text, ignored).value_or(MetricSelector{});
}

class Replay {
 public:
  Replay(const DryRun& run, const RecordedMetrics& history)
      : run_{run},
        history_{history},
        autoscaler_{RegistryOf<Autoscaler>::instance().make(run.choice, run.context)},
        recorded_{run.replicas_column.empty() ? nullptr : &history.column(run.replicas_column).values},
        marks_scraped_{std::ranges::find(run.metrics, "cpu", &ReplayedMetric::selector) == run.metrics.end()} {
    for (const ReplayedMetric& metric : run.metrics) {
      columns_.push_back(&history.column(metric.column).values);
      selectors_.push_back(metric.is_resource ? MetricSelector{} : selector_of(metric.selector));
    }
    replicas_ = run.replicas.value_or(static_cast<int>(std::lround(recorded_now(0).value_or(replicas_for_the_load()))));
    for (int i = 0; i < replicas_; ++i) add_pod(at_seconds(before_the_history));
  }

  void pass(double time, ScalingHistory& told) {
    while (row_ + 1 < history_.times.size() && history_.times[row_ + 1] <= time) ++row_;
    const SimTime now = at_seconds(time);
    for (PodView& pod : pods_) let_become_ready(pod, now);
    const auto ready = static_cast<int>(std::ranges::count_if(pods_, [](const PodView& pod) { return pod.ready; }));
    show_metrics(time, ready, told);
    const ServiceView view{.now = now,
                           .current_replicas = replicas_,
                           .status_replicas = static_cast<int>(pods_.size()),
                           .ready_replicas = ready,
                           .pods = pods_,
                           .metrics = &metrics_};
    const ScalingDecision decision = autoscaler_->decide(view);
    if (told.times.empty()) told.first_reason = decision.reason;
    if (decision.replicas != replicas_) told.changes.push_back({time, replicas_, decision.replicas, decision.reason});
    scale_to(std::max(decision.replicas, 0), now);
    told.times.push_back(time);
    told.replicas.push_back(replicas_);
    told.ready.push_back(ready);
    if (recorded_ != nullptr) told.recorded.push_back(recorded_now(row_));
  }

  double period() const { return to_seconds(autoscaler_->period()); }

 private:
  std::optional<double> recorded_now(std::size_t row) const { return recorded_ == nullptr ? std::nullopt : (*recorded_)[row]; }

  // As many as the load of the beginning takes at its targets, where they are shares of replicas.
  int replicas_for_the_load() const {
    double needed = run_.context.initial_replicas;
    for (std::size_t i = 0; i < run_.metrics.size(); ++i) {
      const ReplayedMetric& metric = run_.metrics[i];
      const std::optional<double> load = load_of(i, 0.0);
      if (load && metric.target && (metric.shown_per_replica || metric.is_share))
        needed = std::max(needed, std::ceil(*load / *metric.target));
    }
    return static_cast<int>(std::min<double>(needed, run_.context.replicas.high));
  }

  // Of all replicas together; none: nothing was recorded, or too long ago.
  std::optional<double> load_of(std::size_t metric, double time) const {
    const ReplayedMetric& one = run_.metrics[metric];
    const std::optional<double> value = (*columns_[metric])[row_];
    if (!value || time - history_.times[row_] > to_seconds(run_.stale_after)) return std::nullopt;
    if (!one.recorded_per_replica) return *value * one.scale;
    const std::optional<double> replicas = recorded_now(row_);
    return replicas ? std::optional{*value * one.scale * *replicas} : std::nullopt;
  }

  // The load in replicas at the target.
  static std::optional<double> needed_for(const ReplayedMetric& metric, double load, double shown, int ready) {
    if (!metric.target) return std::nullopt;
    if (metric.shown_per_replica || metric.is_share) return load / *metric.target;
    return shown / *metric.target * std::max(ready, 1);
  }

  void show_metrics(double time, int ready, ScalingHistory& told) {
    metrics_.clear();
    if (marks_scraped_) sample(false, 0.0, time);
    std::optional<double> needed;
    for (std::size_t i = 0; i < run_.metrics.size(); ++i) {
      const ReplayedMetric& metric = run_.metrics[i];
      const std::optional<double> load = load_of(i, time);
      std::optional<double> shown;
      if (load && !metric.shown_per_replica) shown = load;
      if (load && metric.shown_per_replica && ready > 0) shown = *load / ready;
      told.loads[i].values.push_back(shown);
      if (metric.is_resource) sample(metric.selector == "memory", shown, time);
      if (shown && !metric.is_resource) metrics_.set(selectors_[i], {*shown, at_seconds(history_.times[row_]), {}});
      const auto wanted = load ? needed_for(metric, *load, shown.value_or(*load), ready) : std::nullopt;
      if (wanted) needed = std::max(needed.value_or(0.0), *wanted);
    }
    const auto has_target = [](const ReplayedMetric& metric) { return metric.target.has_value(); };
    if (std::ranges::any_of(run_.metrics, has_target)) told.needed.push_back(needed);
  }

  // Ready pods share the load; one that starts has no sample yet.
  void sample(bool of_memory, std::optional<double> value, double time) {
    constexpr Duration window = std::chrono::seconds{15};
    for (PodView& pod : pods_) {
      std::optional<PodSample>& target = of_memory ? pod.memory : pod.cpu;
      target.reset();
      if (value && pod.ready) target = PodSample{*value, at_seconds(time), window};
    }
  }

  void add_pod(SimTime now) {
    PodView& pod = pods_.emplace_back();
    pod.started = pod.ready_changed = now;
    pod.ready = run_.start_up == Duration{} || now < start_of_time;
    pod.cpu_request = run_.cpu_request;
    pod.memory_request = run_.memory_request;
    pod.number = created_++;
  }
  void let_become_ready(PodView& pod, SimTime now) const {
    if (pod.ready || *pod.started + run_.start_up > now) return;
    pod.ready = true;
    pod.ready_changed = *pod.started + run_.start_up;
  }
  // The youngest go first.
  void scale_to(int replicas, SimTime now) {
    while (static_cast<int>(pods_.size()) < replicas) add_pod(now);
    pods_.resize(static_cast<std::size_t>(replicas));
    replicas_ = replicas;
  }

  const DryRun& run_;
  const RecordedMetrics& history_;
  std::unique_ptr<Autoscaler> autoscaler_;
  const Values* recorded_;
  bool marks_scraped_;  // pods have samples of the cpu that say nothing but that they are scraped
  std::vector<const Values*> columns_;
  std::vector<MetricSelector> selectors_;
  std::vector<PodView> pods_;
  GivenMetrics metrics_;
  std::size_t row_ = 0;
  int replicas_ = 0;
  std::uint64_t created_ = 0;
};

std::string origin_of(const ReplayedMetric& metric) {
  std::string text = "column " + metric.column;
  if (metric.scale != 1.0) text += fmt::format(" × {:g}", metric.scale);
  text += metric.recorded_per_replica ? ", recorded of each replica" : ", of all replicas together";
  return metric.is_share && metric.target ? text + fmt::format("; {:g} of it to each replica", *metric.target) : text;
}

}  // namespace

std::vector<std::string> problems_of(const DryRun& run) {
  std::vector<std::string> sentences;
  const auto autoscaler = RegistryOf<Autoscaler>::instance().make(run.choice, run.context);
  for (const auto& [field, sentence] : autoscaler->problems()) sentences.push_back("/" + field + ": " + sentence);
  for (const MetricSelector& selector : autoscaler->watched()) {
    const auto is_it = [&](const ReplayedMetric& metric) {
      return !metric.is_resource && selector_of(metric.selector) == selector;
    };
    if (std::ranges::none_of(run.metrics, is_it))
      sentences.push_back(fmt::format("the policy reads {0}, which has no column; add --column '{0}=NAME'", to_text(selector)));
  }
  const auto missing = [&](PodResource resource, const std::string& name) {
    const auto is_it = [&](const ReplayedMetric& metric) { return metric.is_resource && metric.selector == name; };
    if (std::ranges::none_of(run.metrics, is_it) && reads_samples(run.choice, run.context, resource))
      sentences.push_back(fmt::format("the policy reads the {0} of pods, which has no column; add --column {0}=NAME", name));
  };
  missing(PodResource::cpu, "cpu");
  missing(PodResource::memory, "memory");
  return sentences;
}

ScalingHistory dry_run(const DryRun& run, const RecordedMetrics& history) {
  ScalingHistory told;
  Replay replay{run, history};
  told.policy = run.choice.name;
  told.service = run.context.service;
  told.begin = history.begin;
  told.is_calendar = history.is_calendar;
  told.period = replay.period();
  for (const ReplayedMetric& metric : run.metrics)
    told.loads.push_back({.name = metric.selector,
                          .from = origin_of(metric),
                          .per_replica = metric.shown_per_replica,
                          .target = metric.is_share ? std::nullopt : metric.target,
                          .values = {}});
  const double end = history.times.back();
  for (std::size_t pass = 0; static_cast<double>(pass) * told.period <= end; ++pass)
    replay.pass(static_cast<double>(pass) * told.period, told);
  return told;
}

}  // namespace headroom::decisions
