#include "planning/svg.hpp"

#include <fmt/format.h>

#include <cmath>

#include "reports/chart_page.hpp"

namespace headroom::svg {

std::string opened(double width, double height, const std::string& label) {
  return fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\" style=\"width:100%;max-width:{:.0f}px;height:auto\" "
      "font-size=\"12\" fill=\"currentColor\">",
      width, height, escaped_html(label), width);
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor, escaped_html(text));
}

std::string line_from(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>", x1, y1, x2, y2, style);
}

double step_for(double span) {
  const double size = std::pow(10.0, std::floor(std::log10(span / 5.0)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (span / (factor * size) <= 6.0) return factor * size;
  }
  return 10.0 * size;
}

std::string for_both_screens(const std::function<std::string(double width)>& draw) {
  return "<div class=\"on-wide\">" + draw(usual_width) + "</div><div class=\"on-narrow\">" + draw(narrow_width) + "</div>";
}

}  // namespace headroom::svg
