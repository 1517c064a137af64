// Metrics that are made of others over a span: what something costs by user, by request and by month, what of it is not in use,
// what is served for it, and availability by time.
//
//   cost_per_month        cost / seconds × 30 d                       of the selected parts of the bill
//   cost_per_user         cost / seconds / users                      of all workloads, or the mean of `accounts` where it changes
//   cost_per_tenant       cost / seconds / tenants
//   cost_per_request      cost / requests of users that ended
//   requests_per_dollar   requests of users that did not fail / cost
//   idle_cost             sum of cost / seconds × (1 - used) over parts of the bill whose use is known
//   unrequested_cost      sum of cost / seconds × (1 - requested) over nodes
//   carbon_per_user       carbon / seconds × 30 d / users
//   uptime                seconds of windows with requests of which at most 5 % failed / seconds of windows with requests
#pragma once

#include <optional>
#include <string_view>

#include "sim/measure/evaluate.hpp"

namespace headroom {

inline constexpr double month_seconds = 30.0 * 86'400.0;

// Of a derived metric (metric_catalog.hpp); the span is not empty.
std::optional<double> evaluate_derived(const MetricSelector& selector, const RunResult& run, TimeSpan span);

// How much of what is paid for is requested and in use: shares of its scarcest resource over the span. Cores and GPUs are in use
// while they are at work, memory while it is requested.
struct PaidUse {
  std::string_view resource;  // "cpu", "memory", "gpus", "connections"
  double requested = 1.0;     // of nodes; replicas and databases of their own are all there for one purpose
  double used = 0.0;
};
// `owner`: {node_pool, general}. None where nothing is known of it.
std::optional<PaidUse> use_of(const Label& owner, const RunResult& run, TimeSpan span);
// The label among those of a series of "cost" that says what is paid for. Bytes, requests and tokens are used up: none.
std::optional<Label> owner_in_use(const std::vector<Label>& labels);

}  // namespace headroom
