// CSV of any length, plain, gzip or xz: the first line names the columns, cells may be in double quotes, blank lines are passed
// over.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/caches/compressed_file.hpp"

namespace headroom {

class CsvFile {
 public:
  // Reads the first line. Throws FileError.
  explicit CsvFile(const std::string& path);

  const std::vector<std::string>& names() const { return names_; }
  // Its place; -1: there is none.
  int column(const std::string& name) const;
  // The sentence about a column that is not there.
  std::string missing_column(const std::string& name) const;

  // The next row; false at the end. Throws FileError for what cannot be read, or if there is no row at all.
  bool next();
  // Of the row, until the next one; maybe fewer or more than names.
  const std::vector<std::string_view>& cells() const { return cells_; }
  std::uint64_t line_number() const { return line_number_; }
  double fraction_read() const { return file_.fraction_read(); }

 private:
  bool read_line();
  void split();

  CompressedFile file_;
  std::array<char, 1 << 16> buffer_{};
  std::size_t begin_ = 0, end_ = 0;
  std::string line_;
  std::vector<std::string_view> cells_;  // of line_
  std::vector<std::string> names_;
  std::uint64_t line_number_ = 0;
  std::uint64_t rows_ = 0;
};

// The whole cell as a number.
template <class Number>
bool number_in(std::string_view cell, Number& value) {
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc{} && end == cell.data() + cell.size();
}
// For messages; what is very long is cut.
std::string quoted_cell(std::string_view text);

}  // namespace headroom
