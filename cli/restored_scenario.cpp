#include "cli/restored_scenario.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/output.hpp"
#include "cli/scenario_arguments.hpp"
#include "scenarios/side_by_side.hpp"
#include "sim/experiment/sqlite_database.hpp"

namespace headroom::cli {
namespace {

using nlohmann::json;
namespace files = std::filesystem;

void write_whole_file(const std::string& path, const std::string& content) {
  std::ofstream stream{path, std::ios::binary};
  if (!stream.write(content.data(), static_cast<std::streamsize>(content.size())).flush()) {
    throw OutputError{fmt::format("cannot write {}; free some space there, or set TMPDIR to another folder", path)};
  }
}

}  // namespace

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

// Of the files that stand side by side, the first among them.
std::vector<std::string> RestoredScenario::unpacked_paths(const StoredStudy& study) const {
  std::vector<std::string> paths{(folder_ / files::path{study.inputs.front().place}.relative_path()).string()};
  for (const std::string& other : arguments_.others) {
    const auto input = std::ranges::find(study.inputs, other, &StoredInput::path);
    if (input == study.inputs.end()) throw StoreError{fmt::format("cannot read {}: the store has no file of that name", other)};
    paths.push_back((folder_ / files::path{input->place}.relative_path()).string());
  }
  return paths;
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
  arguments_.policies = reading.value("policies", std::vector<std::string>{});
  arguments_.at = reading.value("at", std::vector<std::string>{});
  arguments_.policy_options = reading.value("options", "");
  const files::path path = folder_ / files::path{study.inputs.front().place}.relative_path();
  const auto given = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; };
  ReadOptions options = read_options(arguments_.settings, given(arguments_.seed), given(arguments_.replications));
  if (!arguments_.policies.empty())
    options.tournament = tournament_from(arguments_.policies, arguments_.at, arguments_.policy_options);
  arguments_.others = reading.value("others", std::vector<std::string>{});
  ScenarioFile all = arguments_.others.empty() ? read_scenario(path.string(), options)
                                               : side_by_side(read_scenarios(unpacked_paths(study), options), arguments_.variant);
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
