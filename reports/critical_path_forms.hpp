// Where the time of users' requests went, as a person and a program read it: the critical paths of all runs of a variant
// together.
#pragma once

#include <span>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reports/study_report.hpp"

namespace headroom {

// Of the runs together: each counts by the requests that its sample stands for. In the order in which they first appear.
std::vector<CriticalPath> pooled_paths(std::span<const RunResult> runs);

// Of one variant, for summary.json.
nlohmann::json critical_paths_json(std::span<const RunResult> runs);
// Null without one.
nlohmann::json binding_json(const std::optional<Binding>& binding);
// Members for the page's template: a table per variant, a row and a bar per request and band.
nlohmann::json critical_paths_page(const StudyReport& report);

}  // namespace headroom
