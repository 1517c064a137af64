// headroom plan limit: the largest load at which every required objective holds.
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/plan.hpp"
#include "cli/plan_options.hpp"
#include "cli/text_table.hpp"
#include "planning/limit.hpp"
#include "reports/terminal_table.hpp"
#include "reports/text_layout.hpp"
#include "sim/core/units.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

std::optional<double> number_option(const CommandLine& line, const std::string& option, Dimension dimension) {
  const std::optional<double> value = quantity_option(line, option, dimension);
  if (value && !(*value > 0.0))
    throw UsageError{fmt::format("--{} is \"{}\"; a number above 0 is expected", option, *line.text(option))};
  return value;
}

LimitQuestion question_of(const CommandLine& line, const PlanArguments& arguments) {
  LimitQuestion question;
  question.over = line.text("over").value_or(question.over);
  question.from = number_option(line, "from", Dimension::count);
  question.to = number_option(line, "to", Dimension::count);
  question.precision = number_option(line, "precision", Dimension::ratio).value_or(question.precision);
  if (question.precision < 1e-4 || question.precision > 1.0)
    throw UsageError{"--precision is outside of 0.01 % to 100 %; it says how far apart the ends of the answer may be"};
  question.replications = arguments.replications;
  question.at_most = arguments.at_most;
  return question;
}

std::string text_of(const LoadLimit& limit, bool colour) {
  std::string text = fmt::format("{} ({})  limit over {}, {} runs\n\n", limit.scenario.scenario.name, limit.scenario.name,
                                 limit.axis.pointer, limit.runs);
  text += text_table(limit_rows(limit, "+-"), {0, 1}) + "\n";
  for (const std::string& remark : limit_remarks(limit)) text += wrapped("- " + remark, results_width(), 2) + "\n";
  return text + "\n" + Paint{colour}(limit.documented().outcome, wrapped(limit_sentence(limit), results_width(), 0)) + "\n";
}

// What a reader asks next: why, at the load that breaks.
std::string next_command(const LoadLimit& limit, const PlanArguments& arguments) {
  if (!limit.breaks) return {};
  const auto [pointer, value] = limit.axis.at(limit.tried[*limit.breaks].load);
  return fmt::format("run {}{} --set {}", shell_word(arguments.source.path), arguments.carried,
                     shell_word(pointer + "=" + value));
}

int limit_from_line(const CommandLine& line) {
  const PlanArguments arguments = plan_arguments(line);
  LimitQuestion question = question_of(line, arguments);
  return act_on_search(arguments, [&](Trials& trials, const PlanNote& note) {
    question.note = note;
    const LoadLimit limit = find_limit(trials, question);
    return PlanEnd{{.text = text_of(limit, colour_on_results() && !arguments.no_color),
                    .json = limit_json(limit),
                    .page = [limit] { return limit_page(limit); },
                    .next = next_command(limit, arguments)},
                   limit.documented().outcome,
                   limit.stopped,
                   !limit.documented().incomplete.empty()};
  });
}

}  // namespace

int plan_limit(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "plan limit",
      .arguments = "SCENARIO [options]",
      .purpose =
          "The largest load at which every required objective holds, with certainty: loads are simulated with as many\n"
          "replications as their verdicts need, until one that passes and one that fails are close together. Both are\n"
          "verified by fresh replications. The load is the scenario's field `load`, times all its demand, or --over another "
          "number.\n"
          "It succeeds when the documented load holds and ends with 99 when it does not, also where the search for the limit\n"
          "was not finished (--max-runtime); with 3 when that one load was still unclear then.",
      .examples =
          "  headroom plan limit scenarios/patterns/mmc.json\n"
          "  headroom plan limit scenarios/music-community/phase-1.json --over /assumptions/users --precision \"5 %\" -o "
          "out/limit\n",
      .ends_with_verdict = true};
  po::options_description options;
  const auto value = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("over", value("POINTER"), "what is made larger: any number of the scenario (default: /load)")(
      "from", value("N"), "its least value that is looked at (default: the documented one over 128)")(
      "to", value("N"), "its largest (default: four times what arithmetic allows)")(
      "precision", value("SHARE"), "how far apart the ends of the answer may be (default: 2 %)");
  add_plan_options(options);
  return act_on_command_line(usage, options, arguments, limit_from_line);
}

}  // namespace headroom::cli
