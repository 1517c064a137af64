// Drawings of plans as SVG inside a page: colours are the page's own variables, so that light and dark are its; a table beside
// each has the numbers.
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
// Points with the intervals of y; those on the front joined by a line. Axes begin at 0.
std::string scatter_svg(const std::vector<ScatterPoint>& points, const std::string& x_title, const std::string& y_title,
                        double y_limit);

struct TornadoBar {
  std::string title;
  double low = 0.0, high = 0.0;  // what the output is at both ends
  std::string low_text, high_text;
  bool is_told = true;  // differs by more than chance
};
// Horizontal bars about what the output is at the middle, in the order given.
std::string tornado_svg(const std::vector<TornadoBar>& bars, double middle, const std::string& output);

}  // namespace headroom
