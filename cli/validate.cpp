// headroom validate: scenarios as the gate of a pipeline.
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/output_file.hpp"
#include "cli/scenario_arguments.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_record.hpp"
#include "cli/validation_runs.hpp"
#include "cli/validation_text.hpp"
#include "cli/verb.hpp"
#include "reports/report_files.hpp"
#include "scenarios/text_file.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

constexpr std::string_view usual_output = "out/validate";

// What a validation is asked for besides its runs.
struct Wishes {
  StudyArguments shared;
  std::string output;
  bool all_variants = false;
  std::optional<std::vector<ValidatedScenario>> accepted;
  double tolerance = 0.0;
  bool fail_on_regression = false;
  std::string junit, markdown, write_baseline;  // files; empty: none
  bool annotations = false;
};

std::vector<ValidatedScenario> read_baseline(const std::string& path) {
  const TextFile file = read_text_file(path);
  const auto refuse = [&](const std::string& why) {
    throw UsageError{fmt::format("--baseline is \"{}\": {}; write one with --write-baseline FILE; nothing was run", path, why)};
  };
  if (!file.problem.empty()) refuse(file.problem);
  try {
    return accepted_from(file.text);
  } catch (const std::invalid_argument& error) {
    refuse(error.what());
  }
  return {};
}

double tolerance_from(const CommandLine& line) {
  const std::string text = line.text("tolerance").value_or("0 %");
  QuantityError error;
  const std::optional<double> value = parse_as(Dimension::ratio, text, error);
  if (!value || !(*value >= 0.0) || *value > 100.0)
    throw UsageError{fmt::format("--tolerance is \"{}\"; write a share from 0 % on, for example \"5 %\"", text)};
  return *value;
}

std::string file_option(const CommandLine& line, const std::string& option) {
  const std::optional<std::string> path = line.text(option);
  if (path) expect_writable(option, *path);
  return path.value_or("");
}

Wishes wishes_from(const CommandLine& line) {
  Wishes wishes;
  StudyArguments& shared = wishes.shared;
  shared.settings = line.texts("set");
  shared.variant = line.text("variant").value_or("");
  read_run_options(line, shared);
  read_result_options(line, shared);
  wishes.output = output_folder(line);
  if (wishes.output.empty()) wishes.output = usual_output;
  wishes.all_variants = line.has("all-variants");
  if (wishes.all_variants && line.has("variant"))
    throw UsageError{"--variant and --all-variants exclude each other; leave one of them out"};
  shared.limits.until = stop_time_from(line);
  const std::string annotations = line.text("annotations").value_or("");
  if (!annotations.empty() && annotations != "github")
    throw UsageError{fmt::format("--annotations is \"{}\"; write github", annotations)};
  wishes.annotations = !annotations.empty();
  wishes.junit = file_option(line, "junit");
  wishes.markdown = file_option(line, "markdown");
  wishes.write_baseline = file_option(line, "write-baseline");
  wishes.tolerance = tolerance_from(line);
  wishes.fail_on_regression = line.has("fail-on-regression");
  if (const auto baseline = line.text("baseline")) wishes.accepted = read_baseline(*baseline);
  for (const char* option : {"tolerance", "fail-on-regression"}) {
    if (line.has(option) && !wishes.accepted)
      throw UsageError{fmt::format("--{} is about a --baseline; name one, or leave it out", option)};
  }
  return wishes;
}

void compare(Validation& validation, const Wishes& wishes) {
  if (!wishes.accepted) return;
  for (ValidatedScenario& scenario : validation.scenarios) {
    const ValidatedScenario* const before = accepted_of(scenario, *wishes.accepted);
    if (before != nullptr && before->about.input_hash != scenario.about.input_hash && !scenario.about.input_hash.empty())
      scenario.changes = differences_between(before->about, scenario.about);
  }
  validation.baseline = compare_with_baseline(validation.scenarios, *wishes.accepted, wishes.tolerance);
  validation.fails_on_regression = wishes.fail_on_regression;
}

// All programs of a job's step write into GitHub's file, each after the other.
bool is_step_summary(const std::string& path) {
  const char* const summary = std::getenv("GITHUB_STEP_SUMMARY");
  return summary != nullptr && path == summary;
}

// What later validations are compared with has all its runs.
bool can_be_accepted(const Validation& validation) { return ending_of(validation) < Ending::incomplete; }

void write_all(const Validation& validation, const Wishes& wishes) {
  const std::string json = to_json(validation).dump(2) + "\n", junit = to_junit(validation), markdown = to_markdown(validation);
  write_files({{"index.html", to_html(validation)}, {"validation.json", json}, {"summary.md", markdown}, {"junit.xml", junit}},
              wishes.output);
  if (!wishes.junit.empty()) write_output_file(wishes.junit, junit);
  if (!wishes.markdown.empty()) (is_step_summary(wishes.markdown) ? add_to_output_file : write_output_file)(wishes.markdown, markdown);
  if (!wishes.write_baseline.empty() && can_be_accepted(validation)) write_output_file(wishes.write_baseline, json);
}

int exit_code_of(const Validation& validation, const Wishes& wishes) {
  switch (ending_of(validation)) {
    case Ending::interrupted: return exit_interrupted;
    case Ending::broken: return exit_our_fault;
    case Ending::incomplete: return exit_incomplete;
    case Ending::missed: return exit_objective_failed;
    case Ending::open: return wishes.shared.inconclusive_passes ? exit_success : exit_inconclusive;
    case Ending::held: break;
  }
  return exit_success;
}

std::string next_steps(const Wishes& wishes) {
  const std::string self = shell_word(program());
  std::string text = fmt::format("report  {}\n", (std::filesystem::path{wishes.output} / "index.html").string());
  if (wishes.accepted || !wishes.write_baseline.empty()) return text;
  return text + fmt::format("next    {} validate ... --baseline {}   (what has changed since this)\n", self,
                            shell_word((std::filesystem::path{wishes.output} / "validation.json").string()));
}

// What is known is shown even if it could not be written.
int publish(const Validation& validation, const Wishes& wishes) {
  std::string failure;
  try {
    write_all(validation, wishes);
  } catch (const std::runtime_error& error) {
    failure = error.what();
  }
  if (wishes.annotations) write_message(to_github_annotations(validation));
  if (!wishes.write_baseline.empty() && !can_be_accepted(validation))
    write_message(fmt::format("headroom: --write-baseline: {} is left as it was, because {}\n", wishes.write_baseline,
                              answer_line(validation)));
  const std::string next = wishes.shared.quiet || !failure.empty() ? "" : next_steps(wishes);
  if (wishes.shared.json) {
    write_results(to_json(validation).dump(2) + "\n");
    write_message(next);
  } else {
    const bool colour = colour_on_results() && !wishes.shared.no_color;
    write_results((next.empty() ? "" : next + "\n") + validation_text(validation, colour, results_width()));
  }
  if (!failure.empty()) {
    write_message(fmt::format("headroom: {}\n", failure));
    return ending_of(validation) == Ending::interrupted ? exit_interrupted : exit_our_fault;
  }
  return exit_code_of(validation, wishes);
}

int validate_from(const CommandLine& line) {
  if (line.positional().empty()) throw UsageError{"names no scenario file; usage: headroom validate SCENARIO... [options]"};
  const Wishes wishes = wishes_from(line);
  const std::vector<StudyToValidate> studies =
      studies_to_validate(line.positional(), wishes.shared, wishes.all_variants, wishes.output);
  remove_former_results(studies, wishes.output);
  prepare_output(wishes.output);
  for (const StudyToValidate& study : studies) prepare_output(study.folder);
  Validation validation;
  validation.scenarios = run_validation(studies, wishes.shared.quiet);
  compare(validation, wishes);
  return publish(validation, wishes);
}

void add_validation_options(po::options_description& options) {
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("output,o", text("DIR"),
                        "folder of index.html, validation.json and a report per scenario (default: out/validate)")(
      "variant", text("NAME"), "this variant where a scenario has it, instead of its base")(
      "all-variants", "every variant of every scenario: each has to keep its objectives")(
      "baseline", text("FILE"), "differences from the results in FILE, value by value: what an earlier validation wrote")(
      "write-baseline", text("FILE"), "these results, to be the baseline of later ones; not if a run did not complete")(
      "tolerance", text("SHARE"), "a value may get worse by this share of the baseline's (default: 0 %)")(
      "fail-on-regression", "end with 99 if a required value or a cost is worse than the baseline's")(
      "junit", text("FILE"), "a case per objective and variant, as JUnit XML")("markdown", text("FILE"),
                                                                               "for a pull request; what $GITHUB_STEP_SUMMARY names is added to, any other file is replaced")(
      "annotations", text("github"), "marks at the lines of objectives that are missed, on stderr")(
      "max-runtime", text("TIME"),
      "of everything together: what has not been run then is not completed: --max-runtime \"10 min\"");
}

}  // namespace

int validate_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "validate",
      .arguments = "SCENARIO... [options]",
      .purpose =
          "Simulates scenarios and says which keep their required objectives: the gate of a pipeline. Every file is read and "
          "checked\n"
          "before any is run. Advisory objectives are shown and fail nothing. It ends with the first of 130, 1, 2, 4, 99, 3, 0 "
          "that "
          "is true\n"
          "of a scenario.",
      .examples =
          "  headroom validate scenarios/patterns/mmc.json scenarios/patterns/regions.json --junit junit.xml\n"
          "  headroom validate scenarios/*/scenario.json --write-baseline accepted.json\n"
          "  headroom validate scenarios/*/scenario.json --baseline accepted.json --fail-on-regression --tolerance \"5 %\"\n"
          "  headroom validate system.yaml --annotations github --markdown \"$GITHUB_STEP_SUMMARY\" --max-runtime \"10 min\"\n",
      .ends_with_verdict = true};
  po::options_description options;
  add_validation_options(options);
  add_setting_options(options);
  add_run_options(options);
  add_result_options(options);
  return act_on_command_line(usage, options, arguments, validate_from);
}

}  // namespace headroom::cli
