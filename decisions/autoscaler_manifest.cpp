#include "decisions/autoscaler_manifest.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "decisions/line_reader.hpp"
#include "decisions/manifest_reader.hpp"
#include "scenarios/json_text.hpp"
#include "scenarios/text_file.hpp"
#include "scenarios/yaml_text.hpp"
#include "sim/core/metric_name.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::decisions {
namespace {

Value root_of(const std::string& path, Issues& issues) {
  const TextFile file = read_text_file(path);
  if (!file.problem.empty()) issues.add(Issue{path, file.line, file.column, {}, file.problem, file.suggestion});
  issues.throw_if_any();
  const bool is_json = std::filesystem::path{path}.extension() == ".json";
  std::optional<Value> root = is_json ? parse_json(file.text, 0, issues) : parse_yaml(file.text, 0, issues);
  issues.throw_if_any();
  return std::move(*root);
}

std::string lower(std::string word) {
  for (char& letter : word) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return word;
}

Value text_at(std::string text, const Value& place) { return text_value(std::move(text), place.place); }
Value seconds_at(const Value& number) { return text_value(fmt::format("{} s", number.integer), number.place); }

// Metrics of conditions have lower-case letters and underscores; any other name becomes a label.
std::string selector_of(const std::string& name) {
  ConditionError ignored;
  const auto selector = parse_selector(name, ignored);
  if (selector && selector->metric == name) return name;
  return fmt::format("external{{metric=\"{}\"}}", name);
}

class HpaManifest {
 public:
  HpaManifest(const Value& root, Issues& issues) : root_{root}, issues_{issues} {}

  AutoscalerManifest read() {
    const ManifestObject whole{root_, issues_, {"apiVersion", "kind", "metadata", "spec", "status"}};
    const Value* kind = whole.text("kind", true);
    if (kind != nullptr && kind->text != "HorizontalPodAutoscaler")
      whole.issue("kind", "is " + kind->text + "; a HorizontalPodAutoscaler is expected",
                  kind->text == "List" ? "name one: kubectl get hpa NAME -o yaml" : "");
    const Value* version = whole.text("apiVersion", true);
    if (version != nullptr && version->text != "autoscaling/v2")
      whole.issue("apiVersion", "is " + version->text + "; autoscaling/v2 is expected", "kubectl get hpa NAME -o yaml prints it");
    issues_.throw_if_any();
    if (const Value* metadata = whole.object("metadata")) {
      const Member* name = metadata->find("name");
      if (name != nullptr && name->value.is(ValueKind::text)) manifest_.name = name->value.text;
    }
    if (const Value* spec = whole.object("spec", true)) read_spec(*spec);
    issues_.throw_if_any();
    manifest_.choice.registry = &RegistryOf<Autoscaler>::instance();
    read_options(std::move(options_), "hpa", manifest_.choice, issues_);
    issues_.throw_if_any();
    return std::move(manifest_);
  }

 private:
  void read_spec(const Value& value) {
    options_ = options_object(value.place);
    const ManifestObject spec{value, issues_, {"scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "behavior"}};
    if (const Value* target = spec.object("scaleTargetRef", true)) {
      const ManifestObject reference{*target, issues_, {"apiVersion", "kind", "name"}};
      reference.text("kind", true);
      if (const Value* name = reference.text("name", true)) manifest_.service = name->text;
    }
    const Value* fewest = spec.whole("minReplicas");
    const Value* most = spec.whole("maxReplicas", true);
    if (most != nullptr) add_replicas(fewest, *most);
    const Value* metrics = spec.list("metrics");
    Value list = options_list(metrics != nullptr ? metrics->place : value.place);
    for (std::size_t i = 0; metrics != nullptr && i < metrics->items.size(); ++i) read_metric(metrics->items[i], list);
    if (metrics == nullptr || metrics->items.empty())
      manifest_.metrics.push_back(
          {.name = "cpu", .selector = "cpu", .is_resource = true, .per_replica = true, .is_utilization = true, .target = 0.8});
    else
      add_option(options_, "metrics", std::move(list));
    if (container_) manifest_.service = *container_;
    if (const Value* behavior = spec.object("behavior")) read_behavior(*behavior);
  }

  void add_replicas(const Value* fewest, const Value& most) {
    Value range = options_list(most.place);
    range.items.push_back(fewest != nullptr ? *fewest : integer_value(1, most.place));
    range.items.push_back(most);
    const auto number = [](const Value& value) { return static_cast<int>(std::clamp<std::int64_t>(value.integer, 0, 1 << 30)); };
    manifest_.replicas = {number(range.items[0]), number(range.items[1])};
    add_option(options_, "replicas", std::move(range));
  }

  // ---- metrics ----

  void read_metric(const Value& value, Value& list) {
    const ManifestObject metric{value, issues_, {"type", "resource", "containerResource", "pods", "object", "external"}};
    const Value* type = metric.word("type", {"Resource", "ContainerResource", "Pods", "Object", "External"}, true);
    if (type == nullptr) return;
    const std::string field = static_cast<char>(type->text[0] - 'A' + 'a') + type->text.substr(1);
    for (const std::string_view other : {"resource", "containerResource", "pods", "object", "external"}) {
      if (other != field && metric.has(other))
        metric.issue(other, fmt::format("does not belong to the type {}", type->text), "remove it, or write type: " + type_of(other));
    }
    const Value* source = metric.object(field, true);
    if (source == nullptr) return;
    Value option = options_object(value.place);
    ManifestMetric seen;
    const Value* target =
        field.ends_with("esource") ? resource(*source, field, option, seen) : other_source(*source, field, option, seen);
    if (target != nullptr) read_target(*target, field, option, seen);
    list.items.push_back(std::move(option));
    manifest_.metrics.push_back(std::move(seen));
  }

  static std::string type_of(std::string_view field) {
    std::string type{field};
    type[0] = static_cast<char>(type[0] - 'a' + 'A');
    return type;
  }

  const Value* resource(const Value& value, const std::string& field, Value& option, ManifestMetric& seen) {
    const bool of_container = field == "containerResource";
    const ManifestObject source{value, issues_, of_container ? std::initializer_list<std::string_view>{"name", "container", "target"}
                                                             : std::initializer_list<std::string_view>{"name", "target"}};
    seen.is_resource = seen.per_replica = true;
    if (const Value* name = source.word("name", {"cpu", "memory"}, true)) {
      seen.name = seen.selector = name->text;
      add_option(option, "resource", *name);
    }
    if (of_container) {
      if (const Value* container = source.text("container", true)) {
        if (container_ && *container_ != container->text)
          source.issue("container", fmt::format("is \"{}\" after \"{}\"; one container of a pod can be followed at a time",
                                                container->text, *container_),
                       "leave the metrics of the other out");
        container_ = container->text;
        add_option(option, "container", *container);
      }
    }
    return source.object("target", true);
  }

  const Value* other_source(const Value& value, const std::string& field, Value& option, ManifestMetric& seen) {
    const ManifestObject source{value, issues_, field == "object" ? std::initializer_list<std::string_view>{"metric", "describedObject", "target"}
                                                                  : std::initializer_list<std::string_view>{"metric", "target"}};
    seen.per_replica = field == "pods";
    if (const Value* metric = source.object("metric", true)) {
      const ManifestObject identifier{*metric, issues_, {"name", "selector"}};
      if (const Value* name = identifier.text("name", true)) {
        seen.name = name->text;
        seen.selector = selector_of(name->text);
        add_option(option, field, text_at(seen.selector, *name));
      }
    }
    if (field == "object") {
      if (const Value* described = source.object("describedObject", true)) {
        const ManifestObject reference{*described, issues_, {"apiVersion", "kind", "name"}};
        reference.text("name", true);
      }
    }
    return source.object("target", true);
  }

  void read_target(const Value& value, const std::string& field, Value& option, ManifestMetric& seen) {
    const ManifestObject target{value, issues_, {"type", "averageUtilization", "averageValue", "value"}};
    const bool is_resource = field.ends_with("esource");
    const Value* type = is_resource        ? target.word("type", {"Utilization", "AverageValue"}, true)
                        : field == "pods" ? target.word("type", {"AverageValue"}, true)
                                          : target.word("type", {"AverageValue", "Value"}, true);
    if (type == nullptr) return;
    const std::string wanted = static_cast<char>(type->text[0] - 'A' + 'a') + type->text.substr(1);
    const std::string given = wanted == "utilization" ? "averageUtilization" : wanted;
    for (const std::string_view other : {"averageUtilization", "averageValue", "value"}) {
      if (other != given && target.has(other))
        target.issue(other, fmt::format("does not belong to a target of the type {}", type->text), "remove it");
    }
    if (!target.has(given)) return target.issue("type", fmt::format("is {}, but there is no {}", type->text, given));
    if (given == "averageUtilization") {
      const Value* percent = target.whole(given);
      if (percent == nullptr) return;
      seen.is_utilization = true;
      seen.target = percent->real / 100.0;
      return add_option(option, "target", number_value(seen.target, percent->place));
    }
    const auto quantity = target.quantity(given);
    if (!quantity) return;
    seen.target = quantity->value;
    seen.is_value = given == "value";
    const bool is_memory = is_resource && seen.name == "memory";
    if (is_memory)
      add_option(option, "average_memory", text_value(fmt::format("{:.0f} B", quantity->value), quantity->place));
    else
      add_option(option, seen.is_value ? "value" : "average", number_value(quantity->value, quantity->place));
  }

  // ---- behavior ----

  void read_behavior(const Value& value) {
    const ManifestObject behavior{value, issues_, {"scaleUp", "scaleDown"}};
    Value option = options_object(value.place);
    if (const Value* up = behavior.object("scaleUp")) add_option(option, "scale_up", rules(*up));
    if (const Value* down = behavior.object("scaleDown")) add_option(option, "scale_down", rules(*down));
    add_option(options_, "behavior", std::move(option));
  }

  Value rules(const Value& value) {
    const ManifestObject given{value, issues_, {"stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance"}};
    Value option = options_object(value.place);
    if (const Value* window = given.whole("stabilizationWindowSeconds")) add_option(option, "stabilization", seconds_at(*window));
    if (const Value* select = given.word("selectPolicy", {"Max", "Min", "Disabled"}))
      add_option(option, "select", text_at(lower(select->text), *select));
    if (const auto tolerance = given.quantity("tolerance"))
      add_option(option, "tolerance", number_value(tolerance->value, tolerance->place));
    const Value* policies = given.list("policies");
    if (policies == nullptr) return option;
    Value list = options_list(policies->place);
    for (const Value& item : policies->items) list.items.push_back(policy(item));
    add_option(option, "policies", std::move(list));
    return option;
  }

  Value policy(const Value& value) {
    const ManifestObject given{value, issues_, {"type", "value", "periodSeconds"}};
    Value option = options_object(value.place);
    if (const Value* type = given.word("type", {"Pods", "Percent"}, true))
      add_option(option, "type", text_at(lower(type->text), *type));
    if (const Value* number = given.whole("value", true)) add_option(option, "value", *number);
    if (const Value* period = given.whole("periodSeconds", true)) add_option(option, "period", seconds_at(*period));
    return option;
  }

  const Value& root_;
  Issues& issues_;
  AutoscalerManifest manifest_;
  Value options_;
  std::optional<std::string> container_;
};

}  // namespace

AutoscalerManifest read_autoscaler_manifest(const std::string& path) {
  Places places;
  places.add_file(path);
  Issues issues{places};
  const Value root = root_of(path, issues);
  return HpaManifest{root, issues}.read();
}

}  // namespace headroom::decisions
