// How much of every station was in use, mean and peak: the table in which a bottleneck is seen at a glance.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/study_report.hpp"
#include "sim/measure/statistics.hpp"

namespace headroom {

struct StationUse {
  std::string title;  // "mean CPU of api", as the comparison calls it
  struct Cell {
    Interval
        mean;  // of the judged part of the runs, 0 to 1 (requests of memory and CPU of nodes may pass it); count 0: not there
    double peak = 0.0;  // of the busiest window, the mean over replications
  };
  std::vector<Cell> cells;  // one per variant
  double largest_peak() const;
};

// The busiest first.
std::vector<StationUse> station_use_of(const StudyReport& report);
nlohmann::json station_use_page(const StudyReport& report);

}  // namespace headroom
