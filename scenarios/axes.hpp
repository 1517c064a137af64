// "vary": what a search may change. The texts of its axes before they are read, and where their values stand.
#pragma once

#include <string>
#include <vector>

#include "scenarios/axis_spec.hpp"
#include "scenarios/places.hpp"

namespace headroom {

// Values, ends and steps become text as written (which is what AxisSpec holds), and one pointer a list of one.
void settle_axes(Value& scenario);

// A value of an axis, and where an issue with it belongs.
struct AxisValue {
  const AxisSpec* axis = nullptr;
  std::string value;
  PlaceId set_place = no_place, value_place = no_place;
  std::vector<PlaceId> made_of;  // the fields that make it one of many: what is wrong there is wrong with all of them
};
// Of axes that were read from this scenario, which is settled.
std::vector<AxisValue> values_with_places(const std::vector<AxisSpec>& axes, const Value& scenario);

}  // namespace headroom
