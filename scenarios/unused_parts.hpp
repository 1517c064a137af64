// Parts of a scenario that nothing uses: what they cost would count, and what they were written for would not happen.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "scenarios/field_reader.hpp"
#include "scenarios/scenario.hpp"

namespace headroom {

// A part of the base may be there for one variant only, so all have to be looked at before anything can be said.
class UnusedParts {
 public:
  void look_at(const Scenario& scenario, const Reading& reading);
  // Not of kinds of which some name is not known: the part may be what was meant.
  void complain(Issues& issues) const;

 private:
  template <class Spec>
  void declare(std::string_view kind, const std::vector<Spec>& specs, const Reading& reading);

  using Part = std::pair<std::string, std::string>;  // kind, name
  std::map<Part, PlaceId> declared_;
  std::set<Part> used_;
};

}  // namespace headroom
