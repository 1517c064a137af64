// Units in the limits of conditions that are explained by what is compared.
#pragma once

#include <string_view>

#include "sim/core/condition.hpp"
#include "sim/core/units.hpp"

namespace headroom {

// What is wrong with a limit that could not be read: `error`, unless its unit is one of energy or carbon and those are compared,
// or of power, which is the rate of energy.
QuantityError error_of_limit(const MetricSelector& selector, std::string_view limit, const QuantityError& error);

}  // namespace headroom
