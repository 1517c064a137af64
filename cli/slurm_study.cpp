#include "cli/slurm_study.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shard_stores.hpp"
#include "cli/study_record.hpp"
#include "cli/study_runs.hpp"
#include "sim/experiment/interruption.hpp"
#include "sim/experiment/slurm_array.hpp"

namespace headroom::cli {
namespace {

namespace files = std::filesystem;
using Seconds = std::chrono::duration<double>;

// As long as it gets on, a shard may be lost any number of times: by preemption, or by a time limit that holds a part of it.
constexpr unsigned most_losses_in_vain = 3;
// Between two questions to Slurm, which serves many: sooner after something has happened.
constexpr Seconds shortest_pause{0.5}, longest_pause{10.0};
// What a cancelled task may take to end. It only has to note how far it came.
constexpr Seconds patience_with_cancelled{15.0};

struct Part {
  unsigned number = 0;
  std::size_t ended = 0;                // runs
  std::size_t ended_at_submission = 0;  // likewise
  unsigned losses_in_vain = 0;          // in a row
  std::uint64_t job = 0;                // 0: not with Slurm
  bool runs_now = false;
  bool to_submit = false;
  files::file_time_type store_time;  // when it was looked at last
};

class SlurmStudy {
 public:
  SlurmStudy(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder)
      : arguments_{arguments},
        path_{file.path},
        folder_{(files::path{folder} / "shards").string()},
        study_{describe_study(arguments, file)},
        stores_{folder_, study_, arguments.engine.shards} {}

  void begin();
  // Until nothing is with Slurm any more.
  void watch();
  // `store`: where the shards are joined.
  Study outcome(const std::string& store) const;

 private:
  std::uint64_t submit_parts(bool held);
  void submit_again();
  void look();
  void settle(Part& part, const SlurmTask* task);
  void lose(Part& part, const std::string& how);
  void give_up(const Part& part, const std::string& why);
  void stop(bool interrupted);
  void show_progress();
  void say_why_it_waits(const std::string& reason);
  void say(const std::string& text, bool even_if_quiet);
  std::string name_of(const Part& part) const { return fmt::format("shard {} of {}", part.number, stores_.count()); }
  std::vector<std::uint64_t> jobs() const;

  const StudyArguments& arguments_;
  const std::string path_, folder_;
  const StoredStudy study_;
  const ShardStores stores_;
  std::vector<Part> parts_;
  const Interruption interruption_;
  ProgressLine progress_{!arguments_.quiet && animation_on_messages()};
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::size_t ended_before_ = 0;  // runs, by a former study
  std::set<std::string> reasons_told_;
  std::string reason_;               // Slurm's, for what waits
  bool answered_ = true;             // when it was last asked
  bool something_happened_ = false;  // likewise
  bool stopped_ = false;             // nothing more is submitted
  bool interrupted_ = false;
};

void SlurmStudy::begin() {
  if (arguments_.resume) stores_.expect_same_count();
  stores_.make_folder();
  if (arguments_.resume) stores_.begin(true);
  for (unsigned number = 1; number <= stores_.count(); ++number) {
    const ShardEnd end = arguments_.resume ? stores_.end(number, false) : ShardEnd{};
    parts_.push_back({.number = number, .ended = end.completed, .to_submit = !end.complete});
    ended_before_ += end.completed;
  }
  try {
    // On hold until the stores are there: a job that is refused must not have cost the results of a former study.
    const std::uint64_t job = submit_parts(true);
    if (job == 0) return;
    try {
      if (!arguments_.resume) stores_.begin(false);
      release(job);
    } catch (...) {
      cancel({job});
      throw;
    }
    const auto sent = std::count_if(parts_.begin(), parts_.end(), [](const Part& part) { return part.job != 0; });
    say(fmt::format("array job {} has {} shard{}, whose logs are in {}", job, sent, sent == 1 ? "" : "s", folder_), false);
  } catch (const SlurmError& error) {
    std::error_code ignored;
    files::remove(folder_, ignored);  // if there is nothing in it
    throw UsageError{std::string{error.what()} + "; nothing was run"};
  }
}

// 0: there was nothing to submit.
std::uint64_t SlurmStudy::submit_parts(bool held) {
  SlurmArray array{.name = "headroom-" + slug(study_.name), .log = stores_.log("%a"), .held = held};
  for (const Part& part : parts_) {
    if (part.to_submit) array.tasks.push_back(part.number);
  }
  if (array.tasks.empty()) return 0;
  array.command = shard_command(arguments_, path_,
                                {.program = files::read_symlink("/proc/self/exe").string(),
                                 .folder = folder_,
                                 .index = "\"$SLURM_ARRAY_TASK_ID\"",
                                 .workers = "\"${SLURM_CPUS_ON_NODE:-1}\""});
  if (arguments_.workers > 0) array.defaults.push_back(fmt::format("--cpus-per-task={}", arguments_.workers));
  array.options = slurm_words(arguments_.engine.slurm_options);
  const std::uint64_t job = submit(array);
  for (Part& part : parts_) {
    if (!part.to_submit) continue;
    part.to_submit = part.runs_now = false;
    part.job = job;
    part.ended_at_submission = part.ended;
  }
  return job;
}

void SlurmStudy::submit_again() {
  try {
    const std::uint64_t job = submit_parts(false);
    if (job != 0) say(fmt::format("submitted again what was lost, as array job {}", job), true);
  } catch (const SlurmError& error) {
    say(fmt::format("{}; what was lost cannot be submitted again", error.what()), true);
    stop(false);
  }
}

void SlurmStudy::watch() {
  Seconds pause = shortest_pause;
  while (!stopped_ && !jobs().empty()) {
    show_progress();
    pollfd waking{interruption_.descriptor(), POLLIN, 0};
    poll(&waking, 1, static_cast<int>(pause.count() * 1e3));
    if (interruption_.happened()) {
      stop(true);
      break;
    }
    something_happened_ = false;
    look();
    if (!stopped_) submit_again();
    pause = something_happened_ ? shortest_pause : std::min(longest_pause, pause * 1.5);
  }
  progress_.clear();
}

void SlurmStudy::look() {
  const std::optional<std::vector<SlurmTask>> tasks = tasks_of(jobs());
  if (!tasks && answered_) say("Slurm does not answer (\"scontrol ping\"); its jobs go on, and so does the wait", true);
  answered_ = tasks.has_value();
  if (!tasks) return;
  reason_.clear();
  std::size_t ended = 0, cancelled = 0;
  for (Part& part : parts_) {
    if (part.job == 0) continue;
    const auto task = std::find_if(tasks->begin(), tasks->end(),
                                   [&](const SlurmTask& one) { return one.job == part.job && one.number == part.number; });
    if (task != tasks->end() && task->state != SlurmTaskState::ended) {
      part.runs_now = task->state == SlurmTaskState::running;
      if (!part.runs_now) reason_ = task->reason;
      continue;
    }
    settle(part, task == tasks->end() ? nullptr : &*task);
    if (!part.to_submit) continue;
    ++ended;
    if (task != tasks->end() && task->word == "CANCELLED") ++cancelled;
  }
  if (!stopped_) say_why_it_waits(reason_);
  // One of many may have been an accident, all that was left a wish.
  if (!stopped_ && cancelled > 1 && cancelled == ended && jobs().empty()) {
    say("the array job was cancelled", true);
    interrupted_ = stopped_ = true;
  }
}

// Of a part that is no longer with Slurm. `task`: nullptr if Slurm has forgotten it.
void SlurmStudy::settle(Part& part, const SlurmTask* task) {
  part.job = 0;
  part.runs_now = false;
  something_happened_ = true;
  try {
    const ShardEnd end = stores_.end(part.number, arguments_.keep_going);
    part.ended = end.ended;
    if (end.complete) return;
    // As everywhere: after a run that failed nothing more is begun.
    if (end.run_failed && !arguments_.keep_going) {
      if (!stopped_) stop(false);
      return;
    }
  } catch (const StoreError& error) {
    return give_up(part, error.what());
  }
  constexpr int shell_cannot_run = 126, shell_cannot_find = 127;
  const int code = task == nullptr ? 0 : task->exit_code;
  if (code == exit_bad_input || code == shell_cannot_run || code == shell_cannot_find)
    return give_up(part, fmt::format("it ended with exit code {}", code));
  lose(part, task == nullptr ? "Slurm knows nothing of it any more" : fmt::format("{}, exit code {}", task->word, code));
}

void SlurmStudy::lose(Part& part, const std::string& how) {
  if (stopped_) return;
  part.losses_in_vain = part.ended > part.ended_at_submission ? 0 : part.losses_in_vain + 1;
  if (part.losses_in_vain == most_losses_in_vain)
    return give_up(part, fmt::format("{} times in a row it ended without getting on ({})", most_losses_in_vain, how));
  say(fmt::format("{} was lost with {} of {} runs ({})", name_of(part), part.ended, stores_.runs_of(part.number), how), true);
  part.to_submit = true;
}

void SlurmStudy::give_up(const Part& part, const std::string& why) {
  if (stopped_) return;
  const std::string log = stores_.log(std::to_string(part.number)), tail = tail_of(log);
  say(fmt::format("{} is given up: {}{}", name_of(part), why,
                  tail.empty() ? fmt::format("; there is nothing in {}", log) : fmt::format("; the end of {}:\n{}", log, tail)),
      true);
  say(fmt::format("to go on from there: {} {}", shell_word(program()), resume_command(arguments_, path_)), true);
  if (!arguments_.keep_going) stop(false);
}

// Nothing more is submitted, and what is with Slurm is ended, so that its stores can be read.
void SlurmStudy::stop(bool interrupted) {
  stopped_ = true;
  interrupted_ = interrupted;
  if (jobs().empty()) return;
  const std::string complaint = cancel(jobs());
  if (!complaint.empty()) say(fmt::format("scancel says: {}", complaint), true);
  const auto begun = std::chrono::steady_clock::now();
  while (!jobs().empty() && std::chrono::steady_clock::now() - begun < patience_with_cancelled) {
    poll(nullptr, 0, static_cast<int>(shortest_pause.count() * 1e3));
    look();
  }
}

void SlurmStudy::show_progress() {
  std::size_t ended = 0, running = 0, waiting = 0;
  for (Part& part : parts_) {
    if (part.runs_now) {
      std::error_code error;
      const auto time = files::last_write_time(stores_.path(part.number), error);
      if (!error && time != part.store_time) part.ended = std::max(part.ended, stores_.glance(part.number));
      part.store_time = time;
    }
    ended += part.ended;
    if (part.job != 0) ++(part.runs_now ? running : waiting);
  }
  const double elapsed = Seconds{std::chrono::steady_clock::now() - begun_}.count();
  StudyProgress progress{.done = ended,
                         .total = planned_runs(study_.variants.size(), study_.replications).size(),
                         .elapsed_seconds = elapsed,
                         .left_seconds = -1.0};
  if (const std::size_t made = ended - std::min(ended, ended_before_); made > 0)
    progress.left_seconds =
        elapsed / static_cast<double>(made) * static_cast<double>(progress.total - std::min(progress.total, ended));
  progress_.show(progress, fmt::format("; shards: {} running, {} waiting{}", running, waiting,
                                       waiting > 0 && !reason_.empty() ? " (" + reason_ + ")" : ""));
}

// The usual reasons pass; others may want something done.
void SlurmStudy::say_why_it_waits(const std::string& reason) {
  const std::set<std::string> usual{"", "None", "Resources", "Priority", "BeginTime", "Dependency"};
  if (usual.contains(reason) || !reasons_told_.insert(reason).second) return;
  say(fmt::format("shards wait in the queue, and Slurm's reason is {} (\"squeue --help\", JOB REASON CODES)", reason), true);
}

void SlurmStudy::say(const std::string& text, bool even_if_quiet) {
  if (arguments_.quiet && !even_if_quiet) return;
  progress_.clear();
  write_message(fmt::format("headroom: {}{}", text, text.ends_with('\n') ? "" : "\n"));
}

std::vector<std::uint64_t> SlurmStudy::jobs() const {
  std::set<std::uint64_t> jobs;
  for (const Part& part : parts_) {
    if (part.job != 0) jobs.insert(part.job);
  }
  return {jobs.begin(), jobs.end()};
}

Study SlurmStudy::outcome(const std::string& store) const {
  Study study = stored_study(stores_.join(store));
  study.interrupted = interrupted_;
  return study;
}

}  // namespace

Study simulate_on_slurm(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder) {
  SlurmStudy study{arguments, file, folder};
  study.begin();
  study.watch();
  return study.outcome(store_path(folder, {}));
}

}  // namespace headroom::cli
