#include "planning/html_table.hpp"

#include <fmt/format.h>

#include "reports/chart_page.hpp"

namespace headroom {

std::string html_table(const std::vector<std::vector<std::string>>& rows, const std::string& caption) {
  std::string text =
      fmt::format("<div class=\"scroll\" tabindex=\"0\"><table><caption>{}</caption><thead><tr>", escaped_html(caption));
  for (const std::string& cell : rows.front()) text += fmt::format("<th scope=\"col\">{}</th>", escaped_html(cell));
  text += "</tr></thead><tbody>";
  for (std::size_t r = 1; r < rows.size(); ++r) {
    text += "<tr>";
    for (std::size_t c = 0; c < rows[r].size(); ++c)
      text += (c == 0 ? "<th scope=\"row\">" : "<td>") + escaped_html(rows[r][c]) + (c == 0 ? "</th>" : "</td>");
    text += "</tr>";
  }
  return text + "</tbody></table></div>";
}

}  // namespace headroom
