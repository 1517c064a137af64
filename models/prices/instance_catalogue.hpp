// The machines that the list-price sheet knows.
#pragma once

#include <vector>

#include "sim/seams/price_sheet.hpp"

namespace headroom {

std::vector<InstanceType> instance_catalogue();

}  // namespace headroom
