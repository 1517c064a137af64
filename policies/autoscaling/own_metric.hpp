// A metric without a label is that of the service a policy steers. For a worker "queue_length", "queue_wait" and "queue_age" are
// those of the queue it takes messages from: its own backlog holds no more than the batch just taken.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "sim/core/condition.hpp"
#include "sim/core/metric_name.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom {

// The catalogue's metrics that exist per service.
inline constexpr std::array<std::string_view, 16> metrics_of_a_service = {
    "latency",    "queue_wait",   "requests",        "errors",     "availability",
    "in_flight",  "replicas",     "replicas_wanted", "cpu",        "memory",
    "slots",      "queue_length", "kv_cache",        "batch_size", "generations_waiting",
    "preemptions"};

inline MetricSelector own_metric(MetricSelector selector, const Autoscaler::Context& context) {
  if (!selector.labels.empty()) return selector;
  const bool waits = selector.metric == "queue_length" || selector.metric == "queue_wait" || selector.metric == "queue_age";
  if (!context.queue.empty() && waits)
    selector.labels = {{"queue", context.queue}};
  else if (std::ranges::find(metrics_of_a_service, selector.metric) != metrics_of_a_service.end())
    selector.labels = {{"service", context.service}};
  return selector;
}

// Of an option, which the reader of the scenario has refused where it names no metric.
inline MetricSelector own_metric(std::string_view name, const Autoscaler::Context& context) {
  ConditionError ignored;
  return own_metric(parse_selector(name, ignored).value_or(MetricSelector{}), context);
}

}  // namespace headroom
