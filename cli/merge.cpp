// headroom merge: the shards of a study become one store and one report.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/restored_scenario.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_record.hpp"
#include "cli/study_runs.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;
namespace files = std::filesystem;

bool is_shard(const files::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("results.") && name.ends_with(".sqlite") && name.find("-of-") != std::string::npos;
}

// A folder stands for the shards in it, or else for its store.
std::vector<std::string> stores_named(const std::string& argument) {
  std::vector<std::string> shards;
  if (files::is_directory(argument)) {
    for (const auto& entry : files::directory_iterator{argument}) {
      if (is_shard(entry.path())) shards.push_back(entry.path().string());
    }
    std::sort(shards.begin(), shards.end());
  }
  return shards.empty() ? std::vector{store_named(argument)} : shards;
}

std::vector<ResultStore> open_all(const Arguments& arguments) {
  if (arguments.empty()) throw UsageError{"names no store; usage: headroom merge -o DIR STORE... [options]"};
  std::vector<ResultStore> stores;
  for (const std::string& argument : arguments) {
    for (const std::string& path : stores_named(argument)) stores.push_back(ResultStore::open(path, ResultStore::Access::read));
  }
  return stores;
}

void expect_one_study(const std::vector<ResultStore>& stores) {
  const StoredStudy& first = stores.front().study();
  for (const ResultStore& store : stores) {
    const StoredStudy& study = store.study();
    if (study.input_hash != first.input_hash) {
      throw UsageError{
          fmt::format("{} and {} are of different studies; nothing was written. What differs:\n{}Join the shards of one study",
                      stores.front().path(), store.path(), differences_between(first, study))};
    }
    if (study.sequential || first.sequential) {
      throw UsageError{
          fmt::format("{} is of a study that adds replications until a value is precise enough: it has no shards", store.path())};
    }
    if (study.replications != first.replications) {
      throw UsageError{
          fmt::format("{} is a part of {} replications, {} of {}; run one of them again with --resume --replications N",
                      stores.front().path(), first.replications, store.path(), study.replications)};
    }
  }
}

void copy_run(const ResultStore& from, const StoredRun& run, ResultStore& to) {
  EndedRun ended{run.request, run.exit_code, run.message, run.wall_seconds, nullptr, {}};
  std::optional<std::vector<std::uint8_t>> bytes = from.result_bytes(run.request);
  if (!bytes) return to.put(ended);
  if (const auto there = to.result_bytes(run.request)) {
    if (same_result(*there, *bytes)) return;
    throw UsageError{
        fmt::format("{} has another result for {}/{} than a store before it: they were made by different programs; run the study "
                    "again with one of them",
                    from.path(), from.study().variants[run.request.variant].name, run.request.replication)};
  }
  const RunResult result = *from.result(run.request);
  ended.result = &result;
  ended.bytes = std::move(*bytes);
  to.put(ended);
}

std::vector<RunRequest> missing_runs(const ResultStore& store) {
  std::vector<RunRequest> missing = planned_runs(store.study().variants.size(), store.study().replications);
  const std::vector<StoredRun> runs = store.runs();
  std::erase_if(missing, [&](const RunRequest& request) {
    return std::any_of(runs.begin(), runs.end(), [&](const StoredRun& run) { return run.request == request; });
  });
  return missing;
}

ResultStore join(const std::vector<ResultStore>& stores, const std::string& folder) {
  StoredStudy whole = stores.front().study();
  whole.shard = {};
  whole.state = StudyState::running;
  whole.wall_seconds = 0.0;
  ResultStore joined = ResultStore::create(store_path(folder, {}), whole);
  double wall_seconds = 0.0;
  for (const ResultStore& store : stores) {
    wall_seconds += store.study().wall_seconds;
    for (const StoredRun& run : store.runs()) copy_run(store, run, joined);
  }
  joined.settle(missing_runs(joined).empty() ? StudyState::complete : StudyState::interrupted, whole.replications, wall_seconds);
  return joined;
}

void say_missing(const std::vector<RunRequest>& missing, const StudyArguments& arguments, const ScenarioFile& file) {
  if (missing.empty()) return;
  constexpr std::size_t most = 10;
  std::string names;
  for (std::size_t i = 0; i < std::min(most, missing.size()); ++i) {
    names += fmt::format("{}{}/{}", i == 0 ? "" : ", ", file.variants[missing[i].variant].name, missing[i].replication);
  }
  if (missing.size() > most) names += fmt::format(" and {} more", missing.size() - most);
  write_message(fmt::format(
      "headroom: {} run{} in none of the stores: {}\n  join the missing shards too, or run what is missing here: {} {}\n",
      missing.size(), missing.size() == 1 ? " is" : "s are", names, shell_word(program()), resume_command(arguments, file.path)));
}

int merge_from(const CommandLine& line) {
  const std::vector<ResultStore> stores = open_all(line.positional());
  expect_one_study(stores);
  const RestoredScenario scenario{stores.front().study(), stores.front().path()};
  StudyArguments arguments = scenario.arguments();
  arguments.output = output_folder(line);
  arguments.keep_going = line.has("keep-going");
  read_result_options(line, arguments);
  const std::string folder = report_folder(arguments, scenario.file());
  const ResultStore joined = join(stores, folder);
  Study study = stored_study(joined);
  study.interrupted = false;
  say_what_is_missing(arguments, scenario.file(), study, joined.path());
  const std::vector<RunRequest> missing = missing_runs(joined);
  say_missing(missing, arguments, scenario.file());
  for (const RunRequest& request : missing) study.failed.push_back({request, exit_incomplete, "it is in none of the stores"});
  return publish_study(arguments, scenario.file(), std::move(study), folder, joined.study().wall_seconds);
}

}  // namespace

int merge_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "merge",
      .arguments = "-o DIR STORE... [options]",
      .purpose =
          "Joins the stores of a study's shards (run and compare with --shard I/N) into DIR/results.sqlite, and reports as if "
          "all had\n"
          "been run at once. A folder stands for the shards in it.",
      .examples = "  headroom merge -o out/study out/study/results.*-of-4.sqlite\n  headroom merge -o out/study out/study\n",
      .ends_with_verdict = true};
  po::options_description options;
  options.add_options()("output,o", po::value<std::string>()->value_name("DIR"),
                        "folder of the joined store and the report (default: out/<name of the scenario>)")(
      "keep-going", "judge without the runs that are missing or did not complete");
  add_result_options(options);
  return act_on_command_line(usage, options, arguments, merge_from);
}

}  // namespace headroom::cli
