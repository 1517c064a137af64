#include "scenarios/objective_places.hpp"

#include <algorithm>

#include "scenarios/assumptions.hpp"
#include "scenarios/document.hpp"

namespace headroom {
namespace {

// An objective is a text, or an object whose "that" is one.
const Value* text_of(const Value& item) {
  if (item.is(ValueKind::text)) return &item;
  const Member* that = item.find("that");
  return that != nullptr && that->value.is(ValueKind::text) ? &that->value : nullptr;
}

const Value* value_saying(const std::string& condition, const Value& scenario) {
  const Member* objectives = scenario.find("objectives");
  if (objectives == nullptr) return nullptr;
  for (const Value& item : objectives->value.items) {
    const Value* const text = text_of(item);
    if (text != nullptr && text->text == condition) return text;
  }
  return nullptr;
}

const Value* tree_of(const std::string& variant, const Document& document) {
  if (variant == document.base_name) return &document.base;
  const auto found = std::ranges::find(document.variants, variant, &VariantText::name);
  return found == document.variants.end() ? nullptr : &found->scenario;
}

TextPlace place_of(const Value* value, const Places& places, const std::string& path) {
  if (value == nullptr || value->place == no_place) return {path, 0, 0};
  const Place& place = places.at(value->place);
  return {places.files()[place.file], static_cast<int>(place.line), static_cast<int>(place.column)};
}

}  // namespace

std::vector<std::vector<TextPlace>> objective_places(const ScenarioFile& file) {
  Places places;
  Issues issues{places};
  const std::optional<Document> document = read_document(file.path, issues);
  std::vector<std::vector<TextPlace>> all;
  for (const NamedScenario& variant : file.variants) {
    const Value* const tree = document ? tree_of(variant.name, *document) : nullptr;
    Value scenario = tree == nullptr ? Value{} : *tree;
    std::set<std::string> used;
    if (tree != nullptr) apply_assumptions(scenario, used, issues);
    std::vector<TextPlace>& own = all.emplace_back();
    for (const ObjectiveSpec& objective : variant.scenario.objectives)
      own.push_back(place_of(value_saying(objective.that.text, scenario), places, file.path));
  }
  return all;
}

}  // namespace headroom
