// One run in a forked process: started, read from as its result arrives, ended.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/experiment/study.hpp"

namespace headroom {

class WorkerProcess {
 public:
  // Forks; the child runs, writes its result to a pipe and leaves without running anybody's exit handlers.
  // Throws std::system_error if there is no process or pipe to be had.
  WorkerProcess(const RunRequest& request, const std::function<RunResult(const RunRequest&)>& run);
  ~WorkerProcess();  // kills the child if it still runs
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  const RunRequest& request() const { return request_; }
  int descriptor() const { return descriptor_; }
  // Reads what has arrived; true once the child has ended (then one of result() and failure() is set).
  bool read_some();
  void terminate();
  const std::optional<RunResult>& result() const { return result_; }
  const FailedRun& failure() const { return failure_; }

 private:
  void conclude();

  RunRequest request_;
  pid_t child_ = -1;
  int descriptor_ = -1;
  std::vector<std::uint8_t> received_;
  std::optional<RunResult> result_;
  FailedRun failure_;
};

}  // namespace headroom
