#include "scenarios/unused_parts.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "scenarios/checks.hpp"

namespace headroom {

namespace {

struct Use {
  std::string_view kind, what;
};
constexpr std::array uses{
    Use{"database", "let a step read or write: {\"query\": "},
    Use{"cache", "let a step look something up: {\"cache\": "},
    Use{"link", "let a step send something: {\"transfer\": "},
    Use{"store", "let a step read or write: {\"store\": "},
    Use{"load_balancer", "name it in a service: {\"load_balancer\": "},
    Use{"client", "name it in a call: {\"call\": …, \"client\": "},
};

// What fails is not used for that.
bool is_of_a_fault(const Scenario& scenario, const Reference* reference) {
  return std::any_of(scenario.faults.begin(), scenario.faults.end(), [&](const FaultSpec& fault) {
    const auto is = [&](const auto& what) { return what && static_cast<const Reference*>(&*what) == reference; };
    return is(fault.fail_primary) || is(fault.flush) || is(fault.restart);
  });
}

}  // namespace

template <class Spec>
void UnusedParts::declare(std::string_view kind, const std::vector<Spec>& specs, const Reading& reading) {
  for (const Spec& spec : specs) {
    const std::optional<PlaceId> place = reading.place_of(&spec);
    if (place && !spec.name.empty()) declared_.try_emplace({std::string{kind}, spec.name}, *place);
  }
}

void UnusedParts::look_at(const Scenario& scenario, const Reading& reading) {
  declare("database", scenario.databases, reading);
  declare("cache", scenario.caches, reading);
  declare("link", scenario.links, reading);
  declare("store", scenario.stores, reading);
  declare("load_balancer", scenario.load_balancers, reading);
  declare("client", scenario.clients, reading);
  for (const Reading::ReferenceFound& found : reading.references) {
    if (!is_of_a_fault(scenario, found.reference)) used_.insert({std::string{found.reference->kind}, found.reference->name});
  }
}

void UnusedParts::complain(Issues& issues) const {
  for (const auto& [kind, what] : uses) {
    const auto is_unknown = [&, kind = kind](const Part& used) { return used.first == kind && !declared_.contains(used); };
    if (std::any_of(used_.begin(), used_.end(), is_unknown)) continue;
    for (const auto& [part, place] : declared_) {
      if (part.first != kind || used_.contains(part)) continue;
      issues.add(place, "nothing uses the " + spoken(kind) + " \"" + part.second + "\"",
                 std::string{what} + "\"" + part.second + "\", …}, or remove it");
    }
  }
}

}  // namespace headroom
