// What a scenario file says, before anything is made of it: a tree of values, each with the place it came from. JSON and YAML
// both become this; merging, assumptions and --set work on it; reading turns it into a Scenario.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// An entry of Places.
using PlaceId = std::uint32_t;
inline constexpr PlaceId no_place = ~PlaceId{0};

enum class ValueKind : std::uint8_t { null, boolean, integer, real, text, list, object };

struct Member;

struct Value {
  ValueKind kind = ValueKind::null;
  bool truth = false;
  // Text whose characters stand in the file exactly as they are here, from `text_offset` columns after the value's place on; so
  // an error inside the text has a column of its own.
  bool verbatim = false;
  std::uint8_t text_offset = 0;
  // An issue about it has been told already; nothing is read from it.
  bool is_unreadable = false;
  // Which text this came from: the files from the innermost `extends` on, then the variant, then --set.
  std::uint16_t layer = 0;
  PlaceId place = no_place;
  std::int64_t integer = 0;
  double real = 0.0;  // of an integer too
  std::string text;
  std::vector<Value> items;
  std::vector<Member> members;  // in file order, each name once

  bool is(ValueKind which) const { return kind == which; }
  bool is_number() const { return kind == ValueKind::integer || kind == ValueKind::real; }
  const Member* find(std::string_view name) const;  // nullptr: no such member
  Member* find(std::string_view name);
  void remove(std::string_view name);
};

struct Member {
  std::string name;
  PlaceId place = no_place;  // of the name
  Value value;
};

// Elements are objects with a "name" each: a list that merges by name. Not empty.
bool is_named_list(const Value& value);
// "a list", "text", … for messages.
std::string_view name_of(ValueKind kind);
// As text: 3, true, 4 ms; lists and objects as compact JSON.
std::string to_text(const Value& value);
Value text_value(std::string text, PlaceId place);
Value integer_value(std::int64_t number, PlaceId place);
// Gives this value and everything in it the layer.
void set_layer(Value& value, std::uint16_t layer);

}  // namespace headroom
