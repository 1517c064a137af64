// Tables of Markdown, as GitHub reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/verdict.hpp"

namespace headroom {

// Text inside a table cell: a bar would end the cell, a line break the row, and an angle bracket could open a tag.
std::string cell_text(const std::string& text);
std::string row_text(const std::vector<std::string>& cells);
// `numbers`: titles of the columns that hold numbers and are set to the right.
std::string table_head(const std::vector<std::string>& titles, const std::vector<std::string>& numbers);
// An outcome with a sign that is seen from afar.
std::string_view mark_of(Outcome outcome);

}  // namespace headroom
