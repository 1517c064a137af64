// Lines over a number or over months, as SVG with a legend: no line hides another, whatever its values.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace headroom {

struct Curve {
  std::string label;
  std::vector<std::optional<double>> values;  // in percent; as many as there are places
};

struct Curves {
  std::string label;                // of the whole drawing
  std::vector<double> at;           // the places, ascending
  std::vector<std::string> places;  // their names; one of them per value of `at`
  std::string x_title;
  double low = 0.0, high = 100.0;  // of the values; what is beyond stands at the edge
  double level = 0.0;              // a broken line, with its name
  std::string level_name;
  std::vector<Curve> lines;
};

// The drawing for wide and for narrow screens, and the legend with the last value of each line.
std::string curves_html(const Curves& curves);

}  // namespace headroom
