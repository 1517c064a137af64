#include "sim/measure/metric_catalog.hpp"

#include <algorithm>
#include <array>

namespace headroom {
namespace {

// Of the parts of a bill, as sim/measure/bill.hpp names them.
const std::vector<std::string_view> bill_labels{"component", "kind", "node_pool", "service", "database", "cache", "lock",
                                                "load_balancer", "language_model", "link", "store", "transfer"};

// Of what counts requests; `region`: of all users who are at home there.
const std::vector<std::string_view> requests_labels{"workload", "region", "service", "endpoint",
                                                    "database", "operation", "language_model"};

const std::vector<MetricInfo>& table() {
  using enum MetricKind;
  static const std::vector<MetricInfo> metrics{
      {"latency",
       durations,
       Dimension::time,
       requests_labels,
       "of what was served: from sending a request to its answer; what failed, was refused or was given up has none, and is in errors, "
       "failures and throttled",
       "latency_seconds"},
      {"queue_wait",
       durations,
       Dimension::time,
       {"service", "queue", "database", "priority"},
       "time spent waiting for a slot, a worker, a connection; of a queue with several priorities also by priority (0 first)",
       "queue_wait_seconds"},
      {"requests",
       counter,
       Dimension::count,
       requests_labels,
       "requests that ended",
       "requests_total"},
      {"errors",
       share,
       Dimension::ratio,
       requests_labels,
       "requests that failed, of those that ended; what a rate limit refused (throttled) has not failed",
       "errors_ratio"},
      {"availability",
       share,
       Dimension::ratio,
       requests_labels,
       "requests that did not fail, of those that ended",
       "availability_ratio"},
      {"failures",
       counter,
       Dimension::count,
       {"workload", "reason"},
       "requests of users that failed, by reason",
       "failures_total"},
      {"late",
       share,
       Dimension::ratio,
       {"workload"},
       "requests of users that were not done by their deadline, counted from when they were due: of monitors their period",
       "late_ratio"},
      {"lateness",
       durations,
       Dimension::time,
       {"workload"},
       "from when a request was due by its schedule (before any jitter) until it was done, where there are deadlines",
       "lateness_seconds"},
      {"concurrent_users",
       gauge,
       Dimension::count,
       {"workload"},
       "users who are here: sessions begun and not ended, thinking included",
       "concurrent_users"},
      {"accounts", gauge, Dimension::count, {"workload"}, "users there are, where their number changes", "accounts"},
      {"throttled",
       share,
       Dimension::ratio,
       {"limit", "priority", "service"},
       "what a limit refused, of what asked for its tokens; requests to a serverless service that found no free instance and none "
       "that might start",
       "throttled_ratio"},
      {"limit_wait", durations, Dimension::time, {"limit"}, "waited for tokens of a limit, counted when the wait is over: with tokens, or because the replica of who waited went", "limit_wait_seconds"},
      {"in_flight", gauge, Dimension::count, {"workload", "service"}, "requests begun and not ended", "in_flight_requests"},
      {"sessions", counter, Dimension::count, {"workload"}, "journeys begun", "sessions_total"},
      {"replicas", gauge, Dimension::count, {"service"}, "replicas registered with the balancer", "replicas"},
      {"replicas_wanted", gauge, Dimension::count, {"service"}, "replicas asked for", "replicas_wanted"},
      {"restarts",
       counter,
       Dimension::count,
       {"service", "reason"},
       "containers killed and started again: out_of_memory, or liveness, their probe",
       "restarts_total"},
      {"cpu", share, Dimension::ratio, {"service"}, "cores in use, of the cores of the replicas that are up", "cpu_ratio"},
      {"memory",
       share,
       Dimension::ratio,
       {"service"},
       "memory in use, of the limits of the replicas that are up",
       "memory_ratio"},
      {"slots", share, Dimension::ratio, {"service"}, "slots in use, of the slots there are", "slots_ratio"},
      {"queue_length",
       gauge,
       Dimension::count,
       {"service", "queue", "database"},
       "requests or messages that wait",
       "queue_length"},
      {"queue_age", gauge, Dimension::time, {"queue"}, "age of the oldest message that waits", "queue_age_seconds"},
      {"messages_in_flight", gauge, Dimension::count, {"queue"}, "messages taken and not finished", "messages_in_flight"},
      {"publishers_waiting", gauge, Dimension::count, {"queue"}, "publishers that wait for room", "publishers_waiting"},
      {"redeliveries", counter, Dimension::count, {"queue"},
       "deliveries of messages that had been delivered before",
       "redeliveries_total"},
      {"duplicates", counter, Dimension::count, {"queue", "lock"},
       "work done for nothing: deliveries that completed when their message was finished or given up already, holders of a lock "
       "whose "
       "lease another had taken over",
       "duplicates_total"},
      {"dead_letters", counter, Dimension::count, {"queue"},
       "messages given up after the last delivery allowed",
       "dead_letters_total"},
      {"lock_wait", durations, Dimension::time, {"lock"}, "from asking for a lock until it is held", "lock_wait_seconds"},
      {"lock_contention", share, Dimension::ratio, {"lock"},
       "attempts to take a lock that another held",
       "lock_contention_ratio"},
      {"lock_expired", counter, Dimension::count, {"lock"},
       "locks taken over when their lease had run out",
       "lock_expired_total"},
      {"pool", share, Dimension::ratio, {"database"}, "connections in use, of the pool", "pool_ratio"},
      {"connections", share, Dimension::ratio, {"database"},
       "connections that clients hold open, of those a node allows",
       "connections_ratio"},
      {"connection_wait", durations, Dimension::time, {"database"},
       "from asking for a query until its client had a connection for it",
       "connection_wait_seconds"},
      {"database_cpu", share, Dimension::ratio, {"database"}, "cores in use, of the database's cores", "database_cpu_ratio"},
      {"shards_down", gauge, Dimension::count, {"database"}, "shards that nobody takes writes for", "shards_down"},
      {"replication_lag", durations, Dimension::time, {"database"},
       "from the commit of a write until a replica has applied it",
       "replication_lag_seconds"},
      {"stale_reads", share, Dimension::ratio, {"database"},
       "reads that did not see the newest write of their key, of all reads",
       "stale_reads_ratio"},
      {"lost_writes", counter, Dimension::count, {"database", "cache"},
       "writes that had been acknowledged and are gone: the replica which was promoted did not have them; they were to be written "
       "behind, and failed or went with their cache or their replica",
       "lost_writes_total"},
      {"resharding_progress", share, Dimension::ratio, {"database"},
       "copied, of what moves to another shard",
       "resharding_progress_ratio"},
      {"resharding_time", durations, Dimension::time, {"database"},
       "from the begin of a resharding until everything is copied",
       "resharding_time_seconds"},
      {"dual_reads", counter, Dimension::count, {"database"},
       "reads that the new shard of their key passed on to the former one",
       "dual_reads_total"},
      {"dual_writes", counter, Dimension::count, {"database"},
       "writes that went to both shards while their key moved",
       "dual_writes_total"},
      {"hit_ratio", share, Dimension::ratio, {"cache"}, "look-ups that hit", "hit_ratio"},
      {"key_hit_ratio", share, Dimension::ratio, {"cache", "key"}, "look-ups by one of the keys that share a cache that hit", "key_hit_ratio"},
      {"cache_bytes", gauge, Dimension::bytes, {"cache"}, "bytes held", "cache_bytes"},
      {"evictions", counter, Dimension::count, {"cache"}, "entries evicted to make room", "evictions_total"},
      {"coalesced", counter, Dimension::count, {"cache"}, "look-ups that waited for another's load of their key", "coalesced_total"},
      {"stale_served", counter, Dimension::count, {"cache"}, "hits past the soft time to live", "stale_served_total"},
      {"refreshes", counter, Dimension::count, {"cache"}, "loads in the background of what was stale", "refreshes_total"},
      {"invalidations", counter, Dimension::count, {"cache"}, "keys removed and generations begun anew", "invalidations_total"},
      {"coalesced_writes", counter, Dimension::count, {"cache"},
       "writes behind that went together with an earlier one of their key",
       "coalesced_writes_total"},
      {"node_utilization", share, Dimension::ratio, {"cache"}, "time at work of the busiest node", "node_utilization_ratio"},
      {"caches_away", gauge, Dimension::count, {"cache"}, "1 while it restarts and does not answer", "caches_away"},
      {"cache_connections", share, Dimension::ratio, {"cache"}, "connections of its nodes that are open", "cache_connections_ratio"},
      {"clients_refused", counter, Dimension::count, {"cache"},
       "replicas that found no connection left, and work without it",
       "clients_refused_total"},
      {"link_utilization", share, Dimension::ratio, {"link"}, "bandwidth in use", "link_utilization_ratio"},
      {"flows", gauge, Dimension::count, {"link"}, "transfers under way", "flows"},
      {"bytes_sent", counter, Dimension::bytes, {"link"}, "bytes that went over a link", "sent_bytes"},
      {"transfer_time", durations, Dimension::time, {"link"}, "from the first to the last byte of a transfer", "transfer_time_seconds"},
      {"time_to_first_token", durations, Dimension::time, {"language_model"},
       "from asking a language model to its first token",
       "time_to_first_token_seconds"},
      {"time_per_token", durations, Dimension::time, {"language_model"},
       "mean time between the tokens of one text, from the first to the last",
       "time_per_token_seconds"},
      {"tokens_in", counter, Dimension::count, {"language_model"},
       "input tokens of texts that were completed",
       "tokens_in_total"},
      {"tokens_out", counter, Dimension::count, {"language_model"},
       "output tokens of texts that were completed",
       "tokens_out_total"},
      {"kv_cache", share, Dimension::ratio, {"language_model", "service"},
       "KV cache in use, of what the engines have",
       "kv_cache_ratio"},
      {"batch_size", gauge, Dimension::count, {"language_model", "service"},
       "texts in the making in the engines of all replicas",
       "batch_size_texts"},
      {"generations_waiting", gauge, Dimension::count, {"language_model", "service"},
       "texts that wait for room in an engine",
       "generations_waiting"},
      {"preemptions", counter, Dimension::count, {"language_model", "service"},
       "texts sent back to wait because the KV cache was full",
       "preemptions_total"},
      {"rate_limited", counter, Dimension::count, {"language_model"},
       "requests that a provider's limits refused or delayed",
       "rate_limited_total"},
      {"transferred",
       counter,
       Dimension::bytes,
       {"transfer"},
       "bytes of calls and answers, by where they go: zone, cross_zone, cross_region, internet_in, internet_out",
       "transferred_bytes"},
      {"store_requests", counter, Dimension::count, {"store", "tier"}, "objects read or written", "store_requests_total"},
      {"store_time", durations, Dimension::time, {"store"}, "from asking for an object to its last byte", "store_time_seconds"},
      {"stored", gauge, Dimension::bytes, {"store", "tier"}, "bytes that lie in the tier", "stored_bytes"},
      {"load_balancer_connections", gauge, Dimension::count, {"load_balancer"}, "requests that a load balancer carries, to their answers", "load_balancer_connections"},
      {"load_balancer_cpu", share, Dimension::ratio, {"load_balancer"}, "cores in use, of the load balancer's cores", "load_balancer_cpu_ratio"},
      {"forwarded", counter, Dimension::count, {"load_balancer"}, "requests that went on to a replica", "forwarded_total"},
      {"connections_refused",
       counter,
       Dimension::count,
       {"load_balancer"},
       "requests turned away because all connections of the instance were in use",
       "connections_refused_total"},
      {"connections_failed",
       counter,
       Dimension::count,
       {"load_balancer"},
       "attempts to reach a member that was not there",
       "connections_failed_total"},
      {"failed_checks", counter, Dimension::count, {"load_balancer"}, "health checks that a member failed", "failed_checks_total"},
      {"members", gauge, Dimension::count, {"load_balancer"}, "members that get requests", "members"},
      {"calls_rejected",
       share,
       Dimension::ratio,
       {"client", "reason"},
       "tries of calls that a client did not send, of those that asked: circuit_open, bulkhead_full",
       "calls_rejected_ratio"},
      {"retries_denied", share, Dimension::ratio, {"client"}, "retries that a client's budget did not allow, of those that were due", "retries_denied_ratio"},
      {"circuits_open", gauge, Dimension::count, {"client"}, "replicas whose circuit breaker is open", "circuits_open"},
      {"circuits_half_open", gauge, Dimension::count, {"client"}, "replicas whose circuit breaker lets some try", "circuits_half_open"},
      {"circuits_opened", counter, Dimension::count, {"client"}, "how often a circuit breaker has opened", "circuits_opened_total"},
      {"bulkhead", share, Dimension::ratio, {"client"}, "calls under way, of those that the bulkheads allow at a time", "bulkhead_ratio"},
      {"bulkhead_wait", durations, Dimension::time, {"client"}, "waited for the end of another call, counted when the wait is over", "bulkhead_wait_seconds"},
      {"hedges", share, Dimension::ratio, {"client"}, "second requests for answers that were late, of the tries of calls", "hedges_ratio"},
      {"hedges_won", share, Dimension::ratio, {"client"}, "second requests that were answered first, of those sent", "hedges_won_ratio"},
      {"hedges_denied", share, Dimension::ratio, {"client"}, "second requests that the budget or the bulkhead did not allow, of those that were due", "hedges_denied_ratio"},
      {"degraded", share, Dimension::ratio, {"service"}, "calls of the service that failed and fell back, of those that have a fallback", "degraded_ratio"},
      {"nodes", gauge, Dimension::count, {"node_pool"}, "nodes that are up", "nodes"},
      {"node_interruptions",
       counter,
       Dimension::count,
       {"node_pool"},
       "spot nodes that the provider has taken back",
       "node_interruptions_total"},
      {"pending_pods", gauge, Dimension::count, {"node_pool"}, "pods that have no node", "pending_pods"},
      {"node_cpu_requested",
       share,
       Dimension::ratio,
       {"node_pool"},
       "cores requested by pods, of what the nodes can allocate",
       "node_cpu_requested_ratio"},
      {"instances",
       gauge,
       Dimension::count,
       {"service"},
       "instances of a serverless service, idle ones and those that start among them",
       "instances"},
      {"cold_starts",
       share,
       Dimension::ratio,
       {"service"},
       "requests to a serverless service that waited for an instance to start, of those it let in",
       "cold_starts_ratio"},
      {"scaling_time", durations, Dimension::time, {"service"}, "of scale-outs that are complete: from the change of load until the last replica gets requests", "scaling_time_seconds"},
      {"scaling_delay", durations, Dimension::time, {"service", "part"}, "parts that add up to scaling_time: metric_lag, decision, node_boot, image_pull, start_up, readiness, registration", "scaling_delay_seconds"},
      {"node_cpu_used", share, Dimension::ratio, {"node_pool"}, "cores in use, of what the nodes can allocate", "node_cpu_used_ratio"},
      {"node_memory_requested", share, Dimension::ratio, {"node_pool"}, "memory requested by pods, of what the nodes can allocate", "node_memory_requested_ratio"},
      {"node_gpus_requested", share, Dimension::ratio, {"node_pool"}, "GPUs requested by pods, of those of the nodes", "node_gpus_requested_ratio"},
      {"node_gpus_used", share, Dimension::ratio, {"node_pool"}, "GPUs at work, of those of the nodes: those of a replica by the share of its slots in use; where it runs a language model, all of them while its engine makes a step", "node_gpus_used_ratio"},
      {"gpu_hours", counter, Dimension::count, {"node_pool"}, "GPU-hours of nodes, from asking for a node until it is given back", "gpu_hours_total"},
      {"energy", counter, Dimension::count, {"node_pool"}, "watt-hours that nodes have drawn, where their pool says its power: idle + (full - idle) x the share of cores in use, over time; count energy is that of the whole run after its warm-up", "energy_watt_hours_total"},
      {"carbon", counter, Dimension::count, {"node_pool"}, "grams of CO2 equivalent: energy x PUE x carbon intensity of the region's grid; count carbon is that of the whole run after its warm-up", "carbon_grams_total"},
      {"carbon_per_user", gauge, Dimension::count, {}, "grams of CO2 equivalent for a user in 30 days, at the rate of the span looked at", "carbon_per_user_grams_per_month"},
      {"tenants", gauge, Dimension::count, {"workload"}, "tenants behind the workloads that have some (model artists)", "tenants"},
      {"cost", counter, Dimension::money, bill_labels, "US dollars spent: by component of the bill, by the kind of what is paid for, or by what it is paid for", "cost_usd_total"},
      {"cost_per_month", gauge, Dimension::money, bill_labels, "cost of 30 days that go on like the span looked at: cost / seconds x 2,592,000", "cost_per_month_usd"},
      {"cost_per_tenant", gauge, Dimension::money_rate, {}, "cost per tenant of the workloads that have some, at the rate of the span looked at", "cost_per_tenant_usd_per_second"},
      {"requests_per_dollar", gauge, Dimension::count, {}, "requests of users that were served, by the US dollars spent", "requests_per_dollar"},
      {"idle_cost", gauge, Dimension::money_rate, {"node_pool", "service", "database", "load_balancer", "component", "kind"},
       "cost of what is paid for and not in use: cost x (1 - share in use of its scarcest resource). Of nodes the scarcest is what pods request most of: of cores and GPUs those in use, of "
       "memory what is requested; of replicas without nodes and of databases the busiest of cores, memory, connections", "idle_cost_usd_per_second"},
      {"unrequested_cost", gauge, Dimension::money_rate, {"node_pool", "component", "kind"},
       "cost of what no pod requests: cost of nodes x (1 - requested share of the resource that pods request most of)", "unrequested_cost_usd_per_second"},
      {"uptime", share, Dimension::ratio, {"workload", "region", "service", "endpoint", "database", "language_model"},
       "availability by time: share of the time with requests in which at most 5 % of them failed, window by window", "uptime_ratio"},
      {"cost_per_user",
       gauge,
       Dimension::money_rate,
       {},
       "cost per user of all workloads, at the rate of the span looked at",
       "cost_per_user_usd_per_second"},
      {"cost_per_request",
       gauge,
       Dimension::money,
       {},
       "cost divided by the requests of users that ended",
       "cost_per_request_usd"},
      {"refused", counter, Dimension::count, {"service", "reason"},
       "requests that a service with an admission policy did not serve: limit, not let in by the policy; line, it was full; dropped, by the policy when their turn had "
       "come; waited, longer than the policy or the wait limit allows", "refused_total"},
      {"admission_limit", gauge, Dimension::count, {"service"}, "requests in flight that the admission policies of all replicas let in, together", "admission_limit"},
  };
  return metrics;
}

// The amount of a counter is what it counts; of shares and durations only a number can be counted.
Dimension counted_dimension(const MetricInfo& metric) {
  return metric.kind == MetricKind::counter ? metric.dimension : Dimension::count;
}

}  // namespace

std::span<const MetricInfo> metric_catalog() { return table(); }

const MetricInfo* find_metric(std::string_view name) {
  for (const MetricInfo& metric : table()) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

bool is_derived(std::string_view name) {
  constexpr std::array derived{"cost_per_user",       "cost_per_request", "cost_per_month",   "cost_per_tenant", "carbon_per_user",
                               "requests_per_dollar", "idle_cost",        "unrequested_cost", "uptime"};
  return std::find(derived.begin(), derived.end(), name) != derived.end();
}

std::optional<Dimension> value_dimension(const MetricInfo& metric, Aggregation aggregation) {
  using enum Aggregation;
  const bool is_level = aggregation == avg || aggregation == max || aggregation == min;
  // Cost per user and the like have one value for the whole span.
  if (is_derived(metric.name)) return aggregation == last ? std::optional{metric.dimension} : std::nullopt;
  if (aggregation == count) return metric.kind == MetricKind::gauge ? std::nullopt : std::optional{counted_dimension(metric)};
  switch (metric.kind) {
    case MetricKind::durations:
      if (aggregation == percentile || is_level) return metric.dimension;
      return aggregation == rate ? std::optional{Dimension::rate} : std::nullopt;
    case MetricKind::counter:  // avg, max and min are of its rate
      if (aggregation == last) return metric.dimension;
      if (aggregation != rate && !is_level) return std::nullopt;
      if (metric.dimension == Dimension::bytes) return Dimension::bandwidth;
      return metric.dimension == Dimension::money ? Dimension::money_rate : Dimension::rate;
    case MetricKind::share:
      return is_level || aggregation == rate || aggregation == last ? std::optional{Dimension::ratio} : std::nullopt;
    case MetricKind::gauge:
      if (aggregation == time_to) return Dimension::time;
      return is_level || aggregation == last ? std::optional{metric.dimension} : std::nullopt;
  }
  return std::nullopt;
}

std::vector<Aggregation> aggregations_for(const MetricInfo& metric) {
  using enum Aggregation;
  std::vector<Aggregation> all{percentile, rate, avg, max, min, last, count, time_to};
  std::erase_if(all, [&](Aggregation aggregation) { return !value_dimension(metric, aggregation); });
  return all;
}

std::vector<std::string_view> metric_names() {
  std::vector<std::string_view> names;
  for (const MetricInfo& metric : table()) names.push_back(metric.name);
  return names;
}

}  // namespace headroom
