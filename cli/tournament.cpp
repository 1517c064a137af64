// headroom tournament: policies against each other on the same demand, ranked by what they cost.
#include <fmt/format.h>

#include "cli/scenario_arguments.hpp"
#include "cli/study_verb.hpp"
#include "cli/verb.hpp"
#include "scenarios/text_file.hpp"

namespace headroom::cli {
namespace {

namespace po = boost::program_options;

// JSON, or the name of a file with it.
std::string options_text(const CommandLine& line) {
  const std::string given = line.text("options").value_or("");
  if (given.empty() || given.find('{') != std::string::npos) return given;
  TextFile file = read_text_file(given);
  if (!file.problem.empty())
    throw UsageError{fmt::format("--options is \"{}\": {}; write JSON, {{\"hpa\": {{\"tolerance\": 0.2}}}}, or a file of it",
                                 given, file.problem)};
  return std::move(file.text);
}

int tournament_from_line(const CommandLine& line) {
  StudyArguments study = study_arguments("tournament", line);
  study.policies = line.texts("policies");
  study.at = line.texts("at");
  study.policy_options = options_text(line);
  if (study.policies.empty()) throw UsageError{"--policies is missing; for example --policies autoscaling=hpa,keda"};
  ReadOptions options = read_options(line);
  options.tournament = tournament_from(study.policies, study.at, study.policy_options);
  return simulate_and_report(study, read_scenario(line.only_argument("scenario file"), options));
}

}  // namespace

int tournament_verb(const Arguments& arguments) {
  constexpr Usage usage{
      .verb = "tournament",
      .arguments = "SCENARIO --policies SEAM=POLICY,POLICY [options]",
      .purpose =
          "Simulates the scenario once with each policy, all with the same arrivals and demands, and ranks them by cost: first "
          "those\n"
          "that keep every required objective, then the others with what they miss. Several --policies: every combination.\n"
          "A policy's options are those of --options, else of the base or of the first variant that has chosen it, else its "
          "defaults.\n"
          "It succeeds when at least one contestant keeps every required objective.",
      .examples =
          "  headroom tournament scenarios/parallel-ai/scale-out.json --policies autoscaling=hpa,threshold-rules\n"
          "  headroom tournament scenarios/ugc-video/scenario.json --at /services/api --policies balancing=random,round-robin\n",
      .ends_with_verdict = true};
  po::options_description options;
  options.add_options()("policies", po::value<std::vector<std::string>>()->composing()->value_name("SEAM=POLICY,..."),
                        "the contestants, by the seam whose policy they take the place of; repeatable: their product. "
                        "`headroom policies` lists both")(
      "at", po::value<std::vector<std::string>>()->composing()->value_name("POINTER"),
      "where, if the seam has several places: --at /services/api; repeatable")(
      "options", po::value<std::string>()->value_name("JSON"),
      "options by policy, or a file of them: {\"hpa\": {\"tolerance\": 0.2}}");
  add_setting_options(options);
  add_study_options(options);
  return act_on_command_line(usage, options, arguments, tournament_from_line);
}

}  // namespace headroom::cli
