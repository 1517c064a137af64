// A chart's numbers in the two forms a page carries them: tables to read without a script, and data for the script.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/charts.hpp"

namespace headroom {

// "1:05:30" since the start: hours, minutes, seconds.
std::string clock_text(double seconds);

// HTML, one row per line: smallest, mean, largest, last. Of a distribution: its quantiles.
std::string summary_table(const Chart& chart);
// A row per so many points: 1, and more in charts with more points than anybody reads, which would make a page slow to open.
std::size_t table_step(const Chart& chart);
// HTML, one row per point of the horizontal axis, or per table_step() points.
std::string values_table(const Chart& chart);
// JSON for report.js, safe inside a script element.
std::string chart_data(const std::vector<ChartGroup>& groups, const std::vector<ChartSpan>& spans, const nlohmann::json& heat_maps);

}  // namespace headroom
