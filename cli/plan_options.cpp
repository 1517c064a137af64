#include "cli/plan_options.hpp"

#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/scenario_arguments.hpp"
#include "cli/study_outcome.hpp"
#include "cli/study_verb.hpp"
#include "planning/plan_error.hpp"
#include "reports/report_files.hpp"
#include "sim/core/units.hpp"

namespace headroom::cli {

namespace po = boost::program_options;

namespace {

std::string carried_options(const CommandLine& line) {
  std::string text;
  for (const char* option : {"variant", "seed", "replications"}) {
    if (const auto value = line.text(option)) text += fmt::format(" --{} {}", option, shell_word(*value));
  }
  for (const std::string& setting : line.texts("set")) text += " --set " + shell_word(setting);
  return text;
}

}  // namespace

void add_plan_options(po::options_description& options) {
  add_variant_option(options);
  add_setting_options(options);
  options.add_options()("seed", po::value<std::string>()->value_name("N"), "of all random numbers, instead of the scenario's")(
      "replications", po::value<std::string>()->value_name("N"),
      "runs of each trial at least, instead of the scenario's (and at least 2)")(
      "at-most", po::value<std::string>()->value_name("N"), "runs of a trial, while its outcome is inconclusive (default: 40)")(
      "workers", po::value<std::string>()->value_name("N"),
      "processes at a time (default: one per processor); results do not depend on it")(
      "run-time", po::value<std::string>()->value_name("TIME"), "a run that takes longer fails: --run-time \"10 min\"")(
      "run-memory", po::value<std::string>()->value_name("SIZE"), "a run that takes more fails: --run-memory \"2 GiB\"")(
      "max-runtime", po::value<std::string>()->value_name("TIME"),
      "stop the search after it, and say what is known: --max-runtime \"10 min\"; runs under way are ended")(
      "output,o", po::value<std::string>()->value_name("DIR"), "also write report.html and plan.json")(
      "json", "plan.json on stdout instead of the table")("quiet,q", "no progress and no next command")(
      "no-color", "no colours, even on a terminal");
}

PlanArguments plan_arguments(const CommandLine& line) {
  PlanArguments arguments;
  arguments.source.path = line.only_argument("scenario file");
  arguments.source.read = read_options(line);
  const ScenarioFile file = read_scenario(arguments.source.path, arguments.source.read);
  const NamedScenario& chosen = file.variants[chosen_variant(line, file)];
  arguments.source.variant = chosen.name;
  constexpr std::int64_t most = 100'000;
  arguments.replications = static_cast<std::uint64_t>(std::max(2, chosen.scenario.replications.count));
  arguments.at_most = static_cast<std::uint64_t>(line.number("at-most", 2, most).value_or(40));
  if (line.has("at-most") && arguments.at_most < arguments.replications)
    throw UsageError{fmt::format("--at-most is {}, below the {} replications of each trial; write --replications {} as well",
                                 arguments.at_most, arguments.replications, arguments.at_most)};
  arguments.at_most = std::max(arguments.at_most, arguments.replications);
  arguments.study.workers = static_cast<unsigned>(line.number("workers", 1, 4096).value_or(0));
  arguments.study.limits.seconds = limit_from(line, "run-time", Dimension::time);
  arguments.study.limits.bytes = static_cast<std::uint64_t>(std::ceil(limit_from(line, "run-memory", Dimension::bytes)));
  arguments.stop_at = stop_time_from(line);
  arguments.output = output_folder(line);
  if (!arguments.output.empty()) prepare_output(arguments.output);
  arguments.json = line.has("json");
  arguments.quiet = line.has("quiet");
  arguments.no_color = line.has("no-color");
  arguments.carried = carried_options(line);
  return arguments;
}

PlanTrials::PlanTrials(const PlanArguments& arguments) : progress_{!arguments.quiet && animation_on_messages()} {
  TrialOptions options{.study = arguments.study, .stop_at = arguments.stop_at};
  options.study.progress = [this](const StudyProgress& state) { progress_.show(state, now_); };
  trials_ = std::make_unique<Trials>(arguments.source, std::move(options));
}

std::function<void(const std::string&)> PlanTrials::note() {
  return [this](const std::string& now) { now_ = now; };
}

void publish_plan(const PlanArguments& arguments, const PlanForms& forms) {
  std::string failure, place;
  if (!arguments.output.empty()) {
    try {
      const std::vector<NamedText> files{{"plan.json", forms.json.dump(2) + "\n"}, {"report.html", forms.page()}};
      write_files(files, arguments.output);
      place = fmt::format("report  {}\n", (std::filesystem::path{arguments.output} / "report.html").string());
    } catch (const std::runtime_error& error) {
      failure = error.what();
    }
  }
  std::string next = arguments.quiet ? "" : place;
  if (!arguments.quiet && !forms.next.empty()) next += fmt::format("next    {} {}\n", shell_word(program()), forms.next);
  if (arguments.json) {
    write_results(forms.json.dump(2) + "\n");
    write_message(next);
  } else {
    write_results(forms.text + (next.empty() ? "" : "\n" + next));
  }
  if (!failure.empty()) throw OutputError{failure};
}

int act_on_search(const PlanArguments& arguments, const std::function<PlanEnd(Trials&, const PlanNote&)>& search) {
  try {
    PlanTrials trials{arguments};
    const PlanEnd end = search(trials.trials(), trials.note());
    trials.clear();
    publish_plan(arguments, end.forms);
    return exit_code_of(end.outcome, end.stopped, end.incomplete);
  } catch (const PlanError& error) {
    throw UsageError{error.what()};
  }
}

Outcome outcome_of_done(Trials::Stop stopped) {
  return stopped == Trials::Stop::none ? Outcome::pass : Outcome::inconclusive;
}

std::optional<double> quantity_option(const CommandLine& line, const std::string& option, Dimension dimension) {
  const std::optional<std::string> text = line.text(option);
  if (!text) return std::nullopt;
  QuantityError error;
  const std::optional<double> value = parse_as(dimension, *text, error);
  if (!value)
    throw UsageError{fmt::format("--{} {}{}{}", option, error.message, error.suggestion.empty() ? "" : "; ", error.suggestion)};
  return value;
}

int exit_code_of(Outcome outcome, Trials::Stop stopped, bool incomplete) {
  if (stopped == Trials::Stop::interrupted) return exit_interrupted;
  if (incomplete) return exit_incomplete;
  return outcome == Outcome::pass ? exit_success : outcome == Outcome::fail ? exit_objective_failed : exit_inconclusive;
}

}  // namespace headroom::cli
