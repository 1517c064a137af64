#include "sim/measure/metric_catalog.hpp"

namespace headroom {
namespace {

const std::vector<MetricInfo>& table() {
  using enum MetricKind;
  static const std::vector<MetricInfo> metrics{
      {"latency", durations, Dimension::time, {"workload", "service", "endpoint", "database"},
       "from sending a request to its answer, or to giving up on it; what was turned away at once has none", "latency_seconds"},
      {"queue_wait", durations, Dimension::time, {"service", "queue", "database"}, "time spent waiting for a slot, a worker, a connection",
       "queue_wait_seconds"},
      {"requests", counter, Dimension::count, {"workload", "service", "endpoint", "database"}, "requests that ended", "requests_total"},
      {"errors", share, Dimension::ratio, {"workload", "service", "endpoint", "database"}, "requests that failed, of those that ended", "errors_ratio"},
      {"availability", share, Dimension::ratio, {"workload", "service", "endpoint", "database"}, "requests that did not fail, of those that ended",
       "availability_ratio"},
      {"failures", counter, Dimension::count, {"workload", "reason"}, "requests of users that failed, by reason", "failures_total"},
      {"in_flight", gauge, Dimension::count, {"workload", "service"}, "requests begun and not ended", "in_flight_requests"},
      {"sessions", counter, Dimension::count, {"workload"}, "journeys begun", "sessions_total"},
      {"replicas", gauge, Dimension::count, {"service"}, "replicas registered with the balancer", "replicas"},
      {"replicas_wanted", gauge, Dimension::count, {"service"}, "replicas asked for", "replicas_wanted"},
      {"cpu", share, Dimension::ratio, {"service"}, "cores in use, of the cores of the replicas that are up", "cpu_ratio"},
      {"memory", share, Dimension::ratio, {"service"}, "memory in use, of the limits of the replicas that are up", "memory_ratio"},
      {"slots", share, Dimension::ratio, {"service"}, "slots in use, of the slots there are", "slots_ratio"},
      {"queue_length", gauge, Dimension::count, {"service", "queue", "database"}, "requests or messages that wait", "queue_length"},
      {"queue_age", gauge, Dimension::time, {"queue"}, "age of the oldest message that waits", "queue_age_seconds"},
      {"pool", share, Dimension::ratio, {"database"}, "connections in use, of the pool", "pool_ratio"},
      {"database_cpu", share, Dimension::ratio, {"database"}, "cores in use, of the database's cores", "database_cpu_ratio"},
      {"hit_ratio", share, Dimension::ratio, {"cache"}, "look-ups that hit", "hit_ratio"},
      {"cache_bytes", gauge, Dimension::bytes, {"cache"}, "bytes held", "cache_bytes"},
      {"evictions", counter, Dimension::count, {"cache"}, "entries evicted to make room", "evictions_total"},
      {"nodes", gauge, Dimension::count, {"node_pool"}, "nodes that are up", "nodes"},
      {"pending_pods", gauge, Dimension::count, {"node_pool"}, "pods that have no node", "pending_pods"},
      {"node_cpu_requested", share, Dimension::ratio, {"node_pool"}, "cores requested by pods, of what the nodes can allocate", "node_cpu_requested_ratio"},
      {"cost", counter, Dimension::money, {"component"}, "US dollars spent", "cost_usd_total"},
      {"cost_per_user", gauge, Dimension::money_rate, {}, "cost per user of all workloads, at the rate of the span looked at", "cost_per_user_usd_per_second"},
      {"cost_per_request", gauge, Dimension::money, {}, "cost divided by the requests of users that ended", "cost_per_request_usd"},
  };
  return metrics;
}

}  // namespace

std::span<const MetricInfo> metric_catalog() { return table(); }

const MetricInfo* find_metric(std::string_view name) {
  for (const MetricInfo& metric : table()) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

std::vector<std::string_view> metric_names() {
  std::vector<std::string_view> names;
  for (const MetricInfo& metric : table()) names.push_back(metric.name);
  return names;
}

}  // namespace headroom
