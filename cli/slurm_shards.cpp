#include "cli/slurm_shards.hpp"

#include <set>

#include <fmt/format.h>

#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/slurm_study.hpp"
#include "cli/study_record.hpp"
#include "sim/experiment/slurm_array.hpp"

namespace headroom::cli {

namespace files = std::filesystem;

SlurmShards::SlurmShards(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder)
    : arguments_{arguments},
      path_{file.path},
      folder_{shards_folder(folder)},
      study_{describe_study(arguments, file)},
      stores_{folder_, study_, arguments.engine.shards} {}

namespace {

// sbatch reads %% as a %.
std::string log_pattern(const ShardStores& stores) {
  const files::path log{stores.log("%a")};
  std::string folder;
  for (const char c : log.parent_path().string()) folder += c == '%' ? "%%" : std::string(1, c);
  return (files::path{folder} / log.filename()).string();
}

}  // namespace

std::uint64_t SlurmShards::begin() {
  if (arguments_.resume) stores_.expect_same_count();
  stores_.make_folder();
  if (arguments_.resume) stores_.begin(true);
  for (unsigned number = 1; number <= stores_.count(); ++number) {
    const ShardEnd end = arguments_.resume ? stores_.end(number, false) : ShardEnd{};
    all_.push_back({.number = number, .ended = end.completed, .to_submit = !end.complete});
  }
  try {
    return submit_first();
  } catch (const SlurmError& error) {
    std::error_code ignored;
    files::remove(folder_, ignored);  // if there is nothing in it
    throw UsageError{std::string{error.what()} + "; nothing was run"};
  }
}

// On hold until the stores are there: a job that is refused must not have cost the results of a former study.
std::uint64_t SlurmShards::submit_first() {
  const std::uint64_t job = submit(true);
  if (job == 0) return job;
  try {
    if (!arguments_.resume) stores_.begin(false);
    release(job);
  } catch (...) {
    if (const std::string complaint = cancel({job}); !complaint.empty())
      write_message(fmt::format("headroom: job {0} stays on hold ({1}); end it with scancel {0}\n", job, complaint));
    throw;
  }
  return job;
}

std::uint64_t SlurmShards::submit(bool held) {
  SlurmArray array{.name = "headroom-" + slug(study_.name), .log = log_pattern(stores_), .held = held};
  for (const SlurmShard& shard : all_) {
    if (shard.to_submit) array.tasks.push_back(shard.number);
  }
  if (array.tasks.empty()) return 0;
  array.command = shard_command(arguments_, path_,
                                {.program = files::read_symlink("/proc/self/exe").string(),
                                 .folder = folder_,
                                 .index = "\"$SLURM_ARRAY_TASK_ID\"",
                                 .workers = "\"${SLURM_CPUS_ON_NODE:-1}\""});
  if (arguments_.workers > 0) array.defaults.push_back(fmt::format("--cpus-per-task={}", arguments_.workers));
  array.options = slurm_words(arguments_.engine.slurm_options);
  const std::uint64_t job = headroom::submit(array);
  for (SlurmShard& shard : all_) {
    if (!shard.to_submit) continue;
    shard.to_submit = shard.runs_now = false;
    shard.job = job;
    shard.ended_at_submission = shard.ended;
  }
  return job;
}

std::vector<std::uint64_t> SlurmShards::jobs() const {
  std::set<std::uint64_t> jobs;
  for (const SlurmShard& shard : all_) {
    if (shard.job != 0) jobs.insert(shard.job);
  }
  return {jobs.begin(), jobs.end()};
}

std::size_t SlurmShards::runs() const { return planned_runs(study_.variants.size(), study_.replications).size(); }

}  // namespace headroom::cli
