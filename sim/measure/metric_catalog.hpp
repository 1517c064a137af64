// The metrics that exist: name, meaning, unit, labels. One table for conditions, policies, reports and documentation.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/core/units.hpp"

namespace headroom {

enum class MetricKind { counter, gauge, share, durations };

struct MetricInfo {
  std::string_view name;
  MetricKind kind;
  Dimension dimension;                   // of its value: latency is time, cpu is a ratio, errors is a ratio
  std::vector<std::string_view> labels;  // that a selector may name
  std::string_view meaning;
  std::string_view output_name;  // with its unit, as in exports: "latency_seconds"
};

// Every metric, in the order of documentation:
//   latency          durations  {workload | region | service | endpoint | database | language_model}  from sending a request to its
//                               answer; what failed, was refused or was given up has none: it is in errors, failures, throttled
//   queue_wait       durations  {service | queue, priority | database}     time spent waiting for a slot, a worker, a connection
//   requests         counter    {as latency}                     requests ended; {region}: of all users at home there
//   errors           share      {as latency}                     requests that failed, of those that ended
//   failures         counter    {workload, reason}               requests of users that failed, by reason
//   late             share      {workload}                       took longer than its deadline
//   lateness         durations  {workload}                       from when it was due until it was done
//   concurrent_users gauge      {workload}                       sessions begun and not ended, thinking included
//   accounts         gauge      {workload}                       where somebody's users change
//   throttled        share      {limit, priority | service}      refused by a limit, or for want of an instance
//   limit_wait       durations  {limit}                          for tokens
//   in_flight        gauge      {workload | service}             requests begun and not ended
//   sessions         counter    {workload}                       journeys begun
//   replicas         gauge      {service}                        registered with the balancer
//   replicas_wanted  gauge      {service}                        asked for
//   cpu              share      {service}                        cores in use of cores of the registered replicas
//   memory           share      {service}                        memory in use of the limit of the registered replicas
//   slots            share      {service}                        slots in use of slots
//   queue_length     gauge      {service | queue | database}     waiting
//   queue_age        gauge      {queue}                          age of the oldest message waiting
//   pool             share      {database}                       connections in use of the pool
//   connections      share      {database}                       open of those allowed, where that is said
//   connection_wait  durations  {database}                       for one of the client's
//   database_cpu     share      {database}                       cores in use of cores
//                    of a database also by {operation}, with its database or without
//   shards_down      gauge      {database}                       that nobody takes writes for
//   replication_lag  durations  {database}                       from a commit until a replica has applied it
//   stale_reads      share      {database}                       reads that did not see the newest write of their key
//   lost_writes      counter    {database}                       acknowledged, and unknown to the replica that was promoted
//   resharding_progress  share  {database}                       copied, of what moves to another shard
//   resharding_time  durations  {database}                       of the copy
//   dual_reads       counter    {database}                       passed on to the former shard of their key
//   dual_writes      counter    {database}                       to both shards of a key that moves
//   hit_ratio        share      {cache}                          hits of look-ups
//   key_hit_ratio    share      {cache, key}                     where several keys share a cache
//   cache_bytes      gauge      {cache}
//   evictions        counter    {cache}
//   coalesced        counter    {cache}                          look-ups that waited for another's load; misses in hit_ratio
//   stale_served     counter    {cache}                          hits past the soft time to live
//   refreshes        counter    {cache}                          loads in the background
//   invalidations    counter    {cache}                          keys and generations
//   coalesced_writes counter    {cache}                          writes behind that went with an earlier one
//   node_utilization share      {cache}                          of its busiest node
//   link_utilization share      {link}
//   flows            gauge      {link}                           transfers under way
//   bytes_sent       counter    {link}
//   transfer_time    durations  {link}
//   lost_writes      counter    {cache}                          writes behind that never arrived
//   time_to_first_token durations {language_model}              of texts that were completed
//   time_per_token   durations  {language_model}                 mean of one text, from its first to its last token
//   tokens_in        counter    {language_model}                 of texts that were completed
//   tokens_out       counter    {language_model}
//   kv_cache         share      {language_model, service}        in use of what the engines have
//   batch_size       gauge      {language_model, service}        texts in the making in engines
//   generations_waiting gauge   {language_model, service}        for room in an engine
//   preemptions      counter    {language_model, service}        sent back to wait: the KV cache was full
//   rate_limited     counter    {language_model}                 refused or delayed by a provider's limits
//   calls_rejected   share      {client, reason}                 tries that were not sent: circuit_open, bulkhead_full
//   retries_denied   share      {client}                         by its budget, of those that were due
//   circuits_open    gauge      {client}                         replicas whose circuit breaker is open
//   circuits_half_open gauge    {client}                         … lets some try
//   circuits_opened  counter    {client}
//   bulkhead         share      {client}                         calls under way, of those allowed at a time
//   bulkhead_wait    durations  {client}                         for the end of another call
//   hedges           share      {client}                         second requests, of the tries of calls
//   hedges_won       share      {client}                         answered first, of those sent
//   hedges_denied    share      {client}                         by budget or bulkhead, of those due
//   degraded         share      {service}                        calls that fell back, of those with a fallback
//   nodes            gauge      {node_pool}                      up
//   scaling_time     durations  {service}                        of a scale-out: from the change of load until it is complete
//   scaling_delay    durations  {service, part}                  its parts, which add up to it (scale_out.hpp)
//   pending_pods     gauge      {node_pool}                      pods without a node
//   node_cpu_requested share    {node_pool}                      requested of allocatable
//   instances        gauge      {service}                        of a serverless service, idle and starting ones too
//   cold_starts      share      {service}                        requests that waited for an instance to start, of those let in
//   node_cpu_used    share      {node_pool}                      cores in use of allocatable
//   node_memory_requested, node_gpus_requested  share {node_pool}  requested of allocatable; node_gpus_used: of replicas at work
//   gpu_hours        counter    {node_pool}                      of nodes
//   energy           counter    {node_pool}                      watt-hours, where the pool says its power
//   carbon           counter    {node_pool}                      grams of CO2 equivalent, where the grid says its own
//   tenants          gauge      {workload}                       where a workload's users are tenants
//   cost             counter    {component, kind, its owner}     US dollars spent
//   Derived, each with one value for a span: cost_per_user, cost_per_request, cost_per_tenant, cost_per_month, requests_per_dollar,
//   idle_cost, unrequested_cost, carbon_per_user, uptime (derived_metrics.hpp)
//   availability     share      {as latency}                     1 - errors
std::span<const MetricInfo> metric_catalog();
const MetricInfo* find_metric(std::string_view name);  // nullptr if there is none
// Made of other metrics: nobody records it.
bool is_derived(std::string_view name);
// What the value of an aggregation is a number of (rate of requests: per second, count of errors: a number, time_to: time); none
// where the aggregation has no meaning for the metric. sim/measure/evaluate.hpp says what the values are.
std::optional<Dimension> value_dimension(const MetricInfo& metric, Aggregation aggregation);
// Those that have a meaning for it, the most telling first. Derived metrics have `last` alone, which need not be written.
std::vector<Aggregation> aggregations_for(const MetricInfo& metric);
std::vector<std::string_view> metric_names();

}  // namespace headroom
