#include "reports/charts.hpp"

#include "reports/chart_builder.hpp"

namespace headroom {
namespace {

MetricSelector select(Aggregation aggregation, std::string metric, std::vector<Label> labels = {}) {
  return {.aggregation = aggregation, .metric = std::move(metric), .labels = std::move(labels)};
}

MetricSelector percentile(double p, std::vector<Label> labels = {}) {
  return {.aggregation = Aggregation::percentile, .percentile = p, .metric = "latency", .labels = std::move(labels)};
}

std::string joined(const std::vector<Label>& labels) {
  std::string text;
  for (const Label& label : labels) text += (text.empty() ? "" : ", ") + label.value;
  return text;
}

// One subject per thing that has the metric; "CPU of" makes "CPU of api".
std::vector<ChartSubject> each(const ChartBuilder& builder, Aggregation aggregation, const std::string& metric, const std::string& title) {
  std::vector<ChartSubject> subjects;
  for (const std::vector<Label>& labels : builder.labels_of(metric)) {
    subjects.push_back({joined(labels), title + " " + joined(labels), select(aggregation, metric, labels), std::nullopt});
  }
  return subjects;
}

ChartSubject only(const std::string& title, MetricSelector selector) { return {title, title, std::move(selector), std::nullopt}; }

ChartGroup latency(const ChartBuilder& builder) {
  ChartGroup group{.title = "Latency", .charts = {}, .omitted = {}};
  builder.add(group, "Latency percentiles",
              {{"p50", "p50 latency", percentile(50), {}}, {"p95", "p95 latency", percentile(95), {}}, {"p99", "p99 latency", percentile(99), {}}});
  std::vector<ChartSubject> by_workload;
  for (const std::string& name : builder.label_values("latency", "workload")) {
    by_workload.push_back({name, "p95 latency of " + name, percentile(95, {{"workload", name}}), {}});
  }
  if (by_workload.size() > 1) builder.add(group, "p95 latency by workload", by_workload);
  builder.add_distribution(group);
  return group;
}

ChartGroup traffic(const ChartBuilder& builder) {
  ChartGroup group{.title = "Requests and errors", .charts = {}, .omitted = {}};
  builder.add(group, "", {only("Requests ended", select(Aggregation::rate, "requests"))});
  builder.add(group, "", {only("Requests in flight", select(Aggregation::avg, "in_flight"))});
  builder.add(group, "", {only("Errors", select(Aggregation::rate, "errors"))});
  std::vector<ChartSubject> reasons;
  for (const std::string& reason : builder.label_values("failures", "reason")) {
    reasons.push_back({reason, "Failures: " + reason, select(Aggregation::rate, "failures", {{"reason", reason}}), {}});
  }
  builder.add(group, "Failures by reason", reasons);
  return group;
}

ChartGroup queues(const ChartBuilder& builder) {
  ChartGroup group{.title = "Queues", .charts = {}, .omitted = {}};
  builder.add(group, "Queue length", each(builder, Aggregation::avg, "queue_length", "Queue length of"));
  builder.add(group, "Age of the oldest message", each(builder, Aggregation::max, "queue_age", "Age of the oldest message in"));
  return group;
}

ChartGroup replicas(const ChartBuilder& builder) {
  ChartGroup group{.title = "Replicas and nodes", .charts = {}, .omitted = {}};
  std::vector<ChartSubject> services = each(builder, Aggregation::avg, "replicas", "Replicas of");
  for (ChartSubject& service : services) service.wanted = select(Aggregation::avg, "replicas_wanted", service.selector.labels);
  builder.add(group, "Replicas", services, ChartBuilder::Flat::omit);
  for (const ChartSubject& service : services) builder.add_against_demand(group, service.selector.labels);
  builder.add(group, "Instances", each(builder, Aggregation::avg, "instances", "Instances of"));
  builder.add(group, "Nodes", each(builder, Aggregation::avg, "nodes", "Nodes of"), ChartBuilder::Flat::omit);
  builder.add(group, "Pods without a node", each(builder, Aggregation::max, "pending_pods", "Pods without a node in"));
  return group;
}

ChartGroup utilization(const ChartBuilder& builder) {
  ChartGroup group{.title = "Utilisation", .charts = {}, .omitted = {}};
  builder.add(group, "CPU", each(builder, Aggregation::avg, "cpu", "CPU of"));
  builder.add(group, "Slots in use", each(builder, Aggregation::avg, "slots", "Slots in use of"));
  builder.add(group, "Memory", each(builder, Aggregation::avg, "memory", "Memory of"));
  builder.add(group, "Database CPU", each(builder, Aggregation::avg, "database_cpu", "Database CPU of"));
  builder.add(group, "Connections in use", each(builder, Aggregation::avg, "pool", "Connections in use of"));
  builder.add(group, "Connections open", each(builder, Aggregation::avg, "connections", "Connections open to"));
  builder.add(group, "Requested CPU of nodes", each(builder, Aggregation::avg, "node_cpu_requested", "Requested CPU of nodes in"));
  return group;
}

ChartGroup caches(const ChartBuilder& builder) {
  ChartGroup group{.title = "Caches", .charts = {}, .omitted = {}};
  builder.add(group, "Hit ratio", each(builder, Aggregation::avg, "hit_ratio", "Hit ratio of"));
  return group;
}

ChartGroup cost(const ChartBuilder& builder) {
  ChartGroup group{.title = "Cost", .charts = {}, .omitted = {}};
  const MetricSelector rate = select(Aggregation::rate, "cost");
  builder.add(group, "", {only("Cost rate", rate)});
  builder.add_cumulated(group, only("Cost since the start", rate));
  return group;
}

}  // namespace

std::vector<ChartGroup> charts_of(const StudyReport& report) {
  const ChartBuilder builder{report};
  std::vector<ChartGroup> groups{latency(builder), traffic(builder), queues(builder), replicas(builder),
                                 utilization(builder), caches(builder), cost(builder)};
  std::erase_if(groups, [](const ChartGroup& group) { return group.charts.empty() && group.omitted.empty(); });
  return groups;
}

std::vector<ChartSpan> chart_spans(const StudyReport& report) {
  std::vector<ChartSpan> spans;
  if (report.study.runs.front().empty()) return spans;
  const RunResult& run = report.study.runs.front().front();
  if (run.warm_up_seconds > 0.0) spans.push_back({"warm-up", 0.0, run.warm_up_seconds, true});
  for (const PhaseResult& phase : run.phases) spans.push_back({phase.name, phase.begin_seconds, phase.end_seconds, false});
  return spans;
}

}  // namespace headroom
