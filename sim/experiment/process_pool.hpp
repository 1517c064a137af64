// ProcessPool: runs jobs, each in a forked process of its own, and collects what they give.
//
// A job that throws, crashes or is killed loses itself and nothing else. The parent must not have started threads or a simulation
// engine: a child begins with a copy of the parent as it is at the fork.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// 0, or none: no limit.
struct RunLimits {
  double seconds = 0.0;     // from its start to its end
  std::uint64_t bytes = 0;  // resident memory beyond what it had at its start; looked at ten times a second
  // Of all runs together: what still runs then is killed, and nothing more is started.
  std::optional<std::chrono::steady_clock::time_point> until;
  bool over() const { return until && std::chrono::steady_clock::now() >= *until; }
};

class ProcessPool {
 public:
  // Called in the child; what it returns is sent to the parent. IncompleteRun ends the job with exit code 4, any other exception with 1.
  using Body = std::function<std::vector<std::uint8_t>()>;

  struct Outcome {
    std::size_t job = 0;
    int exit_code = 0;                 // 0: `bytes` is what the body returned; 128 + signal if it was killed
    std::vector<std::uint8_t> bytes;
    std::string message;               // why there are no bytes
    double seconds = 0.0;              // from its start to its end
  };

  explicit ProcessPool(const RunLimits& limits = {}) : limits_{limits} {}
  ~ProcessPool();  // ends what still runs
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;

  // False if the system has no process or pipe to give now (errno says why).
  bool start(std::size_t job, const Body& body);
  std::size_t running() const { return children_.size(); }
  // Time that the running jobs have spent so far, added up.
  double seconds_spent() const;
  // Waits until a job has ended; none if `wake_descriptor` became readable first (-1: there is none). Something must be running.
  std::optional<Outcome> wait(int wake_descriptor);
  // Kills what runs. Returns the jobs that had already sent all of their bytes.
  std::vector<Outcome> terminate();

 private:
  struct Child {
    std::size_t job = 0;
    pid_t process = -1;
    int pipe = -1;
    std::vector<std::uint8_t> received;
    std::chrono::steady_clock::time_point begun;
    std::uint64_t bytes_at_start = 0;
    std::string exceeded;  // the limit for which it was killed
  };

  static bool receive(Child& child);
  static Outcome finish(const Child& child);
  int milliseconds_to_next_look() const;
  void enforce_limits();

  RunLimits limits_;
  std::vector<Child> children_;
};

}  // namespace headroom
