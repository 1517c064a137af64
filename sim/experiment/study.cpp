#include "sim/experiment/study.hpp"

#include <malloc.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <tuple>

#include "sim/experiment/interruption.hpp"
#include "sim/experiment/result_stash.hpp"

namespace headroom {
namespace {

// Processors that this process may use.
unsigned processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
  return std::max(1U, std::thread::hardware_concurrency());
}

// The runs of one study, in one batch or in several.
class StudyRunner {
 public:
  StudyRunner(std::size_t variants, const std::function<RunResult(const RunRequest&)>& run, const StudyOptions& options)
      : run_{run}, options_{options}, workers_{options.workers == 0 ? processors() : options.workers}, pool_{options.limits} {
    study_.runs.resize(variants);
  }

  // Runs these as well.
  void add(const std::vector<RunRequest>& requests);
  // Whether nothing more may be started.
  bool stopped() const { return study_.interrupted || !study_.not_kept.empty() || (!options_.keep_going && !study_.failed.empty()); }
  // With all results unpacked; the next add() packs them away again.
  const Study& study();
  Study take();

 private:
  void start_some();
  bool recall(const RunRequest& request);
  void settle(ProcessPool::Outcome outcome);
  void fail(const RunRequest& request, int exit_code, std::string message, double seconds);
  void keep(const EndedRun& ended);
  void interrupt();
  void remember(const RunRequest& request, const std::vector<std::uint8_t>& bytes);
  void put_away();
  void report_progress() const;

  // A result in the stash.
  struct Completed {
    RunRequest request;
    std::size_t place = 0;
  };

  const std::function<RunResult(const RunRequest&)>& run_;
  const StudyOptions& options_;
  const unsigned workers_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  Interruption interruption_;
  ProcessPool pool_;
  Study study_;
  ResultStash stash_;
  std::vector<Completed> completed_;
  std::vector<RunRequest> requests_;  // job numbers are places in it
  std::size_t next_ = 0;              // to be started
  std::size_t done_ = 0;
  std::size_t recalled_ = 0;          // of those done
  double seconds_of_done_ = 0.0;
};

void StudyRunner::add(const std::vector<RunRequest>& requests) {
  for (const RunRequest& request : requests) {
    if (request.variant >= study_.runs.size()) throw std::invalid_argument{"a run was asked for of a variant that does not exist"};
  }
  put_away();
  requests_.insert(requests_.end(), requests.begin(), requests.end());
  report_progress();
  while (true) {
    if (interruption_.happened() || !study_.not_kept.empty()) {
      interrupt();
      break;
    }
    start_some();
    if (pool_.running() == 0) break;
    if (auto outcome = pool_.wait(interruption_.descriptor())) {
      if (outcome->exit_code == 0) start_some();  // before its result is kept, so that no worker waits for the disk
      settle(std::move(*outcome));
      report_progress();
    }
  }
}

void StudyRunner::start_some() {
  while (next_ < requests_.size() && pool_.running() < workers_ && !stopped()) {
    const RunRequest& request = requests_[next_];
    if (recall(request)) {
      ++next_;
      continue;
    }
    if (options_.limits.over()) {
      fail(request, 4, "the time for all runs was over before it began", 0.0);
      ++done_;
      ++next_;
      continue;
    }
    const auto body = [this, &request] { return to_bytes(run_(request)); };
    if (!pool_.start(next_, body)) {
      if (pool_.running() > 0) return;  // goes on with fewer at a time
      fail(request, 1, std::string{"no process could be started for it: "} + std::strerror(errno), 0.0);
      ++done_;
    }
    ++next_;
  }
}

bool StudyRunner::recall(const RunRequest& request) {
  const std::optional<RunResult> known = options_.recall ? options_.recall(request) : std::nullopt;
  if (!known) return false;
  remember(request, to_bytes(*known));
  ++done_;
  ++recalled_;
  return true;
}

void StudyRunner::settle(ProcessPool::Outcome outcome) {
  ++done_;
  seconds_of_done_ += outcome.seconds;
  const RunRequest request = requests_[outcome.job];
  if (outcome.exit_code != 0) {
    fail(request, outcome.exit_code, std::move(outcome.message), outcome.seconds);
    return;
  }
  try {
    const RunResult result = run_result_from(outcome.bytes);
    remember(request, outcome.bytes);
    keep({request, 0, {}, outcome.seconds, &result, std::move(outcome.bytes)});
  } catch (const std::invalid_argument& error) {
    fail(request, 1, error.what(), outcome.seconds);
  }
}

void StudyRunner::fail(const RunRequest& request, int exit_code, std::string message, double seconds) {
  keep({request, exit_code, message, seconds, nullptr, {}});
  study_.failed.push_back({request, exit_code, std::move(message)});
}

// After the first that cannot be kept nothing more is tried: the next one would not fare better.
void StudyRunner::keep(const EndedRun& ended) {
  if (!options_.keep || !study_.not_kept.empty()) return;
  try {
    options_.keep(ended);
  } catch (const std::exception& error) {
    study_.not_kept = error.what();
  }
}

void StudyRunner::interrupt() {
  study_.interrupted = true;
  for (ProcessPool::Outcome& outcome : pool_.terminate()) settle(std::move(outcome));
}

void StudyRunner::remember(const RunRequest& request, const std::vector<std::uint8_t>& bytes) {
  completed_.push_back({request, stash_.put(bytes)});
}

void StudyRunner::put_away() {
  if (completed_.empty()) return;
  for (std::vector<RunResult>& runs : study_.runs) runs = {};
  malloc_trim(0);  // what is left would be copied, page by page, with every fork
}

// In the order of what was asked for, never of what ended first.
const Study& StudyRunner::study() {
  const auto place = [](const auto& ended) { return std::tie(ended.request.variant, ended.request.replication); };
  const auto earlier = [&](const auto& a, const auto& b) { return place(a) < place(b); };
  std::stable_sort(completed_.begin(), completed_.end(), earlier);
  std::stable_sort(study_.failed.begin(), study_.failed.end(), earlier);
  for (std::vector<RunResult>& runs : study_.runs) runs.clear();
  for (const Completed& completed : completed_)
    study_.runs[completed.request.variant].push_back(run_result_from(stash_.get(completed.place)));
  return study_;
}

Study StudyRunner::take() {
  study();
  return std::move(study_);
}

void StudyRunner::report_progress() const {
  if (!options_.progress) return;
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  StudyProgress progress{.done = done_, .total = requests_.size(), .elapsed_seconds = elapsed, .left_seconds = -1.0};
  if (const std::size_t made = done_ - recalled_; made > 0) {
    // What is left of the runs at their mean length, over as many workers as still have something to do.
    const auto left = static_cast<double>(requests_.size() - done_);
    const double work = left * seconds_of_done_ / static_cast<double>(made) - pool_.seconds_spent();
    progress.left_seconds = std::max(0.0, work) / std::max(1.0, std::min(left, static_cast<double>(workers_)));
  }
  options_.progress(progress);
}

// Replication by replication, so that an interrupted study has as many runs of each variant as it can.
std::vector<RunRequest> replications(std::size_t variants, std::uint64_t from, std::uint64_t to) {
  std::vector<RunRequest> requests;
  for (std::uint64_t replication = from; replication < to; ++replication) {
    for (std::size_t variant = 0; variant < variants; ++variant) requests.push_back({variant, replication});
  }
  return requests;
}

}  // namespace

Study run_study(std::size_t variants, const std::vector<RunRequest>& requests, const std::function<RunResult(const RunRequest&)>& run,
                const StudyOptions& options) {
  StudyRunner runner{variants, run, options};
  runner.add(requests);
  return runner.take();
}

Study run_until(std::size_t variants, std::uint64_t at_least, std::uint64_t at_most, const std::function<bool(const Study&)>& precise_enough,
                const std::function<RunResult(const RunRequest&)>& run, const StudyOptions& options) {
  StudyRunner runner{variants, run, options};
  std::uint64_t made = std::min(at_least, at_most);
  runner.add(replications(variants, 0, made));
  while (made < at_most && !runner.stopped() && !precise_enough(runner.study())) {
    // A quarter more: few looks, and little run in vain. Not by the number of workers, on which no outcome may depend.
    const std::uint64_t more = std::min(at_most, made + std::max<std::uint64_t>(1, (made + 3) / 4));
    runner.add(replications(variants, made, more));
    made = more;
  }
  return runner.take();
}

}  // namespace headroom
