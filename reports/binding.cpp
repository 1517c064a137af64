#include "reports/binding.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "reports/display.hpp"
#include "sim/measure/evaluate.hpp"

namespace headroom {
namespace {

// In each run the amount of every part, by what it is and where.
using Key = std::pair<std::string, std::string>;
using Amounts = std::map<Key, double>;

double total_of(const Amounts& amounts) {
  double total = 0.0;
  for (const auto& [key, amount] : amounts) total += amount;
  return total;
}

// Parts by their share of all runs together; the interval is that of the largest in each run by itself.
std::optional<Binding> largest_parts(const std::vector<Amounts>& of_runs) {
  Amounts sum;
  for (const Amounts& amounts : of_runs) {
    for (const auto& [key, amount] : amounts) sum[key] += amount;
  }
  const double total = total_of(sum);
  if (!(total > 0.0)) return std::nullopt;
  Binding binding;
  for (const auto& [key, amount] : sum) {
    if (amount > 0.0) binding.parts.push_back({key.first, key.second, amount / total});
  }
  std::ranges::stable_sort(binding.parts, std::greater{}, &BindingPart::share);
  std::vector<double> shares;
  for (const Amounts& amounts : of_runs) {
    const double of_run = total_of(amounts);
    const auto found = amounts.find({binding.parts.front().what, binding.parts.front().component});
    if (of_run > 0.0) shares.push_back(found == amounts.end() ? 0.0 : found->second / of_run);
  }
  binding.share = t_interval(shares);
  return binding;
}

// ---- the paths that are meant ------------------------------------------------------------------------------------------------

const std::string* label_of(const MetricSelector& selector, std::string_view name) {
  const auto found = std::ranges::find(selector.labels, name, &Label::name);
  return found == selector.labels.end() ? nullptr : &found->value;
}

bool is_meant(const CriticalPath& path, const MetricSelector& selector, bool by_workload) {
  const std::string *service = label_of(selector, "service"), *endpoint = label_of(selector, "endpoint");
  const std::string* const workload = label_of(selector, "workload");
  if (endpoint != nullptr) return path.request == *endpoint;
  if (service != nullptr) return path.request.starts_with(*service + ".");
  if (!path.request.empty()) return false;
  return path.workload == (workload != nullptr && by_workload ? *workload : "");
}

std::vector<const CriticalPath*> paths_meant(const RunResult& run, const MetricSelector& selector, std::string_view band) {
  std::vector<const CriticalPath*> meant;
  // A single workload has no paths beside those of all.
  const auto names_workload = [](const CriticalPath& path) { return !path.workload.empty(); };
  const bool by_workload = std::ranges::any_of(run.critical_paths, names_workload);
  for (const CriticalPath& path : run.critical_paths) {
    if (path.band == band && is_meant(path, selector, by_workload)) meant.push_back(&path);
  }
  return meant;
}

// Labels of requests that users make; of others no path is known.
bool is_about_users(const MetricSelector& selector) {
  const auto of_users = [](const Label& label) {
    return label.name == "workload" || label.name == "service" || label.name == "endpoint" || label.name == "reason";
  };
  return std::ranges::all_of(selector.labels, of_users);
}

// ---- kinds of objectives -----------------------------------------------------------------------------------------------------

// The first few, as far as they are worth a word.
template <class Describe>
std::string list_of(const Binding& binding, const std::string& after_first, const Describe& describe) {
  constexpr std::size_t most = 3;
  constexpr double worth_telling = 0.05;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, binding.parts.size()); ++i) {
    const BindingPart& part = binding.parts[i];
    if (i > 0 && part.share < worth_telling) break;
    const bool has_interval = i == 0 && binding.share.known && binding.share.half_width() >= 0.005;
    const double low = std::max(0.0, binding.share.low), high = std::min(1.0, binding.share.high);
    const std::string interval = has_interval ? fmt::format(" ({:.0f} to {:.0f} %)", 100.0 * low, 100.0 * high) : "";
    text += fmt::format("{}{:.0f} %{}{} {}", i == 0 ? "" : ", ", 100.0 * part.share, interval, i == 0 ? after_first : "",
                        describe(part));
  }
  return text;
}

std::optional<Binding> binding_of_paths(const MetricSelector& selector, std::span<const RunResult> runs,
                                        const std::string& band) {
  std::vector<Amounts> of_runs;
  double seconds = 0.0, weight = 0.0;
  for (const RunResult& run : runs) {
    Amounts& amounts = of_runs.emplace_back();
    for (const CriticalPath* path : paths_meant(run, selector, band)) {
      weight += path->weight;
      seconds += path->weight * path->mean_seconds;
      for (const PathPart& part : path->parts)
        amounts[{std::string{to_text(part.cause)}, part.component}] += path->weight * part.mean_seconds;
    }
  }
  std::optional<Binding> binding = largest_parts(of_runs);
  if (!binding) return std::nullopt;
  const std::string which = band == "slow" ? "the slow requests" : band == "all" ? "the requests" : "the failed requests";
  binding->of = fmt::format("the {} of {}", display(seconds / weight, Dimension::time), which);
  binding->sentence = list_of(*binding, " of " + binding->of + " is", [](const BindingPart& part) {
    const auto cause = std::ranges::find(path_causes, part.what) - path_causes.begin();
    return cause_text(static_cast<PathCause>(cause), part.component);
  });
  return binding;
}

std::optional<Binding> binding_of_latency(const MetricSelector& selector, std::span<const RunResult> runs) {
  const bool is_tail = selector.aggregation == Aggregation::percentile || selector.aggregation == Aggregation::max;
  if (std::optional<Binding> served = binding_of_paths(selector, runs, is_tail ? "slow" : "all")) return served;
  return binding_of_paths(selector, runs, "failed");
}

std::optional<Binding> binding_of_failures(const MetricSelector& selector, std::span<const RunResult> runs) {
  const std::string* const reason = label_of(selector, "reason");
  std::vector<Amounts> of_runs;
  for (const RunResult& run : runs) {
    Amounts& amounts = of_runs.emplace_back();
    for (const CriticalPath* path : paths_meant(run, selector, "failed")) {
      for (const PathFailure& failure : path->failures) {
        if (reason == nullptr || failure.reason == *reason)
          amounts[{failure.reason, failure.component}] += static_cast<double>(failure.count);
      }
    }
  }
  std::optional<Binding> binding = largest_parts(of_runs);
  if (!binding) return std::nullopt;
  binding->of = "the failed requests";
  binding->sentence = list_of(*binding, " of the failed requests:", [](const BindingPart& part) {
    return part.what + (part.component.empty() ? "" : " at " + part.component);
  });
  return binding;
}

std::optional<Binding> binding_of_cost(const Condition& condition, std::span<const RunResult> runs) {
  std::vector<Amounts> of_runs;
  for (const RunResult& run : runs) {
    Amounts& amounts = of_runs.emplace_back();
    for (const Series& series : run.series) {
      const auto label = std::ranges::find(series.labels, "component", &Label::name);
      if (series.metric != "cost" || label == series.labels.end()) continue;
      const MetricSelector part{.aggregation = Aggregation::count, .metric = "cost", .labels = {*label}};
      amounts[{"", label->value}] = evaluate(part, run, span_of(condition, run)).value_or(0.0);
    }
  }
  std::optional<Binding> binding = largest_parts(of_runs);
  if (!binding) return std::nullopt;
  binding->of = "the cost";
  binding->sentence = list_of(*binding, " of the cost is", [](const BindingPart& part) { return part.component; });
  return binding;
}

std::optional<Binding> binding_of_scaling(const MetricSelector& selector, std::span<const RunResult> runs) {
  const std::string* const service = label_of(selector, "service");
  std::vector<Amounts> of_runs;
  for (const RunResult& run : runs) {
    Amounts& amounts = of_runs.emplace_back();
    for (const ScaleOut& scale_out : run.scale_outs) {
      if (service != nullptr && scale_out.service != *service) continue;
      for (std::size_t part = 0; part < scaling_parts.size(); ++part)
        amounts[{std::string{scaling_parts[part]}, "services/" + scale_out.service}] += scale_out.seconds[part];
    }
  }
  std::optional<Binding> binding = largest_parts(of_runs);
  if (!binding) return std::nullopt;
  binding->of = "the time of scale-outs";
  binding->sentence = list_of(*binding, " of the time of scale-outs is", [](const BindingPart& part) {
    std::string what = part.what;
    std::replace(what.begin(), what.end(), '_', ' ');
    return what + " at " + part.component;
  });
  return binding;
}

std::optional<Binding> binding_of_component(const MetricSelector& selector) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> lists{{{"service", "services"},
                                                                                 {"database", "databases"},
                                                                                 {"queue", "queues"},
                                                                                 {"lock", "locks"},
                                                                                 {"limit", "limits"},
                                                                                 {"cache", "caches"},
                                                                                 {"link", "links"},
                                                                                 {"language_model", "language_models"},
                                                                                 {"store", "stores"},
                                                                                 {"client", "clients"},
                                                                                 {"load_balancer", "load_balancers"},
                                                                                 {"node_pool", "node_pools"}}};
  for (const auto& [label, list] : lists) {
    if (const std::string* const name = label_of(selector, label))
      return Binding{.of = "", .parts = {{"", std::string{list} + "/" + *name, 1.0}}, .share = {}, .sentence = ""};
  }
  return std::nullopt;
}

}  // namespace

std::string cause_text(PathCause cause, const std::string& component) {
  switch (cause) {
    case PathCause::queueing: return "queueing at " + component;
    case PathCause::cpu_contention: return "cpu contention at " + component;
    case PathCause::service: return "service at " + component;
    case PathCause::network: return "network to " + component;
    case PathCause::retry: return "retries of " + component;
    case PathCause::cold_start: return "cold starts of " + component;
    case PathCause::cache_miss: return "cache misses, at " + component;
  }
  return component;
}

std::optional<Binding> binding_of(const Condition& condition, std::span<const RunResult> runs) {
  const MetricSelector& selector = condition.selector;
  const std::string& metric = selector.metric;
  std::optional<Binding> binding;
  if (metric.starts_with("cost")) binding = binding_of_cost(condition, runs);
  if (metric.starts_with("scaling") || selector.aggregation == Aggregation::time_to) binding = binding_of_scaling(selector, runs);
  if (is_about_users(selector)) {
    if (metric == "latency" || metric == "late" || metric == "lateness") binding = binding_of_latency(selector, runs);
    if (metric == "errors" || metric == "availability" || metric == "failures") binding = binding_of_failures(selector, runs);
  }
  if (!binding) return binding_of_component(selector);
  // Followed are requests of all phases.
  if (!condition.phase.empty() && !binding->sentence.empty() && !metric.starts_with("cost"))
    binding->sentence += " (over the whole run)";
  return binding;
}

}  // namespace headroom
