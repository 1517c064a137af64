// headroom compare: all variants side by side, on the same random numbers.
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/scenario_arguments.hpp"
#include "cli/study_verb.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {

int compare_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "compare",
      .arguments = "SCENARIO [options]",
      .purpose = "Simulates the base and every variant with the same arrivals and demands, and says which differences are real.\n"
                 "It succeeds when at least one variant keeps every required objective.",
      .examples = "  headroom compare scenarios/ugc-video/scenario.json\n"
                  "  headroom compare scenarios/ugc-video/scenario.json --replications 20 -o out/twenty --json > summary.json\n",
      .ends_with_verdict = true};
  boost::program_options::options_description options;
  add_setting_options(options);
  add_study_options(options);
  const CommandLine line{usage, options, arguments};
  if (line.wants_help()) return write_results(line.help()), exit_success;
  const StudyArguments study = study_arguments("compare", line);
  return simulate_and_report(study, read_scenario(line.only_argument("scenario file"), read_options(line)));
}

}  // namespace headroom::cli
