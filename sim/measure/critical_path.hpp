// Where the time of users' requests went: the critical path of a sample of them, summed by cause and component.
//
// The path is walked from the end of a request backwards along whatever ended last, so that its parts sum to the latency of the
// request: of branches side by side the one that ended last counts, of a call what the callee did.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

enum class PathCause : std::uint8_t {
  queueing,        // waits for a slot, a connection, a lock, a limit, a place in a queue
  cpu_contention,  // computes for longer than it would with a core of its own
  service,         // computes, waits a time that is given, is being served
  network,         // is on its way, or its bytes are
  retry,           // tries that did not count, and back-off before the one that did
  cold_start,      // waits for an instance that starts
  cache_miss,      // what is done because a cache did not have it, whatever that is
};
inline constexpr std::array<std::string_view, 7> path_causes{"queueing", "cpu_contention", "service",   "network",
                                                             "retry",    "cold_start",     "cache_miss"};
constexpr std::string_view to_text(PathCause cause) { return path_causes[static_cast<std::size_t>(cause)]; }

struct PathPart {
  PathCause cause = PathCause::service;
  std::string component;  // "services/api", "databases/store"
  double mean_seconds = 0.0;
  bool operator==(const PathPart&) const = default;
};

// Why requests failed, and where that began.
struct PathFailure {
  std::string reason;  // as of the metric failures
  std::string component;
  std::uint64_t count = 0;  // of the run
  bool operator==(const PathFailure&) const = default;
};

struct CriticalPath {
  std::string workload;               // empty: of all
  std::string request;                // "api.feed"; empty: all requests
  std::string band;                   // "all" and "slow" (at least their 95th percentile) of what was served, "failed"
  std::uint64_t count = 0;            // of the sample
  double weight = 0.0;                // how many requests of the run they stand for
  double mean_seconds = 0.0;          // of these, weighted where requests of several kinds were sampled differently
  std::vector<PathPart> parts;        // their sum is the mean; largest first
  std::vector<PathFailure> failures;  // of "failed", most first
  bool operator==(const CriticalPath&) const = default;
};

}  // namespace headroom
