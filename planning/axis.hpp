// One number of a scenario that a plan varies: /load, or whatever a JSON Pointer names.
#pragma once

#include <string>

#include "planning/trials.hpp"

namespace headroom {

struct Axis {
  std::string pointer;
  double present = 1.0;  // as the scenario has it, > 0; of "50 /s" the 50
  std::string unit;      // " /s": what stands behind the number; empty: a plain one
  bool whole = false;    // the scenario has a whole number there, and gets no other

  bool is_load() const { return pointer == "/load"; }
  // The value that is taken for `value`: itself, or the nearest whole number.
  double taken(double value) const;
  SettingChange at(double value) const;
  // As a person reads it: "12,000", "50 /s"; of the load how many times the documented one: "1.34x".
  std::string text(double value) const;
  double shown(double value) const { return is_load() ? value / present : value; }
};

// Throws PlanError if the pointer names no number above 0.
Axis axis_of(const NamedScenario& scenario, const std::string& pointer);

}  // namespace headroom
