#include "scenarios/reader.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

#include "scenarios/assumptions.hpp"
#include "scenarios/axes.hpp"
#include "scenarios/checks.hpp"
#include "scenarios/contestants.hpp"
#include "scenarios/document.hpp"
#include "scenarios/field_reader.hpp"
#include "scenarios/settings.hpp"
#include "scenarios/sha256.hpp"
#include "scenarios/uncertain_ends.hpp"
#include "scenarios/uncertain_numbers.hpp"
#include "scenarios/unused_parts.hpp"
#include "scenarios/variant_reader.hpp"

namespace headroom {

namespace {

namespace files = std::filesystem;

constexpr std::uint16_t last_layer = 0xFFFF;  // --set is later than any file
constexpr std::size_t most_of_an_end = 10'000;  // as Issues::is_full

class ScenarioReader {
 public:
  ScenarioReader(std::string path, const ReadOptions& options) : path_{std::move(path)}, options_{options} {
    directory_ = files::path{path_}.parent_path();
    if (directory_.empty()) directory_ = ".";
  }

  ScenarioFile read() {
    std::optional<Document> document = read_document(path_, issues_);
    if (!document) issues_.throw_if_any();
    check_overrides();
    ScenarioFile file;
    file.path = path_;
    apply_settings(document->base);
    const Value base = document->base;
    file.variants.push_back(read_whole(document->base_name, base, base));
    for (VariantText& variant : document->variants) {
      apply_settings(variant.scenario);
      Value tree = options_.tournament ? variant.scenario : std::move(variant.scenario);
      file.variants.push_back(read_whole(variant.name, std::move(tree), base));
    }
    if (options_.tournament) hold_tournament(file, base, document->variants);
    if (options_.try_axes && only_axes_are_wrong()) try_axes(file.variants.front().scenario.vary, base);
    complain_of_unused_assumptions();
    unused_parts_.complain(issues_);
    issues_.throw_if_any();
    for (const std::string& name : document->files) file.inputs.push_back({name, sha256_of_file(name), name, false});
    for (const std::string& name : input_files_) {
      const files::path place = files::path{directory_} / name;
      file.inputs.push_back({name, sha256_of_file(place), place, true});
    }
    return file;
  }

  NamedScenario read_only(const std::string& variant) {
    std::optional<Document> document = read_document(path_, issues_);
    if (!document) issues_.throw_if_any();
    check_overrides();
    apply_settings(document->base);
    const Value base = document->base;
    const bool is_base = variant.empty() || variant == document->base_name;
    const auto found = std::ranges::find(document->variants, variant, &VariantText::name);
    if (!is_base && found == document->variants.end()) throw std::invalid_argument{"there is no variant \"" + variant + "\""};
    if (!is_base) apply_settings(found->scenario);
    NamedScenario named =
        is_base ? read_one(document->base_name, base, base) : read_one(found->name, std::move(found->scenario), base);
    issues_.throw_if_any();
    return named;
  }

 private:
  void apply_settings(Value& scenario) {
    settle_assumptions(scenario, issues_);  // a setting is of the value, or of the range
    for (const auto& [pointer, value] : options_.set) apply_setting(scenario, pointer, value, last_layer, issues_);
  }

  // One axis that is wrong keeps nobody from looking at the values of the others.
  bool only_axes_are_wrong() const {
    return std::ranges::all_of(issues_.in_file_order(), [](const Issue& issue) { return issue.pointer.starts_with("/vary/"); });
  }

  // What is wrong with the step of an axis, or has been told of a value that it makes, need not be told of its other values.
  bool is_told(const AxisValue& one) const {
    return issues_.is_at(one.set_place) || issues_.is_at(one.value_place) ||
           std::ranges::any_of(one.made_of, [&](PlaceId place) { return issues_.is_at(place); });
  }

  // One value at a time; combinations are read by who tries them. An axis that names nothing is told once.
  void try_axes(const std::vector<AxisSpec>& axes, Value base) {
    settle_axes(base);
    const AxisSpec* wrong = nullptr;
    const std::vector<AxisValue> values = values_with_places(axes, base);
    // What is wrong with the axes themselves has been told.
    std::erase_if(base.members, [](const Member& member) { return member.name == "vary"; });
    for (const AxisValue& one : values) {
      if (one.axis == wrong || is_told(one)) continue;
      const std::size_t issues_before = issues_.size();
      Value tree = base;
      for (const std::string& pointer : one.axis->set) apply_setting(tree, pointer, one.value, last_layer, issues_);
      if (issues_.size() > issues_before) {
        wrong = one.axis;
        issues_.retell(issues_before, one.set_place, "names ", ": ");
        continue;
      }
      read_one("", std::move(tree), base);
      issues_.retell(issues_before, one.value_place, "sets ", ": ");
    }
  }

  void hold_tournament(ScenarioFile& file, const Value& base, const std::vector<VariantText>& variants) {
    issues_.throw_if_any();
    std::vector<VariantText> contestants = make_contestants(*options_.tournament, file, base, variants, last_layer, issues_);
    issues_.throw_if_any();
    file.variants.clear();
    for (VariantText& one : contestants) file.variants.push_back(read_one(one.name, std::move(one.scenario), base));
  }

  void check_overrides() {
    if (options_.seed && *options_.seed < 0) issues_.add(Issue{"--seed", 0, 0, {}, "is " + std::to_string(*options_.seed) + ", below 0", {}});
    if (options_.replications && *options_.replications < 1) {
      issues_.add(Issue{"--replications", 0, 0, {}, "is " + std::to_string(*options_.replications) + "; at least 1 is needed", {}});
    }
  }

  NamedScenario read_one(const std::string& name, Value tree, const Value& base) {
    return read_one(name, std::move(tree), base, issues_);
  }

  // And with all uncertain numbers of it at their low ends, and at their high ones: what is wrong with an end itself is told at
  // its place.
  NamedScenario read_whole(const std::string& name, Value tree, const Value& base) {
    std::vector<Issue> of_uses;
    for (const NumberEnd end : {NumberEnd::low, NumberEnd::high}) {
      Value changed = tree;
      const std::vector<EndPlace> places = put_at_ends(changed, end);
      if (places.empty()) continue;
      Issues found{places_};
      const std::optional<Study> study = std::exchange(study_, std::nullopt);
      read_one(name, std::move(changed), base, found);
      study_ = study;
      for (Issue& issue : found.in_file_order(most_of_an_end)) {
        if (std::optional<Issue> of_end = issue_of_an_end(issue, places, places_)) issues_.add(std::move(*of_end));
        if (std::optional<Issue> of_use = issue_of_a_use(issue, places, places_)) of_uses.push_back(std::move(*of_use));
      }
    }
    NamedScenario named = read_one(name, std::move(tree), base);
    const std::vector<Issue> told = issues_.in_file_order(most_of_an_end);
    for (const Issue& issue : of_uses) {
      if (std::ranges::none_of(told, [&](const Issue& one) { return is_that_of_a_use(one, issue); })) issues_.add(issue);
    }
    return named;
  }

  NamedScenario read_one(const std::string& name, Value tree, const Value& base, Issues& issues) {
    NamedScenario named{name, {}, differences(base, tree), {}};
    const std::size_t issues_before = issues.size();
    for (auto& [pointer, value] : named.settings) value = with_assumed_values(std::move(value), tree);
    settle_axes(tree);
    settle_assumptions(tree, issues);
    remember_assumptions(tree);
    settle_uncertain_numbers(tree, issues);
    apply_assumptions(tree, used_, issues);
    named.text = to_text(tree);
    // What is read into stays where it is until it has been checked: the reading keeps addresses.
    const auto scenario = std::make_unique<Scenario>();
    scenario->directory = directory_;
    Reading reading{issues, directory_};
    read_object(tree, std::get<ObjectAccess>(field_value_of(*scenario)), reading);
    check_scenario(*scenario, reading);
    unused_parts_.look_at(*scenario, reading);
    apply_overrides(*scenario);  // checked by themselves; what they replace may go with what they do not
    check_one_study(*scenario, reading);
    if (issues.size() == issues_before) check_messages(*scenario, reading);
    for (const std::string& file : reading.input_files) {
      if (std::find(input_files_.begin(), input_files_.end(), file) == input_files_.end()) input_files_.push_back(file);
    }
    named.scenario = std::move(*scenario);
    return named;
  }

  // Variants are paired replication by replication, so these are the study's, not a variant's. The base is read first.
  void check_one_study(const Scenario& scenario, Reading& reading) {
    if (!study_) study_ = Study{scenario.seed, scenario.duration, scenario.replications};
    const auto expect = [&](bool same, const char* field) {
      if (!same) reading.issue(&scenario, field, "differs from the base's, but variants are compared replication by replication", "set it in the base only");
    };
    expect(scenario.seed == study_->seed, "seed");
    expect(scenario.duration == study_->duration, "duration");
    const ReplicationSpec& asked = scenario.replications;
    expect(asked.count == study_->replications.count && asked.at_most == study_->replications.at_most &&
               asked.until_relative_error == study_->replications.until_relative_error,
           "replications");
  }

  void apply_overrides(Scenario& scenario) const {
    if (options_.seed) scenario.seed = *options_.seed;
    if (!options_.replications) return;
    scenario.replications.count = *options_.replications;
    scenario.replications.until_relative_error.reset();
  }

  void remember_assumptions(const Value& tree) {
    const Member* assumptions = tree.find("assumptions");
    if (assumptions == nullptr) return;
    for (const Member& member : assumptions->value.members) given_.emplace(member.name, member.place);
    for (const Value& item : assumptions->value.items) {
      const Member* name = item.find("name");
      if (name != nullptr && name->value.is(ValueKind::text)) given_.emplace(name->value.text, name->value.place);
    }
  }

  // An assumption of the base may be there for one variant only, so all have to be read before this can be said.
  void complain_of_unused_assumptions() {
    for (const auto& [name, place] : given_) {
      if (!used_.contains(name)) issues_.add(place, "is used nowhere", "write ${" + name + "} where its value belongs, or remove it");
    }
  }

  struct Study {
    std::int64_t seed;
    Duration duration;
    ReplicationSpec replications;
  };

  std::string path_;
  const ReadOptions& options_;
  std::string directory_;
  std::optional<Study> study_;
  Places places_;
  Issues issues_{places_};
  std::map<std::string, PlaceId> given_;
  std::set<std::string> used_;
  UnusedParts unused_parts_;
  std::vector<std::string> input_files_;
};

}  // namespace

NamedScenario read_variant(const std::string& path, const ReadOptions& options, const std::string& variant) {
  return ScenarioReader{path, options}.read_only(variant);
}

ScenarioFile read_scenario(const std::string& path, const ReadOptions& options) { return ScenarioReader{path, options}.read(); }

}  // namespace headroom
