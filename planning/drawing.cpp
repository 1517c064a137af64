#include "planning/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planning/svg.hpp"
#include "reports/chart_page.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

using namespace svg;

std::string grid_of(const Scale& x, const Scale& y) {
  constexpr const char* faint = "stroke=\"currentColor\" stroke-opacity=\"0.15\"";
  std::string text;
  // Half as many marks in a narrow drawing, whose numbers would touch.
  const double step = (x.to - x.from < 400.0 ? 2.0 : 1.0) * step_for(x.high);
  for (double at = 0.0; at <= x.high; at += step) {
    text += line_from(x(at), y.from, x(at), y.to, faint) + text_at(x(at), y.from + 16.0, "middle", number_text(at));
  }
  for (double at = 0.0; at <= y.high; at += step_for(y.high)) {
    text += line_from(x.from, y(at), x.to, y(at), faint) + text_at(x.from - 6.0, y(at) + 4.0, "end", number_text(at));
  }
  return text;
}

}  // namespace

std::string scatter_svg(const std::vector<ScatterPoint>& points, const std::string& x_title, const std::string& y_title,
                        double y_limit, double width) {
  constexpr double height = 380.0;
  double most_x = 1e-9, most_y = y_limit > 0.0 ? 1.5 * y_limit : 1e-9;
  for (const ScatterPoint& point : points) {
    most_x = std::max(most_x, point.x);
    // A limit of 0 says nothing of how far to look.
    const double cut = y_limit > 0.0 ? 4.0 * y_limit : point.high;
    if (point.is_on_front || point.is_answer) most_y = std::max(most_y, std::min(point.high, cut));
  }
  const Scale x{0.0, 1.05 * most_x, 70.0, width - 16.0}, y{0.0, 1.05 * most_y, height - 50.0, 16.0};
  std::string text =
      opened(width, height, y_title + " against " + x_title + "; the numbers are in the table below") + grid_of(x, y);
  std::string path;
  std::vector<ScatterPoint> sorted = points;
  std::ranges::stable_sort(sorted, {}, &ScatterPoint::x);
  for (const ScatterPoint& point : sorted) {
    const double at = y(std::min(point.y, y.high));
    if (point.is_on_front) path += fmt::format("{}{:.1f} {:.1f} ", path.empty() ? "M" : "L", x(point.x), at);
    text += line_from(x(point.x), y(std::min(point.low, y.high)), x(point.x), y(std::min(point.high, y.high)),
                      "stroke=\"var(--c0)\"");
    const std::string colour = point.is_answer ? "var(--c1)" : "var(--c0)";
    text += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"><title>{}</title></circle>",
        x(point.x), at, point.is_answer ? 7 : 4, point.is_on_front || point.is_answer ? colour : "var(--page)", colour,
        escaped_html(point.title));
  }
  if (!path.empty()) text += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"var(--c0)\" stroke-width=\"1.5\"/>", path);
  if (y_limit > 0.0 && y_limit < y.high)
    text += line_from(x.from, y(y_limit), x.to, y(y_limit), "stroke=\"currentColor\" stroke-dasharray=\"6 4\"");
  return text + text_at(width / 2.0, height - 12.0, "middle", x_title) + text_at(8.0, 12.0, "start", y_title) + "</svg>";
}

namespace {

// Ends of the bar in percent of its track, and what stands beside them.
std::string bar_html(const TornadoBar& bar, double left, double right, double middle) {
  const bool rises = bar.low <= bar.high;
  return fmt::format(
      "<li><span class=\"name\">{}</span><span class=\"track\"><span class=\"swing{}\" "
      "style=\"left:{:.2f}%;width:{:.2f}%\"></span>"
      "<span class=\"middle\" style=\"left:{:.2f}%\"></span><span class=\"end\" style=\"right:{:.2f}%\">{}</span><span "
      "class=\"end\" "
      "style=\"left:{:.2f}%\">{}</span></span></li>",
      escaped_html(bar.title), bar.is_told ? "" : " hollow", left, right - left, middle, 100.0 - left,
      escaped_html(rises ? bar.low_text : bar.high_text), right, escaped_html(rises ? bar.high_text : bar.low_text));
}

}  // namespace

std::string tornado_html(const std::vector<TornadoBar>& bars, double middle, const std::string& output) {
  constexpr double shortest = 0.5;  // percent of the whole track
  double low = middle, high = middle;
  for (const TornadoBar& bar : bars) {
    low = std::min({low, bar.low, bar.high});
    high = std::max({high, bar.low, bar.high});
  }
  const Scale x{low, high > low ? high : low + 1.0, 0.0, 100.0};
  std::string drawn, left_out;
  for (const TornadoBar& bar : bars) {
    const double left = x(std::min(bar.low, bar.high)), right = x(std::max(bar.low, bar.high));
    if (right - left < shortest && !bar.is_told)
      left_out += (left_out.empty() ? "" : "; ") + bar.title;
    else
      drawn += bar_html(bar, left, right, x(middle));
  }
  std::string text;
  if (!drawn.empty())
    text = fmt::format("<p class=\"note\">The upright line: {}.</p><ul class=\"tornado\">{}</ul>", escaped_html(output), drawn);
  if (!left_out.empty()) text += "<p class=\"note\">No swing to be seen: " + escaped_html(left_out) + ".</p>";
  return text;
}

}  // namespace headroom
