// headroom plan growth: when each component runs out as users become more, and what to buy by then.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/plan.hpp"
#include "cli/plan_options.hpp"
#include "cli/text_table.hpp"
#include "planning/growth.hpp"
#include "reports/display.hpp"
#include "reports/terminal_table.hpp"
#include "reports/text_layout.hpp"
#include "sim/core/units.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

std::optional<double> ratio_option(const CommandLine& line, const std::string& option, Range allowed) {
  const std::optional<double> value = quantity_option(line, option, Dimension::ratio);
  if (value && !allowed.contains(*value))
    throw UsageError{fmt::format("--{} is \"{}\"; write a share of at least {} and at most {}", option, *line.text(option),
                                 to_text(allowed.low, Dimension::ratio), to_text(allowed.high, Dimension::ratio))};
  return value;
}

GrowthQuestion question_of(const CommandLine& line, const PlanArguments& arguments) {
  GrowthQuestion question;
  const std::optional<double> monthly = ratio_option(line, "monthly", between(-0.99, 5.0));
  const auto months = line.number("months", 1, GrowthSpec::most_months);
  if (months && !monthly)
    throw UsageError{"--months belongs to --monthly; of the scenario's forecast write --set /growth/months=N"};
  if (monthly) {
    question.forecast.emplace();
    question.forecast->monthly = Ratio{*monthly};
    question.forecast->months = months;
  }
  question.target = ratio_option(line, "utilization", between(0.01, 1.0)).value_or(1.0);
  question.replications = arguments.replications;
  question.at_most = arguments.at_most;
  return question;
}

std::string text_of(const GrowthPlan& plan, bool colour) {
  std::string text = fmt::format("{} ({})  growth over {} months, {} runs\n\n", plan.scenario.scenario.name, plan.scenario.name,
                                 plan.months.size(), plan.runs);
  text += text_table(month_rows(plan, "+-"), {1, 2}) + "\n";
  if (!plan.running_out.empty())
    text += fmt::format("WHAT RUNS OUT at {} used\n", display(plan.target, Dimension::ratio)) +
            text_table(component_rows(plan), {2}) + "\n";
  for (const std::string& remark : growth_remarks(plan)) text += wrapped("- " + remark, results_width(), 2) + "\n";
  return text + "\n" + Paint{colour}(plan.outcome, wrapped(growth_sentence(plan), results_width(), 0)) + "\n";
}

// What a reader asks next: does it hold with what it lacks, in the month in which it lacks it?
std::string next_command(const GrowthPlan& plan, const PlanArguments& arguments) {
  const std::optional<Remedy> first = plan.for_missed && plan.for_missed->then ? plan.for_missed->then
                                      : plan.running_out.empty()               ? std::nullopt
                                                                               : plan.running_out.front().then;
  if (!first) return {};
  std::string command = fmt::format("plan limit {}{}", shell_word(arguments.source.path), arguments.carried);
  for (const auto& [pointer, value] : first->set) command += " --set " + shell_word(pointer + "=" + value);
  return command;
}

int growth_from_line(const CommandLine& line) {
  const PlanArguments arguments = plan_arguments(line);
  GrowthQuestion question = question_of(line, arguments);
  return act_on_search(arguments, [&](Trials& trials, const PlanNote& note) {
    question.note = note;
    const GrowthPlan plan = plan_growth(trials, question);
    return PlanEnd{{.text = text_of(plan, colour_on_results() && !arguments.no_color),
                    .json = growth_json(plan),
                    .page = [plan] { return growth_page(plan); },
                    .next = next_command(plan, arguments)},
                   plan.outcome,
                   plan.stopped,
                   std::ranges::any_of(plan.tried, [](const TriedLoad& one) { return !one.incomplete.empty(); })};
  });
}

}  // namespace

int plan_growth(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "plan growth",
      .arguments = "SCENARIO [options]",
      .purpose =
          "When each component runs out as users become more, and what to buy by then: the forecast is the scenario's `growth`\n"
          "(numbers by month, so much more every month, or a history that a forecaster goes on with), or --monthly. "
          "Utilizations\n"
          "and counts are arithmetic; the first month in which an objective is missed, and costs, are simulated.\n"
          "It succeeds when every required objective holds in every month; it ends with 99 if one is missed, and with 3 if that "
          "is\n"
          "unclear or the search was not finished (--max-runtime).",
      .examples =
          "  headroom plan growth scenarios/music-community/phase-1.json --monthly \"20 %\" --months 24\n"
          "  headroom plan growth product.json --utilization \"80 %\" -o out/growth\n",
      .ends_with_verdict = true};
  po::options_description options;
  const auto value = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("monthly", value("SHARE"), "so many more users every month, instead of the scenario's forecast")(
      "months", value("N"), "with --monthly: how far to look ahead (default: 24)")(
      "utilization", value("SHARE"), "at which a component has run out (default: 100 %)");
  add_plan_options(options);
  return act_on_command_line(usage, options, arguments, growth_from_line);
}

}  // namespace headroom::cli
