#include "reports/markdown_table.hpp"

#include <algorithm>

namespace headroom {

std::string cell_text(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|')
      safe += "\\|";
    else if (c == '\n' || c == '\r')
      safe += ' ';
    else if (c == '<')
      safe += "&lt;";
    else
      safe += c;
  }
  return safe;
}

std::string row_text(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += " " + cell_text(cell) + " |";
  return text + "\n";
}

std::string table_head(const std::vector<std::string>& titles, const std::vector<std::string>& numbers) {
  std::string text = row_text(titles) + "|";
  for (const std::string& title : titles)
    text += std::find(numbers.begin(), numbers.end(), title) == numbers.end() ? " --- |" : " ---: |";
  return text + "\n";
}

std::string_view mark_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "✅ pass";
    case Outcome::fail: return "❌ fail";
    case Outcome::inconclusive: break;
  }
  return "❔ inconclusive";
}

}  // namespace headroom
