#include "scenarios/contestants.hpp"

#include <algorithm>
#include <optional>

#include "scenarios/json_text.hpp"
#include "scenarios/merge.hpp"
#include "scenarios/policy_places.hpp"
#include "scenarios/settings.hpp"
#include "sim/core/registry.hpp"
#include "sim/core/units.hpp"

namespace headroom {
namespace {

constexpr std::size_t most_contestants = 64;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool lies_within(const std::string& pointer, const std::string& place) {
  return pointer == place || pointer.starts_with(place.ends_with('/') ? place : place + "/");
}

Value object_value(std::string name, Value value, PlaceId place) {
  Value object;
  object.kind = ValueKind::object;
  object.place = place;
  object.members.push_back(Member{std::move(name), place, std::move(value)});
  return object;
}

// Where the options stand in this tree: a policy that is written flat may also be an object of its own.
std::vector<std::string> options_place(const Value& scenario, const PolicyPlace& place) {
  Value tree = scenario;
  const Value* owner = find_value(tree, place.pointer());
  const Member* name = owner == nullptr ? nullptr : owner->find(place.discriminator);
  std::vector<std::string> tokens = place.tokens;
  if (name != nullptr && name->value.is(ValueKind::object)) tokens.push_back(place.discriminator);
  return tokens;
}

// One seam: where its policies go, and what stands there by variant, the base first.
struct Contest {
  const SeamContest* asked = nullptr;
  const Registry* registry = nullptr;
  PolicyPlace place;
  std::vector<std::string> chosen;
};

class Contestants {
 public:
  Contestants(const TournamentSpec& tournament, const ScenarioFile& read, const Value& base,
              const std::vector<VariantText>& variants, std::uint16_t layer, Issues& issues)
      : tournament_{tournament}, read_{read}, base_{base}, variants_{variants}, layer_{layer}, issues_{issues} {}

  std::vector<VariantText> make() {
    read_options();
    for (const SeamContest& asked : tournament_.seams) settle(asked);
    check_number();
    check_option_names();
    if (!issues_.empty()) return {};
    std::vector<VariantText> all{{"", base_}};
    for (const Contest& contest : contests_) {
      std::vector<VariantText> more;
      for (const VariantText& one : all) {
        for (const std::string& policy : contest.asked->policies) more.push_back(with(one, contest, policy));
      }
      all = std::move(more);
    }
    return all;
  }

 private:
  void complain(const std::string& option, std::string message, std::string suggestion) {
    issues_.add(Issue{option, 0, 0, {}, std::move(message), std::move(suggestion)});
  }

  void read_options() {
    if (tournament_.options.empty()) return;
    auto value = parse_json(tournament_.options, issues_.places().add_file("--options"), issues_);
    if (!value) return;
    if (!value->is(ValueKind::object))
      return complain("--options", "is " + std::string{name_of(value->kind)} + ", not an object",
                      "write the options of each policy by its name: {\"hpa\": {\"period\": \"15 s\"}}");
    options_ = std::move(*value);
  }

  void settle(const SeamContest& asked) {
    const std::string option = "--policies " + asked.seam + "=" + listed(asked.policies);
    const auto& all = Registry::all();
    const auto registry = all.find(asked.seam);
    std::vector<std::string> seams;
    for (const auto& [seam, ignored] : all) {
      if (!policy_places(read_.variants.front().scenario, seam).empty() && seam != "workloads") seams.push_back(seam);
    }
    if (registry == all.end() || std::ranges::find(seams, asked.seam) == seams.end()) {
      const std::string near = nearest_name(asked.seam, seams);
      return complain(option, "the scenario has no place for policies of \"" + asked.seam + "\"",
                      near.empty() ? "it has some for " + listed(seams) : "did you mean \"" + near + "\"?");
    }
    const std::vector<std::string> names = registry->second->names();
    for (auto policy = asked.policies.begin(); policy != asked.policies.end(); ++policy) {
      if (std::find(asked.policies.begin(), policy, *policy) != policy)
        complain(option, "names \"" + *policy + "\" twice", "name each once");
      if (registry->second->offers(*policy)) continue;
      const std::string near = nearest_name(*policy, names);
      complain(option, "there is no policy \"" + *policy + "\" of " + asked.seam,
               near.empty() ? "there is " + listed(names) : "did you mean \"" + near + "\"?");
    }
    if (const auto place = place_of(asked, option))
      contests_.push_back({&asked, registry->second, *place, chosen_at(asked.seam, *place)});
  }

  // The one place within --at that has a policy of the seam in any variant; where none has, the one that could.
  std::optional<PolicyPlace> place_of(const SeamContest& asked, const std::string& option) {
    std::vector<PolicyPlace> places = policy_places(read_.variants.front().scenario, asked.seam);
    std::vector<std::string> pointers;
    for (const PolicyPlace& place : places) pointers.push_back(place.pointer());
    std::erase_if(places, [&](const PolicyPlace& place) {
      return !tournament_.at.empty() &&
             std::ranges::none_of(tournament_.at, [&](const std::string& at) { return lies_within(place.pointer(), at); });
    });
    if (places.empty()) {
      complain(option, "there is no place for it at " + listed(tournament_.at), "there is " + listed(pointers));
      return std::nullopt;
    }
    const auto is_used = [&](const PolicyPlace& place) {
      return std::ranges::any_of(chosen_at(asked.seam, place), [](const std::string& name) { return !name.empty(); });
    };
    if (std::ranges::any_of(places, is_used)) std::erase_if(places, [&](const PolicyPlace& place) { return !is_used(place); });
    if (places.size() == 1) return places.front();
    pointers.clear();
    for (const PolicyPlace& place : places) pointers.push_back(place.pointer());
    complain(option, "could be in " + std::to_string(places.size()) + " places: " + listed(pointers),
             "say which: --at " + pointers.front());
    return std::nullopt;
  }

  std::vector<std::string> chosen_at(const std::string& seam, const PolicyPlace& place) const {
    std::vector<std::string> chosen;
    for (const NamedScenario& variant : read_.variants) {
      chosen.emplace_back();
      for (const PolicyPlace& other : policy_places(variant.scenario, seam)) {
        if (other.tokens == place.tokens) chosen.back() = other.chosen;
      }
    }
    return chosen;
  }

  void check_number() {
    std::size_t number = 1;
    for (const SeamContest& asked : tournament_.seams) number = std::min(most_contestants + 1, number * asked.policies.size());
    if (number < 2) complain("--policies", "names one contestant", "name two at least: --policies autoscaling=hpa,keda");
    if (number > most_contestants)
      complain("--policies", "makes more than " + std::to_string(most_contestants) + " combinations",
               "name fewer policies, or fewer seams at a time");
  }

  void check_option_names() {
    std::vector<std::string> names;
    for (const SeamContest& asked : tournament_.seams) names.insert(names.end(), asked.policies.begin(), asked.policies.end());
    for (const Member& member : options_.members) {
      if (std::ranges::find(names, member.name) != names.end()) {
        check_options_of(member);
        continue;
      }
      const std::string near = nearest_name(member.name, names);
      issues_.add(member.place, "is none of the policies",
                  near.empty() ? "there is " + listed(names) : "did you mean \"" + near + "\"?");
    }
  }

  void check_options_of(const Member& member) {
    if (!member.value.is(ValueKind::object))
      return issues_.add(member.place, "is " + std::string{name_of(member.value.kind)} + ", not an object of the options of " + member.name,
                         "write \"" + member.name + "\": {\"OPTION\": VALUE}");
    for (const Contest& contest : contests_) {
      const std::string discriminator{contest.registry->discriminator()};
      const Member* given = member.value.find(discriminator);
      if (given != nullptr && contest.registry->offers(member.name))
        issues_.add(given->place, "names a policy where the options of " + member.name + " stand", "remove it");
    }
  }

  // The options of the policy as the first variant has them that chose it; those it does not give are taken away from the base's.
  void take_from_variant(const Contest& contest, const std::string& policy, Value& patch) const {
    const auto user = std::ranges::find(contest.chosen, policy);
    if (user == contest.chosen.end() || user == contest.chosen.begin()) return;
    Value tree = variants_[static_cast<std::size_t>(user - contest.chosen.begin()) - 1].scenario;
    const Value* owner = find_value(tree, pointer_of(options_place(tree, contest.place)));
    for (const std::string& name : option_names(contest.registry->choose(policy))) {
      const Member* given = owner == nullptr ? nullptr : owner->find(name);
      patch.members.push_back(
          Member{name, given == nullptr ? patch.place : given->place, given == nullptr ? Value{} : given->value});
    }
  }

  VariantText with(const VariantText& one, const Contest& contest, const std::string& policy) {
    const PlaceId place = issues_.places().add(
        Place{issues_.places().add_file("--policies " + contest.asked->seam + "=" + policy), 0, 0, no_place, {}, {}});
    Value patch = object_value(contest.place.discriminator, text_value(policy, place), place);
    take_from_variant(contest, policy, patch);
    if (const Member* given = options_.find(policy)) merge(patch, given->value);
    set_layer(patch, layer_);
    const std::vector<std::string> tokens = options_place(one.scenario, contest.place);
    for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) patch = object_value(*token, std::move(patch), place);
    VariantText result{one.name.empty() ? policy : one.name + " + " + policy, one.scenario};
    merge(result.scenario, patch);
    return result;
  }

  const TournamentSpec& tournament_;
  const ScenarioFile& read_;
  const Value& base_;
  const std::vector<VariantText>& variants_;
  std::uint16_t layer_;
  Issues& issues_;
  Value options_;
  std::vector<Contest> contests_;
};

}  // namespace

std::vector<VariantText> make_contestants(const TournamentSpec& tournament, const ScenarioFile& read, const Value& base,
                                          const std::vector<VariantText>& variants, std::uint16_t layer, Issues& issues) {
  return Contestants{tournament, read, base, variants, layer, issues}.make();
}

}  // namespace headroom
