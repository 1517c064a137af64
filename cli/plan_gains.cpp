// headroom plan gains: what one more unit of each resource would bring, and cost.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/plan.hpp"
#include "cli/plan_options.hpp"
#include "cli/text_table.hpp"
#include "planning/gains.hpp"
#include "reports/terminal_table.hpp"
#include "reports/text_layout.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

std::string text_of(const Gains& found, bool colour) {
  std::string text = fmt::format("{} ({})  gains of one more of each, {} runs\n\n", found.scenario.scenario.name,
                                 found.scenario.name, found.runs);
  text += text_table(gains_rows(found, "+-")) + "\n";
  for (const std::string& remark : gains_remarks(found)) text += wrapped("- " + remark, results_width(), 2) + "\n";
  return text + "\n" + Paint{colour}.strong(wrapped(gains_sentence(found), results_width(), 0)) + "\n";
}

std::string next_command(const Gains& found, const PlanArguments& arguments) {
  if (found.gains.empty() || !found.gains.front().per_dollar) return {};
  const auto& [pointer, value] = found.gains.front().more.change;
  return fmt::format("plan gains {}{} --set {}", shell_word(arguments.source.path), arguments.carried,
                     shell_word(pointer + "=" + value));
}

int gains_from_line(const CommandLine& line) {
  const PlanArguments arguments = plan_arguments(line);
  return act_on_search(arguments, [&](Trials& trials, const PlanNote& note) {
    const Gains found = find_gains(trials, {.all = line.has("all"), .replications = arguments.replications, .note = note});
    return PlanEnd{{.text = text_of(found, colour_on_results() && !arguments.no_color),
                    .json = gains_json(found),
                    .page = [found] { return gains_page(found); },
                    .next = next_command(found, arguments)},
                   outcome_of_done(found.stopped),
                   found.stopped,
                   !found.incomplete().empty()};
  });
}

}  // namespace

int plan_gains(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "plan gains",
      .arguments = "SCENARIO [options]",
      .purpose =
          "Simulates the scenario with one more of each resource, each by itself and all with the same arrivals and demands:\n"
          "replicas, cores and slots of services, nodes, shards, cores and connections of databases, a quarter more of caches,\n"
          "nodes of pools. For each the change of the objectives that are missed (if none is, of the one that decides), what it\n"
          "costs, and which brings the most for its price. What an autoscaler decides is not tried.\n"
          "It succeeds when all runs completed, whatever they say; it ends with 3 if it was not finished (--max-runtime).",
      .examples =
          "  headroom plan gains scenarios/patterns/mmc.json\n"
          "  headroom plan gains scenarios/music-community/phase-2.json --all -o out/gains\n",
      .ends_with_verdict = false};
  po::options_description options;
  options.add_options()("all", "the change of every required objective");
  add_plan_options(options);
  return act_on_command_line(usage, options, arguments, gains_from_line);
}

}  // namespace headroom::cli
