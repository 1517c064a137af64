#include "planning/cheapest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "planning/arithmetic_cut.hpp"
#include "planning/bottleneck.hpp"
#include "planning/configuration_forms.hpp"
#include "planning/fresh_replications.hpp"
#include "planning/plan_error.hpp"
#include "scenarios/builder.hpp"
#include "scenarios/scenario_error.hpp"
#include "sim/core/upper_limit.hpp"

namespace headroom {
namespace {

constexpr std::uint64_t fewest_fresh = 5;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t objective_named(const Scenario& scenario, const std::string& part) {
  const auto& all = scenario.objectives;
  const auto found = std::ranges::find_if(
      all, [&](const ObjectiveSpec& one) { return part.empty() ? one.severity == "required" : has(one.that.text, part); });
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
  std::string list;
  for (const ObjectiveSpec& one : all) list += "\n  " + one.that.text;
  if (part.empty()) throw PlanError{"the scenario has no required objective, so that any configuration keeps all of them"};
  throw PlanError{fmt::format("no objective of the scenario has \"{}\" in it; there is{}", part, list)};
}

bool holds(const TriedConfiguration& one) {
  return one.known == Known::simulated && one.outcome == Outcome::pass && !one.refuted && one.incomplete.empty();
}

// Replications are the same from the first on.
bool costs_the_same(const TriedConfiguration& one, const TriedConfiguration& other) {
  const std::size_t pairs = std::min(one.costs.size(), other.costs.size());
  if (pairs < 2) return false;
  const Interval difference =
      paired_difference(std::span{one.costs}.first(pairs), std::span{other.costs}.first(pairs)).difference;
  return difference.low <= 0.0 && difference.high >= 0.0;
}

std::optional<StationLoad> most_asked(const Explanation& explanation) {
  const auto worst = std::ranges::max_element(explanation.stations, {}, mean_utilization_at_limit);
  return worst == explanation.stations.end() ? std::nullopt : std::optional{*worst};
}

class CheapestSearch {
 public:
  CheapestSearch(Trials& trials, const CheapestQuestion& question) : trials_{trials}, question_{question}, grid_{question.axes} {
    plan_.scenario = trials.read({});
    plan_.axes = question.axes;
    plan_.objective = objective_named(plan_.scenario.scenario, {});
    plan_.objective = objective_named(plan_.scenario.scenario, question.against);
  }

  CheapestPlan find() {
    look_at_arithmetic();
    plan_.now = look({}, "as it is");
    weigh_against_what_decides();
    plan_.now.point = CheapestPlan::written;
    if (trials_.stopped() == Trials::Stop::none && plan_.now.incomplete.empty() && plan_.now.cost.count == 0)
      throw PlanError{
          "nothing in the scenario has a price, so that no configuration is the cheapest; give node pools an instance or a "
          "price"};
    look_at_those_that_may_be_cheaper();
    decide();
    mark_front();
    weigh_answer();
    plan_.runs = trials_.runs_made();
    plan_.stopped = trials_.stopped();
    return std::move(plan_);
  }

 private:
  // Of an objective that is far from its limit whatever is bought, a front would tell nothing.
  void weigh_against_what_decides() {
    const Verdict* const deciding = deciding_verdict(plan_.now.verdicts);
    if (!question_.against.empty() || deciding == nullptr) return;
    plan_.objective = static_cast<std::size_t>(deciding - plan_.now.verdicts.data());
    plan_.now = look({}, "as it is");  // the runs are there already
  }

  void note(const std::string& text) const {
    if (question_.note) question_.note(text);
  }

  void look_at_arithmetic() {
    std::vector<std::string> issues;  // of all that cannot be read, each once
    for (std::size_t point = 0; point < grid_.size(); ++point) {
      TriedConfiguration one{.point = point, .name = grid_.candidate(point).name, .values = grid_.values(point)};
      try {
        const NamedScenario read = trials_.read(grid_.candidate(point));
        const Blueprint blueprint = build_blueprint(read.scenario);
        one.least_cost = least_monthly_cost(blueprint);
        if (const auto why = question_.all ? std::nullopt : cannot_hold(blueprint, read.scenario)) {
          one.known = Known::arithmetic;
          one.why = *why;
        }
      } catch (const ScenarioError& error) {
        one.known = Known::impossible;
        one.why = to_text(error.issues().front());
        for (const Issue& issue : error.issues()) {
          if (std::ranges::find(issues, to_text(issue)) == issues.end()) issues.push_back(to_text(issue));
        }
      }
      plan_.tried.push_back(std::move(one));
    }
    if (plan_.count(Known::impossible) == plan_.tried.size())
      throw PlanError{fmt::format("no configuration can be read:\n  {}", fmt::join(issues, "\n  "))};
  }

  TriedConfiguration judged(const Trial& trial) const {
    TriedConfiguration one{.known = trial.replications > 0 || !trial.failed.empty() ? Known::simulated : Known::not_reached};
    one.outcome = trial.outcome;
    one.verdicts = trial.verdicts;
    one.costs = trial.costs;
    if (!trial.costs.empty()) one.cost = t_interval(trial.costs);
    if (plan_.objective < trial.values.size() && !trial.values[plan_.objective].empty())
      one.against = t_interval(trial.values[plan_.objective]);
    one.replications = trial.replications;
    if (!trial.failed.empty()) one.incomplete = trial.failed.front().message;
    return one;
  }

  TriedConfiguration look(const Candidate& candidate, const std::string& name) {
    note(name);
    TriedConfiguration one = judged(trials_.run(candidate, 0, question_.replications));
    one.name = name;
    return one;
  }

  // What a trial showed, into the point's place.
  void keep(std::size_t at, const Trial& trial) {
    TriedConfiguration one = judged(trial);
    if (one.known == Known::not_reached) return;
    TriedConfiguration& place = plan_.tried[at];
    one.point = place.point;
    one.name = std::move(place.name);
    one.values = std::move(place.values);
    one.least_cost = place.least_cost;
    one.refuted = place.refuted;
    place = std::move(one);
    if (place.outcome != Outcome::fail && place.cost.count == 0 && place.incomplete.empty())
      throw PlanError{fmt::format(
          "nothing in {} has a price, so that it cannot be weighed against the others; give node pools an instance or a price",
          place.name)};
    if (place.outcome == Outcome::fail) failed_.push_back(at);
  }

  // A configuration that fails anyway, or that costs more than one that passes.
  bool is_known(TriedConfiguration& one) const {
    if (one.known != Known::not_reached) return true;
    if (question_.all) return false;
    const auto worse = std::ranges::find_if(
        failed_, [&](std::size_t failed) { return grid_.is_no_better(one.point, plan_.tried[failed].point); });
    if (worse != failed_.end()) {
      one.known = Known::no_better;
      one.why = plan_.tried[*worse].name + " fails";
    } else if (const auto best = cheapest(Outcome::pass); best && one.least_cost > plan_.tried[*best].cost.mean) {
      one.known = Known::dearer;
      one.why = "dearer than " + plan_.tried[*best].name;
    }
    return one.known != Known::not_reached;
  }

  // By what each costs at least; of those that cost the same the better ones first, since what they miss the others miss too.
  std::vector<std::size_t> in_order() const {
    std::vector<std::size_t> order(plan_.tried.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      const TriedConfiguration &one = plan_.tried[a], &other = plan_.tried[b];
      if (one.least_cost != other.least_cost) return one.least_cost < other.least_cost;
      return grid_.steps_to_better(one.point) > grid_.steps_to_better(other.point);
    });
    return order;
  }

  // Several at a time, so that all processors have runs: as many whatever there are, so that the answer does not depend on it.
  // None that may be known from another of them.
  void look_at_those_that_may_be_cheaper() {
    constexpr std::size_t at_a_time = 8;
    std::vector<std::size_t> left = in_order();
    while (!left.empty() && trials_.stopped() == Trials::Stop::none) {
      std::erase_if(left, [&](std::size_t at) { return is_known(plan_.tried[at]); });
      std::vector<std::size_t> batch;
      for (const std::size_t at : left) {
        const bool may_be_known = std::ranges::any_of(batch, [&](std::size_t other) {
          return !question_.all && grid_.is_no_better(plan_.tried[at].point, plan_.tried[other].point);
        });
        if (batch.size() < at_a_time && !may_be_known) batch.push_back(at);
      }
      std::erase_if(left, [&](std::size_t at) { return std::ranges::find(batch, at) != batch.end(); });
      look_at(batch, left.size());
    }
  }

  void look_at(const std::vector<std::size_t>& batch, std::size_t left) {
    std::vector<Candidate> candidates;
    for (const std::size_t at : batch) candidates.push_back(grid_.candidate(plan_.tried[at].point));
    if (candidates.empty()) return;
    note(fmt::format("{}, {} left", candidates.front().name, left));
    const std::vector<Trial> looks = trials_.run(candidates, 0, question_.replications);
    for (std::size_t i = 0; i < batch.size(); ++i) keep(batch[i], looks[i]);
  }

  std::optional<std::size_t> cheapest(Outcome outcome) const {
    std::optional<std::size_t> best;
    for (std::size_t at = 0; at < plan_.tried.size(); ++at) {
      const TriedConfiguration& one = plan_.tried[at];
      if (one.known != Known::simulated || one.outcome != outcome || one.refuted || one.cost.count == 0 ||
          !one.incomplete.empty())
        continue;
      if (!best || one.cost.mean < plan_.tried[*best].cost.mean) best = at;
    }
    return best;
  }

  bool is_worth_more_runs(std::size_t at, std::optional<std::size_t> best) const {
    const TriedConfiguration& one = plan_.tried[at];
    return one.replications < question_.at_most && (!best || one.cost.mean < plan_.tried[*best].cost.mean);
  }

  // The cheapest of those that pass, once every cheaper one is decided, and fresh replications agree.
  void decide() {
    while (trials_.stopped() == Trials::Stop::none) {
      const auto best = cheapest(Outcome::pass);
      std::optional<std::size_t> open;
      for (std::size_t at = 0; at < plan_.tried.size(); ++at) {
        const TriedConfiguration& one = plan_.tried[at];
        const bool is_open =
            one.known == Known::simulated && one.outcome == Outcome::inconclusive && one.cost.count > 0 && one.incomplete.empty();
        if (is_open && is_worth_more_runs(at, best) && (!open || one.cost.mean < plan_.tried[*open].cost.mean)) open = at;
      }
      if (open) {
        note("more runs of " + plan_.tried[*open].name);
        const Candidate candidate = grid_.candidate(plan_.tried[*open].point);
        keep(*open, trials_.run_until_conclusive(candidate, 0, plan_.tried[*open].replications, question_.at_most));
        if (trials_.stopped() != Trials::Stop::none) return;
      } else if (!best || verify(*best)) {
        return;
      }
      // One that was refuted may have kept dearer ones from being looked at.
      if (!open) look_again();
    }
  }

  bool verify(std::size_t at) {
    note("fresh replications of " + plan_.tried[at].name);
    const std::uint64_t fresh = std::max(fewest_fresh, question_.replications);
    const Trial trial = trials_.run_until_conclusive(grid_.candidate(plan_.tried[at].point), first_fresh_replication, fresh,
                                                     std::max(fresh, question_.at_most));
    TriedConfiguration& one = plan_.tried[at];
    switch (verification_of(trial, trials_.stopped() != Trials::Stop::none)) {
      case Verification::refuted: one.refuted = true; return false;
      case Verification::incomplete:
        one.incomplete = trial.failed.front().message;
        one.outcome = Outcome::inconclusive;
        return false;
      case Verification::agrees: plan_.verified_by = trial.replications; break;
      case Verification::open: break;
    }
    plan_.answer = at;
    return true;
  }

  void look_again() {
    for (TriedConfiguration& one : plan_.tried) {
      if (one.known != Known::dearer) continue;
      one.known = Known::not_reached;
      one.why.clear();
    }
    look_at_those_that_may_be_cheaper();
  }

  void mark_front() {
    std::vector<std::pair<double, double>> points;
    std::vector<std::size_t> of;
    for (std::size_t at = 0; at < plan_.tried.size(); ++at) {
      const TriedConfiguration& one = plan_.tried[at];
      if (one.cost.count == 0 || one.against.count == 0) continue;
      points.emplace_back(one.cost.mean, one.against.mean);
      of.push_back(at);
    }
    const Condition& that = plan_.scenario.scenario.objectives[plan_.objective].that;
    const std::vector<bool> front = pareto_front(points, is_upper_limit(that));
    for (std::size_t i = 0; i < of.size(); ++i) plan_.tried[of[i]].on_front = front[i];
  }

  // What a reader must know of the answer besides: what costs the same, and whether it could go on for ever.
  void weigh_answer() {
    if (!plan_.answer) return;
    const TriedConfiguration& answer = plan_.tried[*plan_.answer];
    for (std::size_t at = 0; at < plan_.tried.size(); ++at) {
      const TriedConfiguration& one = plan_.tried[at];
      if (at != *plan_.answer && holds(one) && costs_the_same(one, answer)) plan_.ties.push_back(at);
    }
    const std::optional<StationLoad> worst = most_asked(explain(trials_.blueprint(grid_.candidate(answer.point))));
    if (worst && mean_utilization_at_limit(*worst) > 1.0) plan_.overload = worst;
  }

  Trials& trials_;
  const CheapestQuestion& question_;
  Grid grid_;
  CheapestPlan plan_;
  std::vector<std::size_t> failed_;
};

}  // namespace

std::vector<bool> pareto_front(const std::vector<std::pair<double, double>>& points, bool less) {
  const auto no_worse = [&](double a, double b) { return less ? a <= b : a >= b; };
  std::vector<bool> front;
  for (const auto& [cost, value] : points) {
    front.push_back(std::ranges::none_of(points, [&](const auto& other) {
      return other.first <= cost && no_worse(other.second, value) && (other.first < cost || other.second != value);
    }));
  }
  return front;
}

Verification verification_of(const Trial& fresh, bool stopped) {
  if (!fresh.failed.empty()) return Verification::incomplete;
  if (fresh.outcome == Outcome::pass) return Verification::agrees;
  return fresh.outcome == Outcome::inconclusive && stopped ? Verification::open : Verification::refuted;
}

std::size_t CheapestPlan::count(Known known) const {
  return static_cast<std::size_t>(std::ranges::count(tried, known, &TriedConfiguration::known));
}

std::vector<std::size_t> CheapestPlan::open() const {
  std::vector<std::size_t> found;
  for (std::size_t at = 0; at < tried.size(); ++at) {
    const TriedConfiguration& one = tried[at];
    const bool is_undecided = one.known == Known::not_reached ||
                              (one.known == Known::simulated && (one.outcome == Outcome::inconclusive || one.refuted));
    const double cost = one.cost.count > 0 ? one.cost.mean : one.least_cost;
    if (is_undecided && (!answer || cost < tried[*answer].cost.mean)) found.push_back(at);
  }
  return found;
}

std::string CheapestPlan::incomplete() const {
  if (!now.incomplete.empty()) return now.incomplete;
  for (const std::size_t at : open()) {
    if (!tried[at].incomplete.empty()) return tried[at].incomplete;
  }
  return {};
}

Outcome CheapestPlan::outcome() const {
  if (answer && verified_by > 0) return Outcome::pass;
  return !answer && open().empty() ? Outcome::fail : Outcome::inconclusive;
}

CheapestPlan find_cheapest(Trials& trials, const CheapestQuestion& question) {
  if (question.axes.empty()) {
    throw PlanError{
        "the scenario says nothing of what may be changed; give it \"vary\": "
        "[{\"name\": \"replicas of api\", \"set\": \"/services/api/replicas\", \"values\": [2, 3, 4]}]"};
  }
  const std::size_t size = Grid{question.axes}.size();
  if (size > most_configurations)
    throw PlanError{fmt::format("the axes make {} configurations; at most {} are searched: give them fewer values", size,
                                most_configurations)};
  return CheapestSearch{trials, question}.find();
}

}  // namespace headroom
