// What variants set otherwise than the first, which stands before what came of it.
#pragma once

#include <string>

#include "reports/study_report.hpp"

namespace headroom {

// A line per variant and setting: its pointer, the first variant's value where it has a single one, the variant's own. At most a
// screen of them; summary.json has all. Empty where nothing differs.
std::string settings_text(const StudyReport& report, std::size_t width);
std::string settings_markdown(const StudyReport& report);

}  // namespace headroom
