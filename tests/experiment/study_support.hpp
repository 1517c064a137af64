// Runs that are small functions of what was asked for, and ways to look at a study.
#pragma once

#include <sys/prctl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sim/experiment/study.hpp"

namespace headroom::test {

inline RunResult result_of(const RunRequest& request) {
  RunResult result;
  result.variant = "variant " + std::to_string(request.variant);
  result.replication = request.replication;
  result.duration_seconds = 10.0;
  result.window_ends = {10.0};
  Histogram latency;
  for (std::uint64_t i = 0; i <= request.replication; ++i) latency.record(Duration{static_cast<std::int64_t>(1000 * i + request.variant)});
  result.series.push_back({"latency", {{"workload", "users"}}, MetricKind::durations, {{1.0 / static_cast<double>(3 + request.replication)}}, {latency}});
  return result;
}

inline std::vector<RunRequest> all_requests(std::size_t variants, std::uint64_t replications) {
  std::vector<RunRequest> requests;
  for (std::size_t variant = 0; variant < variants; ++variant) {
    for (std::uint64_t replication = 0; replication < replications; ++replication) requests.push_back({variant, replication});
  }
  return requests;
}

inline std::vector<std::uint64_t> replications_of(const Study& study, std::size_t variant) {
  std::vector<std::uint64_t> replications;
  for (const RunResult& result : study.runs.at(variant)) replications.push_back(result.replication);
  return replications;
}

// All results in the order of the study.
inline std::vector<std::vector<std::uint8_t>> bytes_of(const Study& study) {
  std::vector<std::vector<std::uint8_t>> bytes;
  for (const auto& runs : study.runs) {
    for (const RunResult& result : runs) bytes.push_back(to_bytes(result));
  }
  return bytes;
}

// For runs that crash on purpose.
inline void without_core_dump() { prctl(PR_SET_DUMPABLE, 0); }

}  // namespace headroom::test
