#include "decisions/manifest_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/core/units.hpp"

namespace headroom::decisions {
namespace {

std::string listed(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

bool is_of_kind(const Value& value, ValueKind kind) { return kind == ValueKind::integer ? value.is_number() : value.is(kind); }

}  // namespace

std::optional<double> kubernetes_quantity(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 16> suffixes{{{"", 1.0},
                                                                                 {"n", 1e-9},
                                                                                 {"u", 1e-6},
                                                                                 {"m", 1e-3},
                                                                                 {"k", 1e3},
                                                                                 {"M", 1e6},
                                                                                 {"G", 1e9},
                                                                                 {"T", 1e12},
                                                                                 {"P", 1e15},
                                                                                 {"E", 1e18},
                                                                                 {"Ki", 0x1p10},
                                                                                 {"Mi", 0x1p20},
                                                                                 {"Gi", 0x1p30},
                                                                                 {"Ti", 0x1p40},
                                                                                 {"Pi", 0x1p50},
                                                                                 {"Ei", 0x1p60}}};
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto found = std::ranges::find(suffixes, suffix, &std::pair<std::string_view, double>::first);
  return found == suffixes.end() ? std::nullopt : std::optional{number * found->second};
}

ManifestObject::ManifestObject(const Value& value, Issues& issues, std::initializer_list<std::string_view> fields)
    : value_{value}, issues_{issues} {
  if (!value.is(ValueKind::object)) {
    issues.add(value.place, "is " + std::string{name_of(value.kind)} + "; an object is expected");
    return;
  }
  const std::vector<std::string> known(fields.begin(), fields.end());
  for (const Member& member : value.members) {
    if (std::ranges::find(known, member.name) != known.end()) continue;
    const std::string near = nearest_name(member.name, known);
    issues.add(member.place, "is not a field here",
               near.empty() ? "the fields are " + listed(known) : "did you mean \"" + near + "\"?");
  }
}

const Value* ManifestObject::find(std::string_view field) const {
  const Member* member = value_.find(field);
  return member == nullptr || member->value.is(ValueKind::null) ? nullptr : &member->value;
}

const Value* ManifestObject::find_kind(std::string_view field, ValueKind kind, bool required) const {
  const Value* value = find(field);
  if (value == nullptr && required && value_.is(ValueKind::object)) issues_.add_below(value_.place, field, "is missing");
  if (value == nullptr || is_of_kind(*value, kind)) return value;
  issues_.add(value->place, fmt::format("is {}; {} is expected", name_of(value->kind), name_of(kind)));
  return nullptr;
}

const Value* ManifestObject::word(std::string_view field, std::initializer_list<std::string_view> words, bool required) const {
  const Value* value = text(field, required);
  if (value == nullptr || std::ranges::find(words, value->text) != words.end()) return value;
  const std::vector<std::string> known(words.begin(), words.end());
  const std::string near = nearest_name(value->text, known);
  issues_.add(value->place, fmt::format("is \"{}\", which is none of {}", value->text, listed(known)),
              near.empty() ? "" : "did you mean \"" + near + "\"?");
  return nullptr;
}

const Value* ManifestObject::whole(std::string_view field, bool required) const {
  const Value* value = find_kind(field, ValueKind::integer, required);
  if (value == nullptr || value->is(ValueKind::integer)) return value;
  issues_.add(value->place, fmt::format("is {}; a whole number is expected", to_text(*value)));
  return nullptr;
}

std::optional<ManifestObject::Quantity> ManifestObject::quantity(std::string_view field) const {
  const Value* value = find(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return Quantity{value->real, value->place};
  const auto number = value->is(ValueKind::text) ? kubernetes_quantity(value->text) : std::nullopt;
  if (number) return Quantity{*number, value->place};
  issues_.add(value->place, fmt::format("is {}; a quantity is expected", to_text(*value)), "write 500m, 2 or 1Gi");
  return std::nullopt;
}

void ManifestObject::issue(std::string_view field, std::string message, std::string suggestion) const {
  if (const Value* value = find(field))
    issues_.add(value->place, std::move(message), std::move(suggestion));
  else
    issues_.add(value_.place, std::move(message), std::move(suggestion));
}

Value options_object(PlaceId place) {
  Value object;
  object.kind = ValueKind::object;
  object.place = place;
  return object;
}

Value options_list(PlaceId place) {
  Value list;
  list.kind = ValueKind::list;
  list.place = place;
  return list;
}

Value number_value(double number, PlaceId place) {
  if (number == std::floor(number) && std::abs(number) < 9e15) return integer_value(static_cast<std::int64_t>(number), place);
  Value value;
  value.kind = ValueKind::real;
  value.real = number;
  value.place = place;
  return value;
}

void add_option(Value& object, std::string name, Value value) {
  const PlaceId place = value.place;
  object.members.push_back(Member{std::move(name), place, std::move(value)});
}

}  // namespace headroom::decisions
