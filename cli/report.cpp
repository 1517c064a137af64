// headroom report: the report of a stored study once more; no run.
#include <filesystem>

#include <fmt/format.h>

#include "cli/restored_scenario.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_runs.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

std::string folder_of(const std::string& store) {
  const std::string folder = std::filesystem::path{store}.parent_path().string();
  return folder.empty() ? "." : folder;
}

int report_from(const CommandLine& line) {
  const std::string path = store_named(line.only_argument("result store or its folder"));
  const ResultStore store = ResultStore::open(path, ResultStore::Access::read);
  const Shard& shard = store.study().shard;
  if (shard.count > 1) {
    throw UsageError{fmt::format("{} is shard {} of {}; join the shards with headroom merge", path, shard.index, shard.count)};
  }
  const RestoredScenario scenario{store.study(), path};
  StudyArguments arguments = scenario.arguments();
  arguments.output = output_folder(line);
  if (arguments.output.empty()) arguments.output = folder_of(path);
  arguments.keep_going = line.has("keep-going");
  read_result_options(line, arguments);
  const std::string folder = report_folder(arguments, scenario.file());
  Study study = stored_study(store);
  StudyArguments in_place = arguments;  // where it goes on, wherever the report goes
  in_place.output = folder_of(path);
  say_what_is_missing(in_place, scenario.file(), study, path);
  return publish_study(arguments, scenario.file(), std::move(study), folder, store.study().wall_seconds);
}

}  // namespace

int report_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "report",
      .arguments = "STORE [options]",
      .purpose =
          "Judges and reports once more what a result store, or the one in a folder, holds. Nothing is run, and the scenario's\n"
          "files are not needed: the store has them.",
      .examples = "  headroom report out/quickstart\n  headroom report out/quickstart/results.sqlite -o elsewhere --json\n",
      .ends_with_verdict = true};
  po::options_description options;
  options.add_options()("output,o", po::value<std::string>()->value_name("DIR"), "folder of the report (default: the store's)")(
      "keep-going", "judge without the runs that did not complete");
  add_result_options(options);
  return act_on_command_line(usage, options, arguments, report_from);
}

}  // namespace headroom::cli
