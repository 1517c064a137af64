// headroom plan sensitivity: which assumptions the answer hangs on, and which one to measure first.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/plan.hpp"
#include "cli/plan_options.hpp"
#include "cli/text_table.hpp"
#include "planning/sensitivity.hpp"
#include "reports/terminal_table.hpp"
#include "reports/text_layout.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

std::string text_of(const Sensitivity& found, bool colour) {
  std::string text =
      fmt::format("{} ({})  sensitivity, {} runs\n\n", found.scenario.scenario.name, found.scenario.name, found.runs);
  text += text_table(sensitivity_rows(found, "+-"), {2, 3, 4, 5, 6}) + "\n";
  for (const std::string& remark : sensitivity_remarks(found)) text += wrapped("- " + remark, results_width(), 2) + "\n";
  return text + "\n" + Paint{colour}.strong(wrapped(sensitivity_sentence(found), results_width(), 0)) + "\n";
}

std::string next_command(const Sensitivity& found, const PlanArguments& arguments) {
  const auto first = found.measure_first();
  if (!first) return {};
  const UncertainQuantity& quantity = found.swept[*first].quantity;
  return fmt::format("run {}{} --set {}", shell_word(arguments.source.path), arguments.carried,
                     shell_word(quantity.pointer + "=" + quantity.text(quantity.high)));
}

int sensitivity_from_line(const CommandLine& line) {
  const PlanArguments arguments = plan_arguments(line);
  SensitivityQuestion question;
  question.output = line.text("output-of").value_or("");
  question.replications = arguments.replications;
  question.samples = static_cast<std::size_t>(line.number("samples", 0, 100'000).value_or(0));
  return act_on_search(arguments, [&](Trials& trials, const PlanNote& note) {
    question.note = note;
    const Sensitivity found = find_sensitivity(trials, question);
    return PlanEnd{{.text = text_of(found, colour_on_results() && !arguments.no_color),
                    .json = sensitivity_json(found),
                    .page = [found] { return sensitivity_page(found); },
                    .next = next_command(found, arguments)},
                   outcome_of_done(found.stopped),
                   found.stopped,
                   !found.incomplete().empty()};
  });
}

}  // namespace

int plan_sensitivity(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "plan sensitivity",
      .arguments = "SCENARIO [options]",
      .purpose =
          "Simulates the scenario with each assumption at both ends of its range, all with the same arrivals and demands, and\n"
          "ranks them by how far they move the objective that decides: what decides a verdict, what matters, what makes no\n"
          "difference that can be told. Assumptions are those of \"assumptions\" with a \"range\", and numbers that are written "
          "as\n"
          "{\"low\": 1, \"mid\": 2, \"high\": 4}. With --samples all are drawn together (Latin hypercube, triangular).\n"
          "It succeeds when all runs completed, whatever they say; it ends with 3 if it was not finished (--max-runtime).",
      .examples =
          "  headroom plan sensitivity scenarios/music-community/phase-1.json\n"
          "  headroom plan sensitivity scenarios/music-community/phase-1.json --output-of cost --samples 100 -o "
          "out/sensitivity\n",
      .ends_with_verdict = false};
  po::options_description options;
  options.add_options()("output-of", po::value<std::string>()->value_name("OBJECTIVE"),
                        "what is looked at: a part of an objective's text, or cost (default: the objective that decides)")(
      "samples", po::value<std::string>()->value_name("N"),
      "draws all assumptions together N times: in how many do the objectives hold? (default: 0)");
  add_plan_options(options);
  return act_on_command_line(usage, options, arguments, sensitivity_from_line);
}

}  // namespace headroom::cli
