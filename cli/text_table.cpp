#include "cli/text_table.hpp"

#include <algorithm>
#include <sstream>

#include "reports/text_layout.hpp"

namespace headroom::cli {

std::string text_table(const std::vector<std::vector<std::string>>& rows, const std::vector<std::size_t>& right) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string gap(widths[c] - width_of(row[c]), ' ');
      const bool flush_right = std::find(right.begin(), right.end(), c) != right.end();
      line += (c == 0 ? "" : "   ") + (flush_right ? gap + row[c] : row[c] + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string text_table_with_notes(const std::vector<std::vector<std::string>>& rows,
                                  const std::function<std::string(std::size_t)>& note, std::size_t width) {
  std::string text;
  std::istringstream lines{text_table(rows)};
  std::string line;
  for (std::size_t row = 0; std::getline(lines, line); ++row) {
    text += line + "\n";
    if (row > 0) text += "    " + wrapped(note(row - 1), width, 4, 4) + "\n";
  }
  return text;
}

}  // namespace headroom::cli
