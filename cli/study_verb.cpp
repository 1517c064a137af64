#include "cli/study_verb.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "reports/study_report.hpp"
#include "scenarios/builder.hpp"
#include "sim/cluster/simulation.hpp"

namespace headroom::cli {

namespace po = boost::program_options;

namespace {

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

std::vector<RunRequest> all_requests(const ScenarioFile& file) {
  std::vector<RunRequest> requests;
  int most = 0;
  for (const NamedScenario& variant : file.variants) most = std::max(most, variant.scenario.replications.count);
  // Replication by replication, so that an interrupted study has seen every variant about equally often.
  for (int replication = 0; replication < most; ++replication) {
    for (std::size_t v = 0; v < file.variants.size(); ++v) {
      if (replication < file.variants[v].scenario.replications.count)
        requests.push_back({v, static_cast<std::uint64_t>(replication)});
    }
  }
  return requests;
}

Study simulate_all(const ScenarioFile& file, const StudyOptions& options) {
  std::vector<Blueprint> blueprints;
  for (const NamedScenario& variant : file.variants) blueprints.push_back(build_blueprint(variant.scenario));
  const auto run = [&](const RunRequest& request) {
    const NamedScenario& variant = file.variants[request.variant];
    return simulate(blueprints[request.variant],
                    RunIdentity{variant.name, static_cast<std::uint64_t>(variant.scenario.seed), request.replication});
  };
  const ReplicationSpec& replications = file.variants.front().scenario.replications;
  if (!replications.until_relative_error) return run_study(file.variants.size(), all_requests(file), run, options);
  const auto precise = [&](const Study& study) { return is_precise_enough(file, study, *replications.until_relative_error); };
  const auto at_least = static_cast<std::uint64_t>(std::max(2, replications.count));  // one run has no interval
  const auto at_most = std::max(at_least, static_cast<std::uint64_t>(replications.at_most));
  return run_until(file.variants.size(), at_least, at_most, precise, run, options);
}

// Nothing to show unless every variant has at least one run.
bool can_be_reported(const Study& study) {
  return std::none_of(study.runs.begin(), study.runs.end(), [](const auto& runs) { return runs.empty(); });
}

std::string what_is_kept(const Study& study) {
  std::size_t ended = 0;
  for (const std::vector<RunResult>& runs : study.runs) ended += runs.size();
  if (ended == 0) return "no run had ended, so there is nothing to report";
  const std::string runs = fmt::format("{} run{} had ended", ended, ended == 1 ? "" : "s");
  return runs + (can_be_reported(study) ? " and the report rests on them"
                                        : ", but not one of every variant, so there is nothing to report");
}

void say_what_failed(const ScenarioFile& file, const Study& study) {
  for (const FailedRun& failed : study.failed) {
    write_message(fmt::format("headroom: replication {} of {} did not complete (exit {}): {}\n", failed.request.replication,
                              file.variants[failed.request.variant].name, failed.exit_code, failed.message));
  }
  if (study.interrupted) write_message(fmt::format("headroom: interrupted; {}\n", what_is_kept(study)));
}

int exit_code_of_failures(const Study& study) {
  const auto incomplete = [](const FailedRun& failed) { return failed.exit_code == exit_incomplete; };
  return std::all_of(study.failed.begin(), study.failed.end(), incomplete) ? exit_incomplete : exit_our_fault;
}

// A comparison asks whether there is a way to keep the promises: one variant that does is enough.
int exit_code_of(const StudyReport& report, bool inconclusive_passes) {
  if (report.study.interrupted) return exit_interrupted;
  if (!report.study.failed.empty()) return exit_code_of_failures(report.study);
  bool any_inconclusive = false;
  for (const std::vector<Verdict>& verdicts : report.verdicts) {
    const Outcome outcome = overall(verdicts);
    if (outcome == Outcome::pass) return exit_success;
    any_inconclusive = any_inconclusive || outcome == Outcome::inconclusive;
  }
  if (!any_inconclusive) return exit_objective_failed;
  return inconclusive_passes ? exit_success : exit_inconclusive;
}

// Where the report goes. Looked at before the first run: an hour of simulation is a high price for a mistyped path.
std::string report_folder(const StudyArguments& arguments, const ScenarioFile& file) {
  const std::string folder = arguments.output.empty() ? "out/" + slug(file.variants.front().scenario.name) : arguments.output;
  try {
    prepare_report_folder(folder);
  } catch (const std::runtime_error& error) {
    throw UsageError{std::string{error.what()} + "; nothing was run"};
  }
  return folder;
}

// What is known is shown even if it could not be written: the runs may have taken long.
void publish(const StudyArguments& arguments, const StudyReport& report, const std::string& folder) {
  std::string failure;
  try {
    write_report(report, folder);
  } catch (const std::runtime_error& error) {
    failure = error.what();
  }
  const std::string place =
      failure.empty() ? fmt::format("report  {}\n", (std::filesystem::path{folder} / "report.html").string()) : "";
  const std::string next = arguments.quiet ? "" : place + next_commands(arguments, report);
  if (arguments.json) {
    write_results(to_json(report).dump(2) + "\n");
    write_message(next);
  } else {
    const bool colour = colour_on_results() && !arguments.no_color;
    write_results(to_terminal(report, colour, results_width()) + (next.empty() ? "" : "\n" + next));
  }
  if (!failure.empty()) throw OutputError{failure};
}

}  // namespace

void add_study_options(po::options_description& options) {
  options.add_options()("output,o", po::value<std::string>()->value_name("DIR"),
                        "folder of the report (default: out/<name of the scenario>)")(
      "seed", po::value<std::string>()->value_name("N"), "of all random numbers, instead of the scenario's")(
      "replications", po::value<std::string>()->value_name("N"), "runs per variant, instead of the scenario's")(
      "workers", po::value<std::string>()->value_name("N"),
      "processes at a time (default: one per processor); results do not depend on it")(
      "inconclusive", po::value<std::string>()->value_name("WORD"), "report: an inconclusive outcome ends with 3; pass: with 0")(
      "keep-going", "go on with the other runs after one has failed")("json", "summary.json on stdout instead of the table")(
      "quiet,q", "no progress and no next commands")("no-color", "no colours, even on a terminal");
}

StudyArguments study_arguments(const std::string& verb, const CommandLine& line) {
  StudyArguments arguments;
  arguments.verb = verb;
  arguments.variant = line.text("variant").value_or("");
  arguments.output = line.text("output").value_or("");
  if (line.has("output") && arguments.output.empty())
    throw UsageError{"--output is empty; write the name of a folder, or leave it out"};
  arguments.settings = line.texts("set");
  arguments.seed = line.text("seed").value_or("");
  arguments.replications = line.text("replications").value_or("");
  arguments.workers = static_cast<unsigned>(line.number("workers", 0, 4096).value_or(0));
  const std::string word = line.text("inconclusive").value_or("report");
  if (word != "pass" && word != "report") throw UsageError{fmt::format("--inconclusive is \"{}\"; write report or pass", word)};
  arguments.inconclusive_passes = word == "pass";
  arguments.keep_going = line.has("keep-going");
  arguments.json = line.has("json");
  arguments.quiet = line.has("quiet");
  arguments.no_color = line.has("no-color");
  return arguments;
}

int simulate_and_report(const StudyArguments& arguments, ScenarioFile file) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string folder = report_folder(arguments, file);
  ProgressLine progress{!arguments.quiet && animation_on_messages()};
  StudyOptions options;
  options.workers = arguments.workers;
  options.keep_going = arguments.keep_going;
  options.progress = [&progress](const StudyProgress& state) { progress.show(state); };
  Study study = simulate_all(file, options);
  progress.clear();
  say_what_failed(file, study);
  if (!can_be_reported(study)) return study.interrupted ? exit_interrupted : exit_code_of_failures(study);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const std::string command = study_command(arguments, file.path);
  const StudyReport report = make_study_report(command, std::move(file), std::move(study), wall);
  publish(arguments, report, folder);
  return exit_code_of(report, arguments.inconclusive_passes);
}

}  // namespace headroom::cli
