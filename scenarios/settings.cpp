#include "scenarios/settings.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "scenarios/json_text.hpp"
#include "scenarios/merge.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

// Tokens of a JSON Pointer (RFC 6901); nothing if it does not begin with a slash.
std::optional<std::vector<std::string>> tokens_of(const std::string& pointer) {
  if (!pointer.starts_with('/')) return std::nullopt;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') tokens.emplace_back();
    else if (pointer[i] == '~' && i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) tokens.back() += pointer[++i] == '0' ? '~' : '/';
    else tokens.back() += pointer[i];
  }
  return tokens;
}

std::optional<std::size_t> index_of(const std::string& token) {
  std::size_t index = 0;
  const auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (failure != std::errc{} || end != token.data() + token.size()) return std::nullopt;
  return index;
}

// The element a token names: by name or by number; nullptr if there is none.
Value* element_of(Value& list, const std::string& token) {
  for (Value& item : list.items) {
    const Member* name = item.find("name");
    if (name != nullptr && name->value.is(ValueKind::text) && name->value.text == token) return &item;
  }
  const auto index = index_of(token);
  return index && *index < list.items.size() ? &list.items[*index] : nullptr;
}

// A named list that is written as an object, or became one by merging, keeps its numbers.
Value* child_of(Value& parent, const std::string& token) {
  if (parent.is(ValueKind::list)) return element_of(parent, token);
  if (Member* member = parent.find(token)) return &member->value;
  const auto index = index_of(token);
  return index && *index < parent.members.size() ? &parent.members[*index].value : nullptr;
}

std::vector<std::string> names_in(const Value& parent) {
  std::vector<std::string> names;
  for (const Member& member : parent.members) names.push_back(member.name);
  for (std::size_t i = 0; i < parent.items.size(); ++i) {
    const Member* name = parent.items[i].find("name");
    names.push_back(name != nullptr && name->value.is(ValueKind::text) ? name->value.text : std::to_string(i));
  }
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string names_at_hand(const std::string& token, const Value& parent) {
  const std::vector<std::string> names = names_in(parent);
  const std::string near = nearest_name(token, names);
  if (!near.empty()) return "did you mean \"" + near + "\"?";
  return names.empty() ? "" : "there is " + listed(names);
}

// What was probably meant by a pointer without its slash: "services.api.replicas" is as common as "services/api/replicas".
std::string with_slashes(std::string pointer) {
  if (pointer.find('/') == std::string::npos) std::replace(pointer.begin(), pointer.end(), '.', '/');
  return "/" + pointer;
}

// Settings hold for the base and for every variant, once the texts have been merged; so they cannot be about the texts.
std::string why_never_set(const std::string& field) {
  if (field == "variants")
    return "set the field itself, such as /services/api/replicas: that holds in every variant; choose one with --variant";
  if (field == "extends" || field == "base_name") return "write it in the file";
  return {};
}

// /assumptions/NAME: its value is what is meant.
bool is_assumption(const std::vector<std::string>& tokens) { return tokens.size() == 2 && tokens.front() == "assumptions"; }

// Reads the value and gives everything in it a place below the setting's own.
Value value_of(const std::string& text, PlaceId place, std::uint32_t file, Issues& issues) {
  Issues ignored{issues.places()};
  std::optional<Value> value = parse_json(text, file, ignored);
  if (!value || !ignored.empty()) return text_value(text, place);
  return std::move(*value);
}

void settle(Value& value, PlaceId place, Places& places) {
  value.place = place;
  value.verbatim = false;
  const Place own = places.at(place);
  for (std::size_t i = 0; i < value.items.size(); ++i) settle(value.items[i], places.add(Place{own.file, 0, 0, place, std::to_string(i), {}}), places);
  for (Member& member : value.members) {
    member.place = places.add(Place{own.file, 0, 0, place, member.name, {}});
    settle(member.value, member.place, places);
  }
}

void assign(Value& parent, const std::string& token, Value value, PlaceId place) {
  if (parent.is(ValueKind::object) && value.is(ValueKind::null)) {
    parent.remove(token);
  } else if (Value* old = child_of(parent, token)) {
    *old = std::move(value);
  } else {
    parent.members.push_back(Member{token, place, std::move(value)});
  }
}

std::unordered_map<std::string_view, const Value*> members_by_name(const Value& object) {
  std::unordered_map<std::string_view, const Value*> members;
  for (const Member& member : object.members) members.emplace(member.name, &member.value);
  return members;
}

void collect(const Value* base, const Value* other, const std::string& pointer, std::vector<std::pair<std::string, std::string>>& found) {
  if (base != nullptr && other != nullptr && base->kind == other->kind && base->is(ValueKind::object)) {
    const auto old_ones = members_by_name(*base), new_ones = members_by_name(*other);
    for (const Member& member : other->members) {
      const auto old = old_ones.find(member.name);
      collect(old == old_ones.end() ? nullptr : old->second, &member.value, pointer + "/" + escaped_token(member.name), found);
    }
    for (const Member& member : base->members) {
      if (!new_ones.contains(member.name)) collect(&member.value, nullptr, pointer + "/" + escaped_token(member.name), found);
    }
  } else if (other == nullptr) {
    found.emplace_back(pointer, "(not set)");
  } else if (base == nullptr && other->is(ValueKind::object) && !other->members.empty()) {
    for (const Member& member : other->members)
      collect(nullptr, &member.value, pointer + "/" + escaped_token(member.name), found);
  } else if (base == nullptr || to_text(*base) != to_text(*other)) {
    found.emplace_back(pointer, to_text(*other));
  }
}

// The same tree with every named list as an object, so that both sides have one form.
Value canonical(const Value& value) {
  Value result = is_named_list(value) && !has_repeated_names(value) ? by_name(value) : value;
  for (Value& item : result.items) item = canonical(item);
  for (Member& member : result.members) member.value = canonical(member.value);
  return result;
}

// A whole object need not stand before each thing that is wrong in it: its place says which.
std::string in_short(const std::string& text) {
  constexpr std::size_t longest = 40;
  if (text.size() <= longest) return text;
  return text.starts_with('{') ? "{…}" : text.starts_with('[') ? "[…]" : text;
}

}  // namespace

std::string escaped_token(const std::string& token) {
  std::string text;
  for (const char c : token) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return text;
}

Value* find_value(Value& scenario, const std::string& pointer) {
  Value* value = &scenario;
  for (const std::string& token : tokens_of(pointer).value_or(std::vector<std::string>{})) {
    value = child_of(*value, token);
    if (value == nullptr) return nullptr;
  }
  return value;
}

void apply_setting(Value& scenario, const std::string& pointer, const std::string& text, std::uint16_t layer, Issues& issues) {
  Places& places = issues.places();
  const std::uint32_t file = places.add_file("--set " + pointer + "=" + in_short(text));
  const auto tokens = tokens_of(pointer);
  if (!tokens) {
    issues.add(Issue{places.files()[file],
                     0,
                     0,
                     {},
                     "is not a JSON Pointer: it does not begin with a slash",
                     "write --set " + with_slashes(pointer) + "=" + text});
    return;
  }
  if (const std::string why = why_never_set(tokens->front()); !why.empty()) {
    issues.add(places.add(Place{file, 0, 0, places.add(Place{file, 0, 0, no_place, {}, {}}), tokens->front(), {}}),
               "cannot be set", why);
    return;
  }
  PlaceId place = places.add(Place{file, 0, 0, no_place, {}, {}});
  Value* parent = &scenario;
  for (std::size_t i = 0; i < tokens->size(); ++i) {
    const std::string& token = (*tokens)[i];
    place = places.add(Place{file, 0, 0, place, token, {}});
    Value* child = child_of(*parent, token);
    const bool is_last = i + 1 == tokens->size();
    const bool may_be_new = is_last && parent->is(ValueKind::object) && !is_assumption(*tokens);
    if (child == nullptr && !may_be_new) return issues.add(place, "there is nothing of this name", names_at_hand(token, *parent));
    if (!is_last) parent = child;
  }
  Value value = value_of(text, place, file, issues);
  std::string last = tokens->back();
  if (is_assumption(*tokens) && !value.is(ValueKind::object) && !value.is(ValueKind::null)) {
    parent = child_of(*parent, last);
    last = "value";
    place = places.add(Place{file, 0, 0, place, last, {}});
  }
  settle(value, place, places);
  set_layer(value, layer);
  assign(*parent, last, std::move(value), place);
}

std::vector<std::pair<std::string, std::string>> differences(const Value& base, const Value& other) {
  std::vector<std::pair<std::string, std::string>> found;
  const Value left = canonical(base), right = canonical(other);
  collect(&left, &right, "", found);
  return found;
}

}  // namespace headroom
