// The unit in which the value of an objective is shown.
#pragma once

#include <span>

#include "reports/display.hpp"

namespace headroom {

// Of money, energy and carbon per time the unit in which the limit is written, so that both can be compared as they stand; of
// anything else the one that fits.
DisplayUnit objective_unit(const Condition& condition, Dimension dimension, std::span<const double> values);

}  // namespace headroom
