#include "cli/option_reference.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/text_table.hpp"
#include "sim/core/registry.hpp"

namespace headroom::cli {
namespace {

// A value as text, and what it is a number of.
struct Said {
  std::string text;
  Dimension dimension = Dimension::count;
};

std::string quoted_or_none(const std::string& text) { return text.empty() ? "-" : text; }

Said say(const bool* value) { return {*value ? "true" : "false"}; }
Said say(const int* value) { return {std::to_string(*value)}; }
Said say(const std::int64_t* value) { return {std::to_string(*value)}; }
Said say(const double* value) { return {to_text(*value, Dimension::count)}; }
Said say(const Ratio* value) { return {to_text(*value), Dimension::ratio}; }
Said say(const Duration* value) { return {to_text(*value), Dimension::time}; }
Said say(const Bytes* value) { return {to_text(*value), Dimension::bytes}; }
Said say(const PerSecond* value) { return {to_text(*value), Dimension::rate}; }
Said say(const Dollars* value) { return {to_text(value->value, Dimension::money), Dimension::money}; }
Said say(const DollarsPerSecond* value) { return {to_text(value->value, Dimension::money_rate), Dimension::money_rate}; }
Said say(const BytesPerSecond* value) { return {to_text(value->value, Dimension::bandwidth), Dimension::bandwidth}; }
Said say(const std::string* value) { return {quoted_or_none(*value)}; }
Said say(const Reference* value) { return {quoted_or_none(value->name)}; }
Said say(const IntegerRange* value) {
  return {value->low == value->high ? std::to_string(value->low) : fmt::format("[{}, {}]", value->low, value->high)};
}
Said say(const DistributionField* value) { return {value->value.to_text(value->dimension), value->dimension}; }
Said say(const Condition* value) { return {quoted_or_none(value->text)}; }
Said say(const PolicyChoice* value) { return {quoted_or_none(value->name)}; }
Said say(const ObjectAccess&) { return {"-"}; }
Said say(const std::shared_ptr<ListAccess>& list) {
  const bool empty = list->size() == 0;
  return {empty ? "-" : fmt::format("{} entr{}", list->size(), list->size() == 1 ? "y" : "ies")};
}
Said say(const std::shared_ptr<OptionalAccess>& optional) {
  const FieldValue inner = optional->has_value() ? optional->get() : optional->prototype();
  Said said = std::visit([](const auto& held) { return say(held); }, inner);
  if (!optional->has_value()) said.text = "-";
  return said;
}

std::string words(const std::vector<std::string_view>& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + std::string{choices[i]};
  }
  return text;
}

std::string allowed_text(const FieldInfo& info, Dimension dimension) {
  if (!info.choices.empty()) return words(info.choices);
  const bool has_low = std::isfinite(info.range.low), has_high = std::isfinite(info.range.high);
  const auto low = [&] { return to_text(info.range.low, dimension); };
  const auto high = [&] { return to_text(info.range.high, dimension); };
  if (has_low && has_high) return fmt::format("{}{} to {}", info.range.low_is_excluded ? "above " : "", low(), high());
  if (has_low) return (info.range.low_is_excluded ? "more than " : "at least ") + low();
  return has_high ? "at most " + high() : "";
}

class ReferenceWriter final : public Visitor {
 public:
  ReferenceWriter(std::string prefix, std::vector<std::string_view> inside, std::vector<OptionRow>& rows)
      : prefix_{std::move(prefix)}, inside_{std::move(inside)}, rows_{rows} {}

  void visit(const FieldInfo& info, FieldValue value) override {
    const Said said = std::visit([](const auto& held) { return say(held); }, value);
    const std::string name = prefix_ + std::string{info.name};
    const std::string one_of = info.one_of.empty() ? "" : fmt::format(" (exactly one of {})", info.one_of);
    rows_.push_back({name, info.required ? "required" : said.text, allowed_text(info, said.dimension), std::string{info.meaning} + one_of});
    describe_inside(name, value);
  }

 private:
  void describe_inside(const std::string& name, const FieldValue& value) {
    if (const auto* object = std::get_if<ObjectAccess>(&value)) describe_object(name, *object);
    if (const auto* optional = std::get_if<std::shared_ptr<OptionalAccess>>(&value)) describe_inside(name, (*optional)->prototype());
    if (const auto* list = std::get_if<std::shared_ptr<ListAccess>>(&value)) describe_inside(name + "[]", (*list)->prototype());
  }
  void describe_object(const std::string& name, const ObjectAccess& object) {
    if (std::find(inside_.begin(), inside_.end(), object.type) != inside_.end()) return;  // contains itself
    std::vector<std::string_view> inside = inside_;
    inside.push_back(object.type);
    ReferenceWriter writer{name + ".", std::move(inside), rows_};
    Fields fields{writer};
    object.describe(object.object, fields);
  }

  std::string prefix_;
  std::vector<std::string_view> inside_;
  std::vector<OptionRow>& rows_;
};

}  // namespace

std::vector<OptionRow> option_rows(AnyOptions& options) {
  std::vector<OptionRow> rows;
  ReferenceWriter writer{"", {}, rows};
  Fields fields{writer};
  options.describe(fields);
  return rows;
}

std::string option_table(const std::vector<OptionRow>& rows, std::string_view heading, std::size_t width) {
  std::vector<std::vector<std::string>> columns{{std::string{heading}, "default", "allowed"}};
  for (const OptionRow& row : rows) columns.push_back({row.name, row.default_value, row.allowed});
  return text_table_with_notes(
      columns, [&](std::size_t row) { return rows[row].meaning; }, width);
}

}  // namespace headroom::cli
