#include "models/caches/csv_file.hpp"

#include <cstring>

#include <fmt/format.h>

namespace headroom {
namespace {

constexpr std::size_t longest_line = 1 << 20;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

std::string quoted_cell(std::string_view text) {
  constexpr std::size_t longest = 40;
  return fmt::format("\"{}{}\"", text.substr(0, longest), text.size() > longest ? "…" : "");
}

CsvFile::CsvFile(const std::string& path) : file_{path} {
  if (!read_line()) throw FileError{"is empty; its first line must name the columns"};
  if (line_.find('\0') != std::string::npos) throw FileError{"line 1: holds a zero byte, so this is not CSV"};
  if (line_.compare(0, 3, "\xEF\xBB\xBF") == 0) line_.erase(0, 3);
  split();
  for (const std::string_view cell : cells_) names_.emplace_back(cell);
}

int CsvFile::column(const std::string& name) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == name) return static_cast<int>(i);
  }
  return -1;
}

std::string CsvFile::missing_column(const std::string& name) const {
  std::string names;
  for (const std::string& one : names_) names += (names.empty() ? "" : ", ") + quoted_cell(one);
  return fmt::format("has no column {}; its first line names {}", quoted_cell(name), names);
}

bool CsvFile::next() {
  do {
    if (!read_line()) {
      if (rows_ == 0) throw FileError{"has no line after the one that names the columns"};
      return false;
    }
  } while (trimmed(line_).empty());
  ++rows_;
  split();
  return true;
}

bool CsvFile::read_line() {
  line_.clear();
  for (;;) {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = file_.read(buffer_.data(), buffer_.size());
      if (end_ == 0) {
        if (line_.empty()) return false;
        ++line_number_;
        return true;
      }
    }
    const char* const from = buffer_.data() + begin_;
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_));
    const std::size_t length = newline != nullptr ? static_cast<std::size_t>(newline - from) : end_ - begin_;
    line_.append(from, length);
    begin_ += length + (newline != nullptr ? 1 : 0);
    if (line_.size() > longest_line)
      throw FileError{fmt::format("line {}: is longer than 1 MiB; is this a CSV file?", line_number_ + 1)};
    if (newline == nullptr) continue;
    ++line_number_;
    return true;
  }
}

void CsvFile::split() {
  cells_.clear();
  std::string_view rest{line_};
  for (;;) {
    const bool in_quotes = !rest.empty() && rest.front() == '"';
    const std::size_t close = in_quotes ? rest.find('"', 1) : 0;
    const std::size_t comma = rest.find(',', close == std::string_view::npos ? 0 : close);
    cells_.push_back(trimmed(rest.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace headroom
