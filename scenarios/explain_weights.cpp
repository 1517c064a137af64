#include "scenarios/explain_weights.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/rounded_text.hpp"

namespace headroom {

void add_weights(const Blueprint& blueprint, std::vector<std::string>& remarks) {
  for (const ServiceBlueprint& service : blueprint.services) {
    if (service.language_model == no_index || service.node_pool == no_index) continue;
    const LanguageModelBlueprint& model = blueprint.language_models[service.language_model];
    if (!model.engine || model.engine->weights.count <= 0) continue;
    const auto size = static_cast<double>(model.engine->weights.count);
    const double registry = blueprint.network.registry_bandwidth.value;
    const double alone = std::min(registry, blueprint.node_pools[service.node_pool].bandwidth.value);
    remarks.push_back(fmt::format(
        "services/{}: a node loads the weights of {}, {}, in {} before the start-up of its first replica; {} or more at once "
        "share the registry's link: {} times their number",
        service.name, model.name, to_text(model.engine->weights), rounded_text(size / alone, Dimension::time),
        static_cast<std::int64_t>(registry / alone) + 1, rounded_text(size / registry, Dimension::time)));
  }
}

}  // namespace headroom
