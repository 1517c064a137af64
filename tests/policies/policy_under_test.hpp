// Makes a policy as a scenario would: by name, with options in the spelling of scenario files; and finds the reference tables.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "sim/core/registry.hpp"
#include "tests/support/places.hpp"

namespace headroom {

using Json = nlohmann::json;

// Fills described fields from JSON; strict, throws std::invalid_argument. (Reading scenario files has rules and tests of its
// own.)
class OptionsFromJson final : public Visitor {
 public:
  explicit OptionsFromJson(const Json& object) : object_{object} {}
  void visit(const FieldInfo& info, FieldValue value) override {
    seen_.insert(std::string{info.name});
    if (const auto found = object_.find(std::string{info.name}); found != object_.end()) fill(*found, value);
  }
  void expect_all_known() const {
    for (const auto& [name, ignored] : object_.items()) {
      if (!seen_.contains(name)) throw std::invalid_argument{"no option \"" + name + "\""};
    }
  }

 private:
  static double quantity(const Json& json, Dimension dimension) {
    if (json.is_number()) return json.get<double>();
    QuantityError error;
    const auto value = parse_as(dimension, json.get<std::string>(), error);
    if (!value) throw std::invalid_argument{json.dump() + " " + error.message};
    return *value;
  }
  static void fill(const Json& json, bool* target) { *target = json.get<bool>(); }
  static void fill(const Json& json, int* target) { *target = json.get<int>(); }
  static void fill(const Json& json, std::int64_t* target) { *target = json.get<std::int64_t>(); }
  static void fill(const Json& json, double* target) { *target = json.get<double>(); }
  static void fill(const Json& json, Ratio* target) { target->value = quantity(json, Dimension::ratio); }
  static void fill(const Json& json, Duration* target) { *target = to_duration(quantity(json, Dimension::time)); }
  static void fill(const Json& json, PerSecond* target) { target->value = quantity(json, Dimension::rate); }
  static void fill(const Json& json, Bytes* target) { target->count = std::llround(quantity(json, Dimension::bytes)); }
  static void fill(const Json& json, std::string* target) { *target = json.get<std::string>(); }
  static void fill(const Json& json, Reference* target) { target->name = json.get<std::string>(); }
  static void fill(const Json& json, IntegerRange* target) {
    *target = json.is_array() ? IntegerRange{json.at(0), json.at(1)} : IntegerRange{json.get<int>(), json.get<int>()};
  }
  // A number, or {"uniform": {"low": 1, "high": 3}}.
  static void fill(const Json& json, DistributionField* target) {
    if (!json.is_object())
      target->value = Distribution::constant(quantity(json, target->dimension));
    else
      target->value = Distribution::uniform(json.at("uniform").at("low"), json.at("uniform").at("high"));
  }
  static void fill(const Json& json, Condition* target) {
    ConditionError error;
    const auto condition = parse_condition(json.get<std::string>(), error);
    if (!condition) throw std::invalid_argument{json.dump() + " " + error.message};
    *target = *condition;
  }
  // Another policy, as {"model": "seasonal-naive", …} or "seasonal-naive".
  static void fill(Json json, PolicyChoice* target) {
    if (json.is_string()) json = {{std::string{target->registry->discriminator()}, json}};
    const std::string discriminator{target->registry->discriminator()};
    const std::string name = json.at(discriminator);
    *target = target->registry->choose(name);
    if (!target->chosen()) throw std::invalid_argument{"not offered: " + name};
    json.erase(discriminator);
    OptionsFromJson nested{json};
    Fields fields{nested};
    target->options->describe(fields);
    nested.expect_all_known();
  }
  static void fill(const Json& json, const ObjectAccess& target) {
    OptionsFromJson nested{json};
    Fields fields{nested};
    target.describe(target.object, fields);
    nested.expect_all_known();
  }
  static void fill(const Json& json, const std::shared_ptr<OptionalAccess>& target) { fill(json, target->emplace()); }
  static void fill(const Json& json, const std::shared_ptr<ListAccess>& target) {
    target->clear();
    for (const Json& item : json) fill(item, target->append());
  }
  static void fill(const Json& json, const FieldValue& value) {
    std::visit(
        [&json](const auto& target) {
          if constexpr (requires { fill(json, target); })
            fill(json, target);
          else
            throw std::invalid_argument{"no policy has options of this kind"};
        },
        value);
  }

  const Json& object_;
  std::set<std::string> seen_;
};

template <class Interface>
PolicyChoice chosen_policy(Json options) {
  const std::string discriminator{Interface::discriminator};
  PolicyChoice choice = RegistryOf<Interface>::instance().choose(options.at(discriminator).template get<std::string>());
  if (!choice.chosen()) throw std::invalid_argument{"not offered: " + options.dump()};
  options.erase(discriminator);
  OptionsFromJson reader{options};
  Fields fields{reader};
  choice.options->describe(fields);
  reader.expect_all_known();
  return choice;
}

// policy<Autoscaler>({{"policy", "fixed"}, {"replicas", 3}})
template <class Interface>
std::unique_ptr<Interface> policy(const Json& options, const typename Interface::Context& context = {}) {
  return RegistryOf<Interface>::instance().make(chosen_policy<Interface>(options), context);
}

// What the options say is wrong with themselves.
template <class Interface>
FieldProblems problems_of(const Json& options) {
  return chosen_policy<Interface>(options).options->problems(".");
}

inline std::filesystem::path shared_folder() { return std::filesystem::path{source_dir()} / ".." / "shared"; }

// A table of reference numbers; null where they are not at hand.
inline Json reference_table(const std::string& file) {
  std::ifstream stream{shared_folder() / "conformance" / file};
  return stream ? Json::parse(stream) : Json{};
}

inline const Json& rows_of(const Json& table) { return table.contains("rows") ? table.at("rows") : table.at("cases"); }

}  // namespace headroom

#define HEADROOM_SKIP_WITHOUT(table) \
  if ((table).is_null()) GTEST_SKIP() << "the reference tables are not beside this repository"
