#include "sim/measure/derived_metrics.hpp"

#include <algorithm>
#include <array>

#include "sim/measure/bill.hpp"
#include "sim/measure/selection.hpp"

namespace headroom {
namespace {

// A window in which more of the requests failed counts as down.
constexpr double down_from = 0.05;

std::optional<double> amount(const std::string& metric, const std::vector<Label>& labels, const RunResult& run, TimeSpan span) {
  return evaluate({.aggregation = Aggregation::count, .metric = metric, .labels = labels}, run, span);
}

std::optional<double> mean(const std::string& metric, const std::vector<Label>& labels, const RunResult& run, TimeSpan span) {
  return evaluate({.aggregation = Aggregation::avg, .metric = metric, .labels = labels}, run, span);
}

std::optional<double> quotient(std::optional<double> dividend, std::optional<double> divisor) {
  if (!dividend || !divisor || *divisor <= 0.0) return std::nullopt;
  return *dividend / *divisor;
}

// Of the users of the time, where their number changes.
std::optional<double> users_in(const RunResult& run, TimeSpan span) {
  return mean("accounts", {}, run, span).value_or(run.users);
}

std::optional<double> served_in(const RunResult& run, TimeSpan span) {
  const std::optional<double> ended = amount("requests", {}, run, span), failed = amount("errors", {}, run, span);
  if (!ended) return std::nullopt;
  return *ended - failed.value_or(0.0);
}

bool lies_in(const RunResult& run, std::size_t window, TimeSpan span) {
  const double begin = window == 0 ? 0.0 : run.window_ends[window - 1];
  const double middle = (begin + run.window_ends[window]) / 2.0;
  return middle > span.begin_seconds && middle < span.end_seconds;
}

std::optional<double> uptime(const MetricSelector& selector, const RunResult& run, TimeSpan span) {
  const MetricSelector errors{.aggregation = Aggregation::rate, .metric = "errors", .labels = selector.labels};
  const std::vector<std::optional<double>> failed = window_values(errors, run);
  double up = 0.0, all = 0.0;
  for (std::size_t i = 0; i < failed.size(); ++i) {
    if (!failed[i] || !lies_in(run, i, span)) continue;
    const double seconds = run.window_ends[i] - (i == 0 ? 0.0 : run.window_ends[i - 1]);
    all += seconds;
    up += *failed[i] <= down_from ? seconds : 0.0;
  }
  return quotient(up, all);
}

struct Resource {
  std::string_view name;
  const char* requested;
  const char* used;  // nullptr: what is requested is in use
};

// The one with the largest share; of nodes the share requested, of others, which have nothing requested, that in use.
std::optional<PaidUse> scarcest(std::span<const Resource> resources, const Label& owner, const RunResult& run, TimeSpan span) {
  std::optional<PaidUse> largest;
  for (const Resource& resource : resources) {
    const bool is_requested = resource.requested != nullptr;
    const std::optional<double> requested =
        is_requested ? mean(resource.requested, {owner}, run, span) : std::optional<double>{1.0};
    const std::optional<double> used = resource.used == nullptr ? requested : mean(resource.used, {owner}, run, span);
    if (!requested || !used) continue;
    const PaidUse use{resource.name, *requested, std::min(1.0, *used)};
    const bool is_larger = largest && (is_requested ? use.requested > largest->requested : use.used > largest->used);
    if (!largest || is_larger) largest = use;
  }
  return largest;
}

// Sum over the selected parts of cost × what is left of it.
template <class Left>
std::optional<double> cost_left(const MetricSelector& selector, const RunResult& run, TimeSpan span, Left left) {
  MetricSelector cost{.aggregation = Aggregation::rate, .metric = "cost", .labels = selector.labels};
  std::optional<double> sum;
  for (const Series& series : run.series) {
    if (!selects(cost, series.metric, series.labels)) continue;
    const std::optional<Label> owner = owner_in_use(series.labels);
    const std::optional<PaidUse> use = owner ? use_of(*owner, run, span) : std::nullopt;
    const std::optional<double> share = use ? left(*owner, *use) : std::nullopt;
    const auto rate = evaluate({.aggregation = Aggregation::rate, .metric = "cost", .labels = series.labels}, run, span);
    if (share && rate) sum = sum.value_or(0.0) + *rate * *share;
  }
  return sum;
}

}  // namespace

std::optional<Label> owner_in_use(const std::vector<Label>& labels) {
  constexpr std::array kinds{CostKind::nodes,    CostKind::reserved_nodes, CostKind::spot_nodes,
                             CostKind::replicas, CostKind::databases,      CostKind::load_balancers};
  constexpr std::array<std::string_view, 4> owners{"node_pool", "service", "database", "load_balancer"};
  const auto kind = std::find_if(labels.begin(), labels.end(), [](const Label& label) { return label.name == "kind"; });
  const auto is_its = [&](CostKind one) { return kind->value == to_text(one); };
  if (kind == labels.end() || std::none_of(kinds.begin(), kinds.end(), is_its)) return std::nullopt;
  for (const Label& label : labels) {
    if (std::find(owners.begin(), owners.end(), label.name) != owners.end()) return label;
  }
  return std::nullopt;
}

std::optional<PaidUse> use_of(const Label& owner, const RunResult& run, TimeSpan span) {
  constexpr std::array nodes{Resource{"cpu", "node_cpu_requested", "node_cpu_used"},
                             Resource{"memory", "node_memory_requested", nullptr},
                             Resource{"gpus", "node_gpus_requested", "node_gpus_used"}};
  constexpr std::array replicas{Resource{"cpu", nullptr, "cpu"}, Resource{"memory", nullptr, "memory"}};
  constexpr std::array databases{Resource{"cpu", nullptr, "database_cpu"}, Resource{"connections", nullptr, "pool"}};
  constexpr std::array load_balancers{Resource{"cpu", nullptr, "load_balancer_cpu"}};
  if (owner.name == "node_pool") return scarcest(nodes, owner, run, span);
  if (owner.name == "service") return scarcest(replicas, owner, run, span);
  if (owner.name == "database") return scarcest(databases, owner, run, span);
  return owner.name == "load_balancer" ? scarcest(load_balancers, owner, run, span) : std::nullopt;
}

std::optional<double> evaluate_derived(const MetricSelector& selector, const RunResult& run, TimeSpan span) {
  const double seconds = span.end_seconds - span.begin_seconds;
  const std::string& metric = selector.metric;
  if (metric == "uptime") return uptime(selector, run, span);
  if (metric == "idle_cost")
    return cost_left(selector, run, span, [](const Label&, const PaidUse& use) { return std::optional{1.0 - use.used}; });
  if (metric == "unrequested_cost") {
    return cost_left(selector, run, span, [](const Label& owner, const PaidUse& use) {
      return owner.name == "node_pool" ? std::optional{1.0 - use.requested} : std::nullopt;
    });
  }
  if (metric == "carbon_per_user") {
    const std::optional<double> grams = quotient(amount("carbon", {}, run, span), users_in(run, span));
    const bool is_metered =
        std::any_of(run.series.begin(), run.series.end(), [](const Series& one) { return one.metric == "carbon"; });
    return grams && is_metered ? std::optional{*grams / seconds * month_seconds} : std::nullopt;
  }
  const std::optional<double> cost = amount("cost", selector.labels, run, span);
  if (!cost) return std::nullopt;
  if (metric == "cost_per_month") return *cost / seconds * month_seconds;
  if (metric == "cost_per_request") return quotient(cost, amount("requests", {}, run, span));
  if (metric == "cost_per_user") return quotient(*cost / seconds, users_in(run, span));
  if (metric == "cost_per_tenant") return quotient(*cost / seconds, mean("tenants", {}, run, span));
  if (metric == "requests_per_dollar") return quotient(served_in(run, span), cost);
  return std::nullopt;
}

}  // namespace headroom
