// Drawings of plans inside a page: colours are the page's own variables, so that light and dark are its; a table beside each has
// the numbers.
#pragma once

#include <string>
#include <vector>

namespace headroom {

struct ScatterPoint {
  double x = 0.0, y = 0.0;
  double low = 0.0, high = 0.0;  // of y
  std::string title;             // shown when pointed at
  bool is_on_front = false, is_answer = false;
};
// Points with the intervals of y; those on the front joined by a line, others hollow. Axes begin at 0. `width`: see svg.hpp.
std::string scatter_svg(const std::vector<ScatterPoint>& points, const std::string& x_title, const std::string& y_title,
                        double y_limit, double width);

struct TornadoBar {
  std::string title;
  double low = 0.0, high = 0.0;  // what the output is at both ends
  std::string low_text, high_text;
  bool is_told = true;  // differs by more than chance
};
// Horizontal bars about what the output is at the middle, in the order given; hollow where chance could be all of it. A bar that
// would be too short to be seen is named below the others. Text and boxes, so that it can be read on any width of screen.
std::string tornado_html(const std::vector<TornadoBar>& bars, double middle, const std::string& output);

}  // namespace headroom
