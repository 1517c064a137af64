#include "scenarios/assumptions.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "scenarios/merge.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

using Assumed = std::map<std::string, Value, std::less<>>;

std::optional<Quantity> quantity_of(const Value& value) {
  if (value.is_number()) return Quantity{value.real, Dimension::count};
  QuantityError ignored;
  return value.is(ValueKind::text) ? parse_quantity(value.text, ignored) : std::nullopt;
}

// A share may be written as a plain number.
bool comparable(const Quantity& a, const Quantity& b) {
  const auto is_plain = [](const Quantity& q) { return q.dimension == Dimension::count || q.dimension == Dimension::ratio; };
  return a.dimension == b.dimension || (is_plain(a) && is_plain(b));
}

void check_range(const Value& value, const Value& range, Issues& issues) {
  if (!range.is(ValueKind::list) || range.items.size() != 2) {
    issues.add(range.place, "is not [low, high]", "write the least and the largest it could be");
    return;
  }
  const Value &low = range.items[0], &high = range.items[1];
  const auto middle = quantity_of(value), least = quantity_of(low), most = quantity_of(high);
  if (!middle || !least || !most) return;
  // An end in another unit than the place where it belongs is told there (uncertain_ends.hpp).
  if (!comparable(*least, *most) || !comparable(*middle, *least)) return;
  if (least->value > most->value) {
    issues.add(range.place, "begins with the larger end: " + to_text(low) + " is more than " + to_text(high), "write the least first");
  } else if (middle->value < least->value || middle->value > most->value) {
    issues.add(value.place, "is " + to_text(value) + ", outside its own range " + to_text(low) + " to " + to_text(high));
  }
}

void make_text(Value& value) {
  if (value.is(ValueKind::text)) return;
  value = text_value(to_text(value), value.place);
}

// Remembers one entry and turns its value and range into text.
void take_entry(const std::string& name, Value& entry, Assumed& assumed, Issues& issues) {
  Member* value = entry.find("value");
  if (value == nullptr) return;
  if (value->value.is(ValueKind::text) && value->value.text.find("${") != std::string::npos) {
    issues.add(value->value.place, "refers to another assumption", "write the value itself");
  }
  assumed.emplace(name, value->value);
  if (Member* range = entry.find("range")) {
    check_range(value->value, range->value, issues);
    for (Value& end : range->value.items) make_text(end);
  }
  make_text(value->value);
}

Assumed take_assumptions(Value& scenario, Issues& issues) {
  Assumed assumed;
  Member* assumptions = scenario.find("assumptions");
  if (assumptions == nullptr) return assumed;
  Value& all = assumptions->value;
  for (Member& member : all.members) take_entry(member.name, member.value, assumed, issues);
  for (Value& item : all.items) {
    const Member* name = item.find("name");
    if (name != nullptr && name->value.is(ValueKind::text)) take_entry(name->value.text, item, assumed, issues);
  }
  return assumed;
}

class Substitution {
 public:
  Substitution(const Assumed& assumed, std::set<std::string>& used, Issues& issues) : assumed_{assumed}, used_{used}, issues_{issues} {
    for (const auto& [name, value] : assumed) names_.push_back(name);
  }

  void apply(Value& value) {
    if (value.is(ValueKind::text)) apply_to_text(value);
    for (Value& item : value.items) apply(item);
    for (Member& member : value.members) apply(member.value);
  }

 private:
  void apply_to_text(Value& value) {
    const std::size_t begin = value.text.find("${");
    if (begin == std::string::npos) return;
    const std::size_t end = value.text.find('}', begin);
    if (begin == 0 && end == value.text.size() - 1) {
      if (const Value* whole = find(value, value.text.substr(2, end - 2), 0)) replace(value, *whole);
      return;
    }
    std::string result, note;
    std::size_t done = 0;
    for (std::size_t at = begin; at != std::string::npos; at = value.text.find("${", done)) {
      const std::size_t close = value.text.find('}', at);
      if (close == std::string::npos) {
        issues_.add(value.place, "has a ${ without its }", "write ${name}", offset_in(value, at));
        value.is_unreadable = true;
        return;
      }
      const std::string name = value.text.substr(at + 2, close - at - 2);
      const Value* assumed = find(value, name, at);
      if (assumed == nullptr) return;
      result += value.text.substr(done, at - done) + to_text(*assumed);
      note += (note.empty() ? "" : ", ") + note_of(name, *assumed);
      done = close + 1;
    }
    value.text = result + value.text.substr(done);
    annotate(value, note);
  }

  const Value* find(Value& at, const std::string& name, std::size_t offset) {
    const auto found = assumed_.find(name);
    if (found != assumed_.end()) {
      used_.insert(name);
      return &found->second;
    }
    const std::string near = nearest_name(name, names_);
    used_.insert(near);  // a slip in its name is what has to be told, not that it is used nowhere
    at.is_unreadable = true;
    issues_.add(at.place, "there is no assumption \"" + name + "\"", near.empty() ? "add it to \"assumptions\"" : "did you mean ${" + near + "}?",
                offset_in(at, offset));
    return nullptr;
  }

  static std::size_t offset_in(const Value& value, std::size_t offset) { return value.verbatim ? value.text_offset + offset : 0; }
  static std::string note_of(const std::string& name, const Value& value) { return "${" + name + "} is " + to_text(value); }

  // Stays where it was used: that is where its meaning is.
  void replace(Value& value, const Value& assumed) {
    const PlaceId place = value.place;
    const std::uint16_t layer = value.layer;
    const std::string name = value.text.substr(2, value.text.size() - 3);
    value = assumed;
    set_layer(value, layer);
    value.place = place;
    annotate(value, note_of(name, assumed));
  }

  void annotate(Value& value, std::string note) {
    Place place = issues_.places().at(value.place);
    place.note = std::move(note);
    value.place = issues_.places().add(std::move(place));
    value.verbatim = false;
  }

  const Assumed& assumed_;
  std::set<std::string>& used_;
  Issues& issues_;
  std::vector<std::string> names_;
};

}  // namespace

std::string with_assumed_values(std::string text, const Value& scenario) {
  const Member* assumptions = scenario.find("assumptions");
  if (assumptions == nullptr) return text;
  const auto replace = [&](const std::string& name, const Value& entry) {
    const Member* value = entry.find("value");
    const std::string use = "${" + name + "}";
    const std::string known = value == nullptr ? use : to_text(value->value);
    for (std::size_t at = text.find(use); at != std::string::npos; at = text.find(use, at + known.size())) text.replace(at, use.size(), known);
  };
  for (const Member& member : assumptions->value.members) replace(member.name, member.value);
  for (const Value& item : assumptions->value.items) {
    const Member* name = item.find("name");
    if (name != nullptr && name->value.is(ValueKind::text)) replace(name->value.text, item);
  }
  return text;
}

void apply_assumptions(Value& scenario, std::set<std::string>& used, Issues& issues) {
  const Assumed assumed = take_assumptions(scenario, issues);
  Substitution substitution{assumed, used, issues};
  for (Member& member : scenario.members) {
    if (member.name != "assumptions") substitution.apply(member.value);
  }
}

}  // namespace headroom
