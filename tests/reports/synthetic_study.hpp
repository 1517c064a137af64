// Studies made by hand: few requests with known answers, and a day at the office of two autoscalers for looking at.
#pragma once

#include <string>
#include <vector>

#include "reports/study_report.hpp"

namespace headroom::synthetic {

ObjectiveSpec objective(const std::string& condition, const std::string& severity = "required");

// A run of `windows` windows of 60 s without warm-up, one slice, to which series are added.
RunResult empty_run(std::size_t windows, std::uint64_t replication = 0);
// Adds requests that ended, per window, and how many of them failed.
void add_requests(RunResult& run, double per_window, const std::vector<double>& failed);
// Adds latencies of the workload "users" in seconds, all in the slice; per-window columns repeat the whole.
void add_latencies(RunResult& run, const std::vector<double>& seconds);
// Adds a gauge whose mean, largest and last level in each window are the given.
void add_gauge(RunResult& run, const std::string& metric, std::vector<Label> labels, const std::vector<double>& levels);

// Three variants ("fixed-3", "hpa", "threshold rules"), `replications` of 90 min with a flash crowd, every metric that has a chart.
StudyReport flash_crowd(std::size_t variants, std::size_t replications);

}  // namespace headroom::synthetic
