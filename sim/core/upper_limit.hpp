// Whether a condition limits what is looked at from above: less is better then.
#pragma once

#include "sim/core/condition.hpp"

namespace headroom {

inline bool is_upper_limit(Comparison comparison) {
  return comparison == Comparison::less || comparison == Comparison::less_equal;
}
// With "for" it is the time for which the rest does not hold that is limited, whatever the comparison.
inline bool is_upper_limit(const Condition& condition) { return condition.lasting || is_upper_limit(condition.comparison); }

}  // namespace headroom
