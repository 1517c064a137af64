#include "cli/study_record.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "reports/settings_echo.hpp"
#include "reports/study_report.hpp"
#include "scenarios/sha256.hpp"

namespace headroom::cli {
namespace {

using nlohmann::json;
namespace files = std::filesystem;

// Above this, a store names a file and does not keep it.
constexpr std::uintmax_t largest_kept_file = std::uintmax_t{64} << 20;  // bytes

using Settings = std::vector<std::pair<std::string, std::string>>;

// With what reports show by themselves: objectives decide which percentiles a run keeps.
Settings settings_in_force(const Scenario& scenario) {
  Settings settings;
  for (const Setting& setting : settings_of(scenario)) settings.emplace_back(setting.pointer, setting.value);
  for (std::size_t i = 0; i < scenario.objectives.size(); ++i) {
    settings.emplace_back(fmt::format("/objectives/{}", i), scenario.objectives[i].that.text);
  }
  for (const AssumptionSpec& assumption : scenario.assumptions) {
    settings.emplace_back(assumption.pointer(), assumption.value);
  }
  return settings;
}

std::string without_plan(const std::string& text) {
  json scenario = json::parse(text, nullptr, false);
  if (!scenario.is_object()) return text;
  scenario.erase("replications");
  return scenario.dump();
}

// Each part with its length, so that no two lists of parts run into one.
class Fingerprint {
 public:
  void add(std::string_view part) {
    hash_.add(std::to_string(part.size()) + ":");
    hash_.add(part);
  }
  std::string finish() { return hash_.finish(); }

 private:
  Sha256 hash_;
};

std::string input_hash(const StoredStudy& study, const ScenarioFile& file) {
  Fingerprint fingerprint;
  fingerprint.add(std::to_string(study.result_version));
  fingerprint.add(std::to_string(study.seed));
  for (const StoredVariant& variant : study.variants) {
    fingerprint.add(variant.name);
    fingerprint.add(without_plan(variant.scenario));
    for (const auto& [pointer, value] : variant.settings) {
      if (is_of_the_plan(pointer)) continue;
      fingerprint.add(pointer);
      fingerprint.add(value);
    }
  }
  for (const InputHash& input : file.inputs) {
    if (!input.is_data) continue;
    fingerprint.add(input.path);
    fingerprint.add(input.sha256);
  }
  return fingerprint.finish();
}

std::string read_whole_file(const std::string& path) {
  std::ifstream stream{path, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

StoredInput kept_input(const InputHash& input) {
  StoredInput kept{input.path, files::absolute(input.place).lexically_normal().string(), input.sha256, std::nullopt};
  std::error_code error;
  if (files::file_size(kept.place, error) > largest_kept_file || error) return kept;
  kept.content = read_whole_file(kept.place);
  if (sha256_of(*kept.content) != input.sha256) {
    throw OutputError{fmt::format("{} changed while it was read; try again", input.place)};
  }
  return kept;
}

std::string as_reading(const StudyArguments& arguments, const ScenarioFile& file) {
  return json{{"verb", arguments.verb},         {"path", file.path},      {"variant", arguments.variant},
              {"set", arguments.settings},      {"seed", arguments.seed}, {"replications", arguments.replications},
              {"policies", arguments.policies}, {"at", arguments.at},     {"options", arguments.policy_options},
              {"others", arguments.others}}
      .dump();
}

}  // namespace

StoredStudy describe_study(const StudyArguments& arguments, const ScenarioFile& file) {
  const Scenario& scenario = file.variants.front().scenario;
  StoredStudy study;
  study.name = scenario.name;
  study.command = study_command(arguments, file.path);
  study.engine_version = headroom_version();
  study.seed = static_cast<std::uint64_t>(scenario.seed);
  study.replications = static_cast<std::uint64_t>(scenario.replications.count);
  study.sequential = scenario.replications.until_relative_error.has_value();
  study.shard = arguments.shard;
  study.reading = as_reading(arguments, file);
  for (const NamedScenario& variant : file.variants) {
    study.variants.push_back({variant.name, variant.text, settings_in_force(variant.scenario)});
  }
  for (const InputHash& input : file.inputs) study.inputs.push_back(kept_input(input));
  study.input_hash = input_hash(study, file);
  return study;
}

}  // namespace headroom::cli
