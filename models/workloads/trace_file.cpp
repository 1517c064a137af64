#include "models/workloads/trace_file.hpp"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "sim/core/random.hpp"

namespace headroom {

namespace {

constexpr std::size_t longest_line = 1 << 20;

bool ends_with_gz(const std::string& path) { return path.size() > 3 && path.compare(path.size() - 3, 3, ".gz") == 0; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string quote(std::string_view text) {
  constexpr std::size_t longest = 40;
  return "\"" + std::string{text.substr(0, longest)} + (text.size() > longest ? "…\"" : "\"");
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

struct TraceFile::Source {
  gzFile file = nullptr;
  std::array<char, 1 << 16> buffer{};
  std::size_t begin = 0, end = 0;
  bool over = false;

  ~Source() {
    if (file != nullptr) gzclose_r(file);
  }
  // One more buffer; false at the end of the file, with a sentence if it did not end well.
  bool refill(std::string& problem) {
    if (over) return false;
    const int got = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()));
    begin = 0;
    end = got > 0 ? static_cast<std::size_t>(got) : 0;
    if (got > 0) return true;
    over = true;
    int code = Z_OK;
    gzerror(file, &code);
    // Z_BUF_ERROR: the compressed data ends in the middle.
    if (code == Z_BUF_ERROR)
      problem = "the compressed data ends too early; is the file complete?";
    else if (got < 0 || code < 0)
      problem = "the compressed data is damaged; fetch the file again";
    return false;
  }
};

TraceFile::TraceFile(const std::string& path, const TraceColumns& columns) : columns_{columns} {
  open(path);
  if (!issues_.empty()) {
    source_.reset();
    return;
  }
  if (!read_line()) {
    if (issues_.empty()) complain("is empty; its first line must name the columns");
    return;
  }
  if (line_.find('\0') != std::string::npos) {
    complain("is not text: its first line holds a zero byte");
    source_.reset();
    return;
  }
  if (line_.compare(0, 3, "\xEF\xBB\xBF") == 0) line_.erase(0, 3);
  split_line();
  find_columns();
}

TraceFile::~TraceFile() = default;

void TraceFile::open(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return complain("does not exist");
  if (!std::filesystem::is_regular_file(status)) return complain("is not a file");
  source_ = std::make_unique<Source>();
  source_->file = gzopen(path.c_str(), "rb");
  if (source_->file == nullptr) return complain(std::string{"cannot be opened: "} + std::strerror(errno));
  gzbuffer(source_->file, 1 << 17);
  if (ends_with_gz(path) && std::filesystem::file_size(path, error) > 0 && gzdirect(source_->file) == 1) {
    complain("is named .gz but is not gzip data");
  }
}

bool TraceFile::read_line() {
  line_.clear();
  for (;;) {
    Source& s = *source_;
    if (s.begin == s.end) {
      std::string problem;
      if (!s.refill(problem)) {
        if (!problem.empty()) complain("line " + std::to_string(line_number_ + 1) + ": " + problem);
        if (line_.empty() || !problem.empty()) return false;
        ++line_number_;  // the last line, without an end
        return true;
      }
    }
    const char* const from = s.buffer.data() + s.begin;
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', s.end - s.begin));
    const std::size_t length = newline != nullptr ? static_cast<std::size_t>(newline - from) : s.end - s.begin;
    line_.append(from, length);
    s.begin += length + (newline != nullptr ? 1 : 0);
    if (line_.size() > longest_line) {
      complain("line " + std::to_string(line_number_ + 1) + ": is longer than 1 MiB; is this a CSV file?");
      return false;
    }
    if (newline != nullptr) {
      ++line_number_;
      return true;
    }
  }
}

void TraceFile::split_line() {
  used_cells_ = 0;
  const auto add = [this](std::string_view text) {
    if (used_cells_ == cells_.size()) cells_.emplace_back();
    cells_[used_cells_++].assign(trimmed(text));
  };
  std::string_view rest{line_};
  for (;;) {
    const bool in_quotes = !rest.empty() && rest.front() == '"' && rest.find('"', 1) != std::string_view::npos;
    const std::size_t close = in_quotes ? rest.find('"', 1) : 0;
    const std::size_t comma = rest.find(',', close);
    add(in_quotes ? rest.substr(1, close - 1) : rest.substr(0, comma));
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

int TraceFile::column(const std::string& name) {
  if (name.empty()) return -1;
  const auto end = cells_.begin() + static_cast<std::ptrdiff_t>(used_cells_);
  const auto found = std::find(cells_.begin(), end, name);
  if (found != end) return static_cast<int>(found - cells_.begin());
  std::string names;
  for (auto it = cells_.begin(); it != end; ++it) names += (names.empty() ? "" : ", ") + quote(*it);
  complain("has no column " + quote(name) + "; its first line names " + names);
  return -1;
}

void TraceFile::find_columns() {
  time_ = column(columns_.time);
  count_ = column(columns_.count);
  key_ = column(columns_.key);
  subject_ = column(columns_.subject);
  if (!issues_.empty()) source_.reset();
}

const std::string* TraceFile::cell(int index, const std::string& name) {
  if (static_cast<std::size_t>(index) < used_cells_) return &cells_[static_cast<std::size_t>(index)];
  complain_here("has only " + std::to_string(used_cells_) + (used_cells_ == 1 ? " cell" : " cells") + " and none for column " +
                quote(name));
  return nullptr;
}

bool TraceFile::number(int index, const std::string& name, double& value) {
  if (index < 0) return true;
  const std::string* text = cell(index, name);
  if (text == nullptr) return false;
  if (parse(std::string_view{*text}, value) && std::isfinite(value)) return true;
  complain_here(quote(*text) + " in column " + quote(name) + " is not a number");
  return false;
}

bool TraceFile::identity(int index, const std::string& name, std::uint64_t& value) {
  if (index < 0) return true;
  const std::string* text = cell(index, name);
  if (text == nullptr) return false;
  if (!parse(std::string_view{*text}, value)) value = hash_text(*text);
  return true;
}

bool TraceFile::check_order(const TraceRow& row) {
  if (seen_row_ && (columns_.intervals() ? row.time <= last_time_ : row.time < last_time_)) {
    complain_here(fmt::format("the time {} is {} that of the row above, {}; rows must be sorted by {}", row.time,
                              columns_.intervals() ? "not after" : "before", last_time_, quote(columns_.time)));
    return false;
  }
  seen_row_ = true;
  last_time_ = row.time;
  return true;
}

bool TraceFile::read_row(TraceRow& row) {
  split_line();
  bool good = number(time_, columns_.time, row.time);
  good = number(count_, columns_.count, row.count) && good;
  good = identity(key_, columns_.key, row.key) && good;
  good = identity(subject_, columns_.subject, row.subject) && good;
  if (!good || !check_order(row)) return false;
  if (row.count < 0.0) {
    complain_here("the count in column " + quote(columns_.count) + " is negative");
    return false;
  }
  return true;
}

bool TraceFile::next(TraceRow& row) {
  while (source_ && issues_.size() < most_issues && read_line()) {
    if (trimmed(line_).empty()) continue;
    if (read_row(row)) return true;
  }
  return false;
}

void TraceFile::complain(const std::string& sentence) {
  if (issues_.size() < most_issues) issues_.push_back(sentence);
}
void TraceFile::complain_here(const std::string& sentence) { complain("line " + std::to_string(line_number_) + ": " + sentence); }

TraceSummary summarize_trace(const std::string& path, const TraceColumns& columns) {
  TraceFile file{path, columns};
  TraceSummary summary;
  TraceRow row;
  while (file.next(row)) {
    if (summary.rows++ == 0) summary.first_time = row.time;
    summary.last_time = row.time;
  }
  summary.issues = file.issues();
  if (summary.issues.empty() && summary.rows < (columns.intervals() ? 2U : 1U)) {
    summary.issues.emplace_back(columns.intervals() ? "has fewer than two rows, so that an interval has no length"
                                                    : "has no row");
  }
  return summary;
}

}  // namespace headroom
