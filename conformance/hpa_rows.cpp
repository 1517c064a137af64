#include "conformance/hpa_rows.hpp"

#include <cctype>
#include <sstream>
#include <stdexcept>

namespace headroom::conformance {
namespace {

std::string lower(std::string word) {
  for (char& letter : word) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return word;
}

std::optional<std::int64_t> number_or_none(const Json& object, const char* field) {
  if (is_absent(object, field)) return std::nullopt;
  return object.at(field).get<std::int64_t>();
}

// A field that has a default, and may be null: not known.
std::optional<double> age_or_none(const Json& object, const char* field, std::optional<double> otherwise) {
  if (!object.contains(field)) return otherwise;
  if (object.at(field).is_null()) return std::nullopt;
  return object.at(field).get<double>();
}

hpa::MeasuredPod state_of(const Json& row) {
  const std::string phase = row.value("phase", "Running");
  const std::optional<double> started = age_or_none(row, "start_age_s", 3600.0);
  const std::optional<double> changed = age_or_none(row, "ready_changed_age_s", started.value_or(3600.0));
  const bool has_condition = !row.contains("ready") || !row.at("ready").is_null();
  hpa::MeasuredPod pod;
  pod.phase = phase == "Pending" ? PodPhase::pending : phase == "Failed" ? PodPhase::failed : PodPhase::running;
  pod.deleting = row.value("deleting", false);
  pod.ready = has_condition && row.value("ready", true);
  if (started) pod.started = hpa_ago(*started);
  if (has_condition && changed) pod.ready_changed = hpa_ago(*changed);
  return pod;
}

hpa::Sample sample_of(const Json& row, std::int64_t value) {
  return {value, hpa_ago(row.value("sample_age_s", 0.0)), to_duration(row.value("sample_window_s", 60.0))};
}

const Json& containers_of(const Json& pod) {
  static const Json none = Json::array();
  return pod.contains("containers") ? pod.at("containers") : none;
}

// Of one container, or of all: then all must have been seen.
std::optional<std::int64_t> usage_of(const Json& pod, const std::string& only) {
  std::int64_t sum = 0;
  bool found = false;
  for (const Json& container : containers_of(pod)) {
    if (!only.empty() && container.at("name") != only) continue;
    const auto usage = number_or_none(container, "usage_milli");
    if (!usage) return std::nullopt;
    sum += *usage;
    found = true;
  }
  return found ? std::optional{sum} : std::nullopt;
}

hpa::PodRequest request_of(const Json& pod, const std::string& only, const std::string& resource) {
  std::vector<hpa::Container> containers;
  for (const Json& container : containers_of(pod))
    containers.push_back({.name = container.value("name", ""), .request = number_or_none(container, "request_milli")});
  return hpa::request_of(containers, {}, only, resource, pod.value("name", ""));
}

// A number, or an object that has it somewhere.
std::int64_t orphan_usage(const Json& orphan) {
  if (orphan.is_number()) return orphan.get<std::int64_t>();
  for (const char* field : {"usage_milli", "custom_milli", "value_milli"}) {
    if (orphan.contains(field)) return orphan.at(field).get<std::int64_t>();
  }
  return usage_of(orphan, {}).value_or(0);
}

hpa::PodMetric pod_metric(const Json& metric, const HpaScene& scene) {
  const bool is_custom = metric.at("type") == "Pods";
  const std::string only = is_absent(metric, "container") ? "" : metric.at("container").get<std::string>();
  const std::string resource = metric.value("resource", "");
  hpa::PodMetric seen;
  seen.readiness_matters = resource == "cpu" && !is_custom;
  for (const Json& row : scene.pods) {
    hpa::MeasuredPod& pod = seen.pods.emplace_back(state_of(row));
    const auto usage = is_custom ? number_or_none(row, "custom_milli") : usage_of(row, only);
    if (usage) pod.sample = sample_of(row, *usage);
    if (is_custom) continue;
    hpa::PodRequest request = request_of(row, only, resource);
    pod.request = request.request;
    pod.request_failure = std::move(request.failure);
  }
  for (const Json& orphan : scene.orphans) seen.orphans.push_back(orphan_usage(orphan));
  return seen;
}

// Anything at all, of any container.
bool was_answered(const Json& metric, const HpaScene& scene) {
  if (!scene.orphans.empty()) return true;
  for (const Json& pod : scene.pods) {
    if (metric.at("type") == "Pods" && !is_absent(pod, "custom_milli")) return true;
    if (metric.at("type") == "Pods") continue;
    for (const Json& container : containers_of(pod)) {
      if (!is_absent(container, "usage_milli")) return true;
    }
  }
  return false;
}

// In the order in which the controller looks: an average wins over a utilization or a value, but for objects.
std::optional<hpa::Target> target_of(const Json& metric) {
  const Json& target = metric.at("target");
  const std::string type = metric.at("type");
  const auto average = number_or_none(target, "average_milli"), value = number_or_none(target, "value_milli"),
             utilization = number_or_none(target, "utilization");
  if (type == "Object" && value) return hpa::Target{hpa::TargetKind::value, *value};
  if (average) return hpa::Target{hpa::TargetKind::average, *average};
  if (type == "External" && value) return hpa::Target{hpa::TargetKind::value, *value};
  if ((type == "Resource" || type == "ContainerResource") && utilization)
    return hpa::Target{hpa::TargetKind::utilization, *utilization};
  return std::nullopt;
}

bool fails(const std::string& fault, const std::string& type) {
  const auto names = [&fault](const char* word) { return fault.find(word) != std::string::npos; };
  if (!names("fetch") && !names("metric")) return false;
  if (names("external")) return type == "External";
  if (names("object")) return type == "Object";
  if (names("pods")) return type == "Pods";
  if (names("custom")) return type == "Pods" || type == "Object";
  if (names("resource")) return type == "Resource" || type == "ContainerResource";
  return names("metric");
}

std::string_view failure_reason(const std::string& type) {
  if (type == "Resource") return "FailedGetResourceMetric";
  if (type == "ContainerResource") return "FailedGetContainerResourceMetric";
  if (type == "Pods") return "FailedGetPodsMetric";
  if (type == "Object") return "FailedGetObjectMetric";
  if (type == "External") return "FailedGetExternalMetric";
  return "InvalidMetricSourceType";
}

hpa::Proposal proposal_of(const Json& metric, const HpaScene& scene, const hpa::Target& target) {
  const std::string type = metric.at("type");
  if (type == "Object" || type == "External") {
    const std::vector<std::int64_t> samples = metric.at("samples_milli").get<std::vector<std::int64_t>>();
    if (samples.empty()) return hpa::failed("no metrics returned from external metrics API");
    return hpa::propose_from_value(hpa::sum_of(samples), target, scene.tolerance, scene.replicas);
  }
  const bool is_custom = type == "Pods";
  if (!was_answered(metric, scene)) {
    return hpa::failed(is_custom ? "unable to get metric: no metrics returned from custom metrics API"
                                 : "unable to get metrics for resource " + metric.value("resource", "") +
                                       ": no metrics returned from resource metrics API");
  }
  return hpa::propose_from_pods(pod_metric(metric, scene), target, scene.tolerance, scene.readiness, hpa_now(),
                                scene.replicas.asked_for);
}

}  // namespace

SimTime hpa_now() { return at_seconds(100'000.0); }
SimTime hpa_ago(double seconds) { return at_seconds(100'000.0 - seconds); }

bool is_absent(const Json& object, const char* field) { return !object.contains(field) || object.at(field).is_null(); }

hpa::MetricOutcome hpa_outcome(const Json& metric, const HpaScene& scene) {
  const std::string type = metric.at("type");
  const std::string_view reason = failure_reason(type);
  if (reason == "InvalidMetricSourceType") return {hpa::failed("unknown metric source type \"" + type + "\""), reason};
  if (fails(scene.fault, type)) return {hpa::failed("unable to get metric: " + scene.fault), reason};
  const std::optional<hpa::Target> target = target_of(metric);
  if (!target) return {hpa::failed("invalid metric source: neither a value target nor an average value target was set"), reason};
  return {proposal_of(metric, scene, *target), reason};
}

std::optional<int> hpa_ready_pods(const Json& pods) {
  if (pods.empty()) return std::nullopt;
  int ready = 0;
  for (const Json& row : pods) {
    const std::string phase = row.value("phase", "Running");
    ready += phase == "Running" && state_of(row).ready ? 1 : 0;
  }
  return ready;
}

hpa::ScalingRules hpa_rules_of(const Json& rules, hpa::ScalingRules defaults) {
  if (!is_absent(rules, "select")) defaults.select = lower(rules.at("select"));
  if (!is_absent(rules, "stabilization_s")) defaults.stabilization = to_duration(rules.at("stabilization_s").get<double>());
  if (!is_absent(rules, "tolerance")) defaults.tolerance = Ratio{rules.at("tolerance").get<double>()};
  if (is_absent(rules, "policies")) return defaults;
  defaults.policies.clear();
  for (const Json& policy : rules.at("policies"))
    defaults.policies.push_back({lower(policy.at("type")), policy.at("value"), to_duration(policy.at("period_s").get<double>())});
  return defaults;
}

std::optional<hpa::Behavior> hpa_behavior_of(const Json& hpa) {
  if (is_absent(hpa, "behavior")) return std::nullopt;
  const Json& given = hpa.at("behavior");
  hpa::Behavior behavior;
  if (!is_absent(given, "up")) behavior.scale_up = hpa_rules_of(given.at("up"), behavior.scale_up);
  if (!is_absent(given, "down")) behavior.scale_down = hpa_rules_of(given.at("down"), behavior.scale_down);
  return behavior;
}

std::vector<hpa::ScaleEvent> hpa_events_of(const Json& rows) {
  std::vector<hpa::ScaleEvent> events;
  for (const Json& row : rows) events.push_back({row.at("change"), hpa_ago(row.at("age_s")), row.value("outdated", false)});
  return events;
}

std::vector<hpa::Recommendation> hpa_log_of(const Json& rows) {
  std::vector<hpa::Recommendation> log;
  for (const Json& row : rows) log.push_back({row.at("value"), hpa_ago(row.at("age_s"))});
  return log;
}

hpa::ReadinessRules hpa_readiness_of(const Json& table) {
  hpa::ReadinessRules rules;
  if (is_absent(table, "parameters")) return rules;
  const Json& parameters = table.at("parameters");
  if (!is_absent(parameters, "cpu_initialization_period_s"))
    rules.initialization = to_duration(parameters.at("cpu_initialization_period_s").get<double>());
  if (!is_absent(parameters, "initial_readiness_delay_s"))
    rules.initial_readiness_delay = to_duration(parameters.at("initial_readiness_delay_s").get<double>());
  return rules;
}

hpa::Fault hpa_fault_of(const std::string& name) {
  const auto names = [&name](const char* word) { return name.find(word) != std::string::npos; };
  if (name.empty()) return hpa::Fault::none;
  if (names("ambiguous")) return hpa::Fault::ambiguous_selector;
  if (names("selector")) return hpa::Fault::selector_missing;
  if (names("scale")) return names("update") ? hpa::Fault::update_scale : hpa::Fault::get_scale;
  if (names("fetch") || names("metric")) return hpa::Fault::none;  // of one metric
  throw std::invalid_argument{"the fault \"" + name + "\" is not known"};
}

bool is_quoted_in(const std::string& got, const std::string& expected) {
  std::istringstream words{expected};
  std::size_t from = 0;
  for (std::string word; words >> word;) {
    const std::size_t at = got.find(word, from);
    if (at == std::string::npos) return false;
    from = at + word.size();
  }
  return true;
}

}  // namespace headroom::conformance
