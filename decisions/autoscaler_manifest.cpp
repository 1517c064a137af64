#include "decisions/autoscaler_manifest.hpp"

#include <filesystem>

#include "decisions/line_reader.hpp"
#include "decisions/manifest_reader.hpp"
#include "decisions/manifest_specs.hpp"
#include "scenarios/json_text.hpp"
#include "scenarios/text_file.hpp"
#include "scenarios/yaml_text.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::decisions {
namespace {

struct Kind {
  std::string_view name, version, command;
  std::string_view policy;
  ReadSpec (*read)(const Value& spec, Issues& issues);
};

constexpr Kind kinds[] = {
    {"HorizontalPodAutoscaler", "autoscaling/v2", "kubectl get hpa NAME -o yaml", "hpa", read_hpa_spec},
    {"ScaledObject", "keda.sh/v1alpha1", "kubectl get scaledobject NAME -o yaml", "keda", read_keda_spec},
};

Value root_of(const std::string& path, Issues& issues) {
  const TextFile file = read_text_file(path);
  if (!file.problem.empty()) issues.add(Issue{path, file.line, file.column, {}, file.problem, {}});
  issues.throw_if_any();
  const bool is_json = std::filesystem::path{path}.extension() == ".json";
  std::optional<Value> root = is_json ? parse_json(file.text, 0, issues) : parse_yaml(file.text, 0, issues);
  issues.throw_if_any();
  return std::move(*root);
}

const Kind& kind_of(const ManifestObject& whole, Issues& issues) {
  const Value* name = whole.text("kind", true);
  const Value* version = whole.text("apiVersion", true);
  issues.throw_if_any();
  for (const Kind& kind : kinds) {
    if (kind.name != name->text) continue;
    if (kind.version != version->text)
      whole.issue("apiVersion", "is " + version->text + "; " + std::string{kind.version} + " is expected",
                  std::string{kind.command} + " prints it");
    issues.throw_if_any();
    return kind;
  }
  whole.issue("kind", "is " + name->text + "; a HorizontalPodAutoscaler or a ScaledObject is expected",
              name->text == "List" ? "name one: kubectl get hpa NAME -o yaml" : "");
  throw ScenarioError{issues.in_file_order()};
}

}  // namespace

AutoscalerManifest read_autoscaler_manifest(const std::string& path) {
  Places places;
  places.add_file(path);
  Issues issues{places};
  const Value root = root_of(path, issues);
  const ManifestObject whole{root, issues, {"apiVersion", "kind", "metadata", "spec", "status"}};
  const Kind& kind = kind_of(whole, issues);
  const Value* metadata = whole.object("metadata");
  const Value* spec = whole.object("spec", true);
  issues.throw_if_any();
  ReadSpec read = kind.read(*spec, issues);
  issues.throw_if_any();
  const Member* name = metadata == nullptr ? nullptr : metadata->find("name");
  if (name != nullptr && name->value.is(ValueKind::text)) read.manifest.name = name->value.text;
  read.manifest.choice.registry = &RegistryOf<Autoscaler>::instance();
  read_options(std::move(read.options), std::string{kind.policy}, read.manifest.choice, issues);
  issues.throw_if_any();
  return std::move(read.manifest);
}

}  // namespace headroom::decisions
