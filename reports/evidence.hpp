// What each part that a scenario uses is held against in the tests, and how far off it last was: the report's own appendix on
// trust.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/study_report.hpp"

namespace headroom {

struct Evidence {
  std::string part;      // "slots and lines of services", "autoscaling: hpa"
  std::string oracle;    // "Erlang C; the same system as SimGrid actors"
  std::string measured;  // "mean wait for a slot, 4 servers 80 % busy: 0.3 % off, ± 0.8 %"; of what is exact: "exact"
  std::string test;      // "tests/theory/waiting_lines_test.cpp"
};

// Of what is used in any of the scenarios, stations first, then policies by seam.
std::vector<Evidence> evidence_for(const ScenarioFile& file);
nlohmann::json evidence_page(const StudyReport& report);

}  // namespace headroom
