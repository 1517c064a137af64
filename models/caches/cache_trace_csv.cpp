#include "models/caches/cache_trace_csv.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "sim/core/random.hpp"

namespace headroom {
namespace {

constexpr std::size_t longest_line = 1 << 20;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

std::string quote(std::string_view text) {
  constexpr std::size_t longest = 40;
  return fmt::format("\"{}{}\"", text.substr(0, longest), text.size() > longest ? "…" : "");
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

class CsvCacheTrace final : public CacheTrace {
 public:
  CsvCacheTrace(const std::string& path, const CacheTraceColumns& columns) : file_{path}, columns_{columns} {
    if (!read_line()) throw FileError{"is empty; its first line must name the columns"};
    if (line_.find('\0') != std::string::npos)
      throw FileError{"line 1: holds a zero byte, so this is not CSV; --format oracle-general reads binary records"};
    if (line_.compare(0, 3, "\xEF\xBB\xBF") == 0) line_.erase(0, 3);
    split();
    key_ = column(columns_.key, true);
    size_ = column(columns_.size, columns_.size != CacheTraceColumns{}.size);
  }

  bool next(CacheRequest& request) override {
    do {
      if (!read_line()) {
        if (rows_ == 0) throw FileError{"has no line after the one that names the columns"};
        return false;
      }
    } while (trimmed(line_).empty());
    ++rows_;
    split();
    if (cells_.size() < names_) complain(fmt::format("has {} cells; the first line names {}", cells_.size(), names_));
    const std::string_view key = cells_[static_cast<std::size_t>(key_)];
    if (key.empty()) complain(fmt::format("has nothing in column {}; write the object's key", quote(columns_.key)));
    if (!parse(key, request.key)) request.key = hash_of(key);
    request.bytes = size_ < 0 ? 1 : size_in(cells_[static_cast<std::size_t>(size_)]);
    request.next = OfflineCachePolicy::never;
    return true;
  }
  bool knows_next() const override { return false; }
  bool has_sizes() const override { return size_ >= 0; }
  double fraction_read() const override { return file_.fraction_read(); }

 private:
  [[noreturn]] void complain(const std::string& what) const { throw FileError{fmt::format("line {}: {}", line_number_, what)}; }

  static std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = text.size();
    for (const char letter : text) hash = mix(hash, static_cast<unsigned char>(letter));
    return hash;
  }
  std::int64_t size_in(std::string_view cell) const {
    std::int64_t bytes = 0;
    if (!parse(cell, bytes))
      complain(fmt::format("{} in column {} is not a whole number of bytes", quote(cell), quote(columns_.size)));
    if (bytes < 0) complain(fmt::format("the size {} is negative; write bytes, 0 or more", bytes));
    return bytes;
  }
  bool read_line() {
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
  void split() {
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
  int column(const std::string& name, bool required) {
    names_ = cells_.size();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (cells_[i] == name) return static_cast<int>(i);
    }
    if (!required) return -1;
    std::string names;
    for (const std::string_view cell : cells_) names += (names.empty() ? "" : ", ") + quote(cell);
    throw FileError{fmt::format("has no column {}; its first line names {}", quote(name), names)};
  }

  CompressedFile file_;
  CacheTraceColumns columns_;
  std::array<char, 1 << 16> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::string line_;
  std::vector<std::string_view> cells_;  // of line_
  std::size_t names_ = 0;
  std::uint64_t line_number_ = 0;
  std::uint64_t rows_ = 0;
  int key_ = -1, size_ = -1;
};

}  // namespace

std::unique_ptr<CacheTrace> open_csv_cache_trace(const std::string& path, const CacheTraceColumns& columns) {
  return std::make_unique<CsvCacheTrace>(path, columns);
}

}  // namespace headroom
