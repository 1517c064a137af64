// headroom run: what happens, in one variant.
#include "cli/scenario_arguments.hpp"
#include "cli/study_verb.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {
namespace {

int run_from(const CommandLine& line) {
  const StudyArguments study = study_arguments("run", line);
  ScenarioFile file = read_scenario(line.only_argument("scenario file"), read_options(line));
  const NamedScenario chosen = file.variants[chosen_variant(line, file)];
  file.variants = {chosen};
  return simulate_and_report(study, std::move(file));
}

}  // namespace

int run_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "run",
      .arguments = "SCENARIO [options]",
      .purpose =
          "Simulates the scenario's base, or one variant, with all its replications; judges its objectives; writes a report.",
      .examples =
          "  headroom run scenarios/patterns/mmc.json\n"
          "  headroom run scenarios/ugc-video/scenario.json --variant hpa --set /services/api/replicas=5\n",
      .ends_with_verdict = true};
  boost::program_options::options_description options;
  add_variant_option(options);
  add_setting_options(options);
  add_study_options(options);
  return act_on_command_line(usage, options, arguments, run_from);
}

}  // namespace headroom::cli
