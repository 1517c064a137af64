// A validation on a terminal: a line per scenario, what is missed, the differences from the baseline, the outcome last.
#pragma once

#include <string>

#include "reports/validation.hpp"

namespace headroom::cli {

std::string validation_text(const Validation& validation, bool colour, std::size_t width);

}  // namespace headroom::cli
