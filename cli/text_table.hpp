// Columns of text for a terminal.
#pragma once

#include <string>
#include <vector>

namespace headroom::cli {

// The first row is the heading. Columns named in `right` (0-based) are set flush right, the others flush left.
std::string text_table(const std::vector<std::vector<std::string>>& rows, const std::vector<std::size_t>& right = {});

// Breaks at blanks into lines of at most `width` characters, each after the first indented by `indent`.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent);

}  // namespace headroom::cli
