// headroom merge: the shards of a study become one store and one report.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/joined_stores.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/restored_scenario.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_runs.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;
namespace files = std::filesystem;

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

std::vector<std::string> all_stores(const Arguments& arguments) {
  if (arguments.empty()) throw UsageError{"names no store; usage: headroom merge -o DIR STORE... [options]"};
  std::vector<std::string> stores;
  for (const std::string& argument : arguments) {
    for (const std::string& path : stores_named(argument)) stores.push_back(path);
  }
  return stores;
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

// What is joined takes the place of the same study's store, not of another's.
void refuse_another_study(const std::string& shard, const std::string& target) {
  if (!files::exists(target)) return;
  std::string why = "it is of another study";
  try {
    const auto hash_of = [](const std::string& path) {
      return ResultStore::open(path, ResultStore::Access::read).study().input_hash;
    };
    if (hash_of(target) == hash_of(shard)) return;
  } catch (const StoreError& error) {
    why = error.what();
  }
  throw UsageError{fmt::format(
      "{} is there already and would be replaced, but {}; choose another folder with -o, or move it away", target, why)};
}

int merge_from(const CommandLine& line) {
  const std::vector<std::string> stores = all_stores(line.positional());
  expect_one_study(stores);
  const RestoredScenario scenario{ResultStore::open(stores.front(), ResultStore::Access::read).study(), stores.front()};
  StudyArguments arguments = scenario.arguments();
  arguments.output = output_folder(line);
  arguments.keep_going = line.has("keep-going");
  read_result_options(line, arguments);
  const std::string folder = report_folder(arguments, scenario.file());
  refuse_another_study(stores.front(), store_path(folder, {}));
  const ResultStore joined = join_stores(stores, store_path(folder, {}));
  Study study = stored_study(joined);
  study.interrupted = false;
  say_what_is_missing(arguments, scenario.file(), study, joined.path());
  const std::vector<RunRequest> missing = missing_runs(joined);
  say_missing(missing, arguments, scenario.file());
  count_as_failed(missing, "it is in none of the stores", study);
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
