// Decisions as a table: a row each, a column per field.
#pragma once

#include <string>
#include <vector>

#include "decisions/seam.hpp"

namespace headroom::cli {

// All decisions have the fields of the first. `summary` may be null.
std::string decided_table(const std::vector<decisions::Json>& decisions, const decisions::Json& summary);

}  // namespace headroom::cli
