// Intervals and verdicts as summary.json has them, for the other files that hold some.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reports/verdict.hpp"

namespace headroom {

// null of no observation; no "low" and "high" without an interval.
nlohmann::json to_json(const Interval& interval);
nlohmann::json to_json(const Verdict& verdict);

}  // namespace headroom
