#include "scenarios/axes.hpp"

#include <functional>
#include <utility>

namespace headroom {
namespace {

void make_text(Value& value) {
  if (value.is(ValueKind::text) || value.is_unreadable) return;
  value = text_value(to_text(value), value.place);
}

void settle(Value& axis) {
  Member* set = axis.find("set");
  if (set != nullptr && set->value.is(ValueKind::text)) {
    Value list;
    list.kind = ValueKind::list;
    list.place = set->value.place;
    list.items.push_back(std::move(set->value));
    set->value = std::move(list);
  }
  if (Member* values = axis.find("values")) {
    for (Value& value : values->value.items) make_text(value);
  }
  for (const char* end : {"from", "to", "step"}) {
    Member* member = axis.find(end);
    if (member != nullptr && member->value.is_number()) make_text(member->value);
  }
}

// Lists of named things may be written as objects.
std::vector<Value*> axes_in(Value& scenario) {
  std::vector<Value*> axes;
  Member* vary = scenario.find("vary");
  if (vary == nullptr) return axes;
  for (Value& item : vary->value.items) axes.push_back(&item);
  for (Member& member : vary->value.members) axes.push_back(&member.value);
  return axes;
}

PlaceId place_in(const Value& axis, std::string_view field, std::size_t index) {
  const Member* member = axis.find(field);
  if (member == nullptr) return axis.place;
  return index < member->value.items.size() ? member->value.items[index].place : member->value.place;
}

// Of a range the first value stands there; the others come of the step or the factor.
PlaceId place_of_value(const AxisSpec& axis, const Value& text, std::size_t index) {
  if (!axis.values.empty()) return place_in(text, "values", index);
  if (index == 0) return place_in(text, "from", 0);
  return place_in(text, !axis.step.empty() ? "step" : axis.factor ? "factor" : "from", 0);
}

std::vector<PlaceId> places_of_makers(const Value& axis) {
  std::vector<PlaceId> places;
  for (const char* field : {"values", "to", "step", "factor"}) {
    if (const Member* member = axis.find(field)) places.push_back(member->value.place);
  }
  return places;
}

}  // namespace

void settle_axes(Value& scenario) {
  for (Value* axis : axes_in(scenario)) settle(*axis);
}

std::vector<AxisValue> values_with_places(const std::vector<AxisSpec>& axes, const Value& scenario) {
  std::vector<AxisValue> found;
  const std::vector<Value*> texts = axes_in(const_cast<Value&>(scenario));
  for (std::size_t i = 0; i < axes.size() && i < texts.size(); ++i) {
    const std::vector<std::string> values = axes[i].all_values();
    for (std::size_t k = 0; k < values.size(); ++k) {
      found.push_back({&axes[i], values[k], place_in(*texts[i], "set", 0), place_of_value(axes[i], *texts[i], k),
                       places_of_makers(*texts[i])});
    }
  }
  return found;
}

}  // namespace headroom
