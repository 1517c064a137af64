#include "cli/study_outcome.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "reports/machine_facts.hpp"

namespace headroom::cli {
namespace {

std::size_t runs_that_ended(const Study& study) {
  std::size_t ended = 0;
  for (const std::vector<RunResult>& runs : study.runs) ended += runs.size();
  return ended;
}

std::string what_is_kept(const Study& study, bool is_shard) {
  const std::size_t ended = runs_that_ended(study);
  if (ended == 0) return "no run had ended, so there is nothing to report";
  const std::string runs = fmt::format("{} run{} had ended", ended, ended == 1 ? "" : "s");
  if (is_shard) return runs;
  return runs + (can_be_reported(study) ? " and the report rests on them"
                                        : ", but not one of every variant, so there is nothing to report");
}

bool is_our_fault(const FailedRun& failed) { return failed.exit_code == exit_our_fault; }

// A comparison asks whether there is a way to keep the promises: one variant that does is enough.
int exit_code_of_verdicts(const StudyReport& report, bool inconclusive_passes) {
  bool any_inconclusive = false;
  for (const std::vector<Verdict>& verdicts : report.verdicts) {
    const Outcome outcome = overall(verdicts);
    if (outcome == Outcome::pass) return exit_success;
    any_inconclusive = any_inconclusive || outcome == Outcome::inconclusive;
  }
  if (!any_inconclusive) return exit_objective_failed;
  return inconclusive_passes ? exit_success : exit_inconclusive;
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
    nlohmann::json summary = to_json(report);
    summary["machine"] = to_json(machine_facts_of(report.study));
    write_results(summary.dump(2) + "\n");
    write_message(next);
  } else {
    const bool colour = colour_on_results() && !arguments.no_color;
    write_results(to_terminal(report, colour, results_width()) + (next.empty() ? "" : "\n" + next));
  }
  if (!failure.empty()) throw OutputError{failure};
}

}  // namespace

bool can_be_reported(const Study& study) {
  return std::none_of(study.runs.begin(), study.runs.end(), [](const auto& runs) { return runs.empty(); });
}

std::string report_folder_name(const StudyArguments& arguments, const ScenarioFile& file) {
  return arguments.output.empty() ? "out/" + slug(file.variants.front().scenario.name) : arguments.output;
}

void prepare_output(const std::string& folder) {
  try {
    prepare_report_folder(folder);
  } catch (const std::runtime_error& error) {
    throw UsageError{std::string{error.what()} + "; nothing was run"};
  }
}

std::string report_folder(const StudyArguments& arguments, const ScenarioFile& file) {
  std::string folder = report_folder_name(arguments, file);
  prepare_output(folder);
  return folder;
}

void say_what_is_missing(const StudyArguments& arguments, const ScenarioFile& file, const Study& study,
                         const std::string& store) {
  for (const FailedRun& failed : study.failed) {
    const NamedScenario& variant = file.variants[failed.request.variant];
    const std::string run = fmt::format("{}/{}", variant.name, failed.request.replication);
    write_message(fmt::format(
        "headroom: replication {} of {} did not complete (exit {}): {}\n  seed {}; to run it again: {} replay {} {}\n",
        failed.request.replication, variant.name, failed.exit_code, failed.message, variant.scenario.seed, shell_word(program()),
        shell_word(store), shell_word(run)));
  }
  if (!study.not_kept.empty()) {
    write_message(fmt::format("headroom: {}\n", study.not_kept));
  } else if (study.interrupted) {
    write_message(fmt::format("headroom: interrupted; {}\n", what_is_kept(study, arguments.shard.count > 1)));
  }
  const bool something_left = study.interrupted || (!study.failed.empty() && !arguments.keep_going);
  if (something_left && runs_that_ended(study) > 0) {
    write_message(
        fmt::format("headroom: to go on from there: {} {}\n", shell_word(program()), resume_command(arguments, file.path)));
  }
}

int exit_code_of(const Study& study, const StudyArguments& arguments) {
  if (!study.not_kept.empty()) return exit_our_fault;
  if (study.interrupted) return exit_interrupted;
  if (std::any_of(study.failed.begin(), study.failed.end(), is_our_fault)) return exit_our_fault;
  return study.failed.empty() || arguments.keep_going ? exit_success : exit_incomplete;
}

int publish_study(const StudyArguments& arguments, ScenarioFile file, Study study, const std::string& folder,
                  double wall_seconds) {
  const int without_verdict = exit_code_of(study, arguments);
  if (!can_be_reported(study)) {
    remove_report(folder);
    return without_verdict == exit_success ? exit_incomplete : without_verdict;
  }
  const std::string command = study_command(arguments, file.path);
  StudyReport report = make_study_report(command, std::move(file), std::move(study), wall_seconds);
  report.is_tournament = !arguments.policies.empty();
  publish(arguments, report, folder);
  return without_verdict == exit_success ? exit_code_of_verdicts(report, arguments.inconclusive_passes) : without_verdict;
}

}  // namespace headroom::cli
