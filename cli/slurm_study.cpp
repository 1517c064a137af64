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
#include "cli/slurm_shards.hpp"
#include "cli/study_runs.hpp"
#include "sim/experiment/interruption.hpp"
#include "sim/experiment/slurm_array.hpp"

namespace headroom::cli {
namespace {

// As long as it gets on, a shard may be lost any number of times: by preemption, or by a time limit that holds a part of it.
constexpr unsigned most_losses_in_vain = 3;
// Between two questions to Slurm, which serves many; and no more than a tenth of what has passed is waited in vain.
constexpr double shortest_pause = 0.5, longest_pause = 10.0;  // seconds
// What a cancelled task may take to end. It only has to note how far it came.
constexpr double patience_with_cancelled = 15.0;  // seconds
// What one of Slurm's commands may take; after a cancellation somebody waits for it.
constexpr double patience_with_commands = 120.0, patience_at_the_end = 5.0;  // seconds
constexpr int shell_cannot_run = 126, shell_cannot_find = 127;

void wait(double seconds, int wake_descriptor) {
  pollfd waking{wake_descriptor, POLLIN, 0};  // poll ignores -1
  poll(&waking, 1, static_cast<int>(seconds * 1e3));
}

// nullptr: Slurm knows nothing of it.
const SlurmTask* task_of(const SlurmShard& shard, const std::vector<SlurmTask>& tasks) {
  const auto found = std::find_if(tasks.begin(), tasks.end(),
                                  [&](const SlurmTask& task) { return task.job == shard.job && task.number == shard.number; });
  return found == tasks.end() ? nullptr : &*found;
}

bool is_cancelled(const SlurmTask* task) { return task != nullptr && task->word == "CANCELLED"; }

class SlurmStudy {
 public:
  SlurmStudy(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder)
      : arguments_{arguments}, path_{file.path}, shards_{arguments, file, folder} {}

  void begin();
  // Until nothing is with Slurm any more.
  void watch();
  // `store`: where the shards are joined.
  SlurmOutcome outcome(const std::string& store);

 private:
  void submit_again();
  void look();
  void expect_no_cancelled_job(const std::vector<SlurmTask>& tasks);
  void settle(SlurmShard& shard, const SlurmTask* task);
  void lose(SlurmShard& shard, const std::string& how);
  void give_up(const SlurmShard& shard, const std::string& why);
  void stop(bool interrupted);
  void say_what_may_go_on();
  std::string way_on() const;
  void show_progress();
  void say_why_it_waits();
  void say(const std::string& text);
  double elapsed() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count(); }
  std::string name_of(const SlurmShard& shard) const {
    return fmt::format("shard {} of {}", shard.number, shards_.stores().count());
  }

  const StudyArguments& arguments_;
  const std::string path_;
  SlurmShards shards_;
  const Interruption interruption_;
  ProgressLine progress_{!arguments_.quiet && animation_on_messages()};
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::size_t ended_before_ = 0;  // runs, by a former study
  std::set<std::string> reasons_told_;
  std::string reason_;    // Slurm's, for what waits
  bool answered_ = true;  // when it was last asked
  bool stopped_ = false;  // nothing more is submitted
  bool interrupted_ = false;
};

void SlurmStudy::begin() {
  const std::uint64_t job = shards_.begin();
  std::size_t sent = 0;
  for (const SlurmShard& shard : shards_.all()) {
    ended_before_ += shard.ended;
    if (shard.job != 0) ++sent;
  }
  if (job != 0 && !arguments_.quiet)
    say(fmt::format("array job {} has {} shard{}, whose logs are in {}", job, sent, sent == 1 ? "" : "s", shards_.folder()));
}

void SlurmStudy::watch() {
  while (!stopped_ && !shards_.jobs().empty()) {
    show_progress();
    wait(std::clamp(elapsed() / 10.0, shortest_pause, longest_pause), interruption_.descriptor());
    if (interruption_.happened()) {
      stop(true);
      break;
    }
    look();
    if (!stopped_) submit_again();
  }
  progress_.clear();
}

void SlurmStudy::submit_again() {
  try {
    const std::uint64_t job = shards_.submit_marked();
    if (job != 0) say(fmt::format("submitted again what was lost, as array job {}", job));
  } catch (const SlurmError& error) {
    say(fmt::format("{}; what was lost cannot be submitted again; {}", error.what(), way_on()));
    stop(false);
  }
}

void SlurmStudy::look() {
  const CommandPatience patience =
      stopped_ ? CommandPatience{patience_at_the_end, -1} : CommandPatience{patience_with_commands, interruption_.descriptor()};
  const std::optional<std::vector<SlurmTask>> tasks = tasks_of(shards_.jobs(), patience);
  if (!tasks && !stopped_ && interruption_.happened()) return;
  if (!tasks && answered_) say("Slurm does not answer (\"scontrol ping\"); its jobs go on, and so does the wait");
  answered_ = tasks.has_value();
  if (!tasks) return;
  reason_.clear();
  if (!stopped_) expect_no_cancelled_job(*tasks);
  // While one is being ended, others of a cancelled job may have ended already: whether it was the whole job is seen after that.
  const bool undecided =
      !stopped_ && std::any_of(tasks->begin(), tasks->end(), [](const SlurmTask& task) { return task.word == "COMPLETING"; });
  for (SlurmShard& shard : shards_.all()) {
    if (shard.job == 0) continue;
    const SlurmTask* const task = task_of(shard, *tasks);
    if (undecided && is_cancelled(task)) continue;
    if (task == nullptr || task->state == SlurmTaskState::ended) {
      settle(shard, task);
      continue;
    }
    shard.runs_now = task->state == SlurmTaskState::running;
    if (!shard.runs_now) reason_ = task->reason;
  }
  if (!stopped_) say_why_it_waits();
}

// One task that was cancelled may have been an accident; several at once, and nothing left, was somebody's wish.
void SlurmStudy::expect_no_cancelled_job(const std::vector<SlurmTask>& tasks) {
  std::size_t cancelled = 0;
  for (const SlurmShard& shard : shards_.all()) {
    if (shard.job == 0) continue;
    if (!is_cancelled(task_of(shard, tasks))) return;
    ++cancelled;
  }
  if (cancelled < 2) return;
  say("the array job was cancelled");
  stopped_ = interrupted_ = true;
}

// Of a shard that is no longer with Slurm. `task`: nullptr if Slurm has forgotten it.
void SlurmStudy::settle(SlurmShard& shard, const SlurmTask* task) {
  shard.job = 0;
  shard.runs_now = false;
  try {
    const ShardEnd end = shards_.stores().end(shard.number, arguments_.keep_going);
    shard.ended = end.ended;
    if (end.complete || stopped_) return;
    // As everywhere: after a run that failed nothing more is begun.
    if (end.run_failed && !arguments_.keep_going) return stop(false);
  } catch (const StoreError& error) {
    return give_up(shard, error.what());
  }
  const int code = task == nullptr ? 0 : task->exit_code;
  if (code == exit_bad_input || code == shell_cannot_run || code == shell_cannot_find)
    return give_up(shard, fmt::format("it ended with exit code {}", code));
  lose(shard, task == nullptr ? "Slurm knows nothing of it any more" : fmt::format("{}, exit code {}", task->word, code));
}

void SlurmStudy::lose(SlurmShard& shard, const std::string& how) {
  shard.losses_in_vain = shard.ended > shard.ended_at_submission ? 0 : shard.losses_in_vain + 1;
  if (shard.losses_in_vain == most_losses_in_vain)
    return give_up(shard, fmt::format("{} times in a row it ended without getting on ({})", most_losses_in_vain, how));
  say(fmt::format("{} was lost with {} of {} runs ({})", name_of(shard), shard.ended, shards_.stores().runs_of(shard.number),
                  how));
  shard.to_submit = true;
}

void SlurmStudy::give_up(const SlurmShard& shard, const std::string& why) {
  if (stopped_) return;
  const std::string log = shards_.stores().log(std::to_string(shard.number)), tail = tail_of(log);
  say(fmt::format("{} is given up: {}; {} {}{}\nheadroom: {}", name_of(shard), why,
                  tail.empty() ? "there is nothing in" : "the end of", log, tail.empty() ? "" : ":\n" + tail, way_on()));
  if (!arguments_.keep_going) stop(false);
}

// Nothing more is submitted, and what is with Slurm is ended, so that its stores can be read.
void SlurmStudy::stop(bool interrupted) {
  stopped_ = true;
  interrupted_ = interrupted;
  if (shards_.jobs().empty()) return;
  const std::string complaint = cancel(shards_.jobs(), {patience_at_the_end, -1});
  if (!complaint.empty()) say(fmt::format("scancel says: {}", complaint));
  const double begun = elapsed();
  while (!shards_.jobs().empty() && elapsed() - begun < patience_with_cancelled) {
    wait(shortest_pause, -1);
    look();
  }
  if (!shards_.jobs().empty()) say_what_may_go_on();
}

void SlurmStudy::say_what_may_go_on() {
  std::string jobs, shards;
  for (const std::uint64_t job : shards_.jobs()) jobs += " " + std::to_string(job);
  for (const SlurmShard& shard : shards_.all()) {
    if (shard.job != 0) shards += fmt::format("{}{}", shards.empty() ? "" : ", ", shard.number);
  }
  say(
      fmt::format("Slurm does not say that array job{} has ended: what shards {} of {} still write stays in {}, and is in no "
                  "result. End them with scancel{}; then {}",
                  jobs, shards, shards_.stores().count(), shards_.folder(), jobs, way_on()));
}

std::string SlurmStudy::way_on() const {
  return fmt::format("to go on from there: {} {}", shell_word(program()), resume_command(arguments_, path_));
}

void SlurmStudy::show_progress() {
  std::size_t running = 0, waiting = 0;
  StudyProgress progress{.done = 0, .total = shards_.runs(), .elapsed_seconds = elapsed(), .left_seconds = -1.0};
  for (SlurmShard& shard : shards_.all()) {
    if (shard.job != 0) ++(shard.runs_now ? running : waiting);
    if (shard.runs_now) shard.ended = std::max(shard.ended, shards_.stores().glance(shard.number, shard.store_time));
    progress.done += shard.ended;
  }
  progress.done = std::min(progress.done, progress.total);
  if (progress.done > ended_before_) {
    const auto made = static_cast<double>(progress.done - ended_before_),
               left = static_cast<double>(progress.total - progress.done);
    progress.left_seconds = elapsed() / made * left;
  }
  const std::string reason = waiting > 0 && !reason_.empty() ? " (" + reason_ + ")" : "";
  progress_.show(progress, fmt::format("; shards: {} running, {} waiting{}", running, waiting, reason));
}

// The usual reasons pass; others may want something done.
void SlurmStudy::say_why_it_waits() {
  const std::set<std::string> usual{"", "None", "Resources", "Priority", "BeginTime", "Dependency"};
  if (usual.contains(reason_) || !reasons_told_.insert(reason_).second) return;
  say(fmt::format("shards wait in the queue, and Slurm's reason is {} (\"man squeue\", JOB REASON CODES)", reason_));
}

void SlurmStudy::say(const std::string& text) {
  progress_.clear();
  write_message(fmt::format("headroom: {}\n", text));
}

// The usual way to open a store undoes what its writer has not finished, so none is opened that may have one.
SlurmOutcome SlurmStudy::outcome(const std::string& store) {
  std::vector<unsigned> ended;
  for (const SlurmShard& shard : shards_.all()) {
    if (shard.job == 0) ended.push_back(shard.number);
  }
  const auto kept = [this](const std::exception& error) {
    return OutputError{fmt::format("{}; the shards are kept in {}", error.what(), shards_.folder())};  // it was run
  };
  try {
    const auto unreadable = [this](const std::string& why) { say(why + "; the results are without it"); };
    const std::optional<ResultStore> joined = shards_.stores().join(ended, store, unreadable);
    SlurmOutcome outcome{joined ? stored_study(*joined) : Study{}, ended.size() == shards_.all().size()};
    outcome.study.runs.resize(shards_.variants());
    outcome.study.interrupted = interrupted_;
    return outcome;
  } catch (const UsageError& error) {
    throw kept(error);
  } catch (const StoreError& error) {
    throw kept(error);
  }
}

}  // namespace

std::string shards_folder(const std::string& folder) { return (std::filesystem::path{folder} / "shards").string(); }

SlurmOutcome simulate_on_slurm(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder) {
  SlurmStudy study{arguments, file, folder};
  study.begin();
  study.watch();
  return study.outcome(store_path(folder, {}));
}

}  // namespace headroom::cli
