#include "planning/remedy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "planning/bottleneck.hpp"
#include "reports/display.hpp"
#include "scenarios/explain.hpp"
#include "scenarios/resources.hpp"
#include "scenarios/scenario_error.hpp"
#include "scenarios/settings.hpp"

namespace headroom {
namespace {

constexpr int most_copies = 1 << 20;

template <class Spec>
const Spec* named(const std::vector<Spec>& specs, const std::string& name) {
  const auto found = std::ranges::find(specs, name, &Spec::name);
  return found == specs.end() ? nullptr : &*found;
}

// A number that more of a station is bought by.
struct Knob {
  std::string pointer;
  std::string noun;       // "replicas"
  int present = 1;        // the next one above it is more than there is
  std::string low{};      // "[2, ": the pointer takes a range; empty: a number
  std::string service{};  // whose nodes have to have room for it; may be empty
  std::string there{};    // what is there, where that is no whole number

  SettingChange at(int count) const { return {pointer, low.empty() ? std::to_string(count) : fmt::format("{}{}]", low, count)}; }
  std::string what(int count) const {
    return fmt::format("{}{} {} instead of {}", low.empty() ? "" : "at most ", count, noun,
                       there.empty() ? std::to_string(present) : there);
  }
};

std::string range_from(int low) { return fmt::format("[{}, ", low); }

std::optional<Knob> service_knob(const ServiceSpec& service, const Blueprint& blueprint) {
  const std::string place = "/services/" + escaped_token(service.name);
  if (service.serverless) return Knob{place + "/serverless/most", "instances", service.serverless->most};
  const auto built = std::ranges::find(blueprint.services, service.name, &ServiceBlueprint::name);
  const std::string on_nodes = built->node_pool == no_index ? "" : service.name;
  if (!service.autoscaler.chosen()) return Knob{place + "/replicas", "replicas", service.replicas, {}, on_nodes};
  const IntegerRange limits = built->replica_limits;
  return Knob{place + "/replica_limits", "replicas", std::max(limits.high, built->replicas), range_from(limits.low), on_nodes};
}

std::optional<Knob> knob_of(const NamedScenario& named_scenario, const Blueprint& blueprint, const RemedyQuestion& question) {
  const Scenario& scenario = named_scenario.scenario;
  const std::size_t slash = question.station.find('/');
  const std::string kind = question.station.substr(0, slash), name = question.station.substr(slash + 1);
  const std::string place = "/" + kind + "/" + escaped_token(name);
  if (kind == "services") {
    const ServiceSpec* const service = named(scenario.services, name);
    return service == nullptr ? std::nullopt : service_knob(*service, blueprint);
  }
  if (kind == "databases") {
    const DatabaseSpec* const database = named(scenario.databases, name);
    if (database == nullptr) return std::nullopt;
    if (question.resource == "cpu")
      return Knob{place + "/cpu", "cores", static_cast<int>(database->cpu), {}, {}, number_text(database->cpu)};
    return Knob{place + "/pool", "connections", database->pool};
  }
  const CacheSpec* const cache = kind == "caches" ? named(scenario.caches, name) : nullptr;
  return cache == nullptr ? std::nullopt : std::optional{Knob{place + "/nodes", "nodes", cache->nodes}};
}

// The smallest count above `present` that is enough; none up to the most.
template <class Enough>
std::optional<int> smallest(int present, Enough enough) {
  int low = present, high = present;
  do {
    if (high >= most_copies) return std::nullopt;
    low = high;
    high = std::min(most_copies, std::max(high + 1, 2 * high));
  } while (!enough(high));
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

class RemedySearch {
 public:
  RemedySearch(const Trials& trials, const RemedyQuestion& question) : trials_{trials}, question_{question} {}

  std::optional<Remedy> find() {
    const NamedScenario present = trials_.read({});
    const Blueprint blueprint = trials_.blueprint({});
    const std::optional<Knob> knob = knob_of(present, blueprint, question_);
    if (!knob) return std::nullopt;
    const std::optional<int> count =
        smallest(knob->present, [&](int copies) { return fits(with_nodes(*knob, copies, blueprint).set); });
    if (!count) return std::nullopt;
    return used(with_nodes(*knob, *count, blueprint));
  }

  std::optional<Remedy> with(int more) {
    const NamedScenario present = trials_.read({});
    const Blueprint blueprint = trials_.blueprint({});
    const std::optional<Knob> knob = knob_of(present, blueprint, question_);
    return knob ? std::optional{used(with_nodes(*knob, knob->present + more, blueprint))} : std::nullopt;
  }

 private:
  // None: there is no such station, or the scenario does not allow the count.
  std::optional<double> utilization(std::vector<SettingChange> set) const {
    set.emplace_back("/load", fmt::format("{}", question_.load));
    try {
      const Explanation explanation = explain(trials_.blueprint({"", set}));
      for (const StationLoad& load : explanation.stations) {
        if (load.station == question_.station && load.resource == question_.resource) return scaled_out_utilization(load);
      }
    } catch (const ScenarioError&) {
    }
    return std::nullopt;
  }
  bool fits(const std::vector<SettingChange>& set) const {
    const std::optional<double> share = utilization(set);
    return share && *share <= question_.target;
  }
  Remedy used(Remedy remedy) const {
    remedy.utilization = utilization(remedy.set);
    return remedy;
  }

  // So many copies, and the nodes that have room for them.
  Remedy with_nodes(const Knob& knob, int copies, const Blueprint& present) const {
    Remedy remedy{knob.what(copies), {knob.at(copies)}, {}};
    if (knob.service.empty()) return remedy;
    Blueprint changed = present;
    const auto service = std::ranges::find(changed.services, knob.service, &ServiceBlueprint::name);
    const auto index = static_cast<Index>(service - changed.services.begin());
    if (!service->autoscaler.chosen()) service->replicas = copies;
    NodePoolBlueprint& pool = changed.node_pools[service->node_pool];
    const bool grows = pool.autoscaler.chosen();
    const int nodes = grows ? std::max(pool.nodes, pool.maximum) : pool.nodes;
    const auto has_room = [&](int count) {
      (grows ? pool.maximum : pool.nodes) = count;
      return replicas_with_room(changed, index, copies) >= copies;
    };
    if (has_room(nodes)) return remedy;
    const std::optional<int> needed = smallest(nodes, has_room);
    if (!needed) return remedy;
    const std::string pointer = "/node_pools/" + escaped_token(pool.name) + "/nodes";
    remedy.set.emplace_back(pointer, grows ? fmt::format("[{}, {}]", present.node_pools[service->node_pool].nodes, *needed)
                                           : std::to_string(*needed));
    remedy.what += fmt::format(", {}{} nodes of {} instead of {}", grows ? "at most " : "", *needed, pool.name, nodes);
    return remedy;
  }

  const Trials& trials_;
  const RemedyQuestion& question_;
};

}  // namespace

std::optional<Remedy> smallest_remedy(const Trials& trials, const RemedyQuestion& question) {
  return RemedySearch{trials, question}.find();
}

std::optional<Remedy> remedy_with(const Trials& trials, const RemedyQuestion& question, int more) {
  return RemedySearch{trials, question}.with(more);
}

}  // namespace headroom
