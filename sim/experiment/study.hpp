// A study: variants × replications, each run in a forked process of its own, results gathered in a fixed order, so that the
// outcome does not depend on the number of workers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/experiment/process_pool.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

struct RunRequest {
  std::size_t variant = 0;
  std::uint64_t replication = 0;
  bool operator==(const RunRequest&) const = default;
};

struct FailedRun {
  RunRequest request;
  int exit_code = 0;     // what the run would have ended with: 1, 4; 128+signal if it was killed
  std::string message;
};

// A run that has ended, as it can be kept. `result` is nullptr, and `bytes` empty, unless it completed.
struct EndedRun {
  RunRequest request;
  int exit_code = 0;
  std::string message;
  double wall_seconds = 0.0;
  const RunResult* result = nullptr;
  std::vector<std::uint8_t> bytes;  // to_bytes(*result)
};

struct StudyProgress {
  std::size_t done = 0;        // those that had been there before among them
  std::size_t total = 0;       // grows when replications are added
  double elapsed_seconds = 0.0;
  double left_seconds = 0.0;   // estimate; negative while unknown
};

struct StudyOptions {
  unsigned workers = 0;        // 0: one per processor
  bool keep_going = false;     // go on after a failed run
  RunLimits limits;            // what one run may take; one that takes more fails with exit code 4
  std::function<void(const StudyProgress&)> progress;  // called between runs; may be empty
  // What is known of a run already: it is not started then. May be empty.
  std::function<std::optional<RunResult>(const RunRequest&)> recall;
  // Called in the parent as soon as a run has ended. What it throws stops the study, like an interruption. May be empty.
  std::function<void(const EndedRun&)> keep;
};

struct Study {
  std::vector<std::vector<RunResult>> runs;  // [variant][replication], only those that completed, in order of replication
  std::vector<FailedRun> failed;
  bool interrupted = false;    // SIGINT, SIGTERM or a result that could not be kept: the results so far are here
  std::string not_kept;        // what `keep` threw; empty: nothing
};

// `run` is called in a child process and may throw IncompleteRun (4), anything else (1). `requests` in any order.
Study run_study(std::size_t variants, const std::vector<RunRequest>& requests, const std::function<RunResult(const RunRequest&)>& run,
                const StudyOptions& options);

// Sequential replications: runs `at_least` of each variant, then adds batches until `precise_enough(study)` or `at_most`.
Study run_until(std::size_t variants, std::uint64_t at_least, std::uint64_t at_most, const std::function<bool(const Study&)>& precise_enough,
                const std::function<RunResult(const RunRequest&)>& run, const StudyOptions& options);

// MessagePack of a result and back; equal results have equal bytes. run_result_from throws std::invalid_argument for anything else.
std::vector<std::uint8_t> to_bytes(const RunResult& result);
RunResult run_result_from(const std::vector<std::uint8_t>& bytes);

}  // namespace headroom
