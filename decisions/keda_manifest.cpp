// spec of KEDA's ScaledObject, keda.sh/v1alpha1.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "decisions/manifest_reader.hpp"
#include "decisions/manifest_specs.hpp"

namespace headroom::decisions {
namespace {

// Where a trigger's metadata has its target and its activation, and what the target is where it has none (0: it must be there).
struct TriggerType {
  std::string_view name, target, activation;
  double otherwise = 0.0;
};

constexpr TriggerType trigger_types[] = {
    {"aws-sqs-queue", "queueLength", "activationQueueLength", 5},
    {"azure-queue", "queueLength", "activationQueueLength", 5},
    {"datadog", "queryValue", "activationQueryValue"},
    {"gcp-pubsub", "value", "activationValue", 10},
    {"kafka", "lagThreshold", "activationLagThreshold", 10},
    {"metrics-api", "targetValue", "activationTargetValue"},
    {"mysql", "queryValue", "activationQueryValue"},
    {"postgresql", "targetQueryValue", "activationTargetQueryValue"},
    {"prometheus", "threshold", "activationThreshold"},
    {"rabbitmq", "value", "activationValue"},
    {"redis", "listLength", "activationListLength", 5},
};

class KedaSpec {
 public:
  KedaSpec(const Value& spec, Issues& issues) : spec_{spec}, issues_{issues}, options_{options_object(spec.place)} {}

  ReadSpec read() {
    const ManifestObject spec{spec_,
                              issues_,
                              {"scaleTargetRef", "pollingInterval", "cooldownPeriod", "initialCooldownPeriod", "idleReplicaCount",
                               "minReplicaCount", "maxReplicaCount", "fallback", "advanced", "triggers"}};
    if (const Value* target = spec.object("scaleTargetRef", true)) {
      const ManifestObject reference{*target, issues_, {"apiVersion", "kind", "name", "envSourceContainerName"}};
      if (const Value* name = reference.text("name", true)) manifest_.service = name->text;
    }
    const Value* fewest = spec.whole("minReplicaCount");
    const Value* most = spec.whole("maxReplicaCount");
    add_replicas(fewest != nullptr ? *fewest : integer_value(0, spec_.place),
                 most != nullptr ? *most : integer_value(100, spec_.place), options_, manifest_);
    if (const Value* idle = spec.whole("idleReplicaCount")) add_option(options_, "idle", *idle);
    if (const Value* polling = spec.whole("pollingInterval")) add_option(options_, "polling", seconds_at(*polling));
    if (const Value* cooldown = spec.whole("cooldownPeriod")) add_option(options_, "cooldown", seconds_at(*cooldown));
    if (const Value* first = spec.whole("initialCooldownPeriod")) add_option(options_, "initial_cooldown", seconds_at(*first));
    if (const Value* fallback = spec.object("fallback")) read_fallback(*fallback);
    if (const Value* advanced = spec.object("advanced")) read_advanced(*advanced);
    read_triggers(spec);
    return {std::move(options_), std::move(manifest_)};
  }

 private:
  void read_fallback(const Value& value) {
    const ManifestObject given{value, issues_, {"failureThreshold", "replicas", "behavior"}};
    Value option = options_object(value.place);
    if (const Value* failures = given.whole("failureThreshold", true)) add_option(option, "failures", *failures);
    if (const Value* replicas = given.whole("replicas", true)) add_option(option, "replicas", *replicas);
    if (const Value* behavior =
            given.word("behavior", {"static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"})) {
      const std::string word = behavior->text == "static"                    ? "static"
                               : behavior->text == "currentReplicas"         ? "current"
                               : behavior->text == "currentReplicasIfHigher" ? "current-if-higher"
                                                                             : "current-if-lower";
      add_option(option, "behavior", text_value(word, behavior->place));
    }
    add_option(options_, "fallback", std::move(option));
  }

  void read_advanced(const Value& value) {
    const ManifestObject given{
        value, issues_, {"restoreToOriginalReplicaCount", "horizontalPodAutoscalerConfig", "scalingModifiers"}};
    if (given.has("scalingModifiers"))
      given.issue("scalingModifiers", "cannot be followed: a formula over several triggers is not modelled", "leave it out");
    const Value* config = given.object("horizontalPodAutoscalerConfig");
    if (config == nullptr) return;
    const ManifestObject hpa{*config, issues_, {"name", "behavior"}};
    if (const Value* behavior = hpa.object("behavior")) add_option(options_, "behavior", read_behavior(*behavior, issues_));
  }

  void read_triggers(const ManifestObject& spec) {
    const Value* triggers = spec.list("triggers");
    if (triggers == nullptr) return spec.issue("triggers", "names no trigger");
    Value list = options_list(triggers->place);
    for (const Value& item : triggers->items) read_trigger(item, list);
    add_option(options_, "triggers", std::move(list));
  }

  const TriggerType* type_of(const ManifestObject& trigger) {
    const Value* type = trigger.text("type", true);
    if (type == nullptr) return nullptr;
    const auto found = std::ranges::find(trigger_types, type->text, &TriggerType::name);
    if (found != std::end(trigger_types)) return found;
    std::string known;
    for (const TriggerType& one : trigger_types) known += (known.empty() ? "" : ", ") + std::string{one.name};
    trigger.issue("type", fmt::format("is \"{}\", which cannot be replayed from a recorded metric here", type->text),
                  "there is " + known);
    return nullptr;
  }

  // Numbers stand as texts in metadata.
  std::optional<double> number(const Value& metadata, std::string_view field) {
    const Member* member = metadata.find(field);
    if (member == nullptr) return std::nullopt;
    const std::string text = to_text(member->value);
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return value;
    issues_.add(member->value.place, fmt::format("is {}; a number is expected", text));
    return std::nullopt;
  }

  void read_trigger(const Value& value, Value& list) {
    const ManifestObject trigger{
        value, issues_, {"type", "name", "metadata", "metricType", "authenticationRef", "useCachedMetrics"}};
    const TriggerType* type = type_of(trigger);
    const Value* name = trigger.text("name");
    const Value* kind = trigger.word("metricType", {"AverageValue", "Value"});
    const Value* metadata = trigger.object("metadata", true);
    if (type == nullptr || metadata == nullptr) return;
    ManifestMetric seen;
    seen.name = name != nullptr ? name->text : std::string{type->name};
    seen.selector = selector_of(seen.name);
    seen.is_value = kind != nullptr && kind->text == "Value";
    if (std::ranges::find(manifest_.metrics, seen.name, &ManifestMetric::name) != manifest_.metrics.end())
      trigger.issue("name", fmt::format("\"{}\" is what another trigger is called", seen.name), "give each a name of its own");
    const auto target = number(*metadata, type->target);
    if (!target && metadata->find(type->target) == nullptr && type->otherwise == 0.0)
      issues_.add_below(metadata->place, type->target, "is missing");
    seen.target = target.value_or(type->otherwise);
    Value option = options_object(value.place);
    add_option(option, "metric", text_value(seen.selector, name != nullptr ? name->place : value.place));
    const Member* given = metadata->find(type->target);
    add_option(option, seen.is_value ? "value" : "average",
               number_value(seen.target, given != nullptr ? given->value.place : metadata->place));
    if (const auto activation = number(*metadata, type->activation))
      add_option(option, "activation", number_value(*activation, metadata->find(type->activation)->value.place));
    list.items.push_back(std::move(option));
    manifest_.metrics.push_back(std::move(seen));
  }

  const Value& spec_;
  Issues& issues_;
  Value options_;
  AutoscalerManifest manifest_;
};

}  // namespace

ReadSpec read_keda_spec(const Value& spec, Issues& issues) { return KedaSpec{spec, issues}.read(); }

}  // namespace headroom::decisions
