#include "cli/study_record.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/next_commands.hpp"
#include "cli/output.hpp"
#include "cli/scenario_arguments.hpp"
#include "reports/settings_echo.hpp"
#include "reports/study_report.hpp"
#include "scenarios/sha256.hpp"
#include "sim/experiment/sqlite_database.hpp"

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
    settings.emplace_back("/assumptions/" + assumption.name, assumption.value);
  }
  return settings;
}

// A study may be continued with more runs, and they with those that are there.
bool is_of_the_plan(const std::string& pointer) { return pointer.starts_with("/replications"); }

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

void write_whole_file(const std::string& path, const std::string& content) {
  std::ofstream stream{path, std::ios::binary};
  if (!stream.write(content.data(), static_cast<std::streamsize>(content.size())).flush()) {
    throw OutputError{fmt::format("cannot write {}; free some space there, or set TMPDIR to another folder", path)};
  }
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
  return json{{"verb", arguments.verb},    {"path", file.path},      {"variant", arguments.variant},
              {"set", arguments.settings}, {"seed", arguments.seed}, {"replications", arguments.replications}}
      .dump();
}

std::map<std::string, std::string> by_pointer(const StoredVariant& variant) {
  std::map<std::string, std::string> settings;
  for (const auto& [pointer, value] : variant.settings) {
    if (!is_of_the_plan(pointer)) settings[pointer] = value;
  }
  return settings;
}

std::string value_or_nothing(const std::map<std::string, std::string>& settings, const std::string& pointer) {
  const auto found = settings.find(pointer);
  return found == settings.end() ? "not set" : fmt::format("\"{}\"", found->second);
}

// "/services/api/replicas is "3" there, "5" now".
std::vector<std::string> changed_settings(const StoredVariant& there, const StoredVariant& now) {
  const auto old_ones = by_pointer(there), new_ones = by_pointer(now);
  auto all = old_ones;
  all.insert(new_ones.begin(), new_ones.end());
  std::vector<std::string> changed;
  for (const auto& [pointer, ignored] : all) {
    const std::string old_value = value_or_nothing(old_ones, pointer), new_value = value_or_nothing(new_ones, pointer);
    if (old_value != new_value) changed.push_back(fmt::format("{} is {} there, {} now", pointer, old_value, new_value));
  }
  return changed;
}

std::vector<std::string> changed_files(const StoredStudy& there, const StoredStudy& now) {
  std::vector<std::string> changed;
  for (const StoredInput& input : now.inputs) {
    const auto same =
        std::find_if(there.inputs.begin(), there.inputs.end(), [&](const auto& one) { return one.path == input.path; });
    if (same == there.inputs.end())
      changed.push_back(fmt::format("{} was not read there", input.path));
    else if (same->sha256 != input.sha256)
      changed.push_back(fmt::format("the content of {} has changed", input.path));
  }
  return changed;
}

std::string names_of(const StoredStudy& study) {
  std::string names;
  for (const StoredVariant& variant : study.variants) names += (names.empty() ? "" : ", ") + variant.name;
  return names;
}

void add_new(std::vector<std::string>& list, const std::vector<std::string>& more, const std::string& prefix) {
  for (const std::string& one : more) {
    if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(prefix + one);
  }
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

std::string differences_between(const StoredStudy& stored, const StoredStudy& asked) {
  std::vector<std::string> lines;
  if (stored.result_version != asked.result_version) {
    lines.push_back(fmt::format("it was made by headroom {}, whose results are not those of headroom {}", stored.engine_version,
                                asked.engine_version));
  }
  if (names_of(stored) != names_of(asked))
    lines.push_back(fmt::format("it has the variants {}; asked for are {}", names_of(stored), names_of(asked)));
  for (const StoredVariant& now : asked.variants) {
    const auto there =
        std::find_if(stored.variants.begin(), stored.variants.end(), [&](const auto& one) { return one.name == now.name; });
    if (there == stored.variants.end()) continue;
    // What the base and a variant have in common is said once.
    const bool first = &now == &asked.variants.front();
    add_new(lines, changed_settings(*there, now), first ? "" : now.name + ": ");
    if (!first) {
      std::erase_if(lines, [&](const std::string& line) {
        return line.starts_with(now.name + ": ") &&
               std::find(lines.begin(), lines.end(), line.substr(now.name.size() + 2)) != lines.end();
      });
    }
  }
  add_new(lines, changed_files(stored, asked), "");
  if (lines.empty()) lines.emplace_back("the text of the scenario, in something that no setting shows");
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, lines.size()); ++i) text += "  " + lines[i] + "\n";
  return lines.size() > most ? text + fmt::format("  and {} more\n", lines.size() - most) : text;
}

RestoredScenario::RestoredScenario(const StoredStudy& study, const std::string& store) {
  std::string name = (files::temp_directory_path() / "headroom-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw OutputError{"cannot make a folder below " + files::temp_directory_path().string()};
  folder_ = name;
  try {
    unpack(study);
    read(study, store);
  } catch (...) {
    std::error_code ignored;
    files::remove_all(folder_, ignored);
    throw;
  }
}

RestoredScenario::~RestoredScenario() {
  std::error_code ignored;
  files::remove_all(folder_, ignored);
}

// Below the folder as they lay below the root, so that what they say of each other stays true.
void RestoredScenario::unpack(const StoredStudy& study) const {
  for (const StoredInput& input : study.inputs) {
    const files::path place = folder_ / files::path{input.place}.relative_path();
    files::create_directories(place.parent_path());
    if (input.content)
      write_whole_file(place.string(), *input.content);
    else
      files::create_symlink(input.place, place);
  }
}

void RestoredScenario::read(const StoredStudy& study, const std::string& store) {
  const json reading = json::parse(study.reading, nullptr, false);
  if (!reading.is_object() || study.inputs.empty())
    throw StoreError{fmt::format("cannot read {}: it does not say of what its study is", store)};
  arguments_.verb = reading.value("verb", "run");
  arguments_.variant = reading.value("variant", "");
  arguments_.settings = reading.value("set", std::vector<std::string>{});
  arguments_.seed = reading.value("seed", "");
  arguments_.replications = reading.value("replications", "");
  const files::path path = folder_ / files::path{study.inputs.front().place}.relative_path();
  const auto given = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; };
  ScenarioFile all =
      read_scenario(path.string(), read_options(arguments_.settings, given(arguments_.seed), given(arguments_.replications)));
  for (std::size_t i = 0; i < all.inputs.size() && i < study.inputs.size(); ++i) {
    if (all.inputs[i].sha256 == study.inputs[i].sha256) continue;
    throw StoreError{
        fmt::format("{} is not what it was when {} was made (the store keeps files up to 64 MiB, and none that are named by an "
                    "absolute path); put the former one there",
                    study.inputs[i].place, store)};
  }
  file_.path = reading.value("path", study.inputs.front().path);
  for (const StoredInput& input : study.inputs) file_.inputs.push_back({input.path, input.sha256, input.place, false});
  for (const StoredVariant& variant : study.variants) {
    const auto found =
        std::find_if(all.variants.begin(), all.variants.end(), [&](const auto& one) { return one.name == variant.name; });
    if (found == all.variants.end())
      throw StoreError{fmt::format("cannot read {}: its scenario has no variant \"{}\"", store, variant.name)};
    file_.variants.push_back(std::move(*found));
  }
}

}  // namespace headroom::cli
