// Scale-outs as waterfalls: how long it took from the change of load until the last replica got requests, part by part.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "reports/study_report.hpp"
#include "reports/terminal_table.hpp"

namespace headroom {

// For each service of the first variant that was scaled out the slowest scale-out of all its runs, a line per part; one that is
// not complete is slower than all that are. Empty where there was none.
std::string scaling_text(const StudyReport& report, const Paint& paint, std::size_t width);

// Members for the page's template: a table per variant with every scale-out of its first replication, and their bars.
nlohmann::json scaling_page(const StudyReport& report);

// Of one run, for summary.json.
nlohmann::json scale_outs_json(const RunResult& run);

}  // namespace headroom
