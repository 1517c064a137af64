#include "reports/settings_echo.hpp"

#include <fmt/format.h>

#include "scenarios/named_object.hpp"
#include "sim/core/registry.hpp"

namespace headroom {
namespace {

class Echo final : public Visitor {
 public:
  Echo(std::string prefix, std::vector<Setting>& settings) : prefix_{std::move(prefix)}, settings_{settings} {}

  void visit(const FieldInfo& info, FieldValue value) override {
    if (prefix_.empty() && (info.name == "assumptions" || info.name == "objectives" || info.name == "vary")) return;
    if (const auto* choice = std::get_if<PolicyChoice*>(&value)) return say_choice(info.name, **choice);
    say(prefix_ + "/" + std::string{info.name}, value);
  }

 private:
  void add(std::string pointer, std::string value) { settings_.push_back({std::move(pointer), std::move(value)}); }

  // Options stand beside the name of the choice; a field that is called like the discriminator spreads into its owner.
  void say_choice(std::string_view field, const PolicyChoice& choice) {
    if (!choice.chosen()) return;
    const std::string discriminator{choice.registry->discriminator()};
    const std::string owner = field == discriminator ? prefix_ : prefix_ + "/" + std::string{field};
    add(owner + "/" + discriminator, choice.name);
    describe_below(owner, [&](Fields& fields) { choice.options->describe(fields); });
  }

  template <class Describe>
  void describe_below(const std::string& pointer, Describe describe) {
    Echo echo{pointer, settings_};
    Fields fields{echo};
    describe(fields);
  }

  void say(const std::string& pointer, const FieldValue& value) {
    std::visit([&](const auto& held) { say_value(pointer, held); }, value);
  }

  void say_value(const std::string& pointer, const bool* value) { add(pointer, *value ? "true" : "false"); }
  void say_value(const std::string& pointer, const int* value) { add(pointer, std::to_string(*value)); }
  void say_value(const std::string& pointer, const std::int64_t* value) { add(pointer, std::to_string(*value)); }
  void say_value(const std::string& pointer, const double* value) { add(pointer, to_text(*value, Dimension::count)); }
  void say_value(const std::string& pointer, const Ratio* value) { add(pointer, to_text(*value)); }
  void say_value(const std::string& pointer, const Duration* value) { add(pointer, to_text(*value)); }
  void say_value(const std::string& pointer, const Bytes* value) { add(pointer, to_text(*value)); }
  void say_value(const std::string& pointer, const PerSecond* value) { add(pointer, to_text(*value)); }
  void say_value(const std::string& pointer, const Dollars* value) { add(pointer, to_text(value->value, Dimension::money)); }
  void say_value(const std::string& pointer, const DollarsPerSecond* value) { add(pointer, to_text(value->value, Dimension::money_rate)); }
  void say_value(const std::string& pointer, const BytesPerSecond* value) { add(pointer, to_text(value->value, Dimension::bandwidth)); }
  void say_value(const std::string& pointer, const std::string* value) {
    if (!value->empty()) add(pointer, *value);
  }
  void say_value(const std::string& pointer, const Reference* value) {
    if (!value->name.empty()) add(pointer, value->name);
  }
  void say_value(const std::string& pointer, const IntegerRange* value) {
    add(pointer, value->low == value->high ? std::to_string(value->low) : fmt::format("[{}, {}]", value->low, value->high));
  }
  void say_value(const std::string& pointer, const DistributionField* value) { add(pointer, value->value.to_text(value->dimension)); }
  void say_value(const std::string& pointer, const Condition* value) { add(pointer, to_text(*value)); }
  // Only elements of lists arrive here: visit() takes the choices that are fields.
  void say_value(const std::string& pointer, const PolicyChoice* value) {
    if (!value->chosen()) return;
    add(pointer + "/" + std::string{value->registry->discriminator()}, value->name);
    describe_below(pointer, [&](Fields& fields) { value->options->describe(fields); });
  }
  void say_value(const std::string& pointer, const ObjectAccess& value) {
    describe_below(pointer, [&](Fields& fields) { value.describe(value.object, fields); });
  }
  void say_value(const std::string& pointer, const std::shared_ptr<OptionalAccess>& value) {
    if (value->has_value()) say(pointer, value->get());
  }
  void say_value(const std::string& pointer, const std::shared_ptr<ListAccess>& value) {
    for (std::size_t i = 0; i < value->size(); ++i) {
      const FieldValue element = value->at(i);
      const auto* object = std::get_if<ObjectAccess>(&element);
      const std::string name = object == nullptr ? "" : name_of(*object);
      say(pointer + "/" + (name.empty() ? std::to_string(i) : name), element);
    }
  }

  std::string prefix_;
  std::vector<Setting>& settings_;
};

}  // namespace

std::vector<Setting> settings_of(const Scenario& scenario) {
  std::vector<Setting> settings;
  Scenario copy = scenario;  // a description hands out its fields for writing
  Echo echo{"", settings};
  Fields fields{echo};
  copy.describe(fields);
  return settings;
}

}  // namespace headroom
