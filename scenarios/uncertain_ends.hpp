// The ends of numbers that are known to a range only, put where the numbers stand: an end has to be as right as its mid.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/places.hpp"

namespace headroom {

enum class NumberEnd : std::uint8_t { low, high };

struct EndPlace {
  PlaceId place = no_place;
  std::string assumption;  // its name; empty: a number where it is used
};

// Every uncertain number of a scenario (its assumptions settled) at that end; the places where the ends stand.
std::vector<EndPlace> put_at_ends(Value& scenario, NumberEnd end);

// Issues of the reading of a scenario in which the ends stand. None if it is about something else.
// At an end itself.
std::optional<Issue> issue_of_an_end(const Issue& issue, const std::vector<EndPlace>& ends, const Places& places);
// Where an assumption is used: told at the end, "as /services/0/cpu is a time, …" …
std::optional<Issue> issue_of_a_use(const Issue& issue, const std::vector<EndPlace>& ends, const Places& places);
// … unless the same is wrong there with the assumption's value.
bool is_that_of_a_use(const Issue& issue, const Issue& of_use);

}  // namespace headroom
