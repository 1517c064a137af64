#include "scenarios/value.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace headroom {

namespace {

nlohmann::ordered_json to_json(const Value& value) {
  switch (value.kind) {
    case ValueKind::null: return nullptr;
    case ValueKind::boolean: return value.truth;
    case ValueKind::integer: return value.integer;
    case ValueKind::real: return value.real;
    case ValueKind::text: return value.text;
    case ValueKind::list: {
      auto list = nlohmann::ordered_json::array();
      for (const Value& item : value.items) list.push_back(to_json(item));
      return list;
    }
    case ValueKind::object: {
      auto object = nlohmann::ordered_json::object();
      for (const Member& member : value.members) object[member.name] = to_json(member.value);
      return object;
    }
  }
  return nullptr;
}

}  // namespace

const Member* Value::find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.name == name; });
  return found == members.end() ? nullptr : &*found;
}

Member* Value::find(std::string_view name) { return const_cast<Member*>(std::as_const(*this).find(name)); }

void Value::remove(std::string_view name) {
  std::erase_if(members, [&](const Member& member) { return member.name == name; });
}

bool is_named_list(const Value& value) {
  return value.is(ValueKind::list) && !value.items.empty() && std::all_of(value.items.begin(), value.items.end(), [](const Value& item) {
           const Member* name = item.find("name");
           return name != nullptr && name->value.is(ValueKind::text);
         });
}

std::string_view name_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::null: return "null";
    case ValueKind::boolean: return "true or false";
    case ValueKind::integer: return "a number";
    case ValueKind::real: return "a number";
    case ValueKind::text: return "text";
    case ValueKind::list: return "a list";
    case ValueKind::object: return "an object";
  }
  return "";
}

std::string to_text(const Value& value) {
  return value.is(ValueKind::text) ? value.text : to_json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Value text_value(std::string text, PlaceId place) {
  Value value;
  value.kind = ValueKind::text;
  value.text = std::move(text);
  value.place = place;
  return value;
}

Value integer_value(std::int64_t number, PlaceId place) {
  Value value;
  value.kind = ValueKind::integer;
  value.integer = number;
  value.real = static_cast<double>(number);
  value.place = place;
  return value;
}

void set_layer(Value& value, std::uint16_t layer) {
  value.layer = layer;
  for (Value& item : value.items) set_layer(item, layer);
  for (Member& member : value.members) set_layer(member.value, layer);
}

}  // namespace headroom
