#include "planning/remedy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "planning/bottleneck.hpp"
#include "reports/display.hpp"
#include "scenarios/explain.hpp"
#include "scenarios/resolve.hpp"
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
  std::string pointer;    // of a number; empty: only ranges are set
  std::string noun;       // "replicas"
  int present = 1;        // the next one above it is more than there is
  std::string service{};  // whose nodes have to have room for it; may be empty
  std::string there{};    // what is there, where that is no whole number

  // Of an autoscaler: bounds that stand in ranges, and whether the lower or the upper one is bought.
  std::vector<std::string> ranges{};
  IntegerRange limits{};
  bool is_kept = false;

  std::vector<SettingChange> at(int count) const {
    std::vector<SettingChange> set;
    if (!pointer.empty()) set.emplace_back(pointer, std::to_string(count));
    for (const std::string& range : ranges)
      set.emplace_back(range, fmt::format("[{}, {}]", is_kept ? count : limits.low, std::max(count, is_kept ? limits.high : 0)));
    return set;
  }
  std::string what(int count) const {
    return fmt::format("{}{} {}{} instead of {}", ranges.empty() || is_kept ? "" : "at most ", count, noun, is_kept ? " kept" : "",
                       there.empty() ? std::to_string(present) : there);
  }
};

// Of a service that is scaled the most that it may have, or the fewest that are kept.
std::optional<Knob> service_knob(const ServiceSpec& service, const Blueprint& blueprint, bool is_kept) {
  const std::string place = "/services/" + escaped_token(service.name);
  if (service.serverless) return Knob{place + "/serverless/most", "instances", service.serverless->most};
  const auto built = std::ranges::find(blueprint.services, service.name, &ServiceBlueprint::name);
  Knob knob{.pointer = place + "/replicas",
            .noun = "replicas",
            .present = service.replicas,
            .service = built->node_pool == no_index ? "" : service.name};
  if (!service.autoscaler.chosen()) return knob;
  for (const std::string& bounds : replica_bounds_of(service)) knob.ranges.push_back(place + bounds);
  knob.limits = built->replica_limits;
  knob.is_kept = is_kept;
  if (is_kept && knob.limits.low < service.replicas) knob.there = fmt::format("{} at the start", service.replicas);
  if (is_kept) return knob;
  knob.pointer.clear();
  knob.present = std::max(knob.limits.high, built->replicas);
  return knob;
}

std::optional<Knob> knob_of(const NamedScenario& named_scenario, const Blueprint& blueprint, const RemedyQuestion& question,
                            bool is_kept) {
  const Scenario& scenario = named_scenario.scenario;
  const std::size_t slash = question.station.find('/');
  const std::string kind = question.station.substr(0, slash), name = question.station.substr(slash + 1);
  const std::string place = "/" + kind + "/" + escaped_token(name);
  if (kind == "services") {
    const ServiceSpec* const service = named(scenario.services, name);
    return service == nullptr ? std::nullopt : service_knob(*service, blueprint, is_kept);
  }
  if (kind == "databases") {
    const DatabaseSpec* const database = named(scenario.databases, name);
    if (database == nullptr) return std::nullopt;
    if (question.resource == "cpu")
      return Knob{place + "/cpu", "cores", static_cast<int>(database->cpu), {}, number_text(database->cpu)};
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
    const std::optional<Knob> knob = knob_of(present, blueprint, question_, false);
    if (!knob) return std::nullopt;
    const std::optional<int> count =
        smallest(knob->present, [&](int copies) { return fits(with_nodes(*knob, copies, blueprint).set); });
    if (!count) return std::nullopt;
    return used(with_nodes(*knob, *count, blueprint));
  }

  std::optional<Remedy> with(int more) {
    const NamedScenario present = trials_.read({});
    const Blueprint blueprint = trials_.blueprint({});
    const std::optional<Knob> knob = knob_of(present, blueprint, question_, true);
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
    Remedy remedy{knob.what(copies), knob.at(copies), {}};
    if (knob.service.empty()) return remedy;
    Blueprint changed = present;
    const auto service = std::ranges::find(changed.services, knob.service, &ServiceBlueprint::name);
    const auto index = static_cast<Index>(service - changed.services.begin());
    if (knob.is_kept || !service->autoscaler.chosen()) service->replicas = copies;
    NodePoolBlueprint& pool = changed.node_pools[service->node_pool];
    const bool grows = pool.autoscaler.chosen() && !knob.is_kept;
    const int nodes = grows ? std::max(pool.nodes, pool.maximum) : pool.nodes;
    const auto has_room = [&](int count) {
      pool.maximum = count;
      if (!grows) pool.nodes = count;
      return replicas_with_room(changed, index, copies) >= copies;
    };
    if (has_room(nodes)) return remedy;
    const std::optional<int> needed = smallest(nodes, has_room);
    if (!needed) return remedy;
    const NodePoolBlueprint& there = present.node_pools[service->node_pool];
    const std::string range = fmt::format("[{}, {}]", grows ? there.nodes : *needed, std::max(*needed, grows ? 0 : there.maximum));
    remedy.set.emplace_back("/node_pools/" + escaped_token(pool.name) + "/nodes",
                            pool.autoscaler.chosen() ? range : std::to_string(*needed));
    remedy.what += fmt::format(", {}{} nodes of {}{} instead of {}", grows ? "at most " : "", *needed, pool.name,
                               knob.is_kept ? " kept" : "", nodes);
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
