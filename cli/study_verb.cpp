#include "cli/study_verb.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/joined_stores.hpp"
#include "cli/kubernetes_job.hpp"
#include "cli/new_folder.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/slurm_study.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_runs.hpp"
#include "sim/core/units.hpp"

namespace headroom::cli {

namespace po = boost::program_options;

namespace {

// "2/4".
Shard shard_from(const std::string& text) {
  const auto wrong = [&] {
    return UsageError{fmt::format("--shard is \"{}\"; write I/N, for example 2/4, with I from 1 to N", text)};
  };
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  if (index.ec != std::errc{} || index.ptr == end || *index.ptr != '/') throw wrong();
  const auto count = std::from_chars(index.ptr + 1, end, shard.count);
  constexpr unsigned most = 100'000;
  if (count.ec != std::errc{} || count.ptr != end || shard.index < 1 || shard.index > shard.count || shard.count > most)
    throw wrong();
  return shard;
}

void expect_shards_to_be_possible(const StudyArguments& arguments, const ScenarioFile& file) {
  const bool is_shard = arguments.shard.count > 1;
  const unsigned shards = arguments.engine.where == Engine::local ? arguments.shard.count : arguments.engine.shards;
  const ReplicationSpec& replications = file.variants.front().scenario.replications;
  if ((is_shard || arguments.engine.where != Engine::local) && replications.until_relative_error) {
    throw UsageError{fmt::format(
        "--{} needs a number of replications that is known beforehand, and this scenario adds some until a value is precise "
        "enough; write --replications N",
        is_shard ? "shard" : "shards")};
  }
  if (is_shard && arguments.json)
    throw UsageError{"--json has nothing to show of one shard; leave it out, and give it to headroom merge"};
  const std::size_t runs = file.variants.size() * static_cast<std::size_t>(replications.count);
  if (!is_shard && shards > runs) {
    throw UsageError{fmt::format("--shards is {}, and there are {} runs (variants times replications); write at most --shards {}",
                                 shards, runs, runs)};
  }
}

// Something was learnt, be it that a run fails.
bool has_anything(const Study& study) {
  const auto is_some = [](const std::vector<RunResult>& runs) { return !runs.empty(); };
  return !study.failed.empty() || std::any_of(study.runs.begin(), study.runs.end(), is_some);
}

// Leaves no folder behind if nothing was run.
Study simulate_into(const std::string& folder, const StudyArguments& arguments, const ScenarioFile& file) {
  const NewFolder made{folder};
  const std::vector<std::filesystem::path> ours{store_path(folder, arguments.shard), shards_folder(folder)};
  try {
    prepare_output(folder);
    if (arguments.engine.where == Engine::slurm) {
      SlurmOutcome outcome = simulate_on_slurm(arguments, file, folder);
      if (outcome.all_ended && outcome.study.interrupted && !has_anything(outcome.study)) made.remove(ours);
      return std::move(outcome.study);
    }
    Study study = simulate_all(arguments, file, folder);
    if (study.interrupted && !has_anything(study)) made.remove(ours);
    return study;
  } catch (const StoreTaken&) {
    throw;  // what is there is another's
  } catch (const UsageError&) {
    made.remove(ours);
    throw;
  }
}

// A shard has nothing to show by itself.
int end_of_shard(const StudyArguments& arguments, const Study& study, const std::string& store) {
  const Shard& shard = arguments.shard;
  if (!has_anything(study)) {
    if (!study.interrupted && !arguments.quiet)
      write_message(
          fmt::format("headroom: shard {} of {} has no run: there are fewer runs than shards\n", shard.index, shard.count));
    return exit_code_of(study, arguments);
  }
  std::size_t ended = 0;
  for (const std::vector<RunResult>& runs : study.runs) ended += runs.size();
  const std::string folder = std::filesystem::path{store}.parent_path().string();
  std::string text =
      fmt::format("shard {} of {}: {} run{} in {}\n", shard.index, shard.count, ended, ended == 1 ? "" : "s", store);
  if (!arguments.quiet) {
    text += fmt::format("next    {} merge -o {} {}/results.*-of-{}.sqlite\n", shell_word(program()), shell_word(folder),
                        shell_word(folder), shard.count);
  }
  write_results(text);
  return exit_code_of(study, arguments);
}

}  // namespace

double limit_from(const CommandLine& line, const std::string& option, Dimension dimension) {
  const std::optional<std::string> text = line.text(option);
  if (!text) return 0.0;
  const auto refuse = [&] {
    throw UsageError{
        fmt::format("--{} is \"{}\"; write a limit above 0, for example \"{}\"", option, *text, example_of(dimension))};
  };
  if (*text == "0") refuse();
  QuantityError error;
  const std::optional<double> value = parse_as(dimension, *text, error);
  if (!value)
    throw UsageError{fmt::format("--{} {}{}{}", option, error.message, error.suggestion.empty() ? "" : "; ", error.suggestion)};
  constexpr double largest = 1e15;
  if (!(*value > 0.0) || *value > largest) refuse();
  return *value;
}

std::optional<std::chrono::steady_clock::time_point> stop_time_from(const CommandLine& line) {
  using Clock = std::chrono::steady_clock;
  const double seconds = limit_from(line, "max-runtime", Dimension::time);
  if (seconds == 0.0) return std::nullopt;
  constexpr double longest = 1e9;  // the clock counts nanoseconds, 9.2e18 at most
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{std::min(seconds, longest)});
}

void add_study_options(po::options_description& options) {
  options.add_options()("output,o", po::value<std::string>()->value_name("DIR"),
                        "folder of the report (default: out/<name of the scenario>)")(
      "keep-going", "go on with the other runs after one has failed, and judge without it")(
      "resume", "go on with the study in the folder: runs that are there are not made again")(
      "shard", po::value<std::string>()->value_name("I/N"),
      "only part I of N of the runs, into a store of its own; see headroom merge");
  add_run_options(options);
  add_engine_options(options);
  add_result_options(options);
}

void add_run_options(po::options_description& options) {
  options.add_options()("seed", po::value<std::string>()->value_name("N"), "of all random numbers, instead of the scenario's")(
      "replications", po::value<std::string>()->value_name("N"), "runs per variant, instead of the scenario's")(
      "workers", po::value<std::string>()->value_name("N"),
      "processes at a time (default: one per processor); results do not depend on it")(
      "run-time", po::value<std::string>()->value_name("TIME"), "a run that takes longer fails: --run-time \"10 min\"")(
      "run-memory", po::value<std::string>()->value_name("SIZE"), "a run that takes more fails: --run-memory \"2 GiB\"");
}

void add_result_options(po::options_description& options) {
  options.add_options()("inconclusive", po::value<std::string>()->value_name("WORD"),
                        "report: an inconclusive outcome ends with 3; pass: with 0")(
      "json", "results as JSON on stdout instead of the table")("quiet,q", "no progress and no next commands")(
      "no-color", "no colours, even on a terminal");
}

void read_result_options(const CommandLine& line, StudyArguments& arguments) {
  const std::string word = line.text("inconclusive").value_or("report");
  if (word != "pass" && word != "report") throw UsageError{fmt::format("--inconclusive is \"{}\"; write report or pass", word)};
  arguments.inconclusive_passes = word == "pass";
  arguments.json = line.has("json");
  arguments.quiet = line.has("quiet");
  arguments.no_color = line.has("no-color");
}

std::string output_folder(const CommandLine& line) {
  std::string folder = line.text("output").value_or("");
  if (line.has("output") && folder.empty()) throw UsageError{"--output is empty; write the name of a folder, or leave it out"};
  return folder;
}

void read_run_options(const CommandLine& line, StudyArguments& arguments) {
  arguments.seed = line.text("seed").value_or("");
  arguments.replications = line.text("replications").value_or("");
  arguments.workers = static_cast<unsigned>(line.number("workers", 1, 4096).value_or(0));
  arguments.limits.seconds = limit_from(line, "run-time", Dimension::time);
  arguments.limits.bytes = static_cast<std::uint64_t>(std::ceil(limit_from(line, "run-memory", Dimension::bytes)));
  arguments.run_time = line.text("run-time").value_or("");
  arguments.run_memory = line.text("run-memory").value_or("");
}

StudyArguments study_arguments(const std::string& verb, const CommandLine& line) {
  StudyArguments arguments;
  arguments.verb = verb;
  arguments.variant = line.text("variant").value_or("");
  arguments.output = output_folder(line);
  arguments.settings = line.texts("set");
  read_run_options(line, arguments);
  arguments.keep_going = line.has("keep-going");
  arguments.resume = line.has("resume");
  if (const auto shard = line.text("shard")) arguments.shard = shard_from(*shard);
  arguments.engine = engine_options(line);
  read_result_options(line, arguments);
  return arguments;
}

int simulate_and_report(const StudyArguments& arguments, ScenarioFile file) {
  expect_shards_to_be_possible(arguments, file);
  if (arguments.engine.where == Engine::kubernetes) return write_kubernetes_job(arguments, file);
  const auto begin = std::chrono::steady_clock::now();
  const std::string folder = report_folder_name(arguments, file), store = store_path(folder, arguments.shard);
  Study study;
  try {
    study = simulate_into(folder, arguments, file);
  } catch (const StoreTaken& error) {
    if (arguments.shard.count == 1) throw;
    // Whoever runs the shards takes exit code 2 for a refusal that would come again.
    write_message(fmt::format("headroom: {}: {}\n", arguments.verb, error.what()));
    return exit_incomplete;
  }
  say_what_is_missing(arguments, file, study, store);
  if (arguments.engine.where == Engine::slurm && !study.interrupted)
    count_as_failed(missing_runs(study, static_cast<std::uint64_t>(file.variants.front().scenario.replications.count)),
                    "its shard was not completed", study);
  if (arguments.shard.count > 1) return end_of_shard(arguments, study, store);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return publish_study(arguments, std::move(file), std::move(study), folder, wall);
}

}  // namespace headroom::cli
