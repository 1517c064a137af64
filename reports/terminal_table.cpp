#include "reports/terminal_table.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "reports/text_layout.hpp"

namespace headroom {
namespace {

constexpr std::size_t gap = 3;           // between columns
constexpr std::size_t continuation = 2;  // indent of the second line of a row's title

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

bool has_marks(const TerminalColumn& column) {
  return std::any_of(column.marks.begin(), column.marks.end(), [](const std::string& mark) { return !mark.empty(); });
}

std::size_t cells_width(const TerminalColumn& column) {
  std::size_t width = 0;
  for (const std::string& cell : column.cells) width = std::max(width, width_of(cell));
  return width;
}

std::size_t column_width(const TerminalColumn& column) {
  return std::max(width_of(column.title), cells_width(column) + (has_marks(column) ? 2 : 0));
}

std::string cell_text(const TerminalColumn& column, std::size_t row, const Paint& paint) {
  const std::string mark = has_marks(column) ? " " + column.marks[row] : "";
  const std::string cell = padded(padded(column.cells[row], cells_width(column)) + mark, column_width(column));
  return column.colours[row] ? paint(*column.colours[row], cell) : cell;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  if (lines.empty()) lines.emplace_back();
  return lines;
}

// Titles in lines of a common width, and that width.
struct Titles {
  std::vector<std::vector<std::string>> rows;
  std::size_t width = 0;
};

Titles broken(const std::string& heading, const std::vector<std::string>& titles, std::size_t width) {
  Titles result{{}, width_of(heading)};
  for (const std::string& title : titles) {
    result.rows.push_back(lines_of(wrapped(title, width * 2 / 5, continuation)));
    for (const std::string& line : result.rows.back()) result.width = std::max(result.width, width_of(line));
  }
  return result;
}

}  // namespace

std::string Paint::wrap(const char* code, const std::string& text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

std::string table_text(const std::string& heading, const std::vector<std::string>& titles,
                       const std::vector<TerminalColumn>& columns, const Paint& paint, std::size_t width) {
  const Titles first = broken(heading, titles, width);
  std::string text;
  for (std::size_t begin = 0; begin < columns.size();) {
    std::size_t end = begin, used = first.width;
    while (end < columns.size() && (end == begin || used + gap + column_width(columns[end]) <= width))
      used += gap + column_width(columns[end++]);
    const auto line = [&](const std::string& title, auto cell) {
      std::string row = padded(title, first.width);
      for (std::size_t c = begin; c < end; ++c) row += std::string(gap, ' ') + cell(columns[c]);
      text += trimmed(std::move(row)) + "\n";
    };
    line(heading, [&](const TerminalColumn& column) { return paint.strong(padded(column.title, column_width(column))); });
    for (std::size_t r = 0; r < titles.size(); ++r) {
      line(first.rows[r].front(), [&](const TerminalColumn& column) { return cell_text(column, r, paint); });
      for (std::size_t more = 1; more < first.rows[r].size(); ++more) text += first.rows[r][more] + "\n";
    }
    text += "\n";
    begin = end;
  }
  return text;
}

}  // namespace headroom
