// Parts of drawings as SVG: colours are the page's own variables, so that light and dark are its.
#pragma once

#include <functional>
#include <string>

namespace headroom::svg {

// What an interval of an axis maps to.
struct Scale {
  double low = 0.0, high = 1.0, from = 0.0, to = 1.0;
  double operator()(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

std::string opened(double width, double height, const std::string& label);
std::string text_at(double x, double y, const char* anchor, const std::string& text);
std::string line_from(double x1, double y1, double x2, double y2, const char* style);

// About five round steps over a span.
double step_for(double span);

constexpr double usual_width = 720.0, narrow_width = 360.0;  // units of drawings for wide and for narrow screens

// The drawing at both widths, of which a page shows the one that fits: shrunk to half, no text could be read.
std::string for_both_screens(const std::function<std::string(double width)>& draw);

}  // namespace headroom::svg
