#include "planning/limit.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "planning/bottleneck.hpp"
#include "planning/fresh_replications.hpp"
#include "planning/plan_error.hpp"
#include "scenarios/scenario_error.hpp"

namespace headroom {
namespace {

constexpr int most_verifications = 4;

class LimitSearch {
 public:
  LimitSearch(Trials& trials, const LimitQuestion& question);
  LoadLimit find();

 private:
  double worst_utilization(double load) const;
  std::optional<double> arithmetic_limit() const;
  double least() const;
  double most() const;
  bool probe(double load);
  void insert(TriedLoad tried);
  void settle_ends();
  std::optional<double> next() const;
  std::optional<double> upward() const;
  std::optional<double> downward() const;
  std::optional<double> between(std::size_t low, std::size_t high) const;
  void look_above();
  void search();
  void verify();
  bool stands(std::optional<std::size_t> place, Outcome expected, std::optional<TriedLoad>& verification);
  void estimate();

  Trials& trials_;
  const LimitQuestion& question_;
  LoadLimit limit_;
};

LimitSearch::LimitSearch(Trials& trials, const LimitQuestion& question) : trials_{trials}, question_{question} {
  limit_.scenario = trials.read({});
  limit_.axis = axis_of(limit_.scenario, question.over);
  limit_.precision = question.precision;
  limit_.at_most = question.at_most;
  const auto is_required = [](const ObjectiveSpec& objective) { return objective.severity == "required"; };
  if (std::ranges::none_of(limit_.scenario.scenario.objectives, is_required))
    throw PlanError{
        "the scenario has no required objective, so no load breaks one; write \"objectives\": [\"p(95) latency < 300 ms\"]"};
  const double present = limit_.axis.present;
  if (question.from.value_or(present) > present || question.to.value_or(present) < present)
    throw PlanError{fmt::format("the search is from {} to {}, which leaves out the documented {}; set that with --set {}={}",
                                question.from.value_or(present), question.to.value_or(present), present, question.over,
                                question.from.value_or(present))};
}

double LimitSearch::worst_utilization(double load) const {
  const auto worst = first_bottleneck(explain(trials_.blueprint({"", {limit_.axis.at(load)}})));
  return worst ? scaled_out_utilization(*worst) : 0.0;
}

// Utilization is all but proportional to the load, so a few steps are enough. None where it does not rise: a closed population
// never asks for more than there is.
std::optional<double> LimitSearch::arithmetic_limit() const {
  double load = limit_.axis.present;
  try {
    for (int step = 0; step < 12; ++step) {
      const double used = worst_utilization(load);
      if (!(used > 0.0)) return std::nullopt;
      if (std::abs(used - 1.0) < 1e-3 || limit_.axis.taken(load / used) == limit_.axis.taken(load)) return load;
      load /= used;
      if (load > 1e6 * limit_.axis.present || load < 1e-6 * limit_.axis.present) return std::nullopt;
    }
  } catch (const ScenarioError&) {
  }
  return std::nullopt;
}

double LimitSearch::least() const {
  const double least = question_.from.value_or(limit_.axis.present / 128.0);
  return limit_.axis.whole ? std::max(1.0, std::ceil(least)) : least;
}

// Where nothing can be computed the search must end somewhere.
double LimitSearch::most() const {
  const double most = question_.to        ? *question_.to
                      : limit_.arithmetic ? 4.0 * std::max(limit_.axis.present, *limit_.arithmetic)
                                          : 64.0 * limit_.axis.present;
  return limit_.axis.whole ? std::floor(most) : most;
}

void LimitSearch::insert(TriedLoad tried) {
  const auto place = std::ranges::lower_bound(limit_.tried, tried.load, {}, &TriedLoad::load);
  limit_.tried.insert(place, std::move(tried));
  settle_ends();
}

// False: it had been tried, or the time was over before it was.
bool LimitSearch::probe(double load) {
  load = limit_.axis.taken(load);
  if (std::ranges::find(limit_.tried, load, &TriedLoad::load) != limit_.tried.end()) return false;
  if (question_.note) question_.note(limit_.axis.text(load));
  try {
    const Candidate candidate{limit_.axis.text(load), {limit_.axis.at(load)}};
    const Trial trial = trials_.run_until_conclusive(candidate, 0, question_.replications, question_.at_most);
    const bool is_unknown = trial.replications == 0 && trial.failed.empty();
    if (is_unknown && load != limit_.axis.taken(limit_.axis.present)) return false;
    insert(tried_load(load, trial));
  } catch (const ScenarioError& error) {
    if (load == limit_.axis.present) throw;
    TriedLoad refused{.load = load};
    refused.incomplete = error.issues().front().message;
    insert(std::move(refused));
  }
  return true;
}

void LimitSearch::settle_ends() {
  limit_.holds.reset();
  limit_.breaks.reset();
  limit_.passes_above.clear();
  for (std::size_t i = 0; i < limit_.tried.size(); ++i) {
    const TriedLoad& one = limit_.tried[i];
    if (one.outcome == Outcome::fail && !limit_.breaks) limit_.breaks = i;
    if (one.outcome != Outcome::pass) continue;
    if (limit_.breaks)
      limit_.passes_above.push_back(one.load);
    else
      limit_.holds = i;
  }
}

std::optional<double> LimitSearch::upward() const {
  const TriedLoad& top = limit_.tried.back();
  if (!top.incomplete.empty() || top.load >= most()) return std::nullopt;
  double load = 2.0 * top.load;
  if (limit_.arithmetic && *limit_.arithmetic > top.load) load = std::min(load, 1.02 * *limit_.arithmetic);
  load = std::min(limit_.axis.taken(load), most());
  return load > top.load ? load : top.load + 1.0;  // only a whole number can be taken for the one it comes from
}

std::optional<double> LimitSearch::downward() const {
  const TriedLoad& bottom = limit_.tried.front();
  if (bottom.load <= least()) return std::nullopt;
  double load = bottom.load / 2.0;
  if (limit_.arithmetic && *limit_.arithmetic < bottom.load) load = std::max(load, 0.9 * *limit_.arithmetic);
  load = std::max(limit_.axis.taken(load), least());
  return load < bottom.load ? load : bottom.load - 1.0;
}

std::optional<double> LimitSearch::between(std::size_t low, std::size_t high) const {
  const double below = limit_.tried[low].load, above = limit_.tried[high].load;
  if (above <= below * (1.0 + question_.precision)) return std::nullopt;
  const double middle = limit_.axis.taken(std::sqrt(below * above));
  return middle > below && middle < above ? std::optional{middle} : std::nullopt;
}

// From either end towards the other, up to what is unclear between them.
std::optional<double> LimitSearch::next() const {
  if (!limit_.breaks) {
    if (const auto load = upward()) return load;
    if (!limit_.holds) return downward();
    // What could not be simulated bounds the search as what fails does.
    const std::size_t top = limit_.tried.size() - 1;
    return *limit_.holds < top ? between(*limit_.holds, *limit_.holds + 1) : std::nullopt;
  }
  if (!limit_.holds) return downward();
  if (const auto load = between(*limit_.holds, *limit_.holds + 1)) return load;
  return between(*limit_.breaks - 1, *limit_.breaks);
}

// Whoever fails from the least load on may still pass above: it would be a surprise, and is looked for once.
void LimitSearch::look_above() {
  const bool is_surprising = limit_.breaks && !limit_.holds && limit_.passes_above.empty();
  const double above = 2.0 * limit_.axis.present;
  if (is_surprising && above <= most() && trials_.stopped() == Trials::Stop::none) probe(above);
}

void LimitSearch::search() {
  while (trials_.stopped() == Trials::Stop::none) {
    const std::optional<double> load = next();
    if (!load || !probe(*load)) return;
  }
}

// False: fresh replications do not say the same of this end, so that it counts as unclear.
bool LimitSearch::stands(std::optional<std::size_t> place, Outcome expected, std::optional<TriedLoad>& verification) {
  if (verification && place && verification->load == limit_.tried[*place].load) return true;
  verification.reset();
  if (!place || trials_.stopped() != Trials::Stop::none) return true;
  TriedLoad& end = limit_.tried[*place];
  if (question_.note) question_.note(limit_.axis.text(end.load) + " once more");
  const Candidate candidate{limit_.axis.text(end.load), {limit_.axis.at(end.load)}};
  const Trial trial = trials_.run_until_conclusive(candidate, first_fresh_replication, end.replications, question_.at_most);
  if (trial.outcome == expected) {
    verification = tried_load(end.load, trial);
    return true;
  }
  if (!trial.failed.empty()) limit_.not_verified = trial.failed.front().message;
  const bool is_cut_short = trial.outcome == Outcome::inconclusive && trials_.stopped() != Trials::Stop::none;
  if (!trial.failed.empty() || is_cut_short) return true;
  end.outcome = Outcome::inconclusive;
  end.contradicted = true;
  settle_ends();
  return false;
}

void LimitSearch::verify() {
  for (int round = 0; round < most_verifications; ++round) {
    if (stands(limit_.holds, Outcome::pass, limit_.verification) &&
        stands(limit_.breaks, Outcome::fail, limit_.verification_of_breaks))
      return;
    search();
  }
  const auto is_of = [&](const std::optional<TriedLoad>& verification, std::optional<std::size_t> place) {
    return verification && place && verification->load == limit_.tried[*place].load;
  };
  if (!is_of(limit_.verification, limit_.holds)) limit_.verification.reset();
  if (!is_of(limit_.verification_of_breaks, limit_.breaks)) limit_.verification_of_breaks.reset();
}

// The objective whose margin crosses first; where margins tell nothing, one that fails at the upper end.
void LimitSearch::estimate() {
  if (limit_.holds && limit_.breaks) {
    const TriedLoad& holds = limit_.tried[*limit_.holds];
    const TriedLoad& breaks = limit_.tried[*limit_.breaks];
    limit_.point = std::sqrt(holds.load * breaks.load);
    std::optional<double> first;
    for (std::size_t o = 0; o < breaks.verdicts.size(); ++o) {
      if (breaks.verdicts[o].objective.severity != "required" || breaks.verdicts[o].outcome != Outcome::fail) continue;
      std::vector<MarginAt> margins;
      for (const TriedLoad& one : limit_.tried) {
        if (!one.verdicts.empty()) margins.push_back({one.load, one.verdicts[o].margin, static_cast<double>(one.replications)});
      }
      const std::optional<double> crossing = crossing_of(margins);
      if (!limit_.objective) limit_.objective = o;
      if (!crossing || (first && *crossing >= *first)) continue;
      first = crossing;
      limit_.objective = o;
    }
    if (first) limit_.point = std::clamp(*first, holds.load, breaks.load);
  } else if (limit_.breaks) {
    const std::vector<Verdict>& verdicts = limit_.tried[*limit_.breaks].verdicts;
    const auto missed = std::ranges::find_if(verdicts, [](const Verdict& verdict) {
      return verdict.objective.severity == "required" && verdict.outcome == Outcome::fail;
    });
    limit_.objective = static_cast<std::size_t>(missed - verdicts.begin());
  }
  const std::size_t place = limit_.holds ? *limit_.holds : limit_.breaks.value_or(0);
  limit_.bottleneck =
      first_bottleneck(explain(trials_.blueprint({"", {limit_.axis.at(limit_.point.value_or(limit_.tried[place].load))}})));
}

LoadLimit LimitSearch::find() {
  limit_.arithmetic = arithmetic_limit();
  probe(limit_.axis.present);
  search();
  look_above();
  verify();
  estimate();
  limit_.stopped = trials_.stopped();
  limit_.runs = trials_.runs_made();
  return std::move(limit_);
}

}  // namespace

const TriedLoad& LoadLimit::documented() const { return *std::ranges::find(tried, axis.taken(axis.present), &TriedLoad::load); }

LoadLimit find_limit(Trials& trials, const LimitQuestion& question) { return LimitSearch{trials, question}.find(); }

}  // namespace headroom
