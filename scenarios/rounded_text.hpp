// Numbers in the sentences of `explain`: one way for all of them.
#pragma once

#include <string>

#include "sim/core/units.hpp"

namespace headroom {

// Four significant digits, and all of a whole number's; never an exponent, and not the last digits that arithmetic leaves behind:
// "0.3", "25920", "1.25 s".
std::string rounded_text(double value, Dimension dimension = Dimension::count);

}  // namespace headroom
