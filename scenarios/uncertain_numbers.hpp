// Numbers that are known to a range only: {"low": …, "mid": …, "high": …, "confidence": 0.9, "why": "…"} wherever a number may
// stand.
#pragma once

#include "scenarios/places.hpp"

namespace headroom {

// Has a mid and an end, and nothing that is not meant to be another part of such a number.
bool is_uncertain_number(const Value& value);

// Entries of "assumptions" that are written so get their value (mid) and their range ([low, high]). Of a value and a mid the one
// from the later text holds.
void settle_assumptions(Value& scenario, Issues& issues);

// Every other number that is written so becomes its mid, and an assumption whose name is the pointer it stands at.
void settle_uncertain_numbers(Value& scenario, Issues& issues);

}  // namespace headroom
