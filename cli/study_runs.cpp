#include "cli/study_runs.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/study_record.hpp"
#include "reports/study_report.hpp"
#include "scenarios/builder.hpp"
#include "sim/experiment/store_file.hpp"

namespace headroom::cli {
namespace {

namespace files = std::filesystem;

// Every objective's value is known to the asked relative error in every variant.
bool is_precise_enough(const ScenarioFile& file, const Study& study, double relative_error) {
  for (std::size_t v = 0; v < file.variants.size(); ++v) {
    for (const ObjectiveSpec& objective : file.variants[v].scenario.objectives) {
      const Interval value = judge(objective, study.runs[v]).value;
      if (value.count == 0) continue;  // nothing to be seen: more runs would show no more
      if (!value.known || value.half_width() > relative_error * std::fabs(value.mean)) return false;
    }
  }
  return true;
}

Study run_all(const StudyArguments& arguments, const ScenarioFile& file, const StudyOptions& options) {
  const auto run = run_function(file);
  const std::size_t variants = file.variants.size();
  const ReplicationSpec& replications = file.variants.front().scenario.replications;
  if (!replications.until_relative_error) {
    const std::vector<RunRequest> own = runs_of_shard(variants, static_cast<std::uint64_t>(replications.count), arguments.shard);
    return run_study(variants, own, run, options);
  }
  const auto precise = [&](const Study& study) { return is_precise_enough(file, study, *replications.until_relative_error); };
  const auto at_least = static_cast<std::uint64_t>(std::max(2, replications.count));  // one run has no interval
  const auto at_most = std::max(at_least, static_cast<std::uint64_t>(replications.at_most));
  return run_until(variants, at_least, at_most, precise, run, options);
}

StudyState state_of(const Study& study, bool keep_going) {
  if (study.interrupted) return StudyState::interrupted;
  return study.failed.empty() || keep_going ? StudyState::complete : StudyState::failed;
}

// Of a sequential study that is complete: how many it took.
std::uint64_t replications_made(const Study& study) {
  std::uint64_t made = 0;
  for (const std::vector<RunResult>& runs : study.runs) {
    for (const RunResult& run : runs) made = std::max(made, run.replication + 1);
  }
  for (const FailedRun& failed : study.failed) made = std::max(made, failed.request.replication + 1);
  return made;
}

ResultStore go_on_with(const std::string& path, const StoredStudy& asked) {
  ResultStore store = ResultStore::open(path, ResultStore::Access::write);
  if (store.study().input_hash != asked.input_hash) {
    throw UsageError{
        fmt::format("{} is of another study; nothing was run. What differs:\n{}"
                    "Ask for the same again, choose another folder with --output, or leave out --resume to begin anew",
                    path, differences_between(store.study(), asked))};
  }
  store.go_on_with(asked);
  return store;
}

}  // namespace

std::function<RunResult(const RunRequest&)> run_function(const ScenarioFile& file, SimulateBuilt simulate_built) {
  if (!simulate_built)
    simulate_built = [](const Blueprint& blueprint, const RunIdentity& run) { return simulate(blueprint, run); };
  const auto blueprints = std::make_shared<std::vector<Blueprint>>();
  for (const NamedScenario& variant : file.variants) blueprints->push_back(build_blueprint(variant.scenario));
  return [&file, blueprints, simulate_built](const RunRequest& request) {
    const NamedScenario& variant = file.variants[request.variant];
    return simulate_built((*blueprints)[request.variant],
                          RunIdentity{variant.name, static_cast<std::uint64_t>(variant.scenario.seed), request.replication});
  };
}

std::string store_path(const std::string& folder, const Shard& shard) {
  const std::string name = shard.count == 1 ? "results.sqlite" : fmt::format("results.{}-of-{}.sqlite", shard.index, shard.count);
  return (files::path{folder} / name).string();
}

bool is_shard(const files::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("results.") && name.ends_with(".sqlite") && name.find("-of-") != std::string::npos;
}

std::string store_named(const std::string& argument) {
  if (!files::is_directory(argument)) return argument;
  const std::string store = store_path(argument, {});
  for (const auto& entry : files::directory_iterator{argument}) {
    if (is_shard(entry.path()) && !files::exists(store))
      throw UsageError{fmt::format("{} has shards of a study and no whole one; join them first: headroom merge -o {} {}",
                                   argument, argument, argument)};
  }
  return store;
}

ResultStore open_store(const std::string& path, const StoredStudy& asked, bool resume) {
  try {
    return resume && files::exists(path) ? go_on_with(path, asked) : ResultStore::create(path, asked);
  } catch (const StoreInUse& error) {
    throw StoreTaken{std::string{error.what()} + "; nothing was run"};
  } catch (const StoreError& error) {
    throw UsageError{std::string{error.what()} + "; nothing was run"};
  }
}

Study simulate_all(const StudyArguments& arguments, const ScenarioFile& file, const std::string& folder) {
  ResultStore store = open_store(store_path(folder, arguments.shard), describe_study(arguments, file), arguments.resume);
  const auto begin = std::chrono::steady_clock::now();
  ProgressLine progress{!arguments.quiet && animation_on_messages()};
  StudyOptions options;
  options.workers = arguments.workers;
  options.keep_going = arguments.keep_going;
  options.limits = arguments.limits;
  options.progress = [&progress](const StudyProgress& state) { progress.show(state); };
  options.recall = [&store](const RunRequest& request) { return store.result(request); };
  options.keep = [&store](const EndedRun& run) { store.put(run); };
  Study study = run_all(arguments, file, options);
  progress.clear();
  const StudyState state = state_of(study, arguments.keep_going);
  const bool took_what_it_needed = store.study().sequential && state == StudyState::complete;
  try {
    store.settle(state, took_what_it_needed ? replications_made(study) : store.study().replications,
                 std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  } catch (const StoreError& error) {
    if (study.not_kept.empty()) study.not_kept = error.what();
  }
  return study;
}

void count_as_failed(const std::vector<RunRequest>& missing, const std::string& why, Study& study) {
  for (const RunRequest& request : missing) study.failed.push_back({request, exit_incomplete, why});
}

Study stored_study(const ResultStore& store) {
  const StoredStudy& about = store.study();
  Study study;
  study.runs.resize(about.variants.size());
  study.interrupted = about.state == StudyState::running || about.state == StudyState::interrupted;
  const bool plan_is_known = !about.sequential || about.state == StudyState::complete;
  for (const StoredRun& run : store.runs()) {
    if (plan_is_known && run.request.replication >= about.replications) continue;
    if (std::optional<RunResult> result = store.result(run.request))
      study.runs[run.request.variant].push_back(std::move(*result));
    else
      study.failed.push_back({run.request, run.exit_code, run.message});
  }
  std::stable_sort(study.failed.begin(), study.failed.end(),
                   [](const FailedRun& a, const FailedRun& b) { return a.request.variant < b.request.variant; });
  return study;
}

}  // namespace headroom::cli
