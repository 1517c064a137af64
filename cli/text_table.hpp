// Columns of text for a terminal.
#pragma once

#include <string>
#include <vector>

namespace headroom::cli {

// The first row is the heading. Columns named in `right` (0-based) are set flush right, the others flush left.
std::string text_table(const std::vector<std::vector<std::string>>& rows, const std::vector<std::size_t>& right = {});

}  // namespace headroom::cli
