// The second half of the page: what happened, and everything that is needed to believe the first half or to run it again.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reports/study_report.hpp"

namespace headroom {

// Members for the page's template: events, assumptions, how the runs were made, ledger, inputs, settings.
nlohmann::json page_record(const StudyReport& report);

}  // namespace headroom
