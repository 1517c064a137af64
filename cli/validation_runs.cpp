#include "cli/validation_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/scenario_arguments.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_record.hpp"
#include "cli/study_runs.hpp"
#include "reports/display.hpp"
#include "reports/study_report.hpp"
#include "scenarios/objective_places.hpp"
#include "scenarios/side_by_side.hpp"
#include "scenarios/text_file.hpp"

namespace headroom::cli {
namespace {

namespace files = std::filesystem;

// Two scenarios of one name have folders of their own.
std::string folder_for(const std::string& name, const std::string& output, std::set<std::string>& taken) {
  std::string folder = slug(name);
  for (int number = 2; !taken.insert(folder).second; ++number) folder = fmt::format("{}-{}", slug(name), number);
  return (files::path{output} / folder).string();
}

// The first name of each file.
std::vector<std::string> each_once(const std::vector<std::string>& paths) {
  std::vector<std::string> once;
  std::set<files::path> seen;
  for (const std::string& path : paths) {
    std::error_code error;
    files::path place = files::weakly_canonical(path, error);
    if (seen.insert(error ? files::path{path} : std::move(place)).second)
      once.push_back(path);
    else
      write_message(fmt::format("headroom: {} is named twice; it counts once\n", path));
  }
  return once;
}

// Those of its scenarios, in its order, are those it wrote into.
std::set<std::string> folders_of_former(const std::string& output) {
  const std::string path = (files::path{output} / "validation.json").string();
  std::set<std::string> folders;
  if (std::error_code ignored; !files::exists(path, ignored)) return folders;
  try {
    const TextFile file = read_text_file(path);
    if (!file.problem.empty()) throw std::invalid_argument{file.problem};
    for (const ValidatedScenario& scenario : accepted_from(file.text)) folder_for(scenario.name, output, folders);
  } catch (const std::invalid_argument& error) {
    throw UsageError{fmt::format("{} is not of a validation that this program knows ({}), so stale results beside it could not be "
                                 "told from others; remove the folder, or choose another with --output; nothing was run",
                                 path, error.what())};
  }
  return folders;
}

Study without_runs(const ScenarioFile& file, const std::string& why, int exit_code) {
  Study study;
  study.runs.resize(file.variants.size());
  for (std::size_t v = 0; v < file.variants.size(); ++v) study.failed.push_back({{v, 0}, exit_code, why});
  return study;
}

std::vector<std::vector<Verdict>> verdicts_on(const ScenarioFile& file, const Study& study) {
  std::vector<std::vector<Verdict>> all;
  for (std::size_t v = 0; v < file.variants.size(); ++v) {
    std::vector<Verdict>& verdicts = all.emplace_back();
    for (const ObjectiveSpec& objective : file.variants[v].scenario.objectives)
      verdicts.push_back(judge(objective, study.runs[v]));
  }
  return all;
}

// A study that failed with nothing of some variant has no report. `verdicts` become those of the report, which say what binds.
std::string report_on(const StudyToValidate& one, const Study& study, std::vector<std::vector<Verdict>>& verdicts) {
  if (!can_be_reported(study)) {
    remove_report(one.folder);
    verdicts = verdicts_on(one.file, study);
    return "";
  }
  const StudyReport report = make_study_report(study_command(one.arguments, one.file.path), one.file, study, 0.0);
  verdicts = report.verdicts;
  write_report(report, one.folder);
  return one.folder;
}

// What is left of a study that was stopped by a failed run, or by the end of the time, does not count as kept.
void count_what_is_missing(const StudyToValidate& one, Study& study) {
  if (study.interrupted || study.failed.empty()) return;
  for (std::size_t v = 0; v < study.runs.size(); ++v) {
    const auto is_its = [&](const FailedRun& failed) { return failed.request.variant == v; };
    const auto asked = static_cast<std::size_t>(one.file.variants[v].scenario.replications.count);
    if (std::ranges::none_of(study.failed, is_its) && study.runs[v].size() < asked)
      study.failed.push_back({{v, study.runs[v].size()}, exit_incomplete, "it was not begun, because another run had failed"});
  }
}

ValidatedScenario made(const StudyToValidate& one) {
  Study study;
  StoredStudy about;
  std::string folder;
  std::vector<std::vector<Verdict>> verdicts;
  try {
    about = describe_study(one.arguments, one.file);
    study = simulate_all(one.arguments, one.file, one.folder);
    count_what_is_missing(one, study);
    folder = report_on(one, study, verdicts);
  } catch (const UsageError& error) {
    study = without_runs(one.file, error.what(), exit_incomplete);
  } catch (const std::runtime_error& error) {
    if (study.runs.empty()) study.runs.resize(one.file.variants.size());
    for (std::size_t v = 0; v < study.runs.size(); ++v) study.failed.push_back({{v, 0}, exit_our_fault, error.what()});
  }
  if (!study.not_kept.empty()) {
    study.interrupted = false;
    for (std::size_t v = 0; v < study.runs.size(); ++v) study.failed.push_back({{v, 0}, exit_our_fault, study.not_kept});
  }
  if (verdicts.empty()) verdicts = verdicts_on(one.file, study);
  ValidatedScenario scenario = validated(one.file, study, std::move(verdicts), objective_places(one.file));
  for (StoredInput& input : about.inputs) input.content.reset();
  if (about.variants.empty()) about.variants.resize(one.file.variants.size());
  scenario.about = std::move(about);
  scenario.folder = folder;
  return scenario;
}

ValidatedScenario not_begun(const StudyToValidate& one) {
  Study study = without_runs(one.file, "not begun: the validation was interrupted", exit_interrupted);
  study.interrupted = true;
  ValidatedScenario scenario = validated(one.file, study, verdicts_on(one.file, study), objective_places(one.file));
  scenario.about.variants.resize(one.file.variants.size());
  scenario.about.seed = static_cast<std::uint64_t>(one.file.variants.front().scenario.seed);
  return scenario;
}

}  // namespace

std::vector<StudyToValidate> studies_to_validate(const std::vector<std::string>& paths, const StudyArguments& shared,
                                                 bool all_variants, const std::string& output) {
  const auto given = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; };
  std::vector<ScenarioFile> all =
      read_scenarios(each_once(paths), read_options(shared.settings, given(shared.seed), given(shared.replications)));
  expect_variant(shared.variant, all);
  std::vector<StudyToValidate> studies;
  std::set<std::string> taken;
  for (ScenarioFile& file : all) {
    if (!all_variants) file.variants = {NamedScenario{variant_or_base(file, shared.variant)}};
    StudyToValidate one{shared, std::move(file), {}};
    one.arguments.verb = all_variants ? "compare" : "run";
    const std::string& chosen = one.file.variants.front().name;
    one.arguments.variant = all_variants || chosen != shared.variant ? "" : chosen;
    one.folder = folder_for(one.file.variants.front().scenario.name, output, taken);
    one.arguments.output = one.folder;
    studies.push_back(std::move(one));
  }
  return studies;
}

void remove_former_results(const std::vector<StudyToValidate>& studies, const std::string& output) {
  for (const std::string& name : folders_of_former(output)) {
    const std::string folder = (files::path{output} / name).string();
    if (std::ranges::any_of(studies, [&](const StudyToValidate& one) { return one.folder == folder; })) continue;
    remove_report(folder);
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) files::remove(store_path(folder, {}) + suffix, ignored);
    files::remove(folder, ignored);  // not if something else is in it
  }
}

std::vector<ValidatedScenario> run_validation(const std::vector<StudyToValidate>& studies, bool quiet) {
  std::vector<ValidatedScenario> results;
  bool interrupted = false;
  for (const StudyToValidate& one : studies) {
    results.push_back(interrupted ? not_begun(one) : made(one));
    interrupted = interrupted || ending_of(results.back()) == Ending::interrupted;
    if (!quiet && !interrupted)
      write_message(fmt::format("{} of {}  {}: {}\n", results.size(), studies.size(), results.back().name,
                                to_text(ending_of(results.back()))));
  }
  return results;
}

}  // namespace headroom::cli
