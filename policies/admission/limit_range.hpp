// Where an adaptive limit on requests in flight starts, and how far it may go.
#pragma once

#include "sim/core/fields.hpp"

namespace headroom {

struct LimitRange {
  int initial = 20, minimum = 20, maximum = 200;

  void describe(Fields& field) {
    field("initial", initial, "requests in flight per replica that are let in at first", between(1, 1e6))(
        "minimum", minimum, "limit that it never goes below", between(1, 1e6))(
        "maximum", maximum, "limit that it never goes beyond", between(1, 1e6));
  }
  FieldProblems problems() const {
    FieldProblems problems;
    if (minimum > maximum)
      problems.emplace_back("minimum", "is more than the maximum; give it no more than that");
    else if (initial < minimum || initial > maximum)
      problems.emplace_back("initial", "is not between the minimum and the maximum; give it one of the limits that may be");
    return problems;
  }
};

}  // namespace headroom
