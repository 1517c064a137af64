// Where a monotone function crosses zero, by bisection to the last bits of a double: slow and sure, for formulas without inverse.
#pragma once

#include <cmath>

namespace headroom {

// `rises(x)` is monotone: false below the crossing, true above. The crossing lies above `low`; `high` is doubled until it is
// above it.
template <class Predicate>
double crossing_above(double low, double high, Predicate rises) {
  while (!rises(high) && std::isfinite(high)) {
    low = high;
    high *= 2.0;
  }
  for (int step = 0; step < 200; ++step) {
    const double middle = low + (high - low) / 2.0;
    if (middle <= low || middle >= high) break;
    (rises(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace headroom
