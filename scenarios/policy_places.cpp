#include "scenarios/policy_places.hpp"

#include <memory>
#include <utility>

#include "scenarios/named_object.hpp"
#include "scenarios/settings.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class FieldNames final : public Visitor {
 public:
  void visit(const FieldInfo& info, FieldValue) override { names.emplace_back(info.name); }
  std::vector<std::string> names;
};

class PlaceFinder final : public Visitor {
 public:
  PlaceFinder(std::string_view seam, std::vector<std::string> tokens, std::vector<PolicyPlace>& places)
      : seam_{seam}, tokens_{std::move(tokens)}, places_{places} {}

  void visit(const FieldInfo& info, FieldValue value) override {
    std::vector<std::string> below = tokens_;
    below.emplace_back(info.name);
    if (const auto* choice = std::get_if<PolicyChoice*>(&value)) return add(**choice, info.name, std::move(below));
    follow(value, below);
  }

 private:
  // A field that is called like the discriminator spreads into its owner.
  void add(const PolicyChoice& choice, std::string_view field, std::vector<std::string> below) {
    if (choice.registry == nullptr || choice.registry->seam() != seam_) return;
    const std::string discriminator{choice.registry->discriminator()};
    places_.push_back({field == discriminator ? tokens_ : std::move(below), discriminator, choice.name});
  }

  void follow(const FieldValue& value, const std::vector<std::string>& below) {
    if (const auto* object = std::get_if<ObjectAccess>(&value)) return enter(*object, below);
    if (const auto* optional = std::get_if<std::shared_ptr<OptionalAccess>>(&value)) {
      if ((*optional)->has_value()) follow((*optional)->get(), below);
      return;
    }
    const auto* list = std::get_if<std::shared_ptr<ListAccess>>(&value);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
      const FieldValue element = (*list)->at(i);
      const auto* object = std::get_if<ObjectAccess>(&element);
      if (object == nullptr) continue;
      const std::string name = name_of(*object);
      std::vector<std::string> place = below;
      place.push_back(name.empty() ? std::to_string(i) : name);
      enter(*object, place);
    }
  }

  void enter(const ObjectAccess& object, const std::vector<std::string>& below) {
    PlaceFinder finder{seam_, below, places_};
    Fields fields{finder};
    object.describe(object.object, fields);
  }

  std::string_view seam_;
  std::vector<std::string> tokens_;
  std::vector<PolicyPlace>& places_;
};

}  // namespace

std::string pointer_of(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += "/" + escaped_token(token);
  return text;
}

std::vector<PolicyPlace> policy_places(const Scenario& scenario, std::string_view seam) {
  std::vector<PolicyPlace> places;
  Scenario copy = scenario;  // a description hands out its fields for writing
  PlaceFinder finder{seam, {}, places};
  Fields fields{finder};
  copy.describe(fields);
  return places;
}

std::vector<std::string> option_names(const PolicyChoice& choice) {
  FieldNames finder;
  Fields fields{finder};
  choice.options->describe(fields);
  return std::move(finder.names);
}

}  // namespace headroom
