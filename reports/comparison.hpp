// The comparison of variants: which quantities are put side by side, and what can be said about their differences.
#pragma once

#include <vector>

#include "reports/study_report.hpp"

namespace headroom {

// Rows are chosen from the scenario and the data: what the objectives speak of first, then latency, errors, requests that ended, replicas
// of autoscaled services, CPU, hit ratios, cost; only where at least one variant has a value. Differences are paired by
// replication against the first variant and Holm-corrected over the whole table at 5 %.
std::vector<ComparisonRow> compare_variants(const ScenarioFile& file, const Study& study);

// The value of a row in one run, after warm-up; none if nothing was observed.
std::optional<double> row_value(const ComparisonRow& row, const RunResult& run);

}  // namespace headroom
