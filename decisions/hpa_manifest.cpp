// spec of a HorizontalPodAutoscaler, autoscaling/v2.
#include <fmt/format.h>

#include "decisions/manifest_reader.hpp"
#include "decisions/manifest_specs.hpp"

namespace headroom::decisions {
namespace {

class HpaSpec {
 public:
  HpaSpec(const Value& spec, Issues& issues) : spec_{spec}, issues_{issues} {}

  ReadSpec read() {
    read_spec(spec_);
    return {std::move(options_), std::move(manifest_)};
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
    if (most != nullptr) add_replicas(fewest != nullptr ? *fewest : integer_value(1, most->place), *most, options_, manifest_);
    const Value* metrics = spec.list("metrics");
    Value list = options_list(metrics != nullptr ? metrics->place : value.place);
    for (std::size_t i = 0; metrics != nullptr && i < metrics->items.size(); ++i) read_metric(metrics->items[i], list);
    if (metrics == nullptr || metrics->items.empty())
      manifest_.metrics.push_back(
          {.name = "cpu", .selector = "cpu", .is_resource = true, .per_replica = true, .is_utilization = true, .target = 0.8});
    else
      add_option(options_, "metrics", std::move(list));
    if (container_) manifest_.service = *container_;
    if (const Value* behavior = spec.object("behavior")) add_option(options_, "behavior", read_behavior(*behavior, issues_));
  }

  // ---- metrics ----

  void read_metric(const Value& value, Value& list) {
    const ManifestObject metric{value, issues_, {"type", "resource", "containerResource", "pods", "object", "external"}};
    const Value* type = metric.word("type", {"Resource", "ContainerResource", "Pods", "Object", "External"}, true);
    if (type == nullptr) return;
    const std::string field = static_cast<char>(type->text[0] - 'A' + 'a') + type->text.substr(1);
    for (const std::string_view other : {"resource", "containerResource", "pods", "object", "external"}) {
      if (other != field && metric.has(other))
        metric.issue(other, fmt::format("does not belong to the type {}", type->text),
                     "remove it, or write type: " + type_of(other));
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
    const ManifestObject source{value, issues_,
                                of_container ? std::initializer_list<std::string_view>{"name", "container", "target"}
                                             : std::initializer_list<std::string_view>{"name", "target"}};
    seen.is_resource = seen.per_replica = true;
    if (const Value* name = source.word("name", {"cpu", "memory"}, true)) {
      seen.name = seen.selector = name->text;
      add_option(option, "resource", *name);
    }
    if (of_container) {
      if (const Value* container = source.text("container", true)) {
        if (container_ && *container_ != container->text)
          source.issue("container",
                       fmt::format("is \"{}\" after \"{}\"; one container of a pod can be followed at a time", container->text,
                                   *container_),
                       "leave the metrics of the other out");
        container_ = container->text;
        add_option(option, "container", *container);
      }
    }
    return source.object("target", true);
  }

  const Value* other_source(const Value& value, const std::string& field, Value& option, ManifestMetric& seen) {
    const ManifestObject source{value, issues_,
                                field == "object" ? std::initializer_list<std::string_view>{"metric", "describedObject", "target"}
                                                  : std::initializer_list<std::string_view>{"metric", "target"}};
    seen.per_replica = field == "pods";
    if (const Value* metric = source.object("metric", true)) {
      const ManifestObject identifier{*metric, issues_, {"name", "selector"}};
      if (const Value* name = identifier.text("name", true)) {
        seen.name = name->text;
        seen.selector = selector_of(name->text);
        add_option(option, field, text_value(seen.selector, name->place));
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
    const Value* type = is_resource       ? target.word("type", {"Utilization", "AverageValue"}, true)
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

  const Value& spec_;
  Issues& issues_;
  AutoscalerManifest manifest_;
  Value options_;
  std::optional<std::string> container_;
};

}  // namespace

ReadSpec read_hpa_spec(const Value& spec, Issues& issues) { return HpaSpec{spec, issues}.read(); }

}  // namespace headroom::decisions
