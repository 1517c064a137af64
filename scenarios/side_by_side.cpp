#include "scenarios/side_by_side.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "scenarios/document.hpp"
#include "scenarios/json_text.hpp"
#include "scenarios/settings.hpp"

namespace headroom {
namespace {

struct Chosen {
  std::string path;
  NamedScenario scenario;
  bool is_base = true;
};

std::string stem_of(const std::string& path) { return std::filesystem::path{path}.stem().string(); }

// The first kind of name that is different for every one.
void name_all(std::vector<Chosen>& all) {
  const auto take = [&](auto name_of) {
    std::set<std::string> taken;
    for (Chosen& one : all) taken.insert(one.scenario.name = name_of(one));
    return taken.size() == all.size();
  };
  const auto with_variant = [](const Chosen& one, const std::string& name, const std::string& variant) {
    return one.is_base ? name : name + ", " + variant;
  };
  std::vector<std::string> variants;
  for (const Chosen& one : all) variants.push_back(one.scenario.name);
  const auto variant_of = [&](const Chosen& one) { return variants[static_cast<std::size_t>(&one - all.data())]; };
  if (take([&](const Chosen& one) { return with_variant(one, one.scenario.scenario.name, variant_of(one)); })) return;
  if (take([&](const Chosen& one) { return with_variant(one, stem_of(one.path), variant_of(one)); })) return;
  take([&](const Chosen& one) { return stem_of(one.path) + " " + std::to_string(&one - all.data() + 1); });
}

// As it is written: with ${name} where its assumptions are used. Nothing if the file is no longer to be read.
std::optional<Value> written(const Chosen& one, const std::string& variant) {
  Places places;
  Issues issues{places};
  std::optional<Document> document = read_document(one.path, issues);
  if (!document) return std::nullopt;
  const auto found = std::ranges::find(document->variants, variant, &VariantText::name);
  return one.is_base || found == document->variants.end() ? std::move(document->base) : std::move(found->scenario);
}

// Both write the same there, so what is different comes of an assumption, which has its own line.
bool is_written_alike(std::optional<Value>& first, std::optional<Value>& other, const std::string& pointer) {
  if (!first || !other) return false;
  const Value* const own = find_value(*other, pointer);
  const Value* const its = find_value(*first, pointer);
  return own != nullptr && its != nullptr && to_text(*own) == to_text(*its);
}

// Of the texts, in which assumptions have their values; what only tells people or counts runs is no difference between systems.
void set_differences(std::vector<Chosen>& all, const std::vector<std::string>& variants) {
  std::optional<Value> first_written = written(all.front(), variants.front());
  Places places;
  Issues issues{places};
  const auto tree_of = [&](const Chosen& one) {
    return parse_json(one.scenario.text, places.add_file(one.path), issues).value_or(Value{});
  };
  const Value first = tree_of(all.front());
  for (Chosen& one : all) {
    std::optional<Value> own = written(one, variants[static_cast<std::size_t>(&one - all.data())]);
    one.scenario.settings = differences(first, tree_of(one));
    std::erase_if(one.scenario.settings, [&](const auto& setting) {
      if (!setting.first.starts_with("/assumptions/") && is_written_alike(first_written, own, setting.first)) return true;
      constexpr std::array not_the_system{"/name", "/description", "/source", "/replications", "/base_name"};
      return std::ranges::any_of(not_the_system, [&](const char* pointer) {
        return setting.first == pointer || setting.first.starts_with(std::string{pointer} + "/");
      });
    });
  }
}

void expect_comparable(const std::vector<Chosen>& all, std::vector<Issue>& issues) {
  const Scenario& first = all.front().scenario.scenario;
  for (const Chosen& one : all) {
    const Scenario& scenario = one.scenario.scenario;
    if (scenario.duration != first.duration) {
      const std::string own = to_text(scenario.duration), its = to_text(first.duration);
      issues.push_back({one.path, 0, 0, "/duration",
                        "is " + own + ", and " + all.front().path + " has " + its +
                            ": what is measured over different spans cannot be compared",
                        "give both the same, for example --set \"/duration=" + its + "\""});
    }
    if (scenario.replications.until_relative_error != first.replications.until_relative_error)
      issues.push_back({one.path, 0, 0, "/replications",
                        "is added to until another precision is reached than in " + all.front().path, "write --replications N"});
  }
}

// One study has one plan and one name.
void make_one_study(std::vector<Chosen>& all) {
  ReplicationSpec plan = all.front().scenario.scenario.replications;
  std::string name;
  for (const Chosen& one : all) {
    plan.count = std::max(plan.count, one.scenario.scenario.replications.count);
    plan.at_most = std::max(plan.at_most, one.scenario.scenario.replications.at_most);
    name += (name.empty() ? "" : " and ") + one.scenario.name;
  }
  for (Chosen& one : all) {
    one.scenario.scenario.replications = plan;
    one.scenario.scenario.name = name;
  }
}

void add_inputs(const std::vector<InputHash>& inputs, std::vector<InputHash>& all) {
  for (const InputHash& input : inputs) {
    if (std::ranges::find(all, input.place, &InputHash::place) == all.end()) all.push_back(input);
  }
}

}  // namespace

std::vector<ScenarioFile> read_scenarios(const std::vector<std::string>& paths, const ReadOptions& options) {
  std::vector<ScenarioFile> all;
  std::vector<Issue> issues;
  for (const std::string& path : paths) {
    try {
      all.push_back(read_scenario(path, options));
    } catch (const ScenarioError& error) {
      issues.insert(issues.end(), error.issues().begin(), error.issues().end());
    }
  }
  if (!issues.empty()) throw ScenarioError{std::move(issues)};
  return all;
}

std::vector<std::string> variant_names(const std::vector<ScenarioFile>& files) {
  std::vector<std::string> names;
  for (const ScenarioFile& file : files) {
    for (const NamedScenario& variant : file.variants) {
      if (std::ranges::find(names, variant.name) == names.end()) names.push_back(variant.name);
    }
  }
  return names;
}

const NamedScenario& variant_or_base(const ScenarioFile& file, const std::string& variant) {
  const auto found = std::ranges::find(file.variants, variant, &NamedScenario::name);
  return found == file.variants.end() ? file.variants.front() : *found;
}

ScenarioFile side_by_side(const std::vector<ScenarioFile>& files, const std::string& variant) {
  std::vector<Chosen> all;
  std::vector<Issue> issues;
  std::vector<std::string> variants;
  ScenarioFile together{.path = files.front().path, .variants = {}, .inputs = {}};
  for (const ScenarioFile& file : files) {
    const NamedScenario& chosen = variant_or_base(file, variant);
    all.push_back({file.path, chosen, chosen.name == file.variants.front().name});
    variants.push_back(chosen.name);
    add_inputs(file.inputs, together.inputs);
  }
  expect_comparable(all, issues);
  if (!issues.empty()) throw ScenarioError{std::move(issues)};
  name_all(all);
  set_differences(all, variants);
  make_one_study(all);
  for (Chosen& one : all) together.variants.push_back(std::move(one.scenario));
  return together;
}

}  // namespace headroom
