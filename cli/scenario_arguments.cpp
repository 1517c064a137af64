#include "cli/scenario_arguments.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/side_by_side.hpp"

namespace headroom::cli {

namespace po = boost::program_options;

void add_setting_options(po::options_description& options) {
  options.add_options()("set", po::value<std::vector<std::string>>()->composing()->value_name("POINTER=VALUE"),
                        "changes one value of the scenario and of every variant: --set /services/api/replicas=5; repeatable");
}

po::options_description reading_options() {
  po::options_description options;
  add_setting_options(options);
  add_json_option(options);
  return options;
}

void add_variant_option(po::options_description& options) {
  options.add_options()("variant", po::value<std::string>()->value_name("NAME"), "this variant instead of the base");
}

ReadOptions read_options(const CommandLine& line) {
  return read_options(line.texts("set"), line.text("seed"), line.text("replications"));
}

ReadOptions read_options(const std::vector<std::string>& settings, const std::optional<std::string>& seed,
                         const std::optional<std::string>& replications) {
  ReadOptions options;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError{fmt::format("--set is \"{}\"; write POINTER=VALUE, for example --set /services/api/replicas=5", setting)};
    }
    options.set.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  if (seed) options.seed = whole_number("seed", *seed, 0, 9'000'000'000'000'000);
  if (replications) options.replications = static_cast<int>(whole_number("replications", *replications, 1, 100'000));
  return options;
}

TournamentSpec tournament_from(const std::vector<std::string>& policies, const std::vector<std::string>& at,
                               const std::string& options) {
  TournamentSpec tournament{.seams = {}, .at = at, .options = options};
  for (const std::string& text : policies) {
    const std::size_t equals = text.find('=');
    SeamContest contest{text.substr(0, equals), {}};
    if (equals != std::string::npos) contest.policies = parts_of(text.substr(equals + 1));
    if (contest.seam.empty() || contest.policies.empty())
      throw UsageError{
          fmt::format("--policies is \"{}\"; write SEAM=POLICY,POLICY, for example --policies autoscaling=hpa,keda", text)};
    const auto same = [&](const SeamContest& other) { return other.seam == contest.seam; };
    if (std::any_of(tournament.seams.begin(), tournament.seams.end(), same))
      throw UsageError{fmt::format("--policies names {} twice; write all its policies in one list", contest.seam)};
    tournament.seams.push_back(std::move(contest));
  }
  for (const std::string& place : at) {
    if (!place.starts_with('/'))
      throw UsageError{fmt::format("--at is \"{}\"; write a JSON Pointer, for example --at /services/api", place)};
  }
  return tournament;
}

std::size_t chosen_variant(const CommandLine& line, const ScenarioFile& file) {
  const std::optional<std::string> name = line.text("variant");
  if (!name) return 0;
  std::vector<std::string> names;
  for (const NamedScenario& variant : file.variants) names.push_back(variant.name);
  const auto found = std::find(names.begin(), names.end(), *name);
  if (found == names.end()) throw UsageError{unknown_name("variant", *name, names)};
  return static_cast<std::size_t>(found - names.begin());
}

void expect_variant(const std::string& name, const std::vector<ScenarioFile>& files) {
  const std::vector<std::string> names = variant_names(files);
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
    throw UsageError{unknown_name("variant", name, names)};
}

}  // namespace headroom::cli
