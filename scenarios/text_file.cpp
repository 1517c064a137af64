#include "scenarios/text_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/core/units.hpp"

namespace headroom {

namespace {

namespace files = std::filesystem;

// Bytes of the UTF-8 sequence at the front, 0 if it is not one (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const auto follows = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xBF; };
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return byte(1) >= low && byte(1) <= high && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return byte(1) >= low && byte(1) <= high && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

TextFile problem(std::string sentence, std::string suggestion = {}) { return TextFile{{}, std::move(sentence), std::move(suggestion), 0, 0}; }

TextFile problem_at(std::string_view text, std::size_t offset, std::string sentence, std::string suggestion) {
  LineTable lines{text.substr(0, offset)};
  const auto position = lines.at(offset);
  return TextFile{{}, std::move(sentence), std::move(suggestion), static_cast<int>(position.line), static_cast<int>(position.column)};
}

}  // namespace

TextFile checked_text(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const std::size_t zero = text.find('\0');
  if (zero != std::string::npos) {
    return problem_at(text, zero, "is a binary file: it holds a zero byte here", "a scenario is JSON or YAML text in UTF-8");
  }
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(std::string_view{text}.substr(i));
    if (length == 0) return problem_at(text, i, "is not text in UTF-8: a byte here does not belong to any character", "save the file as UTF-8");
    i += length;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return problem("is empty", "a scenario needs at least a name, a service and a workload");
  }
  return TextFile{std::move(text), {}, {}, 0, 0};
}

TextFile read_text_file(const std::string& path) {
  std::error_code failure;
  const files::file_status status = files::status(path, failure);
  if (status.type() == files::file_type::not_found) {
    const std::string near = nearest_file(path);
    return problem("there is no such file", near.empty() ? "" : "did you mean \"" + near + "\"?");
  }
  if (files::is_directory(status)) return problem("is a folder", "name the scenario file in it");
  if (!files::is_regular_file(status)) return problem("is not a file that can be read as a scenario");
  const std::uintmax_t size = files::file_size(path, failure);
  if (!failure && size > largest_text_file) {
    return problem("is " + to_text(Bytes{static_cast<std::int64_t>(size)}) + " long; a scenario may have 16 MiB",
                   "keep traces in files of their own and name them in the scenario");
  }
  std::ifstream file{path, std::ios::binary};
  if (!file) return problem(std::string{"cannot be read: "} + std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (file.bad()) return problem("cannot be read to its end");
  return checked_text(std::move(text));
}

// Endings are alike among files of one kind and say nothing of what was meant, so stems are compared.
std::string nearest_file(const std::string& path) {
  const files::path wanted{path};
  const files::path folder = wanted.has_parent_path() ? wanted.parent_path() : files::path{"."};
  const std::string stem = wanted.stem().string();
  const std::string ending = wanted.extension().string();
  std::vector<std::string> names;
  std::error_code failure;
  for (files::directory_iterator it{folder, failure}, end; !failure && it != end; it.increment(failure)) names.push_back(it->path().filename());
  std::sort(names.begin(), names.end());
  std::string best;
  std::size_t best_distance = stem.size() / 3 + 1;  // one slip in three letters at most
  for (const std::string& name : names) {
    const files::path candidate{name};
    const std::size_t distance = edit_distance(stem, candidate.stem().string());
    const bool alike = candidate.extension() == ending || distance == 0;
    if (!alike || distance >= best_distance || name == wanted.filename()) continue;
    best_distance = distance;
    best = name;
  }
  return best;
}

LineTable::LineTable(std::string_view text) : text_{text}, starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

LineTable::Position LineTable::at(std::size_t offset) {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::size_t>(after - starts_.begin()) - 1;
  return at(line, offset - starts_[line]);
}

LineTable::Position LineTable::at(std::size_t line, std::size_t byte_column) {
  line = std::min(line, starts_.size() - 1);
  if (line != counted_line_ || byte_column < counted_bytes_) {
    counted_line_ = line;
    counted_bytes_ = counted_characters_ = 0;
  }
  const std::string_view between = text_.substr(starts_[line] + counted_bytes_, byte_column - counted_bytes_);
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  counted_characters_ += static_cast<std::size_t>(std::count_if(between.begin(), between.end(), is_first_byte));
  counted_bytes_ = byte_column;
  return {static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(counted_characters_ + 1)};
}

}  // namespace headroom
