#include "planning/gains.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "planning/configuration_forms.hpp"
#include "planning/plan_error.hpp"
#include "reports/margin.hpp"
#include "scenarios/scenario_error.hpp"
#include "scenarios/settings.hpp"
#include "sim/core/units.hpp"
#include "sim/core/upper_limit.hpp"

namespace headroom {
namespace {

class MoreOfEach {
 public:
  void add(const std::string& list, const std::string& name, const std::string& field, const std::string& what, double value,
           double more, bool on_nodes = false) {
    all_.push_back({fmt::format("{}/{}: {}", list, name, what),
                    {"/" + list + "/" + escaped_token(name) + "/" + field, to_text(value + more, Dimension::count)},
                    on_nodes});
  }
  void add(MoreOf more) { all_.push_back(std::move(more)); }
  std::vector<MoreOf> take() { return std::move(all_); }

 private:
  std::vector<MoreOf> all_;
};

// What it takes is paid for with nodes.
bool is_on_priced_nodes(const ServiceSpec& service, const Scenario& scenario) {
  const auto pool = std::ranges::find(scenario.node_pools, service.node_pool.name, &NodePoolSpec::name);
  return pool != scenario.node_pools.end() && (pool->price || pool->instance);
}

void add_service(const ServiceSpec& service, const Scenario& scenario, MoreOfEach& all) {
  if (service.serverless) return;
  const bool on_nodes = is_on_priced_nodes(service, scenario);
  if (!service.autoscaler.chosen())
    all.add("services", service.name, "replicas", "1 replica more", service.replicas, 1, on_nodes);
  all.add("services", service.name, "cpu", "1 core more per replica", service.cpu, 1, on_nodes);
  all.add("services", service.name, "concurrency", "1 slot more per replica", service.concurrency, 1, on_nodes);
}

void add_database(const DatabaseSpec& database, MoreOfEach& all) {
  all.add("databases", database.name, "replicas", "1 node more per shard", database.replicas, 1);
  const std::string shards = std::to_string(database.shards.count + 1),
                    pointer = "/databases/" + escaped_token(database.name) + "/shards";
  // A policy stands in the file, so the number is set beside it; otherwise there may be nothing yet.
  const bool has_policy = database.shards.policy.chosen();
  all.add({fmt::format("databases/{}: 1 shard more", database.name),
           has_policy ? SettingChange{pointer + "/count", shards} : SettingChange{pointer, "{\"count\": " + shards + "}"}});
  all.add("databases", database.name, "cpu", "1 core more per node", database.cpu, 1);
  all.add("databases", database.name, "pool", "1 connection more per pool", database.pool, 1);
}

// Towards keeping the objective, as its margin is a share.
double improvement_of(const Verdict& verdict, double change) {
  const Condition& that = verdict.objective.that;
  const double size = margin_scale(that).size;
  return (is_upper_limit(that) ? -change : change) / (size > 0.0 ? size : 1.0);
}

std::vector<std::size_t> objectives_of(const Trial& base, bool all) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < base.verdicts.size(); ++i) {
    const Verdict& verdict = base.verdicts[i];
    if (verdict.objective.severity == "required" && (all || verdict.outcome == Outcome::fail)) found.push_back(i);
  }
  const Verdict* const decides = deciding_verdict(base.verdicts);
  if (decides == nullptr) throw PlanError{"the scenario has no required objective, so that nothing is to be gained"};
  const auto first = static_cast<std::size_t>(decides - base.verdicts.data());
  std::erase(found, first);
  found.insert(found.begin(), first);
  return found;
}

void compare(Gain& gain, const Trial& base, const std::vector<std::size_t>& objectives) {
  for (const std::size_t objective : objectives)
    gain.changes.push_back(gain.trial ? difference_of(*gain.trial, gain.trial->values[objective], base, base.values[objective])
                                      : std::nullopt);
  gain.told.assign(objectives.size(), false);
  if (gain.trial) gain.cost = difference_of(*gain.trial, gain.trial->costs, base, base.costs);
  if (gain.changes[0]) gain.improvement = improvement_of(base.verdicts[objectives[0]], gain.changes[0]->difference.mean);
}

// Which changes are more than chance, objective by objective.
void tell(std::vector<Gain>& gains, std::size_t objectives) {
  for (std::size_t o = 0; o < objectives; ++o) {
    std::vector<double> p_values;
    for (const Gain& gain : gains) p_values.push_back(gain.changes[o] ? gain.changes[o]->p_value : 1.0);
    const std::vector<bool> told = holm_rejects(p_values);
    for (std::size_t i = 0; i < gains.size(); ++i) gains[i].told[o] = told[i];
  }
}

void rank(std::vector<Gain>& gains) {
  for (Gain& gain : gains) {
    if (!gain.told[0] || gain.improvement <= 0.0) continue;
    const double cost = gain.cost ? gain.cost->difference.mean : 0.0;
    gain.per_dollar = cost > 0.0 ? gain.improvement / cost : std::numeric_limits<double>::infinity();
  }
  std::ranges::stable_sort(gains, [](const Gain& a, const Gain& b) {
    const double x = a.per_dollar.value_or(0.0), y = b.per_dollar.value_or(0.0);
    return x != y ? x > y : (a.told[0] ? a.improvement : 0.0) > (b.told[0] ? b.improvement : 0.0);
  });
}

}  // namespace

std::vector<MoreOf> one_more_of_each(const Scenario& scenario) {
  MoreOfEach all;
  for (const ServiceSpec& service : scenario.services) add_service(service, scenario, all);
  for (const DatabaseSpec& database : scenario.databases) add_database(database, all);
  for (const CacheSpec& cache : scenario.caches) {
    const auto larger = static_cast<std::int64_t>(std::ceil(1.25 * static_cast<double>(cache.capacity.count)));
    all.add({fmt::format("caches/{}: 25 % more", cache.name),
             {"/caches/" + escaped_token(cache.name) + "/capacity", to_text(Bytes{larger})}});
  }
  for (const NodePoolSpec& pool : scenario.node_pools) {
    if (!pool.autoscaler.chosen()) all.add("node_pools", pool.name, "nodes", "1 node more", pool.nodes.low, 1);
  }
  return all.take();
}

bool Gain::is_unpriced() const {
  return cost && !more.on_nodes && cost->difference.mean == 0.0 && cost->difference.half_width() == 0.0;
}

std::string Gains::incomplete() const {
  if (!base.failed.empty()) return base.failed.front().message;
  for (const Gain& gain : gains) {
    if (gain.trial && !gain.trial->failed.empty()) return gain.more.what + ": " + gain.trial->failed.front().message;
  }
  return {};
}

Gains find_gains(Trials& trials, const GainsQuestion& question) {
  Gains found;
  found.scenario = trials.read({});
  found.wanted = question.replications;
  for (const ServiceSpec& service : found.scenario.scenario.services) {
    if (service.autoscaler.chosen()) found.left_out.push_back("replicas of " + service.name);
    if (service.serverless) found.left_out.push_back("instances of " + service.name);
  }
  for (const NodePoolSpec& pool : found.scenario.scenario.node_pools) {
    if (pool.autoscaler.chosen()) found.left_out.push_back("nodes of " + pool.name);
  }
  std::vector<Candidate> candidates{{"as it is", {}}};
  for (MoreOf& more : one_more_of_each(found.scenario.scenario)) {
    Gain gain{.more = std::move(more)};
    const Candidate candidate{gain.more.what, {gain.more.change}};
    try {
      trials.read(candidate);
      candidates.push_back(candidate);
    } catch (const ScenarioError& error) {
      gain.why_not = to_text(error.issues().front());
    }
    found.gains.push_back(std::move(gain));
  }
  if (question.note) question.note(fmt::format("{} resources", candidates.size() - 1));
  std::vector<Trial> results = trials.run(candidates, 0, question.replications);
  found.base = std::move(results[0]);
  found.objectives = objectives_of(found.base, question.all);
  std::size_t next = 1;
  for (Gain& gain : found.gains) {
    if (gain.why_not.empty()) gain.trial = std::move(results[next++]);
    compare(gain, found.base, found.objectives);
  }
  tell(found.gains, found.objectives.size());
  rank(found.gains);
  found.runs = trials.runs_made();
  found.stopped = trials.stopped();
  return found;
}

}  // namespace headroom
