// How far a value is inside its limit, and of what that is a share: one scale for verdicts, their texts and plans.
#pragma once

#include <string_view>

#include "sim/core/condition.hpp"

namespace headroom {

// Of an objective on the share that goes well, from one half on, a margin is a share of what may go wrong: `availability > 99.9
// %` at 99.95 % has used half of the allowed failures, as `errors < 0.1 %` at 0.05 % has. Of any other it is a share of the
// limit, or with "for" of the duration.
struct MarginScale {
  double size = 0.0;      // in the unit of the objective's value; 0: of nothing there is no share
  std::string_view of{};  // "allowed failures"; empty: the limit
};
MarginScale margin_scale(const Condition& condition);

// Positive inside the limit, negative beyond it. `scale.size` above 0.
double margin_of(const Condition& condition, const MarginScale& scale, double value);

}  // namespace headroom
