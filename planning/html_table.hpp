// Rows of text as a table of a page.
#pragma once

#include <string>
#include <vector>

namespace headroom {

// The first row is the heading, the first column the heading of each row.
std::string html_table(const std::vector<std::vector<std::string>>& rows, const std::string& caption);

}  // namespace headroom
