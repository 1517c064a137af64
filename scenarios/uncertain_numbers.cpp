#include "scenarios/uncertain_numbers.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "scenarios/merge.hpp"
#include "scenarios/settings.hpp"
#include "sim/core/units.hpp"

namespace headroom {
namespace {

constexpr std::array members{"low", "mid", "high", "confidence", "why"};

bool is_scalar(const Value& value) { return value.is_number() || value.is(ValueKind::text); }

bool is_member(const std::string& name) { return std::find(members.begin(), members.end(), name) != members.end(); }

// A slip of the pen costs its own complaint and no others: "lo" is read as "low", "wy" as "why".
void mend_slips(Value& number, Issues& issues) {
  for (Member& member : number.members) {
    if (is_member(member.name)) continue;
    const std::string meant = nearest_name(member.name, members);
    issues.add(member.place, "is not a field here", "did you mean \"" + meant + "\"?");
    if (number.find(meant) == nullptr) member.name = meant;
  }
  std::erase_if(number.members, [](const Member& member) { return !is_member(member.name); });
}

// Among the fields of an assumption, which has others.
void mend_ends(Value& entry, Issues& issues) {
  constexpr std::array fields{"name", "value", "range", "why", "confidence"};
  constexpr std::array ends{"low", "mid", "high"};
  for (Member& member : entry.members) {
    if (is_member(member.name) || !nearest_name(member.name, fields).empty()) continue;
    const std::string meant = nearest_name(member.name, ends);
    if (meant.empty() || entry.find(meant) != nullptr) continue;
    issues.add(member.place, "is not a field here", "did you mean \"" + meant + "\"?");
    member.name = meant;
  }
}

void check_end(const Value& end, Issues& issues) {
  if (issues.is_at(end.place)) return;
  QuantityError error;
  if (end.is_number() || (end.is(ValueKind::text) && parse_quantity(end.text, error))) return;
  issues.add(end.place,
             end.is(ValueKind::text) ? "\"" + end.text + "\" " + error.message
                                     : "is " + std::string{name_of(end.kind)} + "; a number is expected",
             error.suggestion);
}

// [low, high], taken out of the object; nothing where one is missing, which is told.
std::optional<Value> take_range(Value& object, Issues& issues) {
  Value range;
  range.kind = ValueKind::list;
  range.place = object.place;
  for (const char* end : {"low", "high"}) {
    Member* member = object.find(end);
    if (member == nullptr) {
      issues.add_below(object.place, end, "is missing: an uncertain number has low, mid and high");
      return std::nullopt;
    }
    check_end(member->value, issues);
    range.items.push_back(member->value);
  }
  object.remove("low");
  object.remove("high");
  return range;
}

void put(Value& object, const char* name, Value value) {
  object.remove(name);
  const PlaceId place = value.place;
  object.members.push_back(Member{name, place, std::move(value)});
}

// Takes the value and the range of an entry from its mid and its ends; what is wrong with it is told.
void take_uncertain(Value& entry, Issues& issues) {
  const Member* mid = entry.find("mid");
  if (mid == nullptr) return issues.add_below(entry.place, "mid", "is missing: an uncertain number has low, mid and high");
  const Member* value = entry.find("value");
  if (value != nullptr && value->value.layer == mid->value.layer)
    return issues.add(value->value.place, "is given beside \"mid\"", "give either a value with its range, or low, mid and high");
  if (value == nullptr || value->value.layer < mid->value.layer) put(entry, "value", Value{mid->value});
  if (std::optional<Value> range = take_range(entry, issues)) put(entry, "range", std::move(*range));
}

void settle_entry(Value& entry, Issues& issues) {
  if (!entry.is(ValueKind::object)) return;
  const auto is_part = [](const Member& member) {
    return member.name == "low" || member.name == "mid" || member.name == "high";
  };
  if (std::none_of(entry.members.begin(), entry.members.end(), is_part)) return;
  mend_ends(entry, issues);
  take_uncertain(entry, issues);
  std::erase_if(entry.members, is_part);
}

class UncertainNumbers {
 public:
  explicit UncertainNumbers(Issues& issues) : issues_{issues} {}

  void settle(Value& value, const std::string& pointer) {
    if (is_uncertain_number(value)) return take(value, pointer);
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const Member* name = value.items[i].find("name");
      const bool is_named = name != nullptr && name->value.is(ValueKind::text);
      settle(value.items[i], pointer + "/" + (is_named ? escaped_token(name->value.text) : std::to_string(i)));
    }
    for (Member& member : value.members) {
      const bool is_a_number_here = !pointer.empty() || (member.name != "assumptions" && member.name != "vary");
      if (is_a_number_here) settle(member.value, pointer + "/" + escaped_token(member.name));
    }
  }
  std::vector<std::pair<std::string, Value>>& found() { return found_; }

 private:
  void take(Value& number, const std::string& pointer) {
    mend_slips(number, issues_);
    Value mid = number.find("mid")->value;
    mid.layer = number.layer;
    std::optional<Value> range = take_range(number, issues_);
    if (range) {
      put(number, "value", Value{mid});
      put(number, "range", std::move(*range));
      number.remove("mid");
      if (number.find("why") == nullptr)
        put(number, "why", text_value("a range that is given where the number stands", number.place));
      found_.emplace_back(pointer, std::move(number));
    }
    number = std::move(mid);
  }

  Issues& issues_;
  std::vector<std::pair<std::string, Value>> found_;
};

Value& assumptions_of(Value& scenario) {
  if (Member* member = scenario.find("assumptions")) return member->value;
  Value none;
  none.kind = ValueKind::object;
  none.place = scenario.place;
  scenario.members.push_back(Member{"assumptions", scenario.place, std::move(none)});
  return scenario.members.back().value;
}

}  // namespace

bool is_uncertain_number(const Value& value) {
  if (!value.is(ValueKind::object)) return false;
  const Member* mid = value.find("mid");
  const bool has_end = value.find("low") != nullptr || value.find("high") != nullptr;
  return mid != nullptr && is_scalar(mid->value) && has_end &&
         std::all_of(value.members.begin(), value.members.end(),
                     [](const Member& member) { return !nearest_name(member.name, members).empty(); });
}

void settle_assumptions(Value& scenario, Issues& issues) {
  Member* assumptions = scenario.find("assumptions");
  if (assumptions == nullptr) return;
  for (Value& item : assumptions->value.items) settle_entry(item, issues);
  for (Member& member : assumptions->value.members) settle_entry(member.value, issues);
}

void settle_uncertain_numbers(Value& scenario, Issues& issues) {
  UncertainNumbers numbers{issues};
  numbers.settle(scenario, "");
  if (numbers.found().empty()) return;
  Value& assumptions = assumptions_of(scenario);
  for (auto& [pointer, entry] : numbers.found()) {
    const PlaceId place = entry.place;
    if (assumptions.is(ValueKind::list)) {
      entry.members.insert(entry.members.begin(), Member{"name", place, text_value(pointer, place)});
      assumptions.items.push_back(std::move(entry));
    } else if (assumptions.is(ValueKind::object)) {
      assumptions.members.push_back(Member{pointer, place, std::move(entry)});
    }
  }
}

}  // namespace headroom
