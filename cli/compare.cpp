// headroom compare: all variants side by side, on the same random numbers.
#include <algorithm>

#include <fmt/format.h>

#include "cli/scenario_arguments.hpp"
#include "cli/study_verb.hpp"
#include "cli/verb.hpp"
#include "scenarios/side_by_side.hpp"

namespace headroom::cli {
namespace {

// Several files: one study of a variant of each.
int compare_files(StudyArguments study, const CommandLine& line) {
  Arguments paths = line.positional();
  for (std::size_t i = 1; i < paths.size(); ++i) {
    if (std::find(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(i), paths[i]) != paths.begin() + static_cast<std::ptrdiff_t>(i))
      throw UsageError{fmt::format("names {} twice; leave one of them out", paths[i])};
  }
  study.others.assign(paths.begin() + 1, paths.end());
  const std::vector<ScenarioFile> all = read_scenarios(paths, read_options(line));
  expect_variant(study.variant, all);
  return simulate_and_report(study, side_by_side(all, study.variant));
}

int compare_from(const CommandLine& line) {
  const StudyArguments study = study_arguments("compare", line);
  if (line.positional().size() > 1) return compare_files(study, line);
  const std::string& path = line.only_argument("scenario file");
  if (!study.variant.empty())
    throw UsageError{"--variant is for several scenario files; headroom run SCENARIO --variant NAME runs one variant"};
  return simulate_and_report(study, read_scenario(path, read_options(line)));
}

}  // namespace

int compare_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "compare",
      .arguments = "SCENARIO... [options]",
      .purpose =
          "Simulates the base and every variant with the same arrivals and demands, and says which differences are real.\n"
          "Several files: the base of each beside those of the others, or their variant of the name that --variant says.\n"
          "It succeeds when at least one variant keeps every required objective.",
      .examples =
          "  headroom compare scenarios/ugc-video/scenario.json\n"
          "  headroom compare today.json tomorrow.json --set \"/duration=1 h\" --seed 1\n"
          "  headroom compare scenarios/ugc-video/scenario.json --replications 20 -o out/twenty --json > summary.json\n"
          "  headroom compare big.json -o out/big --engine slurm --shards 64 --slurm-options \"--partition=short "
          "--time=1:00:00\"\n",
      .ends_with_verdict = true};
  boost::program_options::options_description options;
  options.add_options()("variant", boost::program_options::value<std::string>()->value_name("NAME"),
                        "of several files: this variant where one has it, instead of its base");
  add_setting_options(options);
  add_study_options(options);
  return act_on_command_line(usage, options, arguments, compare_from);
}

}  // namespace headroom::cli
