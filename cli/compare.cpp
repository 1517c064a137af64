// headroom compare: all variants side by side, on the same random numbers.
#include "cli/scenario_arguments.hpp"
#include "cli/study_verb.hpp"
#include "cli/verb.hpp"

namespace headroom::cli {
namespace {

int compare_from(const CommandLine& line) {
  const StudyArguments study = study_arguments("compare", line);
  return simulate_and_report(study, read_scenario(line.only_argument("scenario file"), read_options(line)));
}

}  // namespace

int compare_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "compare",
      .arguments = "SCENARIO [options]",
      .purpose =
          "Simulates the base and every variant with the same arrivals and demands, and says which differences are real.\n"
          "It succeeds when at least one variant keeps every required objective.",
      .examples =
          "  headroom compare scenarios/ugc-video/scenario.json\n"
          "  headroom compare scenarios/ugc-video/scenario.json --replications 20 -o out/twenty --json > summary.json\n"
          "  headroom compare big.json -o out/big --engine slurm --shards 64 --slurm-options \"--partition=short "
          "--time=1:00:00\"\n",
      .ends_with_verdict = true};
  boost::program_options::options_description options;
  add_setting_options(options);
  add_study_options(options);
  return act_on_command_line(usage, options, arguments, compare_from);
}

}  // namespace headroom::cli
