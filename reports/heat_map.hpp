// Latency over time as a heat map: of the requests that ended in a span of time, how many took how long.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/study_report.hpp"

namespace headroom {

// Of one variant, all replications together. Rows lie between levels, evenly on a logarithmic axis; a column is a slice of the
// run.
struct HeatMap {
  std::string variant;
  std::vector<double> slice_ends;           // seconds; the first slice begins at 0
  std::vector<double> levels;               // seconds of latency, ascending, one more than there are rows
  std::vector<std::vector<double>> shares;  // [slice][row], of the slice's requests; all 0 where none ended
  // Of each slice: number of requests, and their p50, p95, p99 and largest latency in seconds (0 where none ended).
  struct Column {
    std::size_t requests = 0;
    double p50 = 0.0, p95 = 0.0, p99 = 0.0, largest = 0.0;
  };
  std::vector<Column> columns;
};

// One per variant that served requests; all with the same levels, so that they can be compared by eye.
std::vector<HeatMap> heat_maps_of(const StudyReport& report);

// What the page says of them beside their pictures, and what its script draws them from.
nlohmann::json heat_map_page(const std::vector<HeatMap>& maps);
nlohmann::json heat_map_data(const std::vector<HeatMap>& maps);

}  // namespace headroom
