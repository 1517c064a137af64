// headroom plan cheapest: the cheapest configuration that keeps every required objective, over what the scenario may vary.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/plan.hpp"
#include "cli/plan_options.hpp"
#include "cli/text_table.hpp"
#include "planning/cheapest.hpp"
#include "reports/terminal_table.hpp"
#include "reports/text_layout.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

std::string text_of(const CheapestPlan& plan, bool colour) {
  std::string text = fmt::format("{} ({})  cheapest over", plan.scenario.scenario.name, plan.scenario.name);
  std::vector<std::size_t> right;
  for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) text += (axis == 0 ? " " : ", ") + plan.axes[axis].name;
  for (const std::size_t column : {0, 1, 2}) right.push_back(plan.axes.size() + column);
  text += "\n\n" + text_table(cheapest_rows(plan, "+-"), right) + "\n";
  for (const std::string& remark : cheapest_remarks(plan)) text += wrapped("- " + remark, results_width(), 2) + "\n";
  return text + "\n" + Paint{colour}(plan.outcome(), wrapped(cheapest_sentence(plan), results_width(), 0)) + "\n";
}

// What a reader asks next: how the answer does in full.
std::string next_command(const CheapestPlan& plan, const PlanArguments& arguments) {
  if (!plan.answer) return {};
  std::string text = fmt::format("run {}{}", shell_word(arguments.source.path), arguments.carried);
  const TriedConfiguration& answer = plan.tried[*plan.answer];
  for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
    for (const std::string& pointer : plan.axes[axis].set) text += " --set " + shell_word(pointer + "=" + answer.values[axis]);
  }
  return text;
}

int cheapest_from_line(const CommandLine& line) {
  const PlanArguments arguments = plan_arguments(line);
  return act_on_search(arguments, [&](Trials& trials, const PlanNote& note) {
    const CheapestPlan plan = find_cheapest(trials, {.axes = trials.read({}).scenario.vary,
                                                     .replications = arguments.replications,
                                                     .at_most = arguments.at_most,
                                                     .against = line.text("against").value_or(""),
                                                     .all = line.has("all"),
                                                     .note = note});
    return PlanEnd{{.text = text_of(plan, colour_on_results() && !arguments.no_color),
                    .json = cheapest_json(plan),
                    .page = [plan] { return cheapest_page(plan); },
                    .next = next_command(plan, arguments)},
                   plan.outcome(),
                   plan.stopped,
                   !plan.incomplete().empty()};
  });
}

}  // namespace

int plan_cheapest(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "plan cheapest",
      .arguments = "SCENARIO [options]",
      .purpose =
          "The cheapest configuration that keeps every required objective, over the axes of the scenario's \"vary\".\n"
          "What a configuration costs is measured in its runs. Not simulated is what arithmetic shows to be dearer than one "
          "that\n"
          "holds, or to be asked for more than 110 % of what it can serve so that an objective is missed either way (refused or\n"
          "waiting), and, on axes with \"more_is_better\", what is no better than one that fails. Of the others the cheapest "
          "that are\n"
          "undecided get more replications until each cheaper one than the answer is decided; the answer is verified by fresh "
          "ones.\n"
          "It succeeds when a configuration holds and is verified; it ends with 99 if none holds and 3 if that is undecided\n"
          "or the search was not finished (--max-runtime).",
      .examples =
          "  headroom plan cheapest scenarios/music-community/phase-1.json\n"
          "  headroom plan cheapest scenarios/music-community/phase-2.json --against queue_wait -o out/cheapest\n",
      .ends_with_verdict = true};
  po::options_description options;
  options.add_options()("against", po::value<std::string>()->value_name("OBJECTIVE"),
                        "the front is of cost and the value of this objective: a part of its text (default: the required one "
                        "nearest to its limit)")(
      "all", "simulate every configuration, also those that arithmetic or another one excludes");
  add_plan_options(options);
  return act_on_command_line(usage, options, arguments, cheapest_from_line);
}

}  // namespace headroom::cli
