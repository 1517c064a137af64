// Columns of text for a terminal.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace headroom::cli {

// The first row is the heading. Columns named in `right` (0-based) are set flush right, the others flush left.
std::string text_table(const std::vector<std::vector<std::string>>& rows, const std::vector<std::size_t>& right = {});

// The same with a sentence below each row but the first, in lines of `width`: sentences do not widen columns. `note` gets the
// row's place among those, from 0.
std::string text_table_with_notes(const std::vector<std::vector<std::string>>& rows,
                                  const std::function<std::string(std::size_t)>& note, std::size_t width);

}  // namespace headroom::cli
