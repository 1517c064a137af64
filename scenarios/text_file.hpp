// A file as text: read whole, within limits, with a sentence for everything that can be wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

inline constexpr std::uintmax_t largest_text_file = std::uintmax_t{16} << 20;  // bytes

struct TextFile {
  std::string text;        // valid UTF-8 without a byte order mark; empty when there is a problem
  std::string problem;     // empty: none
  std::string suggestion;  // may be empty
  int line = 0, column = 0;  // of the problem; 0: the file as a whole
};

// The size is looked at before a byte is read.
TextFile read_text_file(const std::string& path);
// Text that is at hand already, with the same sentences.
TextFile checked_text(std::string text);
// The name in the same folder that is nearest to this one; empty if none is near.
std::string nearest_file(const std::string& path);

// From offsets (bytes) to lines and columns (1-based, columns in characters). Questions in rising order cost one pass in all,
// however long a line is.
class LineTable {
 public:
  explicit LineTable(std::string_view text);
  struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
  };
  Position at(std::size_t offset);
  // The same for a line and a column in bytes, both 0-based.
  Position at(std::size_t line, std::size_t byte_column);

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  std::size_t counted_line_ = 0, counted_bytes_ = 0, counted_characters_ = 0;  // the last answer
};

}  // namespace headroom
