#include "planning/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/chart_page.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

constexpr double width = 720.0;  // of the drawing; it shrinks with the page

// What an interval of the axis maps to.
struct Scale {
  double low = 0.0, high = 1.0, from = 0.0, to = 1.0;
  double operator()(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

std::string opened(double height, const std::string& label) {
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

// About five round steps up to `most`.
double step_for(double most) {
  const double size = std::pow(10.0, std::floor(std::log10(most / 5.0)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (most / (factor * size) <= 6.0) return factor * size;
  }
  return 10.0 * size;
}

std::string grid_of(const Scale& x, const Scale& y) {
  constexpr const char* faint = "stroke=\"currentColor\" stroke-opacity=\"0.15\"";
  std::string text;
  for (double at = 0.0; at <= x.high; at += step_for(x.high)) {
    text += line_from(x(at), y.from, x(at), y.to, faint) + text_at(x(at), y.from + 16.0, "middle", number_text(at));
  }
  for (double at = 0.0; at <= y.high; at += step_for(y.high)) {
    text += line_from(x.from, y(at), x.to, y(at), faint) + text_at(x.from - 6.0, y(at) + 4.0, "end", number_text(at));
  }
  return text;
}

}  // namespace

std::string scatter_svg(const std::vector<ScatterPoint>& points, const std::string& x_title, const std::string& y_title,
                        double y_limit) {
  constexpr double height = 380.0;
  double most_x = 1e-9, most_y = y_limit > 0.0 ? 1.5 * y_limit : 1e-9;
  for (const ScatterPoint& point : points) {
    most_x = std::max(most_x, point.x);
    // A limit of 0 says nothing of how far to look.
    const double cut = y_limit > 0.0 ? 4.0 * y_limit : point.high;
    if (point.is_on_front || point.is_answer) most_y = std::max(most_y, std::min(point.high, cut));
  }
  const Scale x{0.0, 1.05 * most_x, 70.0, width - 16.0}, y{0.0, 1.05 * most_y, height - 50.0, 16.0};
  std::string text = opened(height, y_title + " against " + x_title + "; the numbers are in the table below") + grid_of(x, y);
  std::string path;
  std::vector<ScatterPoint> sorted = points;
  std::ranges::stable_sort(sorted, {}, &ScatterPoint::x);
  for (const ScatterPoint& point : sorted) {
    const double at = y(std::min(point.y, y.high));
    if (point.is_on_front) path += fmt::format("{}{:.1f} {:.1f} ", path.empty() ? "M" : "L", x(point.x), at);
    text += line_from(x(point.x), y(std::min(point.low, y.high)), x(point.x), y(std::min(point.high, y.high)),
                      "stroke=\"var(--c0)\" stroke-opacity=\"0.5\"");
    text += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"var(--c{})\"{}><title>{}</title></circle>",
                        x(point.x), at, point.is_answer ? 7 : 4, point.is_answer ? 1 : 0,
                        point.is_on_front || point.is_answer ? "" : " fill-opacity=\"0.4\"", escaped_html(point.title));
  }
  if (!path.empty()) text += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"var(--c0)\" stroke-width=\"1.5\"/>", path);
  if (y_limit > 0.0 && y_limit < y.high)
    text += line_from(x.from, y(y_limit), x.to, y(y_limit), "stroke=\"currentColor\" stroke-dasharray=\"6 4\"");
  return text + text_at(width / 2.0, height - 12.0, "middle", x_title) + text_at(8.0, 12.0, "start", y_title) + "</svg>";
}

std::string tornado_svg(const std::vector<TornadoBar>& bars, double middle, const std::string& output) {
  constexpr double row = 34.0, top = 30.0;
  double low = middle, high = middle;
  for (const TornadoBar& bar : bars) {
    low = std::min({low, bar.low, bar.high});
    high = std::max({high, bar.low, bar.high});
  }
  const double height = top + row * static_cast<double>(bars.size()) + 20.0;
  const Scale x{low, high > low ? high : low + 1.0, 110.0, width - 110.0};
  std::string text = opened(height, "Swing of " + output + "; the numbers are in the table below");
  // Near an edge half of it would lie outside.
  const double share = x(middle) / width;
  text += text_at(x(middle), 14.0, share < 0.3 ? "start" : share > 0.7 ? "end" : "middle", output);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const TornadoBar& bar = bars[i];
    const double at = top + row * static_cast<double>(i);
    const double left = x(std::min(bar.low, bar.high)), right = x(std::max(bar.low, bar.high));
    text += text_at(8.0, at + 8.0, "start", bar.title);
    text += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"13\" fill=\"var(--c{})\"{}/>", left, at + 12.0,
                        std::max(1.0, right - left), bar.is_told ? 0 : 7, bar.is_told ? "" : " fill-opacity=\"0.4\"");
    text += text_at(left - 5.0, at + 23.0, "end", bar.low <= bar.high ? bar.low_text : bar.high_text);
    text += text_at(right + 5.0, at + 23.0, "start", bar.low <= bar.high ? bar.high_text : bar.low_text);
    // Beside the bars only: a line through all of it would strike out the names.
    text += line_from(x(middle), at + 11.0, x(middle), at + 26.0, "stroke=\"currentColor\"");
  }
  return text + "</svg>";
}

}  // namespace headroom
