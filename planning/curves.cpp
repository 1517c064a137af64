#include "planning/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "planning/svg.hpp"
#include "reports/chart_page.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

using namespace svg;

constexpr double height = 340.0;

// Lines on top of each other stay apart: each is narrower than the one below it, its dashes let that through, and their shapes
// stand at different places.
constexpr std::array<std::string_view, 6> dashes{"", "9 5", "2 4", "12 4 2 4", "5 5", "1 3"};

double width_of(std::size_t line, std::size_t lines) {
  return std::min(5.5, 1.75 + 0.75 * static_cast<double>(lines - 1 - line));
}

std::string stroke(std::size_t line, std::size_t lines) {
  const std::string_view dash = dashes[line % dashes.size()];
  return fmt::format("stroke=\"var(--c{})\" stroke-width=\"{:.2f}\"{}", line % 8, width_of(line, lines),
                     dash.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", dash));
}

// As the lines of a report have them (--shape in report.css).
std::string shape_at(std::size_t line, double x, double y) {
  constexpr std::array<std::string_view, 6> shapes{"",
                                                   "M-5 -5L5 -5L5 5L-5 5Z",
                                                   "M0 -6L6 5L-6 5Z",
                                                   "M0 -6.5L6.5 0L0 6.5L-6.5 0Z",
                                                   "M-6 -5L6 -5L0 6Z",
                                                   "M-2 -6L2 -6L2 -2L6 -2L6 2L2 2L2 6L-2 6L-2 2L-6 2L-6 -2L-2 -2Z"};
  const std::string style = fmt::format("fill=\"var(--c{})\" stroke=\"var(--page)\" stroke-width=\"1.5\"", line % 8);
  const std::string_view shape = shapes[line % shapes.size()];
  if (shape.empty()) return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5.5\" {}/>", x, y, style);
  return fmt::format("<path transform=\"translate({:.1f} {:.1f})\" d=\"{}\" {}/>", x, y, shape, style);
}

std::string percent(double value) { return number_text(value) + " %"; }

struct Frame {
  Scale x, y;
};

std::string axes(const Curves& curves, const Frame& frame) {
  constexpr const char* faint = "stroke=\"currentColor\" stroke-opacity=\"0.15\"";
  const auto& [x, y] = frame;
  std::string text;
  const double step = step_for(y.high - y.low);
  for (double mark = std::ceil(y.low / step - 1e-9) * step; mark <= y.high * (1.0 + 1e-9); mark += step)
    text += line_from(x.from, y(mark), x.to, y(mark), faint) + text_at(x.from - 8.0, y(mark) + 4.0, "end", percent(mark));
  std::size_t longest = 1;
  for (const std::string& place : curves.places) longest = std::max(longest, place.size());
  const double room = 7.0 * static_cast<double>(longest) + 12.0;  // of a name
  double free = x.from - room;
  for (std::size_t i = 0; i < curves.at.size(); ++i) {
    const double here = x(curves.at[i]);
    if (here < free + room) continue;
    text += line_from(here, y.from, here, y.to, faint) + text_at(here, y.from + 18.0, "middle", curves.places[i]);
    free = here;
  }
  return text + text_at((x.from + x.to) / 2.0, height - 8.0, "middle", curves.x_title);
}

// Where a line has its shape: at every so many places, each line at others, and wherever neither neighbour is drawn, as no stroke
// goes there; at its last value where none of these is one of its.
std::vector<bool> shapes_of(const Curve& curve, std::size_t line, std::size_t lines) {
  const auto& values = curve.values;
  std::vector<bool> shown(values.size(), false);
  std::optional<std::size_t> last;
  bool any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    const bool is_alone = (i == 0 || !values[i - 1]) && (i + 1 == values.size() || !values[i + 1]);
    shown[i] = is_alone || i % lines == line;
    any = any || shown[i];
    last = i;
  }
  if (last && !any) shown[*last] = true;
  return shown;
}

std::string line_drawn(const Curves& curves, std::size_t line, const Frame& frame) {
  const Curve& curve = curves.lines[line];
  const std::vector<bool> shown = shapes_of(curve, line, curves.lines.size());
  std::string path, points;
  bool goes_on = false;
  for (std::size_t i = 0; i < curve.values.size(); ++i) {
    if (!curve.values[i]) {
      goes_on = false;
      continue;
    }
    const double x = frame.x(curves.at[i]), y = frame.y(std::clamp(*curve.values[i], curves.low, curves.high));
    path += fmt::format("{}{:.1f} {:.1f}", goes_on ? "L" : "M", x, y);
    goes_on = true;
    if (shown[i]) points += shape_at(line, x, y);
    points += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"8\" fill=\"transparent\"><title>{}</title></circle>", x, y,
                          escaped_html(fmt::format("{}, {}: {}", curve.label, curves.places[i], percent(*curve.values[i]))));
  }
  return fmt::format("<path d=\"{}\" fill=\"none\" {}/>", path, stroke(line, curves.lines.size())) + points;
}

std::string drawn(const Curves& curves, double width) {
  const Frame frame{
      {curves.at.front(), curves.at.back() > curves.at.front() ? curves.at.back() : curves.at.front() + 1.0, 58.0, width - 28.0},
      {curves.low, curves.high, height - 54.0, 18.0}};
  std::string text = opened(width, height, curves.label) + axes(curves, frame);
  const double level = frame.y(curves.level);
  text += line_from(frame.x.from, level, frame.x.to, level, "stroke=\"var(--fail)\" stroke-dasharray=\"6 4\"");
  for (std::size_t line = 0; line < curves.lines.size(); ++line) text += line_drawn(curves, line, frame);
  return text + "<g fill=\"var(--fail)\">" + text_at(frame.x.to, level - 5.0, "end", curves.level_name) + "</g></svg>";
}

std::string legend(const Curves& curves) {
  std::string text = "<ul class=\"legend\">";
  for (std::size_t line = 0; line < curves.lines.size(); ++line) {
    const auto& values = curves.lines[line].values;
    const auto last = std::find_if(values.rbegin(), values.rend(), [](const auto& value) { return value.has_value(); });
    text += fmt::format(
        "<li><svg width=\"44\" height=\"14\" aria-hidden=\"true\"><path d=\"M1 7L43 7\" fill=\"none\" {}/>{}</svg> {}",
        stroke(line, curves.lines.size()), shape_at(line, 22.0, 7.0), escaped_html(curves.lines[line].label));
    if (last != values.rend())
      text += fmt::format(" <span class=\"quiet\">{} at {}</span>", percent(**last),
                          escaped_html(curves.places[static_cast<std::size_t>(values.rend() - last) - 1]));
    text += "</li>";
  }
  return text + "</ul>";
}

}  // namespace

std::string curves_html(const Curves& curves) {
  if (curves.lines.empty() || curves.at.empty()) return "<p class=\"note\">There is nothing to draw.</p>";
  return for_both_screens([&](double width) { return drawn(curves, width); }) + legend(curves);
}

}  // namespace headroom
