#include "planning/html_table.hpp"

#include <fmt/format.h>

#include <string_view>

#include "reports/chart_page.hpp"

namespace headroom {

namespace {

using Rows = std::vector<std::vector<std::string>>;

// What stands above a column, also where its heading goes on from the one before: "cost at low", "at high".
std::string label_of(const std::vector<std::string>& heading, std::size_t column) {
  constexpr std::string_view low = "at low";
  if (heading[column] != "at high" || column == 0 || !heading[column - 1].ends_with(low)) return heading[column];
  return heading[column - 1].substr(0, heading[column - 1].size() - low.size()) + "at high";
}

bool begins_as_number(const std::string& text) {
  constexpr std::string_view signs = "+-±";
  if (text.empty()) return false;
  const char first = text.front();
  return (first >= '0' && first <= '9') || signs.find(first) != std::string_view::npos;
}

bool has_numbers(const Rows& rows, std::size_t column) {
  bool any = false;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const std::string& text = rows[r][column];
    if (text.empty()) continue;
    if (!begins_as_number(text)) return false;
    any = true;
  }
  return any;
}

// A verdict has its colour and its mark, as in a report.
std::string cell_text(const std::string& text) {
  struct Word {
    std::string_view word, outcome, mark;
  };
  constexpr Word words[]{
      {"pass", "pass", "✓"}, {"fail", "fail", "✗"}, {"unclear", "inconclusive", "?"}, {"inconclusive", "inconclusive", "?"}};
  for (const Word& one : words) {
    if (!text.starts_with(one.word) || (text.size() > one.word.size() && text[one.word.size()] != ':')) continue;
    return fmt::format("<span class=\"badge {}\">{} {}</span>{}", one.outcome, one.mark, one.word,
                       escaped_html(text.substr(one.word.size())));
  }
  return escaped_html(text);
}

}  // namespace

std::string html_table(const Rows& rows, const std::string& caption) {
  std::string text = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table class=\"plan "
      "cards\"><caption>{0}</caption><thead><tr>",
      escaped_html(caption));
  std::vector<std::string> attributes;
  for (std::size_t c = 0; c < rows.front().size(); ++c) {
    attributes.emplace_back(c > 0 && has_numbers(rows, c) ? " class=\"number\"" : "");
    text += fmt::format("<th scope=\"col\"{}>{}</th>", attributes[c], escaped_html(rows.front()[c]));
    if (const std::string label = label_of(rows.front(), c); c > 0 && !label.empty())
      attributes[c] += fmt::format(" data-label=\"{}\"", escaped_html(label));
  }
  text += "</tr></thead><tbody>";
  for (std::size_t r = 1; r < rows.size(); ++r) {
    // A number alone would not say of what.
    const std::string label = begins_as_number(rows[r][0]) ? fmt::format(" data-label=\"{}\"", escaped_html(rows[0][0])) : "";
    text += fmt::format("<tr><th scope=\"row\"{}>{}</th>", label, escaped_html(rows[r][0]));
    for (std::size_t c = 1; c < rows[r].size(); ++c)
      text += fmt::format("<td{}>{}</td>", rows[r][c].empty() ? "" : attributes[c], cell_text(rows[r][c]));
    text += "</tr>";
  }
  return text + "</tbody></table></div>";
}

}  // namespace headroom
