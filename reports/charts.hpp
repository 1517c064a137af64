// The charts of a report as plain data, in the units they are shown in, so that the page's script draws and decides nothing, and
// the table beside a chart shows the same numbers.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "reports/study_report.hpp"

namespace headroom {

// One line. Means over the replications of a variant; low and high: smallest and largest of them, empty with one replication.
struct ChartLine {
  std::string label;
  std::size_t colour = 0;  // of the palette; a variant has the same colour in every chart
  bool dashed = false;     // what was wanted, beside what there was
  std::vector<std::optional<double>> values;
  std::vector<std::optional<double>> low, high;
  std::vector<double> quantiles;  // of a distribution, at distribution_levels, on the horizontal axis
};
inline constexpr std::array distribution_levels{0.5, 0.9, 0.95, 0.99, 0.999};

// A promise that speaks of what the chart shows: a level across it.
struct ChartLimit {
  double value = 0.0;
  std::string label;
};

struct Chart {
  std::string title;
  std::string unit;             // of the vertical axis; may be empty
  bool over_time = true;        // horizontal axis: seconds since the start; else a quantity of its own, on a logarithmic axis
  std::string x_title, x_unit;  // of that quantity
  std::string y_title;          // of the vertical axis, where the title does not say it
  bool logarithmic = false;     // vertical axis
  bool stepped = false;         // levels of whole things
  std::vector<double> x;
  std::vector<ChartLine> lines;
  std::vector<ChartLimit> limits;
};

struct ChartGroup {
  std::string title;
  std::vector<Chart> charts;
  std::vector<std::string> omitted;  // what would have been a flat line: "queue length of db is always 0"
};

// With one variant, things of a kind share a chart, a line each; with several, each thing has a chart, a line per variant.
std::vector<ChartGroup> charts_of(const StudyReport& report);

// A span of time to mark in the charts over time: a phase of the load, or the warm-up that was deleted.
struct ChartSpan {
  std::string label;
  double begin_seconds = 0.0;
  double end_seconds = 0.0;
  bool deleted = false;  // warm-up
};
// Of the first variant's first run.
std::vector<ChartSpan> chart_spans(const StudyReport& report);

}  // namespace headroom
