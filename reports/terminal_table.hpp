// Columns for a terminal, plain ASCII apart from names: what does not fit beside each other goes into blocks below each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/verdict.hpp"

namespace headroom {

// ANSI colours, or nothing.
class Paint {
 public:
  explicit Paint(bool colour) : colour_{colour} {}
  std::string operator()(Outcome outcome, const std::string& text) const {
    return wrap(outcome == Outcome::pass ? "32" : outcome == Outcome::fail ? "31" : "33", text);
  }
  std::string strong(const std::string& text) const { return wrap("1", text); }
  std::string faint(const std::string& text) const { return wrap("2", text); }

 private:
  std::string wrap(const char* code, const std::string& text) const;
  bool colour_;
};

// Cells that go under one variant, with what colours them.
struct TerminalColumn {
  std::string title;
  std::vector<std::string> cells;
  std::vector<std::string> marks;  // one character or none each, in a column of their own; may be empty
  std::vector<std::optional<Outcome>> colours;
};

// Row titles that are longer than two fifths of the width are broken, so that they do not push the columns apart. `width` is kept
// unless one column alone is wider. Ends with an empty line.
std::string table_text(const std::string& heading, const std::vector<std::string>& titles,
                       const std::vector<TerminalColumn>& columns, const Paint& paint, std::size_t width);

}  // namespace headroom
