// --set POINTER=VALUE, and what a variant sets otherwise than the base: both speak of values by pointers in which named things
// go by their names: /services/api/replicas.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenarios/places.hpp"

namespace headroom {

// Sets one value in the tree; `text` is JSON, or else text itself; null removes. All of the pointer but its last part must be
// there. /assumptions/NAME stands for /assumptions/NAME/value.
void apply_setting(Value& scenario, const std::string& pointer, const std::string& text, std::uint16_t layer, Issues& issues);

// What a pointer names; nullptr: nothing.
Value* find_value(Value& scenario, const std::string& pointer);
// As a part of a pointer.
std::string escaped_token(const std::string& token);

// (pointer, value) of every difference: values of `other`, "(not set)" where only `base` has one.
std::vector<std::pair<std::string, std::string>> differences(const Value& base, const Value& other);

}  // namespace headroom
