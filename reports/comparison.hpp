// The comparison of variants: which quantities are put side by side, and what can be said about their differences.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "reports/study_report.hpp"

namespace headroom {

// Rows are chosen from the scenario and the data: what the objectives speak of first, then latency, errors, what was throttled
// (if any was), requests that ended, replicas of autoscaled services, CPU, hit ratios, cost; only where at least one variant has
// a value. Differences are paired by replication against the first variant and Holm-corrected over the whole table at 5 %.
//
// Not to reject "no difference" is no evidence for it while the interval is wide, and with two to four runs Student's t is: at
// two runs its half width is 12.7 standard errors. Where `enough_runs_to_tell` runs with the same mean difference and the same
// spread would tell (5 %, two-sided, by itself), a difference of fewer than `fewest_runs` pairs that is not rejected is
// Standing::too_few_runs, not equal. A difference that is no larger than what the histograms of the two leave open is equal
// however steady it is.
inline constexpr std::size_t fewest_runs = 5;
inline constexpr std::size_t enough_runs_to_tell = 10;
std::vector<ComparisonRow> compare_variants(const ScenarioFile& file, const Study& study);

// The value of a row in one run of a variant, after warm-up; none if nothing was observed.
std::optional<double> row_value(const ComparisonRow& row, std::size_t variant, const RunResult& run);

// By replication; those that have one.
using ByReplication = std::map<std::uint64_t, double>;
std::vector<double> values_in(const ByReplication& values);  // in the order of their replications
ByReplication values_of(const ComparisonRow& row, std::size_t variant, const std::vector<RunResult>& runs);
// Of replications that both have: they met the same arrivals and demands. None without any.
std::optional<PairedDifference> difference_of(const ByReplication& values, const ByReplication& reference);

}  // namespace headroom
