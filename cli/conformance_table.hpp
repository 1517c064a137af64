// What `headroom policies --conformance DIR` prints, and the exit code it ends with.
#pragma once

#include <string>
#include <vector>

#include "conformance/folder.hpp"

namespace headroom::cli {

// A row a table (passed of total), then every row that differs, with what was expected and what was got.
std::string conformance_text(const std::vector<conformance::TableOutcome>& outcomes, std::size_t width);
std::string conformance_json(const std::vector<conformance::TableOutcome>& outcomes);

// 0: every row holds. 99: a row differs. 2: a file could not be read as a table that is known, and nothing else is wrong.
int conformance_exit_code(const std::vector<conformance::TableOutcome>& outcomes);

}  // namespace headroom::cli
